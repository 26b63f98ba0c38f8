// What REST shows of statistics, and their rows in the tables of routes and components. One shape
// for all: columns say what a value is, rows are a bucket of time, or of a group.
#pragma once

#include <vector>

#include "api/rest/resources.hpp"
#include "api/rest/route.hpp"

namespace ohm::api::rest {

struct StatisticsColumn {
    std::string name, unit, definition;
    FIELDS(name, unit, definition)
};
struct StatisticsRow {
    Instant from, to;
    NullableText day;                     // the date, where the row is a day
    NullableText group;                   // what it is of, where it was asked for by groups
    List<Nullable<wire::Number>> values;  // of the columns in their order; null: nothing is known
    FIELDS(from, to, day, group, values)
};
struct StatisticsShown {
    std::string statistic, definition;
    OneOf<"hour", "day", "total", "minute"> interval;
    NullableText group_by, station_id, location_id;
    std::string time_zone;  // of days; several: each location's own, and none of them here
    Instant from, to;
    Nullable<Instant> counted_until;  // what came later is counted within a minute
    List<StatisticsColumn> columns;
    List<StatisticsRow> data;
    FIELDS(statistic, definition, interval, group_by, station_id, location_id, time_zone, from, to,
           counted_until, columns, data)
};

net::Response statistics_answer(const Exchange& exchange, const StatisticsShown& shown);

// ---- statistics_minutes.cpp ----
net::Response show_power(const Exchange& exchange, ReadSources& sources);
net::Response show_churn(const Exchange& exchange, ReadSources& sources);

// ---- statistics.cpp ----
net::Response show_energy(const Exchange& exchange, ReadSources& sources);
net::Response show_sessions(const Exchange& exchange, ReadSources& sources);
net::Response show_utilisation(const Exchange& exchange, ReadSources& sources);
net::Response show_availability(const Exchange& exchange, ReadSources& sources);
net::Response show_uptime(const Exchange& exchange, ReadSources& sources);
net::Response show_faults(const Exchange& exchange, ReadSources& sources);
net::Response show_connections(const Exchange& exchange, ReadSources& sources);
net::Response show_latency(const Exchange& exchange, ReadSources& sources);

const std::vector<Route>& statistics_routes();
const std::vector<Component>& statistics_components();

}  // namespace ohm::api::rest
