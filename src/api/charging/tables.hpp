// The writes of tokens, transactions and meter values, declared like those of api/tables.hpp.
#pragma once

#include "api/charging/record.hpp"
#include "api/station.hpp"
#include "store/sql.hpp"

namespace ohm::api::tables {

extern const store::Write transaction, transaction_event, transaction_conflict, orphan_stop,
    orphan_stop_matched;
extern const store::Write meter_value, authorization, unknown_token, token_slot, token_slot_freed;
extern const store::Write open_transaction, open_transaction_ended;

std::string token_key_of(const TransactionRecord& record);  // of the token it began with; or empty

std::vector<store::Value> transaction_row(const Station& station, const TransactionRecord& record,
                                          const std::string& token_key, std::int64_t now_us);
// The columns that read_transaction() takes, in its order.
extern const std::string_view transaction_columns;
std::unique_ptr<TransactionRecord> read_transaction(const store::Row& row);  // [0] is station_no

// Why a person should look at it, as a JSON list of words; "" for nothing.
std::string evidence_json(const TransactionRecord& record);

}  // namespace ohm::api::tables
