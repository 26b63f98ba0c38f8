// One partition whose events are counted, on both databases: two stations, CP1 at a location in
// Berlin. Tests only; one thread.
#pragma once

#include <gtest/gtest.h>

#include "api/charging/samples.hpp"
#include "api/charging/tables.hpp"
#include "api/events/outbox.hpp"
#include "api/events/types.hpp"
#include "api/statistics/figures.hpp"
#include "api/statistics/rollup.hpp"
#include "base/text.hpp"
#include "store/migrations.hpp"
#include "store/test_database.hpp"

namespace ohm::api::statistics {

constexpr std::int64_t hours = hour_us;

inline std::int64_t at(std::string_view text) {
    return micros(*parse_rfc3339(text, TimeForm::strict));
}
inline std::int64_t day(std::string_view date) {
    return at(std::string{date} + "T00:00:00Z") / (24 * hours);
}

class RollupCase : public store::EveryDatabase {
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
        tell("connector.status_changed", subject, when,
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
    std::int64_t next_n_ = 1;
    std::int64_t now_ = at("2026-03-28T00:00:00Z");
};

}  // namespace ohm::api::statistics
