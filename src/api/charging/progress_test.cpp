#include "api/charging/progress.hpp"

#include <gtest/gtest.h>

namespace ohm::api::tables {
namespace {

TransactionRecord running() {
    TransactionRecord record;
    record.id = {1, 2};
    record.row_version = 7;
    record.received_at = 1'000;
    domain::Transaction& t = record.facts;
    t.has_start = true;
    t.begin = domain::Register{100'000, 1'000, 0};
    t.end = domain::Register{170'000, 3'000, 2};
    t.lowest_mwh = 100'000, t.highest_mwh = 170'000;
    t.event_count = 3, t.seq_min = 0, t.seq_max = 2;
    t.charging_state = "Charging", t.trigger = "MeterValuePeriodic";
    t.time_charging_s = 60;
    t.decided_by[domain::Transaction::state] = -2;
    t.intervals[2'000] = 5;
    record.meter_to_at = 3'000;
    record.power = {7'400'000, 3'000, 3'100};
    return record;
}

// The row as a read gives it: what read_progress() takes of what progress_row() wrote.
store::Row as_read(const store::Row& written) {
    store::Row row;
    for (const std::size_t column : {0u, 1u, 5u, 6u, 7u, 8u, 9u, 10u, 11u, 12u, 13u, 14u, 15u, 16u})
        row.push_back(written.at(column));
    return row;
}

TEST(Progress, comes_back_as_it_was) {
    const TransactionRecord said = running();
    const store::Row row = progress_row(said, 9);
    ASSERT_EQ(row.size(), open_transaction_progress.columns.size());
    TransactionRecord read;
    read_progress(as_read(row), read);
    EXPECT_EQ(read.row_version, 7);
    EXPECT_EQ(read.meter_to_at, 3'000);
    ASSERT_TRUE(read.power.has_value());
    EXPECT_EQ(read.power->mw, 7'400'000);
    EXPECT_EQ(read.power->heard_at, 3'100);
    const domain::Transaction& t = read.facts;
    ASSERT_TRUE(t.end.has_value());
    EXPECT_EQ(t.end->mwh, 170'000);
    EXPECT_EQ(t.end->at, 3'000);
    EXPECT_EQ(t.end->rank, 2);
    EXPECT_EQ(t.lowest_mwh, 100'000);
    EXPECT_EQ(t.highest_mwh, 170'000);
    EXPECT_EQ(t.event_count, 3);
    EXPECT_EQ(t.seq_max, 2);
    EXPECT_EQ(t.charging_state, "Charging");
    EXPECT_EQ(t.trigger, "MeterValuePeriodic");
    EXPECT_EQ(t.time_charging_s, 60);
    EXPECT_EQ(t.decided_by, said.facts.decided_by);
    EXPECT_EQ(t.intervals, said.facts.intervals);
}

TEST(Progress, that_is_older_says_nothing) {
    TransactionRecord newer = running();
    const store::Row row = as_read(progress_row(newer, 9));
    newer.row_version = 8;
    newer.facts.event_count = 4;
    read_progress(row, newer);
    EXPECT_EQ(newer.row_version, 8);
    EXPECT_EQ(newer.facts.event_count, 4);
}

TEST(Progress, leaves_the_digest_and_everything_else_changes_it) {
    TransactionRecord record = running();
    const std::uint64_t before = digest_of_settled(record);
    record.facts.end->mwh += 1'000;
    record.facts.seq_max = 3, record.facts.event_count = 4;
    record.facts.charging_state = "SuspendedEV";
    EXPECT_EQ(digest_of_settled(record), before);
    record.facts.token = "A";
    EXPECT_NE(digest_of_settled(record), before);
    record.facts.token.clear();
    record.available_at = 5;
    EXPECT_NE(digest_of_settled(record), before);
}

}  // namespace
}  // namespace ohm::api::tables
