#include "api/rest/station_figures.hpp"

#include <algorithm>
#include <unordered_map>

#include "api/statistics/figures.hpp"

namespace ohm::api::rest {
namespace {

using statistics::Figure;
using statistics::Figures;
using store::as_int;
using store::as_text;

constexpr std::int64_t uptime_days = 30;
constexpr std::int64_t day_us = 24 * statistics::hour_us;
constexpr Figure up[] = {Figure::available_us, Figure::occupied_us, Figure::charging_us};
constexpr Figure down[] = {Figure::faulted_us, Figure::unavailable_us, Figure::unknown_us};

std::vector<std::int64_t> numbers_of(const std::vector<StationRead>& stations) {
    std::vector<std::int64_t> numbers;
    for (const StationRead& station : stations) numbers.push_back(station.station_no);
    return numbers;
}

using ByStation = std::unordered_map<std::int64_t, Figures>;

// Days are local ones, so the first may be a part of a day more or less than 30 days ago.
void add_days(store::Sql& sql, const std::vector<std::int64_t>& numbers, std::int64_t first_day,
              ByStation& all) {
    constexpr Figure figures[] = {Figure::available_us, Figure::occupied_us,    Figure::charging_us,
                                  Figure::faulted_us,   Figure::unavailable_us, Figure::unknown_us};
    std::string sums;
    for (const Figure figure : figures)
        (sums += ", cast(sum(") +=
            std::string{statistics::figure_names[static_cast<std::size_t>(figure)]} +
            ") as bigint)";
    for (const store::Row& row :
         sql.query("select station_no" + sums + " from statistics_days where day >= $2 and " +
                       store::any_of(sql.dialect(), "station_no", "$1") + " group by station_no",
                   {numbers, first_day})) {
        Figures& of_station = all[as_int(row[0])];
        for (std::size_t i = 0; i < std::size(figures); ++i)
            of_station[figures[i]] += as_int(row[i + 1]);
    }
}

void add_open_time(store::Sql& sql, const std::vector<std::int64_t>& numbers, std::int64_t from,
                   std::int64_t until, ByStation& all) {
    for (const store::Row& row :
         sql.query("select station_no, status, is_online, is_charging, since_at from "
                   "statistics_connectors where evse > 0 and " +
                       store::any_of(sql.dialect(), "station_no", "$1"),
                   {numbers})) {
        const Figure figure =
            statistics::figure_of(as_text(row[1]), as_int(row[2]) != 0, as_int(row[3]) != 0);
        all[as_int(row[0])][figure] +=
            std::max<std::int64_t>(0, until - std::max(from, as_int(row[4])));
    }
}

Nullable<wire::Number> uptime_of(const Figures& figures) {
    std::int64_t up_us = 0, all_us = 0;
    for (const Figure figure : up) up_us += figures[figure];
    for (const Figure figure : down) all_us += figures[figure];
    all_us += up_us;
    if (all_us <= 0) return {};
    constexpr double per_mille = 1'000;
    const double share = 100 * static_cast<double>(up_us) / static_cast<double>(all_us);
    const auto rounded = static_cast<std::int64_t>(share * per_mille + 0.5);
    return {wire::Number{static_cast<double>(rounded) / per_mille}};
}

}  // namespace

void add_uptime(store::Sql& sql, std::vector<StationRead>& stations, Utc now) {
    const auto numbers = numbers_of(stations);
    if (numbers.empty()) return;
    const std::int64_t first_day = micros(now) / day_us - uptime_days;
    ByStation all;
    add_days(sql, numbers, first_day, all);
    add_open_time(sql, numbers, first_day * day_us, micros(now), all);
    for (StationRead& station : stations)
        station.shown.uptime_percent = uptime_of(all[station.station_no]);
}

void add_open_alerts(store::Sql& sql, std::vector<StationRead>& stations) {
    const auto numbers = numbers_of(stations);
    if (numbers.empty()) return;
    std::unordered_map<std::int64_t, std::int64_t> counts;
    for (const store::Row& row :
         sql.query("select station_no, count(*) from alerts where closed_at is null and " +
                       store::any_of(sql.dialect(), "station_no", "$1") + " group by station_no",
                   {numbers}))
        counts[as_int(row[0])] = as_int(row[1]);
    for (StationRead& station : stations) station.shown.open_alerts = {counts[station.station_no]};
}

}  // namespace ohm::api::rest
