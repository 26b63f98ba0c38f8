// What is counted, against days that were added up by hand, on both databases.
#include "api/statistics/rollup.hpp"

#include <functional>
#include <gtest/gtest.h>

#include "api/charging/samples.hpp"
#include "api/charging/tables.hpp"
#include "api/events/outbox.hpp"
#include "api/events/types.hpp"
#include "api/statistics/figures.hpp"
#include "base/text.hpp"
#include "store/migrations.hpp"
#include "store/test_database.hpp"

namespace ohm::api::statistics {
namespace {

constexpr std::int64_t hours = hour_us;

std::int64_t at(std::string_view text) { return micros(*parse_rfc3339(text, TimeForm::strict)); }
std::int64_t day(std::string_view date) {
    return at(std::string{date} + "T00:00:00Z") / (24 * hours);
}

// Commits, and says that it did not.
class LosesAnswers final : public store::Sql {
public:
    explicit LosesAnswers(std::unique_ptr<store::Sql> truth) : truth_{std::move(truth)} {}
    store::Dialect dialect() const override { return truth_->dialect(); }
    std::vector<store::Row> query(std::string_view sql,
                                  std::span<const store::Value> parameters) override {
        return truth_->query(sql, parameters);
    }
    void script(std::string_view sql) override { truth_->script(sql); }
    void reconnect() override {}
    void commit(store::Unit& unit, const store::Fence& fence) override {
        if (!commits_nothing) truth_->commit(unit, fence);
        throw Fault{Fault::Kind::away, "nobody knows"};
    }
    bool commits_nothing = false;

private:
    std::unique_ptr<store::Sql> truth_;
};

// Before the place is read for the second time, a commit of before comes to its end.
class EndsLate final : public store::Sql {
public:
    EndsLate(std::unique_ptr<store::Sql> truth, std::function<void()> late)
        : truth_{std::move(truth)}, late_{std::move(late)} {}
    store::Dialect dialect() const override { return truth_->dialect(); }
    std::vector<store::Row> query(std::string_view sql,
                                  std::span<const store::Value> parameters) override {
        if (sql.find("statistics_positions") != sql.npos && ++looks_ == 2) late_();
        return truth_->query(sql, parameters);
    }
    void script(std::string_view sql) override { truth_->script(sql); }
    void reconnect() override {}
    void commit(store::Unit& unit, const store::Fence& fence) override {
        truth_->commit(unit, fence);
    }

private:
    std::unique_ptr<store::Sql> truth_;
    const std::function<void()> late_;
    int looks_ = 0;
};

class Rollups : public store::EveryDatabase {
protected:
    void SetUp() override {
        EveryDatabase::SetUp();
        if (!sql_) return;
        store::migrate(*sql_, utc_from_micros(0));
        sql_->query("insert into bus_partition (id, epoch) values (0, 0)");
        sql_->query(
            "insert into locations (location_no, id, name, time_zone, created_at, "
            "updated_at) values (7, 'harbour', 'Harbour', 'Europe/Berlin', 1, 1)");
        add_station(1, "CP1", 7);
        add_station(2, "CP2", 0);
        step();  // from here on events are counted
    }
    void add_station(std::int64_t number, const std::string& id, std::int64_t location) {
        sql_->query(
            "insert into charge_points (station_no, id, id_key, partition_no, location_no, "
            "security_profile, model, firmware_version, version, created_at, updated_at) "
            "values ($1, $2, $3, 0, $4, 1, 'M1', '1.2', 1, 1, 1)",
            {number, id, *fold(id),
             location == 0 ? store::Value{store::Null{}} : store::Value{location}});
    }
    // What a batch commits.
    void tell(std::string_view type, const std::string& subject, std::int64_t when,
              std::string data) {
        store::Unit unit;
        unit.add(tables::outbox,
                 {std::int64_t{0}, next_n_++, std::int64_t{1}, when,
                  "[" + events::make_event({0}, type, subject, when, std::move(data)).json + "]"});
        sql_->commit(unit, {});
        now_ = std::max(now_, when);
    }
    void tell_status(const std::string& subject, std::int64_t evse, std::int64_t when,
                     const std::string& status, const std::string& error = "NoError") {
        tell("connector.status.changed", subject, when,
             R"({"evse_id":)" + std::to_string(evse) + R"(,"connector_id":1,"status":")" + status +
                 R"(","error_code":")" + error +
                 R"(","info":null,"vendor_id":null,"vendor_error_code":null,"at":null})");
    }
    void tell_transaction(const std::string& type, std::int64_t when, const std::string& ocpp_id) {
        tell("transaction." + type, "CP1", when,
             R"({"transaction_id":"tx_","ocpp_transaction_id":")" + ocpp_id +
                 R"(","state":"active","evse_id":1,"connector_id":1,"token":null,)"
                 R"("charging_state":null,"stop_reason":null,"started_at":null,"ended_at":null,)"
                 R"("energy_wh":null,"closed_by":null,"closed_reason":null})");
    }
    struct Record {
        std::string id = "1";
        std::int64_t from = 0, to = 0;  // to 0: it runs
        std::int64_t begin_mwh = 0, end_mwh = 0, received_at = 0;
    };
    void put(const Record& r) {
        const store::Bytes key{"transaction-" + r.id};
        sql_->query("delete from transactions where id = $1", {key});
        sql_->query(
            "insert into transactions (id, station_no, ocpp_version, ocpp_id, state, evse, "
            "connector, started_at, ended_at, received_at, ended_received_at, begin_mwh, end_mwh, "
            "energy_mwh, energy_rule, meter_from_at, meter_to_at, has_start, has_end, event_count, "
            "seq_min, seq_max, end_seq, decided_by, incomplete, suspect, version, updated_at) "
            "values ($1, 1, '1.6', $2, $3, 1, 1, $4, $5, $6, $6, $7, $8, $9, 'registers', $10, "
            "$11, 1, 0, 1, 0, 0, 0, '', 0, 0, 1, 1)",
            {key, r.id, std::string{r.to == 0 ? "active" : "ended"}, r.from,
             r.to == 0 ? store::Value{store::Null{}} : store::Value{r.to},
             r.received_at == 0 ? r.from : r.received_at, r.begin_mwh, r.end_mwh,
             r.end_mwh - r.begin_mwh, r.from, r.to == 0 ? r.from + 24 * hours : r.to});
    }
    void put_sample(const std::string& transaction, std::int64_t when, std::int64_t wh) {
        const domain::Sample sample{.measurand = "Energy.Active.Import.Register",
                                    .phase = "",
                                    .location = "Outlet",
                                    .context = "",
                                    .unit = "Wh",
                                    .milli = wh * 1'000,
                                    .raw = ""};
        const std::string packed = pack_samples(std::span{&sample, 1});
        sql_->query(
            "insert into meter_values (station_no, evse, transaction_id, at, hash, "
            "received_at, samples) values (1, 1, $1, $2, $3, $2, $4)",
            {store::Bytes{"transaction-" + transaction}, when, store::Bytes{packed},
             store::Bytes{packed}});
    }
    // As often as there is something to do; each with a new process's memory.
    void step() {
        for (int i = 0; i < 100; ++i) {
            Rollup rollup{{{0}, 0, 1}};
            if (rollup.step(*sql_, utc_from_micros(now_)) == Left::nothing) return;
        }
        FAIL() << "there is always more";
    }
    std::int64_t figure(Figure which, const std::string& table, const std::string& where) {
        return store::as_int(
            sql_->query("select cast(coalesce(sum(" +
                        std::string{figure_names[static_cast<std::size_t>(which)]} +
                        "), 0) as bigint) from statistics_" + table + " where " + where)[0][0]);
    }
    std::int64_t of_day(Figure which, std::string_view date, const std::string& more = "1 = 1") {
        const std::string where = "day = " + std::to_string(day(date)) + " and " + more;
        const std::int64_t sum = figure(which, "days", where);
        if (more == "1 = 1") {
            EXPECT_EQ(figure(which, "place_days", where), sum) << date;
        }
        return sum;
    }
    std::int64_t of_hour(Figure which, std::string_view begin) {
        const std::string where = "hour_at = " + std::to_string(at(begin));
        EXPECT_EQ(figure(which, "place_hours", where), figure(which, "hours", where)) << begin;
        return figure(which, "hours", where);
    }
    // All that is counted, as text.
    std::string everything() {
        std::string text;
        for (const std::string table : {"days", "hours", "place_days", "place_hours"})
            for (const store::Row& row :
                 sql_->query("select * from statistics_" + table + " order by 1, 2, 3, 4")) {
                std::string line = table;
                for (const store::Value& value : row)
                    line += " " + std::to_string(store::as_int(value));
                text += line + "\n";
            }
        for (const store::Row& row : sql_->query(
                 "select station_no, day, error_code, count, lasted_us from statistics_faults "
                 "order by 1, 2, 3"))
            text += "fault " + std::to_string(store::as_int(row[1])) + store::as_text(row[2]) +
                    std::to_string(store::as_int(row[3])) + " " +
                    std::to_string(store::as_int(row[4])) + "\n";
        return text;
    }
    void forget_all() {
        for (const std::string table :
             {"days", "hours", "place_days", "place_hours", "faults", "connectors", "transactions"})
            sql_->query("delete from statistics_" + table);
        sql_->query("update statistics_positions set next_n = 1");
    }

    std::int64_t next_n_ = 1;
    std::int64_t now_ = at("2026-03-28T00:00:00Z");
};
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

