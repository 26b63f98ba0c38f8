// What changes of a transaction while it runs and nothing else happens: a narrow row of
// open_transactions has it, so that a sample of the meter does not write everything again. One
// thread.
#pragma once

#include "api/charging/record.hpp"
#include "store/sql.hpp"

namespace ohm::api::tables {

extern const store::Write open_transaction_progress;

// Of everything that the narrow row does not have: the same number, the wide row need not be
// written.
std::uint64_t digest_of_settled(const TransactionRecord& record);

store::Row progress_row(const TransactionRecord& record, std::int64_t now_us);

// Of open_transactions o: its id first, and what read_progress() takes.
extern const std::string_view progress_columns;
// Older than the record: it says nothing.
void read_progress(const store::Row& row, TransactionRecord& record);

// Lists of numbers in one text.
std::string joined_decisions(const domain::Transaction& facts);
void take_decisions(std::string_view joined, domain::Transaction& facts);
std::string joined_intervals(const domain::Transaction& facts);
void take_intervals(std::string_view joined, domain::Transaction& facts);

}  // namespace ohm::api::tables
