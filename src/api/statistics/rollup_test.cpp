// What is counted, against days that were added up by hand, on both databases.
#include "api/statistics/rollup.hpp"

#include "api/statistics/test_rollup.hpp"
#include "base/limits_statistics.hpp"

namespace ohm::api::statistics {
namespace {

class Rollups : public RollupCase {};
INSTANTIATE_TEST_SUITE_P(Databases, Rollups,
                         testing::Values(store::Dialect::sqlite, store::Dialect::postgres),
                         store::dialect_name);

TEST_P(Rollups, ASessionIsCutAtLocalMidnight) {
    // 23:00 to 01:00 in Berlin: 2 kWh, half of them before midnight.
    put({.from = at("2026-03-28T22:00:00Z"),
         .to = at("2026-03-29T00:00:00Z"),
         .begin_mwh = 1'000'000,
         .end_mwh = 3'000'000});
    tell_transaction("ended", at("2026-03-29T00:00:01Z"), "1");
    step();
    EXPECT_EQ(of_day(Figure::energy_mwh, "2026-03-28"), 1'000'000);
    EXPECT_EQ(of_day(Figure::energy_mwh, "2026-03-29"), 1'000'000);
    EXPECT_EQ(of_day(Figure::session_us, "2026-03-29"), hours);
    EXPECT_EQ(of_day(Figure::delivering_us, "2026-03-29"), hours);
    EXPECT_EQ(of_day(Figure::sessions_started, "2026-03-28"), 1);
    EXPECT_EQ(of_day(Figure::sessions_started, "2026-03-29"), 0);
    EXPECT_EQ(of_day(Figure::sessions_ended, "2026-03-29"), 1);
    EXPECT_EQ(of_day(Figure::sessions_charged, "2026-03-29"), 1);
    EXPECT_EQ(of_hour(Figure::energy_mwh, "2026-03-28T22:00:00Z"), 1'000'000);
    EXPECT_EQ(of_hour(Figure::energy_mwh, "2026-03-28T23:00:00Z"), 1'000'000);
    EXPECT_EQ(of_day(Figure::energy_mwh, "2026-03-29", "evse = 1 and connector = 1"), 1'000'000);
}

TEST_P(Rollups, DaysOfTheClockChangeHave23And25Hours) {
    tell_status("CP1", 1, at("2026-03-28T23:00:00Z"), "Available");
    tell_status("CP1", 1, at("2026-03-30T22:00:00Z"), "Charging");
    step();
    EXPECT_EQ(of_day(Figure::available_us, "2026-03-29"), 23 * hours);
    EXPECT_EQ(of_day(Figure::available_us, "2026-03-30"), 24 * hours);
    EXPECT_EQ(of_day(Figure::available_us, "2026-03-28"), 0);
    tell_status("CP1", 1, at("2026-10-24T22:00:00Z"), "Unavailable");
    tell_status("CP1", 1, at("2026-10-25T23:00:00Z"), "Available");
    step();
    EXPECT_EQ(of_day(Figure::unavailable_us, "2026-10-25"), 25 * hours);
    EXPECT_EQ(of_day(Figure::unavailable_us, "2026-10-26"), 0);
}

TEST_P(Rollups, WithoutALocationDaysAreThoseOfUtc) {
    tell_status("CP2", 1, at("2026-03-28T23:00:00Z"), "Preparing");
    tell_status("CP2", 1, at("2026-03-29T02:00:00Z"), "Available");
    step();
    EXPECT_EQ(of_day(Figure::occupied_us, "2026-03-28"), hours);
    EXPECT_EQ(of_day(Figure::occupied_us, "2026-03-29"), 2 * hours);
}

TEST_P(Rollups, ARegisterThatWasSetBackCountsOn) {
    const std::int64_t from = at("2026-03-28T10:00:00Z");
    put({.from = from, .to = from + 3 * hours, .begin_mwh = 100'000, .end_mwh = 80'000});
    put_sample("1", from + hours, 300);
    put_sample("1", from + 2 * hours, 50);
    tell_transaction("ended", from + 3 * hours, "1");
    step();
    EXPECT_EQ(of_day(Figure::energy_mwh, "2026-03-28"), 200'000 + 30'000);
    EXPECT_EQ(of_hour(Figure::energy_mwh, "2026-03-28T10:00:00Z"), 200'000);
    EXPECT_EQ(of_hour(Figure::energy_mwh, "2026-03-28T11:00:00Z"), 0);
    EXPECT_EQ(of_hour(Figure::energy_mwh, "2026-03-28T12:00:00Z"), 30'000);
    EXPECT_EQ(of_day(Figure::delivering_us, "2026-03-28"), 2 * hours);
    EXPECT_EQ(of_day(Figure::session_us, "2026-03-28"), 3 * hours);
}

TEST_P(Rollups, ASampleThatDoesNotRiseFromStartToEndIsWrong) {
    const std::int64_t from = at("2026-03-28T10:00:00Z");
    put({.from = from, .to = from + 4 * hours, .begin_mwh = 100'000, .end_mwh = 150'000});
    put_sample("1", from + hours / 2, 300);  // above the end
    put_sample("1", from + hours, 120);
    put_sample("1", from + 2 * hours, 50);   // below the start
    put_sample("1", from + 3 * hours, 110);  // below the one before
    tell_transaction("ended", from + 4 * hours, "1");
    step();
    EXPECT_EQ(of_day(Figure::energy_mwh, "2026-03-28"), 50'000);
    EXPECT_EQ(of_hour(Figure::energy_mwh, "2026-03-28T10:00:00Z"), 20'000);
    EXPECT_EQ(of_hour(Figure::energy_mwh, "2026-03-28T11:00:00Z"), 10'000);
}

// More than the read of many sessions brings of each: what rises behind that counts as well.
TEST_P(Rollups, ASessionOfManySamplesIsCountedBesideAShortOne) {
    const std::int64_t from = at("2026-03-28T10:00:00Z");
    put({.id = "1", .from = from, .to = from + 3 * hours, .end_mwh = 900'000});
    put({.id = "2", .from = from, .to = from + 3 * hours, .end_mwh = 30'000});
    for (std::int64_t i = 0; i <= limits::statistics_group_samples; ++i)
        put_sample("1", from + i * Micros{seconds{1}}.count(), 0);
    put_sample("1", from + hours, 0);
    put_sample("1", from + 2 * hours, 900);
    put_sample("2", from + 2 * hours, 0);
    for (const char* id : {"1", "2"}) tell_transaction("ended", from + 3 * hours, id);
    step();
    EXPECT_EQ(of_hour(Figure::energy_mwh, "2026-03-28T10:00:00Z"), 0);
    EXPECT_EQ(of_hour(Figure::energy_mwh, "2026-03-28T11:00:00Z"), 900'000);
    EXPECT_EQ(of_hour(Figure::energy_mwh, "2026-03-28T12:00:00Z"), 30'000);
}

TEST_P(Rollups, WhatCameDaysLaterIsOfItsOwnDay) {
    const std::int64_t then = at("2026-03-20T10:00:00Z"), now = at("2026-03-28T10:00:00Z");
    put({.from = then, .to = then + hours, .end_mwh = 7'000, .received_at = now});
    tell_transaction("started", now, "1");
    tell_transaction("ended", now, "1");
    step();
    EXPECT_EQ(of_day(Figure::energy_mwh, "2026-03-20"), 7'000);
    EXPECT_EQ(of_day(Figure::sessions_charged, "2026-03-20"), 0);  // 0.007 kWh
    EXPECT_EQ(of_day(Figure::sessions_started, "2026-03-20"), 1);
    EXPECT_EQ(of_day(Figure::energy_mwh, "2026-03-28"), 0);
}

TEST_P(Rollups, AClockOf1970IsNotBelieved) {
    const std::int64_t now = at("2026-03-28T10:00:00Z");
    put({.from = 1, .to = 2, .end_mwh = 7'000, .received_at = now});
    tell_transaction("ended", now, "1");
    step();
    EXPECT_EQ(of_day(Figure::energy_mwh, "2026-03-28"), 7'000);
    EXPECT_EQ(figure(Figure::energy_mwh, "days", "day < 100"), 0);
}

TEST_P(Rollups, ARunningSessionIsCountedAsFarAsItIs) {
    const std::int64_t from = at("2026-03-28T10:00:00Z");
    put({.from = from});
    tell_transaction("started", from, "1");
    step();
    put({.from = from, .end_mwh = 500'000});
    tell_transaction("updated", from + hours / 2, "1");
    step();
    EXPECT_EQ(of_day(Figure::energy_mwh, "2026-03-28"), 500'000);
    EXPECT_EQ(of_day(Figure::session_us, "2026-03-28"), hours / 2);
    EXPECT_EQ(of_day(Figure::sessions_started, "2026-03-28"), 1);
    EXPECT_EQ(of_day(Figure::sessions_ended, "2026-03-28"), 0);
    put({.from = from, .end_mwh = 510'000});
    tell_transaction("updated", from + hours / 2 + 14 * hours / 60, "1");
    step();
    EXPECT_EQ(of_day(Figure::energy_mwh, "2026-03-28"), 500'000);  // counted not long ago
    tell_transaction("updated", from + hours / 2 + 15 * hours / 60, "1");
    step();
    EXPECT_EQ(of_day(Figure::energy_mwh, "2026-03-28"), 510'000);
    const std::string counted = "select 1 from statistics_transactions where touched_at ";
    EXPECT_EQ(sql_->query(counted + "= 0").size(), 1u);
    // At the end its samples say when: all in the first ten minutes.
    put({.from = from, .to = from + hours, .end_mwh = 600'000});
    put_sample("1", from + hours / 6, 600);
    tell_transaction("ended", from + hours, "1");
    step();
    EXPECT_EQ(of_day(Figure::energy_mwh, "2026-03-28"), 600'000);
    EXPECT_EQ(of_day(Figure::delivering_us, "2026-03-28"), hours / 6);
    EXPECT_EQ(of_day(Figure::session_us, "2026-03-28"), hours);
    EXPECT_EQ(of_day(Figure::sessions_started, "2026-03-28"), 1);
    EXPECT_EQ(of_day(Figure::sessions_ended, "2026-03-28"), 1);
    EXPECT_EQ(sql_->query(counted + "> 0").size(), 1u);
}

TEST_P(Rollups, WithoutAConnectionNothingIsKnown) {
    const std::int64_t from = at("2026-03-28T10:00:00Z");
    const std::string connected =
        R"({"epoch":1,"ocpp_version":"1.6","address":null,"worker":null,"tls":false})";
    const std::string gone = R"({"epoch":1,"reason":null,"connected_at":null})";
    tell("station.connected", "CP1", from, connected);
    tell_status("CP1", 1, from, "Available");
    tell("station.disconnected", "CP1", from + hours, gone);
    tell("station.connected", "CP1", from + 3 * hours, connected);
    tell_status("CP1", 1, from + 4 * hours, "Charging");
    step();
    EXPECT_EQ(of_day(Figure::available_us, "2026-03-28"), 2 * hours);
    EXPECT_EQ(of_day(Figure::unknown_us, "2026-03-28"), 2 * hours);
    EXPECT_EQ(of_day(Figure::connects, "2026-03-28"), 2);
    EXPECT_EQ(of_hour(Figure::disconnects, "2026-03-28T11:00:00Z"), 1);
}

TEST_P(Rollups, TimeThatChangesNothingIsCountedOnceADay) {
    const std::int64_t from = at("2026-03-30T22:00:00Z");
    tell_status("CP1", 1, from, "Available");
    step();
    EXPECT_EQ(figure(Figure::available_us, "days", "1 = 1"), 0);
    now_ = from + 49 * hours;
    step();
    EXPECT_EQ(of_day(Figure::available_us, "2026-03-31"), 24 * hours);
    EXPECT_EQ(of_day(Figure::available_us, "2026-04-01"), 24 * hours);
    EXPECT_EQ(of_day(Figure::available_us, "2026-04-02"), hours);
}

TEST_P(Rollups, FaultsAreCountedWithTheirMinutes) {
    const std::int64_t from = at("2026-03-28T22:30:00Z");
    tell_status("CP1", 1, from, "Faulted", "GroundFailure");
    tell_status("CP1", 1, from + hours / 2, "Faulted", "GroundFailure");
    tell_status("CP1", 1, from + hours, "Available");
    tell_status("CP1", 1, from + 2 * hours, "Faulted", "");
    step();
    const auto rows = sql_->query(
        "select day, error_code, model, firmware_version, count, lasted_us from statistics_faults "
        "order by day, error_code desc");
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_EQ(store::as_int(rows[0][0]), day("2026-03-28"));
    EXPECT_EQ(store::as_text(rows[0][1]), "GroundFailure");
    EXPECT_EQ(store::as_text(rows[0][2]), "M1");
    EXPECT_EQ(store::as_text(rows[0][3]), "1.2");
    EXPECT_EQ(store::as_int(rows[0][4]), 1);
    EXPECT_EQ(store::as_int(rows[0][5]), hours / 2);
    EXPECT_EQ(store::as_int(rows[1][5]), hours / 2);  // behind midnight, the same fault
    EXPECT_EQ(store::as_int(rows[1][4]), 0);
    EXPECT_EQ(store::as_text(rows[2][1]), "Faulted");
}

TEST_P(Rollups, KindsOfFaultsAreBounded) {
    const std::int64_t from = at("2026-03-28T10:00:00Z");
    for (int i = 0; i < 60; ++i)
        tell_status("CP1", 1, from + i * 1'000'000, "Faulted", "Code" + std::to_string(i));
    step();
    const auto rows =
        sql_->query("select count(*), cast(sum(count) as bigint) from statistics_faults");
    EXPECT_LE(store::as_int(rows[0][0]), 22);
    EXPECT_EQ(store::as_int(rows[0][1]), 60);
}

TEST_P(Rollups, AnswerTimesOfAllCommandsOfAStep) {
    const std::int64_t when = at("2026-03-28T10:00:00Z");
    for (const std::int64_t i : {1, 2, 3}) {
        const Ulid id{1, static_cast<std::uint64_t>(i)};
        sql_->query(
            "insert into commands (id, station_no, command, state, created_at, sent_at, "
            "answered_at) values ($1, 1, 'reset', 'answered', 1, $2, $3)",
            {store::Bytes{id.bytes()}, when, when + i * 3'000});
        tell("command.answered", "CP1", when,
             R"({"command_id":"cmd_)" + id.text() +
                 R"(","command":null,"action":null,"state":null,"result":null,"status":null,)"
                 R"("failed_reason":null,"requested_by":null,"batch_id":null})");
    }
    step();
    const auto rows = sql_->query("select classes, hour_at from statistics_latency");
    ASSERT_EQ(rows.size(), 1u);
    const LatencyClasses classes = latency_of_text(store::as_text(rows[0][0]));
    EXPECT_EQ(classes[2], 1);  // up to 5 ms
    EXPECT_EQ(classes[3], 2);  // up to 10 ms
}

}  // namespace
}  // namespace ohm::api::statistics
