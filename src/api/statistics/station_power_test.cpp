// What one station drew, from rows of sessions and meter values; on both databases.
#include "api/statistics/station_power.hpp"

#include <gtest/gtest.h>

#include "api/statistics/test_rollup.hpp"

namespace ohm::api::statistics {
namespace {

const std::int64_t noon = at("2026-03-28T12:00:00Z");

class StationPower : public RollupCase {
protected:
    void SetUp() override {
        RollupCase::SetUp();
        if (!sql_) return;
        sql_->query("insert into station_state (station_no, version) values (1, 0)");
    }
    void be_online(std::int64_t since) {
        sql_->query("update station_state set connection = 1, connected_at = $1", {since});
    }
    void put_hour(std::int64_t hour, std::int64_t connects, std::int64_t disconnects) {
        std::string columns, zeros;
        for (const std::string_view name : figure_names) {
            columns += ", " + std::string{name};
            zeros += name == "connects"      ? ", " + std::to_string(connects)
                     : name == "disconnects" ? ", " + std::to_string(disconnects)
                                             : ", 0";
        }
        sql_->query("insert into statistics_hours (station_no, hour_at" + columns +
                    ") values (1, " + std::to_string(hour) + zeros + ")");
    }
    void put_power(const std::string& transaction, std::int64_t when, std::int64_t watts,
                   std::int64_t evse = 1) {
        const domain::Sample sample{.measurand = "Power.Active.Import",
                                    .phase = "",
                                    .location = "Outlet",
                                    .context = "",
                                    .unit = "W",
                                    .milli = watts * 1'000,
                                    .raw = ""};
        const std::string packed = pack_samples(std::span{&sample, 1});
        const std::string id = transaction.empty() ? "" : "transaction-" + transaction;
        sql_->query(
            "insert into meter_values (station_no, evse, transaction_id, at, hash, received_at, "
            "samples) values (1, $1, $2, $3, $4, $3, $5)",
            {evse, store::Bytes{id}, when, store::Bytes{packed + id}, store::Bytes{packed}});
    }
    // "7000" W a minute, "-" where it is not known.
    std::string read(std::int64_t from, std::int64_t to, std::int64_t now) {
        std::string out;
        for (const PowerMinute& minute : read_station_power(*sql_, 1, from, to, now))
            (out += out.empty() ? "" : " ") +=
                minute.is_known ? std::to_string(minute.sum.mw / 1'000) : "-";
        return out;
    }
    std::string read(std::int64_t from, std::int64_t to) { return read(from, to, to); }
};

TEST_P(StationPower, IsTheSumOfItsSessions) {
    be_online(noon - 10 * minute_us);
    put({.id = "1", .from = noon + minute_us, .to = noon + 5 * minute_us});
    put_power("1", noon + minute_us + 1, 7'000);
    put_power("1", noon + 3 * minute_us, 11'000);
    put({.id = "2", .from = noon + 3 * minute_us});
    put_power("2", noon + 4 * minute_us, 500);
    // Nothing runs; then one; then another, whose meter has said nothing yet; both; the other
    // alone.
    EXPECT_EQ(read(noon, noon + 7 * minute_us), "0 7000 7000 - 11500 500 500");
}

TEST_P(StationPower, OfTheRegisterWhereNoPowerIsSaid) {
    put({.id = "1", .from = noon, .to = noon + 4 * minute_us, .begin_mwh = 1'000'000});
    put_sample("1", noon + minute_us, 1'100);
    put_sample("1", noon + 2 * minute_us, 1'150);
    EXPECT_EQ(read(noon, noon + 3 * minute_us), "- 6000 3000");
}

TEST_P(StationPower, IsNotKnownWhereNothingWasHeardOfIt) {
    be_online(noon + 2 * minute_us);
    EXPECT_EQ(read(noon, noon + 6 * minute_us, noon + 4 * minute_us), "- - 0 0 - -");
    put({.id = "1", .from = noon - 60 * minute_us});
    put_power("1", noon - 18 * minute_us, 7'000);
    EXPECT_EQ(read(noon, noon + 4 * minute_us), "7000 7000 - -");
    sql_->query("update station_state set connection = null, disconnected_at = $1",
                {noon + 3 * minute_us});
    sql_->query("delete from transactions");
    EXPECT_EQ(read(noon, noon + 4 * minute_us), "- - - -");
}

TEST_P(StationPower, IsNothingInHoursThroughWhichItWasConnected) {
    be_online(noon + 30 * minute_us);
    put_hour(noon, 1, 1);
    put_hour(noon - 2 * hour_us, 1, 0);
    const std::int64_t now = noon + hour_us;
    const auto one = [&](std::int64_t when) { return read(when, when + minute_us, now); };
    EXPECT_EQ(one(noon + 31 * minute_us), "0");
    EXPECT_EQ(one(noon + 29 * minute_us), "-");
    // From three hours before on: away, came, was there.
    const auto minutes = read_station_power(*sql_, 1, noon - 3 * hour_us, noon, now);
    EXPECT_FALSE(minutes.at(0).is_known);
    EXPECT_FALSE(minutes.at(90).is_known);
    EXPECT_TRUE(minutes.at(130).is_known);
    EXPECT_EQ(minutes.at(130).sum.mw, 0);
}

TEST_P(StationPower, AMeterThatNamesNoSessionMeansThatOfItsEvse) {
    put({.id = "1", .from = noon});
    put_power("", noon, 3'000, 1);
    put_power("", noon + 1, 9'000, 2);  // where nothing runs
    EXPECT_EQ(read(noon, noon + minute_us), "3000");
}

INSTANTIATE_TEST_SUITE_P(Databases, StationPower,
                         testing::Values(store::Dialect::sqlite, store::Dialect::postgres),
                         store::dialect_name);

}  // namespace
}  // namespace ohm::api::statistics