TEST_P(Rollups, WhatWasThereBeforeIsCountedOnce) {
    const std::int64_t from = at("2026-03-20T10:00:00Z");
    put({.from = from, .to = from + hours, .end_mwh = 300'000});
    put({.id = "2", .from = from, .end_mwh = 100'000});
    tell_transaction("started", from, "2");
    sql_->query("delete from statistics_positions");
    step();
    EXPECT_EQ(figure(Figure::energy_mwh, "days", "1 = 1"), 400'000);
    EXPECT_EQ(figure(Figure::sessions_started, "place_days", "1 = 1"), 2);
    EXPECT_EQ(figure(Figure::sessions_ended, "place_days", "1 = 1"), 1);
}

TEST_P(Rollups, ThePastOfAnotherPartitionIsGoneOver) {
    const std::int64_t from = at("2026-03-20T10:00:00Z");
    const auto more = [](int i) { return std::to_string(1'000 + i); };
    for (int i = 0; i < 250; ++i) put({.id = more(i), .from = from, .to = from + hours});
    sql_->query("update transactions set station_no = 2");
    sql_->query("update charge_points set partition_no = 1 where station_no = 2");
    put({.id = "2", .from = from, .to = from + hours, .end_mwh = 300'000});
    sql_->query("delete from statistics_positions");
    Rollup rollup{{{0}, 0, 1}};
    EXPECT_EQ(rollup.step(*sql_, utc_from_micros(now_)), Left::news);
    EXPECT_EQ(rollup.step(*sql_, utc_from_micros(now_)), Left::past);
    EXPECT_EQ(figure(Figure::energy_mwh, "days", "1 = 1"), 0);
    EXPECT_EQ(rollup.step(*sql_, utc_from_micros(now_)), Left::nothing);
    EXPECT_EQ(figure(Figure::sessions_ended, "days", "1 = 1"), 1);
    EXPECT_EQ(figure(Figure::energy_mwh, "days", "1 = 1"), 300'000);
}

TEST_P(Rollups, RestartsAndLostAnswersCountNothingTwice) {
    const std::int64_t from = at("2026-03-28T22:30:00Z");
    const auto happen = [&](auto&& between) {
        tell_status("CP1", 1, from, "Available"), between();
        put({.from = from + hours});
        tell_transaction("started", from + hours, "1"), between();
        tell_status("CP1", 1, from + hours, "Charging"), between();
        put({.from = from + hours, .end_mwh = 250'000});
        tell_transaction("updated", from + 2 * hours, "1"), between();
        tell_status("CP1", 1, from + 3 * hours, "Faulted", "GroundFailure"), between();
        put({.from = from + hours, .to = from + 3 * hours, .end_mwh = 350'000});
        tell_transaction("ended", from + 3 * hours, "1"), between();
        tell_status("CP1", 1, from + 4 * hours, "Available"), between();
    };
    happen([] {});
    step();
    const std::string at_once = everything();
    EXPECT_EQ(of_day(Figure::energy_mwh, "2026-03-29"), 350'000);

    forget_all();
    sql_->query("delete from outbox");
    next_n_ = 1;
    LosesAnswers loses{database_->open()};
    happen([&] {
        // It dies before the commit, and behind it; both times the next one goes on.
        for (const bool commits_nothing : {true, false}) {
            loses.commits_nothing = commits_nothing;
            Rollup dying{{{0}, 0, 1}};
            EXPECT_THROW(dying.step(loses, utc_from_micros(now_)), Fault);
        }
        step();
    });
    EXPECT_EQ(everything(), at_once);
}

TEST_P(Rollups, ACommitThatEndsLateIsNotAddedTo) {
    const std::string accepted =
        R"({"action":"Authorize","token":null,"token_type":null,"status":"Accepted",)"
        R"("reason":null,"decided_by":null,"transaction_id":null,"evse_id":null})";
    tell("authorization.decided", "CP1", at("2026-03-28T10:00:00Z"), accepted);
    EndsLate late{database_->open(), [this] { step(); }};
    Rollup again{{{0}, 0, 1}};
    EXPECT_EQ(again.step(late, utc_from_micros(now_)), Left::news);
    EXPECT_EQ(of_day(Figure::accepted, "2026-03-28"), 1);
    again.step(late, utc_from_micros(now_));
    EXPECT_EQ(of_day(Figure::accepted, "2026-03-28"), 1);
    tell("authorization.decided", "CP1", at("2026-03-28T11:00:00Z"), accepted);
    again.step(late, utc_from_micros(now_));
    EXPECT_EQ(of_day(Figure::accepted, "2026-03-28"), 2);
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

TEST_P(Rollups, AnotherOwnersStepWritesNothing) {
    if (!on_postgres()) GTEST_SKIP() << "one process holds everything";
    tell_status("CP1", 1, at("2026-03-28T10:00:00Z"), "Available");
    sql_->query("update bus_partition set epoch = 2");
    Rollup late{{{0}, 0, 1}};
    EXPECT_EQ(store::fault_of([&] { late.step(*sql_, utc_from_micros(now_)); }),
              Fault::Kind::fenced);
    EXPECT_TRUE(sql_->query("select 1 from statistics_connectors").empty());
}

TEST_P(Rollups, EventsThatAreGoneAreGoneOver) {
    for (int i = 0; i < 5; ++i)
        tell_status("CP1", 1, at("2026-03-28T10:00:00Z") + i * hours,
                    i % 2 ? "Charging" : "Available");
    sql_->query("delete from outbox where first_n < 4");
    step();
    EXPECT_EQ(of_day(Figure::charging_us, "2026-03-28"), hours);
    EXPECT_EQ(store::as_int(sql_->query("select next_n from statistics_positions")[0][0]), 6);
}

TEST_P(Rollups, WhatHappenedInAGapIsReadFromItsEnd) {
    const std::int64_t from = at("2026-03-28T10:00:00Z");
    tell_status("CP1", 1, from, "Faulted", "GroundFailure");
    put({.from = from});
    tell_transaction("started", from, "1");
    step();
    put({.from = from, .to = from + hours, .end_mwh = 300'000});
    put({.id = "2", .from = from + hours, .to = from + 2 * hours, .end_mwh = 100'000});
    for (const std::int64_t hour : {1, 2, 3})
        tell_status("CP1", 1, from + hour * hours, "Charging");
    sql_->query("delete from outbox where first_n < 5");
    sql_->query(
        "insert into connectors (station_no, evse, connector, status, received_at) values (1, 1, "
        "1, 'Charging', $1)",
        {from + 3 * hours});
    step();
    EXPECT_EQ(figure(Figure::energy_mwh, "days", "1 = 1"), 400'000);
    EXPECT_EQ(figure(Figure::sessions_started, "place_days", "1 = 1"), 2);
    EXPECT_EQ(figure(Figure::sessions_ended, "place_days", "1 = 1"), 2);
    const auto rows = sql_->query("select status, error_code, since_at from statistics_connectors");
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(store::as_text(rows[0][0]), "Charging");
    EXPECT_EQ(store::as_int(rows[0][2]), from + 3 * hours);
    EXPECT_EQ(figure(Figure::faulted_us, "days", "1 = 1"), 0);
}

TEST_P(Rollups, TheFirstStartReadsStationsInPortions) {
    sql_->query(
        "insert into charge_points (station_no, id, id_key, partition_no, security_profile, "
        "version, created_at, updated_at) with recursive n(i) as (select 10 union all select i + 1 "
        "from n where i < 2100) select i, 'S' || i, 's' || i, 0, 1, 1, 1, 1 from n");
    sql_->query(
        "insert into connectors (station_no, evse, connector, status) select station_no, 1, 1, "
        "'Available' from charge_points");
    sql_->query("delete from statistics_positions");
    Rollup rollup{{{0}, 0, 1}};
    const auto seeded = [&] { return sql_->query("select 1 from statistics_connectors").size(); };
    EXPECT_EQ(rollup.step(*sql_, utc_from_micros(now_)), Left::news);
    EXPECT_EQ(seeded(), 2'000u);
    EXPECT_TRUE(sql_->query("select 1 from statistics_positions").empty());
    EXPECT_EQ(rollup.step(*sql_, utc_from_micros(now_)), Left::news);
    EXPECT_EQ(seeded(), 2'093u);
    EXPECT_EQ(sql_->query("select 1 from statistics_positions").size(), 1u);
    EXPECT_EQ(rollup.step(*sql_, utc_from_micros(now_)), Left::nothing);
}

TEST_P(Rollups, ADeletedStationsConnectorsAreForgotten) {
    tell_status("CP1", 1, at("2026-03-27T10:00:00Z"), "Available");
    step();
    sql_->query("update charge_points set archived_at = 5 where station_no = 1");
    now_ = at("2026-03-30T10:00:00Z");
    step();
    EXPECT_TRUE(sql_->query("select 1 from statistics_connectors").empty());
}

TEST_P(Rollups, WhatIsOldGoes) {
    const std::int64_t from = at("2026-03-20T10:00:00Z");
    put({.from = from, .to = from + hours, .end_mwh = 300'000});
    tell_transaction("ended", from + hours, "1");
    step();
    EXPECT_FALSE(sweep(*sql_, utc_from_micros(from), 30));
    EXPECT_EQ(figure(Figure::energy_mwh, "days", "1 = 1"), 300'000);
    sweep(*sql_, utc_from_micros(from + 70 * 24 * hours), 100);
    EXPECT_EQ(figure(Figure::energy_mwh, "days", "1 = 1"), 300'000);
    EXPECT_TRUE(sql_->query("select 1 from statistics_hours").empty());
    EXPECT_TRUE(sql_->query("select 1 from statistics_transactions").empty());
    sweep(*sql_, utc_from_micros(from + 70 * 24 * hours), 30);
    EXPECT_TRUE(sql_->query("select 1 from statistics_days").empty());
    EXPECT_TRUE(sql_->query("select 1 from statistics_place_days").empty());
}

TEST_P(Rollups, WhatIsMoreThanAPortionIsSaid) {
    sql_->query(
        "insert into statistics_latency (source, direction, hour_at, classes) with recursive n(i) "
        "as (select 1 union all select i + 1 from n where i < 10005) select 'w', 'in', i, '' from "
        "n");
    const Utc now = utc_from_micros(at("2026-03-28T10:00:00Z"));
    EXPECT_TRUE(sweep(*sql_, now, 30));
    EXPECT_EQ(sql_->query("select 1 from statistics_latency").size(), 5u);
    EXPECT_FALSE(sweep(*sql_, now, 30));
    EXPECT_TRUE(sql_->query("select 1 from statistics_latency").empty());
}

}  // namespace
}  // namespace ohm::api::statistics
