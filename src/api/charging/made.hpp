// Sessions of 1.6 stations that never start a transaction, made of their status and meter values
// where their operator wants that (quirk F11). Called by handlers.
#pragma once

#include "api/charging/transactions.hpp"

namespace ohm::api {

// Only of stations that are set so; others need nothing. `said_at`: as the station writes it; 0: it
// says no time.
void need_made(const Station& station, Needs& needs, std::int64_t evse, std::string_view status,
               std::int64_t said_at);

// A connector that charges has a session, one that is free has none.
void make_of_status(Handler& handler, std::int64_t evse, std::string_view status, std::int64_t at,
                    std::int64_t said_at);
TransactionRecord* made_on(Handler& handler, std::int64_t evse);  // null: none runs there
// The station starts a transaction of its own: what was made on that connector is over.
void end_made(Handler& handler, const TransactionRecord& started, std::int64_t at);

}  // namespace ohm::api
