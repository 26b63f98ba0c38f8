// What both versions do alike with transactions and meter values: events are stored once under
// their natural keys and folded into the record, registers count for its energy. Called by
// handlers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/charging/record.hpp"
#include "api/dispatch.hpp"
#include "domain/meter.hpp"

namespace ohm::api {

// One meterValue element.
struct MeterElement {
    std::int64_t at = 0;
    std::vector<domain::Sample> samples;
};

// The station's transactions; the batch will write what changes of them.
StationTransactions& transactions_of(Handler& handler);

TransactionRecord& begin_transaction(Handler& handler, std::string ocpp_id);

// first: folded in. again: the very same was there. otherwise: the key was there with other
// content, which is kept aside.
enum class Came : std::uint8_t { first, again, otherwise };
Came take_event(Handler& handler, TransactionRecord& record, const domain::TransactionEvent& event,
                const std::string& content);

// Flags the older of two open transactions of one EVSE: its end was lost.
void supersede(Handler& handler, TransactionRecord& record);
// Where the operator wants that: what has lost its end is closed, with the last that is known of
// its meter, until the station says more.
void close_as_missing(Handler& handler, TransactionRecord& record);
// Its token was let in (or not): counts from now on against the token's limit.
void note_authorization(Handler& handler, TransactionRecord& record, const std::string& token,
                        domain::Verdict verdict);

// A connector that says Available while a transaction runs on it: its stop may be lost.
void note_connector_status(Handler& handler, std::int64_t evse, bool is_available, std::int64_t at);

struct MeterPlace {
    std::int64_t evse = 0;
    TransactionRecord* record = nullptr;  // null: of no transaction
    std::string said_id;                  // an id that is none of this station's
};
void store_meter_values(Handler& handler, const MeterPlace& place,
                        std::vector<MeterElement>&& said);

// 16 bytes that tell two messages apart.
std::string content_of(const Handler& handler);
std::string content_of(std::string_view payload);
domain::TransactionEvent::Kind event_kind(std::string_view stored_name);
std::string stored_text(std::string_view said);  // bounded, for columns

}  // namespace ohm::api
