#include "api/rest/statistics_query.hpp"

#include <algorithm>
#include <set>

#include "api/statistics/zones.hpp"
#include "api/tables.hpp"
#include "base/limits_statistics.hpp"
#include "base/text.hpp"

namespace ohm::api::rest::statistics_query {
namespace {

using statistics::Figure;
using statistics::hour_us;
using store::as_int;
using store::as_text;
using store::Row;

constexpr std::int64_t day_us = 24 * hour_us;

// Of the reader's thread: files are read once.
statistics::Zones& zones() {
    thread_local statistics::Zones known;
    return known;
}

Wanted<std::string_view> read_group(const Exchange& exchange, const Offered& offered) {
    const std::string_view group = exchange.asked("group_by").value_or("");
    if (group.empty()) return group;
    const auto& groups = offered.groups;
    if (std::find(groups.begin(), groups.end(), group) != groups.end()) return group;
    std::string words;
    for (const std::string_view one : groups) (words += words.empty() ? "" : ", ") += one;
    return refused(bad_parameter(
        "group_by", words.empty() ? "is not offered here" : "must be one of: " + words));
}

std::optional<Problem> read_place(const Exchange& exchange, store::Sql& sql, Asked& asked,
                                  const Offered& offered) {
    const auto station = exchange.asked("station_id"), location = exchange.asked("location_id");
    if (station && location) return bad_parameter("location_id", "does not go with station_id");
    if ((station || location) && !offered.has_station)
        return bad_parameter(station ? "station_id" : "location_id",
                             "is not offered: this is counted for all stations together");
    std::vector<Row> rows;
    if (station)
        rows = sql.query(
            "select p.station_no, p.id, l.time_zone from charge_points p left join locations l on "
            "l.location_no = p.location_no where p.id_key = $1 and p.archived_at is null",
            {fold(*station).value_or(std::string{*station})});
    if (location)
        rows = sql.query("select location_no, id, time_zone from locations where id = $1",
                         {std::string{*location}});
    if (!station && !location) return std::nullopt;
    if (rows.empty())
        return not_found(station ? "station" : "location", station ? *station : *location);
    (station ? asked.station_no : asked.location_no) = as_int(rows[0][0]);
    (station ? asked.station_id : asked.location_id) = as_text(rows[0][1]);
    asked.zone_name = as_text(rows[0][2]);
    return std::nullopt;
}

// Found by locations, which are few, and a look whether any station stands at none.
std::set<std::string> zones_of_stations(store::Sql& sql) {
    std::set<std::string> names;
    for (const Row& row : sql.query(
             "select distinct coalesce(l.time_zone, 'UTC') from locations l where exists (select 1 "
             "from charge_points p where p.location_no = l.location_no and p.archived_at is null) "
             "limit 2"))
        names.insert(as_text(row[0]));
    const auto at_none = sql.query(
        "select 1 from charge_points p where p.location_no is null and p.archived_at is null limit "
        "1");
    if (!at_none.empty()) names.insert("UTC");
    return names;
}

// The one zone of all places with stations; "" where there are several: then a date means each
// location's own day, and is shown as that of UTC.
void choose_zone(store::Sql& sql, Asked& asked) {
    const bool is_of_place = asked.station_no || asked.location_no;
    if (!is_of_place) {
        const auto names = zones_of_stations(sql);
        asked.zone_name = names.size() == 1 ? *names.begin() : "";
        asked.zone = &zones().find(asked.zone_name);
        if (names.size() > 1) asked.zone_name = "local";
    } else {
        asked.zone = &zones().find(asked.zone_name);
    }
    if (asked.zone_name.empty()) asked.zone_name = "UTC";
}

void make_buckets(Asked& asked) {
    asked.first_day = asked.zone->day_of(asked.from);
    asked.last_day = asked.zone->day_of(asked.to - 1);
    if (asked.interval == Interval::hour) {
        asked.from = statistics::hour_of(asked.from);
        for (std::int64_t at = asked.from; at < asked.to; at += hour_us)
            asked.buckets.push_back({at, at, at + hour_us});
        asked.to = asked.buckets.back().to;
        return;
    }
    asked.from = asked.zone->begin_of(asked.first_day);
    asked.to = asked.zone->begin_of(asked.last_day + 1);
    if (asked.interval == Interval::total) {
        asked.buckets.push_back({0, asked.from, asked.to});
        return;
    }
    for (std::int64_t day = asked.first_day; day <= asked.last_day; ++day)
        asked.buckets.push_back({day, asked.zone->begin_of(day), asked.zone->begin_of(day + 1)});
}

std::optional<Problem> read_range(const Exchange& exchange, Asked& asked) {
    const auto from = time_parameter(exchange, "from"), to = time_parameter(exchange, "to");
    if (!from) return from.error();
    if (!to) return to.error();
    const bool hours = asked.interval == Interval::hour;
    asked.to = *to ? micros(**to) : asked.now;
    asked.from = *from ? micros(**from) : asked.to - (hours ? 2 : 30) * day_us;
    if (asked.from >= asked.to) return bad_parameter("to", "must be later than from");
    const std::int64_t most =
        hours ? limits::statistics_answer_hours * hour_us : limits::statistics_answer_days * day_us;
    if (asked.to - asked.from <= most) return std::nullopt;
    return bad_parameter("from",
                         "is too early: at most " +
                             (hours ? std::to_string(limits::statistics_answer_hours) + " hours"
                                    : std::to_string(limits::statistics_answer_days) + " days") +
                             " are answered at once");
}

// Groups times buckets is what an answer costs.
std::optional<Problem> check_rows(store::Sql& sql, const Asked& asked) {
    std::vector<Row> rows;
    if (asked.group_by == "station")
        rows = sql.query(
            "select count(*) from (select 1 from charge_points p where p.archived_at is null and "
            "(cast($1 as bigint) is null or p.location_no = $1) limit $2) some",
            {tables::int_or_null(asked.location_no), limits::statistics_answer_rows + 1});
    if (asked.group_by == "location") rows = sql.query("select count(*) from locations");
    if (rows.empty()) return std::nullopt;
    const auto buckets = static_cast<std::int64_t>(asked.buckets.size());
    if (as_int(rows[0][0]) * buckets <= limits::statistics_answer_rows) return std::nullopt;
    return bad_parameter("group_by", "would make more than " +
                                         std::to_string(limits::statistics_answer_rows) +
                                         " rows: ask for interval=total, a shorter time, or one "
                                         "location");
}

bool is_of_stations(const Asked& asked) {
    return asked.station_no || asked.group_by == "station" || asked.group_by == "connector";
}

// A group's name in SQL; t is the table of figures, p the station, l its location.
std::string group_sql(const Asked& asked) {
    if (asked.group_by == "station") return "p.id";
    if (asked.group_by == "location") return "coalesce(l.id, '')";
    if (asked.group_by == "connector")
        return "cast(t.evse as text) || '/' || cast(t.connector as text)";
    return "''";
}

std::string joins(const Asked& asked, bool has_place) {
    if (asked.group_by == "location")
        return has_place ? " left join locations l on l.location_no = t.location_no"
                         : " join charge_points p on p.station_no = t.station_no left join "
                           "locations l on l.location_no = p.location_no";
    if (has_place || (asked.group_by != "station" && !asked.location_no)) return "";
    return " join charge_points p on p.station_no = t.station_no";
}

void add_place(const Asked& asked, bool has_place, Conditions& where) {
    if (asked.station_no) where.add("t.station_no = ?", {*asked.station_no});
    if (asked.location_no)
        where.add(has_place ? "t.location_no = ?" : "p.location_no = ?", {*asked.location_no});
}

std::int64_t bucket_of(const Asked& asked, std::int64_t key) {
    return asked.interval == Interval::total ? 0 : key;
}

// Which connectors count; evse 0 is none.
std::string connectors_where(const Asked& asked, Conditions& where) {
    if (asked.station_no) where.add("t.station_no = ?", {*asked.station_no});
    if (asked.location_no) where.add("p.location_no = ?", {*asked.location_no});
    return " from statistics_connectors t join charge_points p on p.station_no = t.station_no left "
           "join locations l on l.location_no = p.location_no where t.evse > 0 and p.archived_at "
           "is null" +
           where.text();
}

// The first of each partition in the order of its index: not a look at every connector.
std::optional<std::int64_t> heard_since_anywhere(store::Sql& sql) {
    std::optional<std::int64_t> first;
    for (const Row& partition : sql.query("select partition_no from statistics_positions"))
        for (const Row& row : sql.query(
                 "select since_at from statistics_connectors where partition_no = $1 and evse > 0 "
                 "and is_online = 1 and status <> '' order by since_at limit 1",
                 {as_int(partition[0])}))
            first = std::min(first.value_or(as_int(row[0])), as_int(row[0]));
    return first;
}

}  // namespace

Wanted<Asked> read_asked(const Exchange& exchange, store::Sql& sql, const Offered& offered) {
    zones().trim();
    Asked asked;
    asked.now = micros(exchange.received_at);
    const auto interval = offered.is_whole_first
                              ? word_parameter(exchange, "interval", {"total", "day", "hour"})
                              : word_parameter(exchange, "interval", {"day", "hour", "total"});
    if (!interval) return refused(Problem{interval.error()});
    if (*interval == "hour") asked.interval = Interval::hour;
    if (*interval == "total") asked.interval = Interval::total;
    if (asked.interval == Interval::hour && !offered.has_hours)
        return refused(bad_parameter("interval", "must be day or total: this is kept by days"));
    const auto group = read_group(exchange, offered);
    if (!group) return refused(Problem{group.error()});
    asked.group_by = *group;
    if (const auto problem = read_place(exchange, sql, asked, offered))
        return refused(Problem{*problem});
    if (asked.group_by == "connector" && (!asked.station_no || asked.interval == Interval::hour))
        return refused(
            bad_parameter("group_by", "may be connector with station_id and by days only"));
    if (const auto problem = read_range(exchange, asked)) return refused(Problem{*problem});
    choose_zone(sql, asked);
    make_buckets(asked);
    const bool is_few = offered.has_few_groups && asked.interval == Interval::total;
    if (is_few) return asked;
    if (const auto problem = check_rows(sql, asked)) return refused(Problem{*problem});
    return asked;
}

Sums read_sums(store::Sql& sql, const Asked& asked) {
    const bool hours = asked.interval == Interval::hour, stations = is_of_stations(asked);
    const std::string key = hours ? "t.hour_at" : "t.day";
    const std::string table = stations ? (hours ? "statistics_hours" : "statistics_days")
                              : hours  ? "statistics_place_hours"
                                       : "statistics_place_days";
    Conditions where;
    where.add(key + " >= ? and " + key + " <= ?",
              {hours ? asked.from : asked.first_day, hours ? asked.to - 1 : asked.last_day});
    add_place(asked, !stations, where);
    const std::string group = group_sql(asked);
    Sums sums;
    for (const Row& row : sql.query(
             "select " + key + ", cast(" + group + " as text), " + statistics::figure_sums("t.") +
                 " from " + table + " t" + joins(asked, !stations) + " where 1 = 1" + where.text() +
                 " group by " + key + (asked.group_by.empty() ? "" : ", " + group),
             where.values())) {
        Figures& figures = sums[{as_text(row[1]), bucket_of(asked, as_int(row[0]))}];
        for (std::size_t i = 0; i < figures.values.size(); ++i)
            figures.values[i] += as_int(row[i + 2]);
    }
    return sums;
}

// Those that changed within the same quarter of an hour are one row, with the average of their
// times: local days begin with a quarter of an hour, so the sums are the same.
void add_open_time(store::Sql& sql, const Asked& asked, Sums& sums) {
    if (asked.interval == Interval::hour) return;
    Conditions where;
    const std::string of = connectors_where(asked, where);
    const std::string quarter = "t.since_at / 900000000";
    const std::string columns =
        "cast(" + group_sql(asked) +
        " as text), coalesce(l.time_zone, ''), t.status, t.is_online, t.is_charging, " + quarter +
        " * 900000000 + cast(avg(t.since_at % 900000000) as bigint), count(*)";
    for (const Row& row :
         sql.query("select " + columns + of + " group by " +
                       (asked.group_by.empty() ? "" : group_sql(asked) + ", ") +
                       "l.time_zone, t.status, t.is_online, t.is_charging, " + quarter,
                   where.values())) {
        const Figure figure =
            statistics::figure_of(as_text(row[2]), as_int(row[3]) != 0, as_int(row[4]) != 0);
        const domain::TimeZone& zone = zones().find(as_text(row[1]));
        statistics::Buckets lasted;
        if (as_int(row[5]) < asked.now)
            lasted.last_in_days(zone, as_int(row[5]), asked.now, figure);
        for (const auto& [day, figures] : lasted.days)
            if (day >= asked.first_day && day <= asked.last_day)
                sums[{as_text(row[0]), bucket_of(asked, day)}].add(figures, as_int(row[6]));
    }
}

std::optional<std::int64_t> heard_since(store::Sql& sql, const Asked& asked) {
    if (!asked.station_no && !asked.location_no) return heard_since_anywhere(sql);
    Conditions where;
    const std::string of = connectors_where(asked, where);
    const auto rows = sql.query(
        "select min(t.since_at)" + of + " and t.is_online = 1 and t.status <> ''", where.values());
    if (store::is_null(rows.at(0).at(0))) return std::nullopt;
    return as_int(rows[0][0]);
}

std::map<std::string, std::int64_t> count_connectors(store::Sql& sql, const Asked& asked) {
    Conditions where;
    const std::string of = connectors_where(asked, where);
    std::map<std::string, std::int64_t> counts;
    for (const Row& row :
         sql.query("select cast(" + group_sql(asked) + " as text), count(*)" + of +
                       (asked.group_by.empty() ? "" : " group by " + group_sql(asked)),
                   where.values()))
        counts[as_text(row[0])] += as_int(row[1]);
    return counts;
}

std::vector<FaultSum> read_faults(store::Sql& sql, const Asked& asked) {
    const std::string group = asked.group_by.empty()         ? "''"
                              : asked.group_by == "station"  ? "p.id"
                              : asked.group_by == "location" ? "coalesce(l.id, '')"
                                                             : "t." + asked.group_by;
    Conditions where;
    where.add("t.day >= ? and t.day <= ?", {asked.first_day, asked.last_day});
    add_place(asked, true, where);
    const std::string key = asked.interval == Interval::total ? "cast(0 as bigint)" : "t.day";
    std::string by;
    if (asked.interval != Interval::total) by = "t.day";
    if (!asked.group_by.empty()) by += (by.empty() ? "" : ", ") + group;
    const std::string limit = where.bind(limits::statistics_answer_rows);
    std::vector<FaultSum> sums;
    for (const Row& row :
         sql.query("select cast(" + group + " as text), " + key +
                       ", cast(sum(t.count) as bigint), cast(sum(t.lasted_us) as bigint) from "
                       "statistics_faults t join charge_points p on p.station_no = t.station_no "
                       "left join locations l on l.location_no = t.location_no where 1 = 1" +
                       where.text() + (by.empty() ? "" : " group by " + by) +
                       " order by 3 desc, 4 desc, 1 limit " + limit,
                   where.values()))
        if (!store::is_null(row[2]))
            sums.push_back({as_text(row[0]), as_int(row[1]), as_int(row[2]), as_int(row[3])});
    return sums;
}

LatencySums read_latency(store::Sql& sql, const Asked& asked) {
    LatencySums sums;
    for (const Row& row :
         sql.query("select direction, hour_at, classes from statistics_latency where hour_at >= $1 "
                   "and hour_at < $2",
                   {asked.from, asked.to})) {
        const std::int64_t hour = as_int(row[1]);
        const std::int64_t key =
            asked.interval == Interval::hour ? hour : bucket_of(asked, asked.zone->day_of(hour));
        statistics::LatencyClasses& sum = sums[{as_text(row[0]), key}];
        const auto classes = statistics::latency_of_text(as_text(row[2]));
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += classes[i];
    }
    return sums;
}

std::optional<std::int64_t> counted_until(store::Sql& sql) {
    const auto rows = sql.query("select min(counted_until_at) from statistics_positions");
    if (store::is_null(rows.at(0).at(0))) return std::nullopt;
    return as_int(rows[0][0]);
}

}  // namespace ohm::api::rest::statistics_query
