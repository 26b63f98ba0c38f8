#include "store/migrations.hpp"

#include <algorithm>
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

TEST_P(MigrationsContract, KeysMayDoWhatTheyCouldDoBefore) {
    const auto all = migrations();
    const auto people = std::find_if(all.begin(), all.end(),
                                     [](const Migration& one) { return one.version == 21; });
    migrate(*sql_, now, all.first(static_cast<std::size_t>(people - all.begin())));
    const std::array<std::pair<std::string, std::string>, 5> keys{{
        {"commands:execute", "commands:execute commands:configure charging:write customers:read"},
        {"commands:*", "commands:* charging:write customers:read"},
        {"charging:write commands:execute",
         "charging:write commands:execute commands:configure customers:read"},
        {"commands:execute charging:* customers:read commands:configure",
         "commands:execute charging:* customers:read commands:configure"},
        {"commands:read stations:read", "commands:read stations:read"},
    }};
    for (std::size_t i = 0; i < keys.size(); ++i)
        sql_->query(
            "insert into api_keys (id, name, digest, scopes, created_at) values ($1, $2, $1, $3, "
            "1)",
            {Bytes{std::string(16, static_cast<char>('a' + i))}, std::to_string(i), keys[i].first});
    migrate(*sql_, now);
    const auto rows = sql_->query("select scopes from api_keys order by name");
    ASSERT_EQ(rows.size(), keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) EXPECT_EQ(as_text(rows[i][0]), keys[i].second);
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
