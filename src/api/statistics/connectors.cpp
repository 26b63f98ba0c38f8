#include "api/statistics/connectors.hpp"

#include <limits>
#include <set>

#include "api/statistics/portions.hpp"
#include "api/statistics/tables.hpp"
#include "base/limits_statistics.hpp"
#include "base/text.hpp"

namespace ohm::api::statistics {
namespace {

using store::as_int;
using store::as_text;

constexpr std::string_view columns =
    "c.station_no, c.evse, c.connector, c.status, c.error_code, c.is_online, c.is_charging, "
    "c.since_at";

}  // namespace

void Connectors::take(const store::Row& row) {
    State state;
    state.status = as_text(row[3]);
    state.error_code = as_text(row[4]);
    state.is_online = as_int(row[5]) != 0;
    state.is_charging = as_int(row[6]) != 0;
    state.since_at = as_int(row[7]);
    states_.try_emplace({as_int(row[0]), as_int(row[1]), as_int(row[2])}, std::move(state));
}

void Connectors::load(const std::vector<std::int64_t>& stations) {
    const std::string text = "select " + std::string{columns} +
                             " from statistics_connectors c where " +
                             store::any_of(sql_.dialect(), "c.station_no", "$1");
    for (const auto some : in_portions(stations))
        for (const store::Row& row :
             sql_.query(text, {std::vector<std::int64_t>{some.begin(), some.end()}}))
            take(row);
}

bool Connectors::load_open(std::int64_t before_us, std::int64_t most) {
    const auto rows = sql_.query("select " + std::string{columns} +
                                     " from statistics_connectors c where c.partition_no = $1 and "
                                     "c.since_at < $2 order by c.since_at limit $3",
                                 {partition_no_, before_us, most});
    std::vector<std::int64_t> stations;
    for (const store::Row& row : rows) {
        take(row);
        stations.push_back(as_int(row[0]));
    }
    stations_.load_numbers(std::move(stations));
    return static_cast<std::int64_t>(rows.size()) == most;
}

std::optional<std::int64_t> Connectors::seed(std::int64_t behind_no, std::int64_t most,
                                             std::int64_t now_us) {
    std::vector<std::int64_t> stations;
    for (const store::Row& row :
         sql_.query("select station_no from charge_points where partition_no = $1 and archived_at "
                    "is null and station_no > $2 order by station_no limit $3",
                    {partition_no_, behind_no, most}))
        stations.push_back(as_int(row[0]));
    if (stations.empty()) return std::nullopt;
    const std::int64_t last = stations.back();
    const bool has_more = static_cast<std::int64_t>(stations.size()) == most;
    for (const store::Row& row : sql_.query(
             "select c.station_no, c.evse, c.connector, coalesce(c.status, ''), "
             "coalesce(c.error_code, ''), case when s.connection is null then 0 else 1 end, 0, "
             "cast($4 as bigint) from charge_points p join connectors c on c.station_no = "
             "p.station_no left join station_state s on s.station_no = p.station_no where "
             "p.partition_no = $1 and p.archived_at is null and p.station_no > $2 and p.station_no "
             "<= $3",
             {partition_no_, behind_no, last, now_us}))
        take(row);
    std::set<Key> seeded;
    for (const auto& [key, state] : states_) seeded.insert(key);
    // Those of before that are not there now: nothing is known of them until they are heard.
    load(stations);
    for (auto& [key, state] : states_) {
        state.is_changed = true;
        if (seeded.contains(key)) continue;
        state.status = state.error_code = "";
        state.is_charging = false;
        state.since_at = now_us;
    }
    stations_.load_numbers(std::move(stations));
    return has_more ? std::optional{last} : std::nullopt;
}

// Counts what lasted until then.
void Connectors::bring_up(const Key& key, State& state, const StationKnown& station,
                          std::int64_t at) {
    if (at <= state.since_at) return;
    const auto& [no, evse, connector] = key;
    const Figure figure = figure_of(state.status, state.is_online, state.is_charging);
    Buckets lasted;
    lasted.last_in_days(*station.zone, state.since_at, at, figure);
    if (evse > 0) delta_.add(station.spot(evse, connector), lasted);
    const std::string fault =
        state.is_online ? fault_of(state.status, state.error_code) : std::string{};
    if (!fault.empty())
        for (const auto& [day, figures] : lasted.days)
            delta_.add_fault(station.spot(), day, {fault, station.model, station.firmware_version},
                             0, figures[figure]);
    state.since_at = at;
    state.is_changed = true;
}

template <class Change>
void Connectors::change_all(const StationKnown& station, std::int64_t at, Change&& change) {
    constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
    for (auto it = states_.lower_bound({station.no, least, least});
         it != states_.end() && std::get<0>(it->first) == station.no; ++it) {
        State after = it->second;
        change(std::get<1>(it->first), after);
        const bool is_same =
            after.is_online == it->second.is_online && after.is_charging == it->second.is_charging;
        if (is_same) continue;
        bring_up(it->first, it->second, station, at);
        it->second.is_online = after.is_online;
        it->second.is_charging = after.is_charging;
        it->second.is_changed = true;
    }
}

void Connectors::connection(const StationKnown& station, bool is_online, std::int64_t at) {
    change_all(station, at, [&](std::int64_t, State& state) { state.is_online = is_online; });
}

void Connectors::charging(const StationKnown& station, std::int64_t evse, bool is_charging,
                          std::int64_t at) {
    change_all(station, at, [&](std::int64_t of, State& state) {
        if (of == evse) state.is_charging = is_charging;
    });
}

void Connectors::status(const StationKnown& station, std::int64_t evse, std::int64_t connector,
                        const std::string& status, const std::string& error_code, std::int64_t at) {
    const Key key{station.no, evse, connector};
    const auto [place, is_new] = states_.try_emplace(key);
    State& state = place->second;
    if (is_new) state.since_at = at;
    bring_up(key, state, station, at);
    const std::string before = fault_of(state.status, state.error_code);
    state.status = to_storable(status, limits::statistics_fault_text);
    state.error_code = to_storable(error_code, limits::statistics_fault_text);
    state.is_online = true;  // it has just said it
    state.is_changed = true;
    const std::string fault = fault_of(state.status, state.error_code);
    if (fault.empty() || fault == before) return;
    delta_.add_fault(station.spot(), station.zone->day_of(at),
                     {fault, station.model, station.firmware_version}, 1, 0);
}

void Connectors::bring_up_to(std::int64_t now_us, std::int64_t before_us) {
    for (auto& [key, state] : states_) {
        const StationKnown* station = stations_.find(std::get<0>(key));
        const bool is_open = state.since_at < before_us && station && !station->is_archived;
        if (is_open) bring_up(key, state, *station, now_us);
    }
}

void Connectors::write(store::Unit& unit) const {
    std::set<std::int64_t> gone;
    for (const auto& [key, state] : states_) {
        const auto& [no, evse, connector] = key;
        const StationKnown* station = stations_.find(no);
        if (!station || station->is_archived) {
            if (gone.insert(no).second) unit.add(tables::statistics_connector_gone, {no});
            continue;
        }
        if (!state.is_changed) continue;
        unit.add(tables::statistics_connector,
                 {no, evse, connector, partition_no_, state.status, state.error_code,
                  std::int64_t{state.is_online}, std::int64_t{state.is_charging}, state.since_at});
    }
}

}  // namespace ohm::api::statistics
