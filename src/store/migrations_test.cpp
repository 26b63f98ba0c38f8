#include "store/migrations.hpp"

#include <array>
#include <gtest/gtest.h>

#include "store/sequences.hpp"
#include "store/test_database.hpp"

namespace ohm::store {
namespace {

using MigrationsContract = EveryDatabase;
INSTANTIATE_TEST_SUITE_P(Databases, MigrationsContract,
                         testing::Values(Dialect::sqlite, Dialect::postgres), dialect_name);

const Utc now = utc_from_micros(1'700'000'000'000'000);

TEST_P(MigrationsContract, RunOnceAndAgain) {
    EXPECT_EQ(migrate(*sql_, now), migrations().back().version);
    EXPECT_EQ(migrate(*sql_, now + seconds{1}), migrations().back().version);
    const auto rows = sql_->query("select version, applied_at from schema_migrations");
    ASSERT_EQ(rows.size(), migrations().size());
    EXPECT_EQ(as_int(rows[0][1]), micros(now));
}

TEST_P(MigrationsContract, ANewerDatabaseEndsTheProgram) {
    migrate(*sql_, now);
    sql_->query("insert into schema_migrations (version, name, applied_at) values (9999, 'x', 1)");
    EXPECT_EQ(fault_of([&] { migrate(*sql_, now); }), Fault::Kind::fatal);
}

TEST_P(MigrationsContract, AFailedStepLeavesTheStepsBefore) {
    const std::array steps{
        Migration{1, "good", "create table good (a bigint, b {BYTES}) ;", "", ""},
        Migration{2, "bad", "create table half (a bigint); create nonsense;", "", ""}};
    EXPECT_EQ(fault_of([&] { migrate(*sql_, now, steps); }), Fault::Kind::away);
    EXPECT_EQ(sql_->query("select * from good").size(), 0u);
    EXPECT_EQ(fault_of([&] { sql_->query("select * from half"); }), Fault::Kind::away);
    EXPECT_EQ(migrate(*sql_, now, std::span{steps}.first(1)), 1);
}

TEST_P(MigrationsContract, AnArchivedStationFreesItsIdentity) {
    migrate(*sql_, now);
    const auto add = [&](std::int64_t station_no, Value archived_at) {
        sql_->query(
            "insert into charge_points (station_no, id, id_key, partition_no, security_profile, "
            "version, created_at, updated_at, archived_at) values ($1, 'A', 'a', 0, 1, 1, 1, 1, "
            "$2)",
            {station_no, archived_at});
    };
    add(1, std::int64_t{5});
    add(2, std::int64_t{6});
    add(3, Null{});
    EXPECT_EQ(fault_of([&] { add(4, Null{}); }), Fault::Kind::bad_data);
}

TEST_P(MigrationsContract, NumbersAreGivenOnceWhoeverAsks) {
    migrate(*sql_, now);
    const auto other = database_->open();
    EXPECT_EQ(take_block(*sql_, station_numbers, 100), 1);
    EXPECT_EQ(take_block(*other, station_numbers, 1), 101);
    EXPECT_EQ(take_block(*sql_, station_numbers, 1), 102);
    EXPECT_EQ(take_block(*other, ocpp_numbers, 1), 1);
    EXPECT_THROW(take_block(*sql_, "unknown", 1), Bug);
}

TEST_P(MigrationsContract, PeopleSeeTimesAsTimes) {
    if (!on_postgres()) GTEST_SKIP() << "views are PostgreSQL's";
    migrate(*sql_, now);
    sql_->query("insert into station_state (station_no, connected_at) values (1, 1500000)");
    const auto rows = sql_->query(
        "select connected_at = timestamptz '1970-01-01 00:00:01.5Z', "
        "last_seen_at from station_state_view");
    EXPECT_EQ(rows.at(0), (Row{std::int64_t{1}, Null{}}));
    for (const char* view : {"charge_points_view", "connectors_view", "commands_view"}) {
        EXPECT_EQ(sql_->query(std::string{"select * from "} + view).size(), 0u);
    }
}

}  // namespace
}  // namespace ohm::store
