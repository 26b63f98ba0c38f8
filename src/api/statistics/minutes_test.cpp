// What is counted by the minute, what sessions draw, and which of them were a first try; on both
// databases.
#include <gtest/gtest.h>
#include <memory>

#include "api/statistics/power.hpp"
#include "api/statistics/test_rollup.hpp"
#include "base/limits_statistics.hpp"

namespace ohm::api::statistics {
namespace {

const std::int64_t noon = at("2026-03-28T12:00:00Z");
constexpr std::int64_t second_us = 1'000'000;

events::TransactionTold running(std::string id, std::optional<double> power_w,
                                std::optional<double> energy_wh = {}) {
    events::TransactionTold told;
    told.ocpp_transaction_id = std::move(id);
    told.state = "active";
    told.evse_id = 1;
    if (power_w) told.power_w = {wire::Number{*power_w}};
    if (energy_wh) told.energy_wh = {wire::Number{*energy_wh}};
    return told;
}

// ---- what a partition's sessions draw ----

TEST(Power, is_the_sum_of_what_each_meter_said_last) {
    Power power;
    power.told(1, running("a", 7'000), noon);
    power.told(2, running("a", 11'000), noon);
    power.told(1, running("a", 6'000), noon + minute_us);
    power.told(3, running("x", {}), noon);  // says nothing yet
    const Power::Sum sum = power.sum(noon + minute_us);
    EXPECT_EQ(sum.mw, 17'000'000);
    EXPECT_EQ(sum.sessions, 2);
}

TEST(Power, of_what_has_ended_stopped_or_is_old_does_not_count) {
    Power power;
    power.told(1, running("a", 7'000), noon);
    power.told(1, running("b", 9'000), noon);
    events::TransactionTold ended = running("b", 9'000);
    ended.state = "ended";
    power.told(1, ended, noon + 1);
    power.told(2, running("c", 5'000), noon);
    power.note_status(2, 2, "SuspendedEV");  // of another EVSE
    EXPECT_EQ(power.sum(noon).mw, 12'000'000);
    power.note_status(2, 1, "Charging");
    EXPECT_EQ(power.sum(noon).mw, 12'000'000);
    power.note_status(2, 1, "SuspendedEV");
    EXPECT_EQ(power.sum(noon).mw, 7'000'000);
    EXPECT_EQ(power.sum(noon).sessions, 2);
    const std::int64_t stale = Micros{limits::statistics_power_stale}.count();
    EXPECT_EQ(power.sum(noon + stale).sessions, 2);
    EXPECT_EQ(power.sum(noon + stale + 1).sessions, 0);
}

TEST(Power, without_a_word_is_made_of_the_register) {
    Power power;
    power.told(1, running("a", {}, 1'000), noon);
    EXPECT_EQ(power.sum(noon).sessions, 0);
    power.told(1, running("a", {}, 1'100), noon + minute_us);  // 100 Wh in a minute
    EXPECT_EQ(power.sum(noon + minute_us).mw, 6'000'000);
    power.told(1, running("a", {}, 1'100), noon + minute_us);  // the same event again
    power.told(1, running("a", {}, 1'100), noon + 2 * minute_us);
    EXPECT_EQ(power.sum(noon + 2 * minute_us).mw, 6'000'000);  // a coarse register rests a while
    power.told(1, running("a", {}, 1'100), noon + 12 * minute_us);
    EXPECT_EQ(power.sum(noon + 12 * minute_us).mw, 0);
    power.told(1, running("a", {}, 900'000'000), noon + 13 * minute_us);  // no station gives that
    EXPECT_EQ(power.sum(noon + 13 * minute_us).mw, 0);
    power.told(2, running("a", 3'000, 10), noon);
    power.told(2, running("a", {}, 5'000), noon + minute_us);  // its own word stands
    EXPECT_EQ(power.sum(noon + minute_us).mw, 3'000'000);
}

// ---- rows ----

class Minutes : public RollupCase {
protected:
    void SetUp() override {
        RollupCase::SetUp();
        if (!sql_) return;
        now_ = noon - hour_us;
        step();
        now_ = noon;
    }
    void tell(std::string_view type, std::int64_t when, std::string data) {
        RollupCase::tell(type, "CP1", when, std::move(data));
    }
    void tell_connection(bool is_begun, std::int64_t when) {
        tell(is_begun ? "station.connected" : "station.disconnected", when,
             is_begun
                 ? R"({"epoch":1,"ocpp_version":null,"address":null,"worker":null,"tls":false})"
                 : R"({"epoch":1,"reason":null,"connected_at":null})");
    }
    // One that ended at its EVSE, in order of their times.
    void put_ended(std::int64_t from, std::int64_t to, std::int64_t mwh, std::int64_t evse = 1) {
        const std::string id = std::to_string(++transactions_);
        const auto ms = static_cast<std::uint64_t>(from / 1'000);
        sql_->query(
            "insert into transactions (id, station_no, ocpp_version, ocpp_id, state, evse, "
            "connector, started_at, ended_at, received_at, ended_received_at, begin_mwh, end_mwh, "
            "energy_mwh, energy_rule, has_start, has_end, event_count, seq_min, seq_max, end_seq, "
            "decided_by, incomplete, suspect, version, updated_at) values ($1, 1, '1.6', $2, "
            "'ended', $3, 1, $4, $5, $4, $5, 0, $6, $6, 'registers', 1, 1, 1, 0, 0, 0, '', 0, 0, "
            "1, 1)",
            {store::Bytes{Ulid{ms << 16, static_cast<std::uint64_t>(transactions_)}.bytes()}, id,
             evse, from, to, mwh});
        tell("transaction.ended", to,
             R"({"transaction_id":"tx_","ocpp_transaction_id":")" + id +
                 R"(","state":"ended","evse_id":1,"connector_id":1,"token":null,)"
                 R"("charging_state":null,"stop_reason":null,"started_at":null,"ended_at":null,)"
                 R"("energy_wh":null,"closed_by":null,"closed_reason":null})");
    }
    // By one process, unlike the base's.
    void step() {
        for (int i = 0; i < 100; ++i)
            if (rollup_->step(*sql_, utc_from_micros(now_)) == Left::nothing) return;
        FAIL() << "there is always more";
    }
    std::vector<std::int64_t> minute(std::int64_t minute_at) {
        std::vector<std::int64_t> out;
        for (const store::Row& row :
             sql_->query("select connects, disconnects, coalesce(power_mw, -1), coalesce(sessions, "
                         "-1) from statistics_minutes where minute_at = $1",
                         {minute_at}))
            for (const store::Value& value : row) out.push_back(store::as_int(value));
        return out;
    }
    std::pair<std::int64_t, std::int64_t> first_tries() {
        const auto rows = sql_->query(
            "select cast(coalesce(sum(first_tries), 0) as bigint), "
            "cast(coalesce(sum(first_tries_charged), 0) as bigint) from statistics_place_days");
        return {store::as_int(rows[0][0]), store::as_int(rows[0][1])};
    }

    // With a new process's memory.
    void restart() { rollup_ = std::make_unique<Rollup>(Counted{Partition{0}, 0, 1}); }

    std::unique_ptr<Rollup> rollup_ = std::make_unique<Rollup>(Counted{Partition{0}, 0, 1});
    int transactions_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Databases, Minutes,
                         testing::Values(store::Dialect::sqlite, store::Dialect::postgres),
                         store::dialect_name);

using Row = std::vector<std::int64_t>;

TEST_P(Minutes, CountWhoCameAndWent) {
    tell_connection(true, noon - 90 * second_us);
    tell_connection(true, noon - 61 * second_us);
    tell_connection(false, noon - 60 * second_us);
    step();
    EXPECT_EQ(minute(noon - 2 * minute_us), (Row{2, 0, -1, -1}));
    EXPECT_EQ(minute(noon - minute_us), (Row{0, 1, -1, -1}));
    tell_connection(false, noon - 59 * second_us);
    step();
    EXPECT_EQ(minute(noon - minute_us), (Row{0, 2, -1, -1}));
    tell_connection(true, noon - 73 * hour_us);  // nobody looks so far back by minutes
    step();
    EXPECT_TRUE(minute(noon - 73 * hour_us).empty());
}

TEST_P(Minutes, SayThePowerOnceEach) {
    tell("transaction.updated", noon - second_us, wire::encode(running("1", 7'360)));
    step();
    EXPECT_EQ(minute(noon), (Row{0, 0, 7'360'000, 1}));
    tell("transaction.updated", noon, wire::encode(running("1", 3'000)));
    now_ = noon + 30 * second_us;
    step();
    EXPECT_EQ(minute(noon), (Row{0, 0, 7'360'000, 1}));  // it has been said
    now_ = noon + minute_us;
    step();
    EXPECT_EQ(minute(noon + minute_us), (Row{0, 0, 3'000'000, 1}));
}

// What another process has counted before is not lost with it.
TEST_P(Minutes, AfterAStartKnowWhatRuns) {
    sql_->query(
        "insert into transactions (id, station_no, ocpp_version, ocpp_id, state, evse, connector, "
        "received_at, has_start, has_end, event_count, seq_min, seq_max, end_seq, decided_by, "
        "incomplete, suspect, version, updated_at) values ($1, 1, '1.6', '9', 'active', 1, 1, 1, "
        "1, 0, 1, 0, 0, 0, '', 0, 0, 1, 1)",
        {store::Bytes{"transaction-9"}});
    sql_->query(
        "insert into open_transactions (id, station_no, power_mw, power_at) values ($1, 1, "
        "5000000, $2)",
        {store::Bytes{"transaction-9"}, noon - minute_us});
    step();
    EXPECT_EQ(minute(noon), (Row{0, 0, 0, 0}));  // this one was there before it
    restart();
    now_ = noon + minute_us;
    step();
    EXPECT_EQ(minute(noon + minute_us), (Row{0, 0, 5'000'000, 1}));
}

TEST_P(Minutes, AreSweptAfterThreeDays) {
    step();
    ASSERT_FALSE(minute(noon).empty());
    (void)sweep(*sql_, utc_from_micros(noon + 71 * hour_us), 800);
    EXPECT_FALSE(minute(noon).empty());
    (void)sweep(*sql_, utc_from_micros(noon + 73 * hour_us), 800);
    EXPECT_TRUE(minute(noon).empty());
}

// ---- first tries ----

TEST_P(Minutes, ATryAfterAFailedOneIsNoFirstOne) {
    const std::int64_t minute = minute_us;
    put_ended(noon - 60 * minute, noon - 59 * minute, 0);          // a first try, in vain
    put_ended(noon - 55 * minute, noon - 50 * minute, 5'000'000);  // the second one charges
    step();
    EXPECT_EQ(first_tries(), std::pair(std::int64_t{1}, std::int64_t{0}));
    put_ended(noon - 49 * minute, noon - 30 * minute, 5'000'000);  // behind one that charged
    step();
    EXPECT_EQ(first_tries(), std::pair(std::int64_t{2}, std::int64_t{1}));
    put_ended(noon - 20 * minute, noon - 19 * minute, 99'999);        // less than 0.1 kWh
    put_ended(noon - 18 * minute, noon - 10 * minute, 5'000'000, 2);  // at another EVSE
    step();
    EXPECT_EQ(first_tries(), std::pair(std::int64_t{4}, std::int64_t{2}));
    put_ended(noon - 13 * minute, noon - 5 * minute, 5'000'000);  // six minutes behind it
    step();
    EXPECT_EQ(first_tries(), std::pair(std::int64_t{5}, std::int64_t{3}));
}

}  // namespace
}  // namespace ohm::api::statistics
