// What comes under an id that is none of the station's (1.6: -1, 0, another CSMS's): it belongs to
// the one transaction that its time, place, token and meter fit, or to none. Called by handlers.
#pragma once

#include "api/charging/transactions.hpp"

namespace ohm::api {

// Reads what match_stop() and transaction_around() may have to look at.
void need_strays(const Station& station, const std::string& ocpp_id, Needs& needs);

// Keeps the stop, once, and ends the transaction that it fits, if there is exactly one. Null where
// there is none; `again` where the stop was kept before.
struct MatchedStop {
    TransactionRecord* record = nullptr;
    bool again = false;
};
MatchedStop match_stop(Handler& handler, const StrayStop& stop, std::int64_t said_id);

// A stop that came before this start, in a replay that lost its order: the one that ended it.
std::optional<StrayStop> adopt_stray_stop(Handler& handler, TransactionRecord& record);
// The payload of a stop where it has meter values, else "".
std::string values_of_stop(std::string_view payload);

// The transaction that ran on this EVSE at that time; null where none did, or several.
TransactionRecord* transaction_around(Handler& handler, std::int64_t evse, std::int64_t at);
// Of those alone that still run: they are in memory, so that nothing is read for it each time.
TransactionRecord* running_around(Handler& handler, std::int64_t evse, std::int64_t at);

}  // namespace ohm::api
