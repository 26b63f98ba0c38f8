// Days of meter values on both databases: made ahead, dropped when they are old, and a place for
// what is of no such day.
#include "api/charging/meter_days.hpp"

#include <gtest/gtest.h>

#include "store/migrations.hpp"
#include "store/test_database.hpp"

namespace ohm::api {
namespace {

constexpr std::int64_t day_us = std::int64_t{24} * 3600 * 1'000'000;
constexpr std::int64_t first_day = 20'600;

class MeterDays : public store::EveryDatabase {
protected:
    void SetUp() override {
        EveryDatabase::SetUp();
        if (sql_) store::migrate(*sql_, utc_from_micros(0));
    }
    static Utc on(std::int64_t day) { return utc_from_micros(day * day_us + day_us / 2); }
    void keep(std::int64_t day, std::int64_t days = 10) { keep_meter_days(*sql_, on(day), days); }
    void add(std::int64_t at, std::int64_t received_at) {
        sql_->query(
            "insert into meter_values (station_no, at, evse, transaction_id, hash, received_at, "
            "samples) values (1, $1, 1, $2, $2, $3, $2) on conflict do nothing",
            {at, store::Bytes{"x"}, received_at});
    }
    std::int64_t count(const std::string& table = "meter_values") {
        return store::as_int(sql_->query("select count(*) from " + table).at(0).at(0));
    }
};
INSTANTIATE_TEST_SUITE_P(Databases, MeterDays,
                         testing::Values(store::Dialect::sqlite, store::Dialect::postgres),
                         store::dialect_name);

TEST_P(MeterDays, FarAwayDaysArePlacesToo) {
    keep(first_day);
    keep(first_day);
    const std::int64_t now = micros(on(first_day));
    constexpr std::int64_t of_2038 = 2'147'483'648'000'000;
    for (const std::int64_t at : {std::int64_t{0}, of_2038, now}) add(at, now), add(at, now);
    EXPECT_EQ(count(), 3);
    if (sql_->dialect() == store::Dialect::sqlite) return;
    EXPECT_EQ(count("meter_values_other"), 2);
    EXPECT_EQ(count("meter_values_d" + std::to_string(first_day)), 1);
}

TEST_P(MeterDays, ADayIsMadeAlthoughSomebodyWasThereBefore) {
    keep(first_day);
    const std::int64_t ahead = micros(on(first_day + 20));
    add(ahead, micros(on(first_day)));
    keep(first_day + 20, 100);
    EXPECT_EQ(count(), 1);
    if (sql_->dialect() == store::Dialect::sqlite) return;
    EXPECT_EQ(count("meter_values_other"), 0);
}

TEST_P(MeterDays, WhatIsOldGoes) {
    keep(first_day);
    const std::int64_t now = micros(on(first_day));
    add(now, now), add(0, now);
    keep(first_day + 10);
    EXPECT_EQ(count(), 2);
    keep(first_day + 11);
    EXPECT_EQ(count(), 0);
}

}  // namespace
}  // namespace ohm::api
