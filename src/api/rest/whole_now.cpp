#include "api/rest/whole_now.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "api/rest/service.hpp"
#include "api/rest/station_rows.hpp"
#include "api/statistics/figures.hpp"
#include "base/limits_statistics.hpp"

namespace ohm::api::rest {
namespace {

using statistics::hour_us;
using statistics::minute_us;
using store::as_int;
using store::as_text;

constexpr int power_minutes = 5;  // how old the newest whole minute may be

void count_stations_of(store::Sql& sql, WholeNowShown& shown) {
    for (const store::Row& row :
         sql.query("select case when s.connection is null then 0 else 1 end, " +
                   std::string{shown_status_sql} +
                   ", count(*) from charge_points p left join station_state s on s.station_no = "
                   "p.station_no where p.tenant_no = 1 and p.archived_at is null group by 1, 2")) {
        const std::int64_t count = as_int(row[2]);
        shown.stations += count;
        if (as_int(row[0]) != 0) shown.online += count;
        if (as_text(row[1]) == "Faulted") shown.faulted += count;
    }
}

void count_connectors_of(store::Sql& sql, WholeNowShown& shown) {
    for (const store::Row& row : sql.query(
             "select case when s.connection is null or s.override_status is not null or "
             "c.override_since_at is not null then 'Unavailable' else coalesce(c.status, "
             "'Unknown') end, count(*) from connectors c join charge_points p on p.station_no = "
             "c.station_no left join station_state s on s.station_no = c.station_no where "
             "p.tenant_no = 1 and p.archived_at is null and c.evse > 0 group by 1 order by 1"))
        shown.connectors.items.push_back({as_text(row[0]), as_int(row[1])});
}

SessionsNow count_sessions(store::Sql& sql, std::int64_t now_us) {
    SessionsNow out;
    out.running = as_int(sql.query("select count(*) from open_transactions").at(0).at(0));
    out.suspect = as_int(
        sql.query("select count(*) from transactions where suspect = 1 and received_at >= $1",
                  {now_us - 24 * hour_us})
            .at(0)
            .at(0));
    const auto sums =
        sql.query("select " + statistics::figure_sums("") +
                      " from statistics_place_hours where hour_at > $1 and hour_at <= $2",
                  {now_us - 24 * hour_us, now_us});
    const auto figure = [&](statistics::Figure which) {
        return as_int(sums.at(0).at(static_cast<std::size_t>(which)));
    };
    out.started = figure(statistics::Figure::sessions_started);
    out.ended = figure(statistics::Figure::sessions_ended);
    out.charged = figure(statistics::Figure::sessions_charged);
    out.first_tries = figure(statistics::Figure::first_tries);
    out.first_tries_charged = figure(statistics::Figure::first_tries_charged);
    return out;
}

// The newest minute of which every partition has told.
Nullable<PowerNow> read_power(store::Sql& sql, std::int64_t now_us) {
    const auto rows = sql.query(
        "select minute_at, cast(sum(power_mw) as bigint), cast(sum(sessions) as bigint) from "
        "statistics_minutes where minute_at >= $1 and power_mw is not null group by minute_at "
        "having count(*) >= (select count(*) from statistics_positions) order by minute_at desc "
        "limit 1",
        {now_us - power_minutes * minute_us});
    if (rows.empty()) return {};
    PowerNow power;
    power.at.at = utc_from_micros(as_int(rows[0][0]));
    power.power_w.value = static_cast<double>(as_int(rows[0][1]) / 1'000);
    power.sessions = as_int(rows[0][2]);
    return {power};
}

WholeNowShown read_now(store::Sql& sql, Utc now) {
    const std::int64_t now_us = micros(now);
    WholeNowShown shown;
    shown.at.at = now;
    count_stations_of(sql, shown);
    count_connectors_of(sql, shown);
    shown.sessions = {count_sessions(sql, now_us)};
    shown.power = read_power(sql, now_us);
    shown.commands_waiting = {as_int(
        sql.query("select count(*) from commands where state in ('queued', 'sent')").at(0).at(0))};
    return shown;
}

// As far as the caller may see it.
net::Response answer_for(const Exchange& exchange, const WholeNowShown& known) {
    WholeNowShown shown = known;
    if (!exchange.caller.may("transactions:read")) shown.sessions = {}, shown.power = {};
    if (!exchange.caller.may("commands:read")) shown.commands_waiting = {};
    return json_answer(200, wire::encode(shown));
}

}  // namespace

void WholeNow::ask(const SharedExchange& exchange, Service& service) {
    if (known_ && clock_.mono() < fresh_until_)
        return service.answer(exchange, answer_for(*exchange, *known_));
    waiting_.push_back(exchange);
    if (waiting_.size() > 1) return;  // a count is on its way
    struct Counted {
        WholeNowShown shown;
        Micros took{0};
    };
    const auto read = std::make_shared<Counted>();  // written by the reader, then the loop's
    service.parts().readers.read(
        [read, &clock = clock_](ReadSources& sources) {
            const Mono began = clock.mono();
            read->shown = read_now(sources.sql, clock.utc());
            read->took = clock.mono() - began;
            return net::Response{.status = 200};
        },
        [this, read, &service](net::Response&& response) {
            if (response.status == 200) return take(service, std::move(read->shown), read->took);
            for (const auto& one : std::exchange(waiting_, {}))
                service.answer(one, problem_answer(*one, {.code = "database_unavailable",
                                                          .detail = "It cannot be counted now."}));
        });
}

void WholeNow::take(Service& service, WholeNowShown&& shown, Micros took) {
    const Micros rest =
        std::clamp<Micros>(limits::statistics_now_rest * took, limits::statistics_now_fresh,
                           limits::statistics_now_oldest);
    known_ = std::move(shown);
    fresh_until_ = clock_.mono() + rest;
    for (const auto& one : std::exchange(waiting_, {}))
        service.answer(one, answer_for(*one, *known_));
}

void show_whole_now(const SharedExchange& exchange, Service& service) {
    service.whole_now().ask(exchange, service);
}

}  // namespace ohm::api::rest
