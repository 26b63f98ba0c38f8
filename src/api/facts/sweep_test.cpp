#include "api/facts/sweep.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "store/migrations.hpp"

namespace ohm::api {
namespace {

class Sweep : public testing::Test {
protected:
    Sweep() {
        store::migrate(*sql, now);
        for (const std::int64_t number : {1, 2, 1'500})
            sql->query(
                "insert into charge_points (station_no, id, id_key, partition_no, "
                "security_profile, version, created_at, updated_at) values ($1, $2, $2, 0, 1, 1, "
                "1, 1)",
                {number, std::to_string(number)});
    }
    void add_csrs(std::int64_t station, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            sql->query(
                "insert into certificate_requests (station_no, csr_hash, id, certificate_type, "
                "csr, state, received_at) values ($1, $2, $3, 't', 'c', 'pending', $2)",
                {station, static_cast<std::int64_t>(i),
                 store::Bytes{std::to_string(station) + ":" + std::to_string(i)}});
    }
    std::int64_t csrs(std::int64_t station) {
        return store::as_int(sql->query(
            "select count(*) from certificate_requests where station_no = $1", {station})[0][0]);
    }
    const Utc now = utc_from_micros(1'800'000'000'000'000);
    std::unique_ptr<store::Sql> sql = store::open_sqlite({.path = ":memory:"});
};

TEST_F(Sweep, TheOldestOfACrowdedStationGo) {
    add_csrs(1, limits::csrs_per_station + 7);
    add_csrs(2, limits::csrs_per_station);
    sweep_facts(*sql, now, 0);
    EXPECT_EQ(csrs(1), static_cast<std::int64_t>(limits::csrs_per_station));
    EXPECT_EQ(csrs(2), static_cast<std::int64_t>(limits::csrs_per_station));
    EXPECT_EQ(store::as_int(sql->query("select min(received_at) from certificate_requests where "
                                       "station_no = 1")[0][0]),
              7);
}

TEST_F(Sweep, GoesRoundInPortions) {
    add_csrs(1'500, limits::csrs_per_station + 1);
    const std::int64_t next = sweep_facts(*sql, now, 0);
    EXPECT_GT(next, 0);
    EXPECT_EQ(csrs(1'500), static_cast<std::int64_t>(limits::csrs_per_station) + 1);
    EXPECT_EQ(sweep_facts(*sql, now, next), 0);
    EXPECT_EQ(csrs(1'500), static_cast<std::int64_t>(limits::csrs_per_station));
}

TEST_F(Sweep, WhatACompleteInventoryDoesNotNameIsGone) {
    const auto report = [&](std::int64_t station, const char* state) {
        sql->query(
            "insert into reports (station_no, kind, request_id, state, parts, started_at, "
            "updated_at, full_inventory) values ($1, 'variables', 7, $2, 1, 100, 100, 1)",
            {station, std::string{state}});
        for (const std::int64_t at : {99, 100})
            sql->query(
                "insert into variables (station_no, name_key, component, variable, attribute, "
                "reported_at) values ($1, $2, 'C', $2, 'Actual', $3)",
                {station, "V" + std::to_string(at), at});
    };
    report(1, "complete");
    report(2, "incomplete");
    sweep_facts(*sql, now, 0);
    const auto left = sql->query("select variable from variables where station_no = 1");
    ASSERT_EQ(left.size(), 1u);
    EXPECT_EQ(store::as_text(left[0][0]), "V100");
    EXPECT_EQ(sql->query("select 1 from variables where station_no = 2").size(), 2u);
}

TEST_F(Sweep, WhatACompleteReportOfMonitorsDoesNotNameIsGone) {
    sql->query(
        "insert into reports (station_no, kind, request_id, state, parts, started_at, updated_at, "
        "full_inventory) values (1, 'monitors', 7, 'complete', 1, 100, 100, 1)");
    for (const std::int64_t at : {99, 100}) {
        sql->query(
            "insert into variable_monitors (station_no, monitor_id, component, variable, type, "
            "value, severity, in_transaction, reported_at) values (1, $1, 'C', 'V', 'Delta', '1', "
            "5, 0, $1)",
            {at});
        sql->query(
            "insert into variables (station_no, name_key, component, variable, attribute, "
            "reported_at) values (1, $1, 'C', 'V', 'Actual', $2)",
            {std::to_string(at), at});
    }
    sweep_facts(*sql, now, 0);
    const auto left = sql->query("select monitor_id from variable_monitors where station_no = 1");
    ASSERT_EQ(left.size(), 1u);
    EXPECT_EQ(store::as_int(left[0][0]), 100);
    EXPECT_EQ(sql->query("select 1 from variables where station_no = 1").size(), 2u);
}

TEST_F(Sweep, CustomersAreForgottenInTime) {
    const std::int64_t age = Micros{limits::customer_information_age}.count();
    for (const std::int64_t received : {micros(now) - age - 1, micros(now) - age + 1})
        sql->query("insert into customer_information values (1, 1, $1, 'x', $1)", {received});
    sweep_facts(*sql, now, 0);
    EXPECT_EQ(store::as_int(sql->query("select count(*) from customer_information")[0][0]), 1);
}

}  // namespace
}  // namespace ohm::api
