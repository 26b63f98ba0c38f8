// Statistics as REST shows them: JSON or CSV, each with its definition. On a reader's thread.
#include <algorithm>
#include <functional>
#include <set>

#include "api/rest/csv.hpp"
#include "api/rest/statistics_query.hpp"
#include "api/rest/statistics_resources.hpp"

namespace ohm::api::rest {
namespace {

using statistics::Figure;
using statistics::Figures;
using statistics_query::Asked;
using statistics_query::Bucket;
using statistics_query::Interval;
using statistics_query::Sums;
using Value = Nullable<wire::Number>;

Value value_of(double number) { return {wire::Number{number}}; }
Value count_of(std::int64_t number) { return value_of(static_cast<double>(number)); }
Value seconds_of(std::int64_t us) { return value_of(static_cast<double>(us / 1'000'000)); }
// Three decimals are enough for a share of a year in minutes.
Value percent_of(std::int64_t part, std::int64_t whole) {
    if (whole <= 0) return {};
    const double share = static_cast<double>(part) / static_cast<double>(whole);
    return value_of(static_cast<double>(static_cast<std::int64_t>(share * 100'000 + 0.5)) / 1'000);
}

struct Statistic {
    std::string_view name, definition;
    std::vector<StatisticsColumn> columns;
};

// What stands in one row: the figures of a bucket, and what else its values are made of.
struct Cell {
    const Figures& figures;
    std::int64_t connectors = 0;
    std::int64_t elapsed_us = 0;  // of the bucket, until now
};
using Values = std::vector<Value> (*)(const Cell& cell);

std::string date_of(std::int64_t day) {
    constexpr std::int64_t day_us = 24 * statistics::hour_us;
    return to_rfc3339(utc_from_micros(day * day_us), 0).substr(0, 10);
}

StatisticsRow row_of(const Asked& asked, const Bucket& bucket, const std::string& group,
                     std::vector<Value> values) {
    StatisticsRow row;
    row.from.at = utc_from_micros(bucket.from);
    row.to.at = utc_from_micros(bucket.to);
    if (asked.interval == Interval::day) row.day = {date_of(bucket.key)};
    if (!asked.group_by.empty()) row.group = {group};
    row.values.items = std::move(values);
    return row;
}

StatisticsShown shown_of(const Statistic& statistic, const Asked& asked, store::Sql& sql) {
    StatisticsShown shown;
    shown.statistic = statistic.name;
    shown.definition = statistic.definition;
    if (asked.interval == Interval::day) shown.interval = "day";
    if (asked.interval == Interval::total) shown.interval = "total";
    shown.group_by = text_unless_empty(asked.group_by);
    shown.station_id = text_unless_empty(asked.station_id);
    shown.location_id = text_unless_empty(asked.location_id);
    shown.time_zone = asked.zone_name;
    shown.from.at = utc_from_micros(asked.from);
    shown.to.at = utc_from_micros(asked.to);
    shown.counted_until = time_unless_zero(statistics_query::counted_until(sql).value_or(0));
    shown.columns.items = statistic.columns;
    return shown;
}

bool wants_csv(const Exchange& exchange) {
    return exchange.request.header("accept").find("text/csv") != std::string_view::npos;
}

net::Response csv_answer(const StatisticsShown& shown) {
    net::Response response{.status = 200, .headers = {}, .body = {}};
    response.headers.push_back({"Content-Type", "text/csv; charset=utf-8"});
    response.headers.push_back(
        {"Content-Disposition", "attachment; filename=\"" + shown.statistic + ".csv\""});
    response.headers.push_back({"Vary", "Accept"});
    response.body = "from,to,day,group";
    for (const StatisticsColumn& column : shown.columns) response.body += "," + column.name;
    response.body += "\r\n";
    for (const StatisticsRow& row : shown.data) {
        response.body += to_rfc3339(row.from.at, 0) + "," + to_rfc3339(row.to.at, 0) + "," +
                         row.day.value_or("") + "," + csv_cell(row.group.value_or(""));
        for (const Value& value : row.values)
            response.body += value ? "," + wire::encode(*value) : ",";
        response.body += "\r\n";
    }
    return response;
}

std::int64_t known_us(const Figures& figures) {
    return figures[Figure::available_us] + figures[Figure::occupied_us] +
           figures[Figure::charging_us] + figures[Figure::faulted_us] +
           figures[Figure::unavailable_us];
}

// Whether a bucket in which nothing was counted is one where nothing happened: some connector was
// heard in it. Else nothing is known of it.
class Known {
public:
    Known(store::Sql& sql, const Asked& asked)
        : asked_{asked}, heard_since_{statistics_query::heard_since(sql, asked)} {
        if (asked.interval != Interval::hour) return;
        Asked days = asked;
        days.interval = Interval::day;
        days.group_by.clear();
        for (const auto& [key, figures] : statistics_query::read_sums(sql, days))
            if (known_us(figures) > 0) heard_days_.insert(key.second);
    }
    bool operator()(const Bucket& bucket, const Figures* figures) const {
        if (bucket.from >= asked_.now) return false;
        if (heard_since_ && bucket.to > *heard_since_) return true;
        if (heard_days_.contains(asked_.zone->day_of(bucket.from))) return true;
        if (!figures) return false;
        Figures without_silence = *figures;
        without_silence[Figure::unknown_us] = 0;
        return !without_silence.is_zero();
    }

private:
    const Asked& asked_;
    const std::optional<std::int64_t> heard_since_;
    std::set<std::int64_t> heard_days_;
};

std::vector<std::string> groups_of(const Asked& asked, const Sums& sums) {
    std::set<std::string> groups;
    if (asked.group_by.empty()) groups.insert("");
    for (const auto& [key, figures] : sums) groups.insert(key.first);
    return {groups.begin(), groups.end()};
}

net::Response answer_figures(const Exchange& exchange, store::Sql& sql, const Statistic& statistic,
                             const statistics_query::Offered& offered, Values values) {
    const auto asked = statistics_query::read_asked(exchange, sql, offered);
    if (!asked) return problem_answer(exchange, asked.error());
    Sums sums = statistics_query::read_sums(sql, *asked);
    const bool is_of_status = statistic.name == "availability";
    if (is_of_status) statistics_query::add_open_time(sql, *asked, sums);
    const Known is_known{sql, *asked};
    const auto connectors = statistic.name == "utilisation"
                                ? statistics_query::count_connectors(sql, *asked)
                                : std::map<std::string, std::int64_t>{};
    StatisticsShown shown = shown_of(statistic, *asked, sql);
    const std::vector<Value> nothing(statistic.columns.size());
    static const Figures none;
    for (const std::string& group : groups_of(*asked, sums)) {
        const auto of_group = connectors.find(group);
        for (const Bucket& bucket : asked->buckets) {
            const auto found = sums.find({group, bucket.key});
            const Figures* figures = found == sums.end() ? nullptr : &found->second;
            // Silence is a fact of its own where status is asked for.
            const bool has_status = is_of_status && figures != nullptr &&
                                    known_us(*figures) + (*figures)[Figure::unknown_us] > 0;
            const Cell cell{figures ? *figures : none,
                            of_group == connectors.end() ? 0 : of_group->second,
                            std::min(bucket.to, asked->now) - bucket.from};
            const bool is_told = has_status || (!is_of_status && is_known(bucket, figures));
            shown.data.items.push_back(
                row_of(*asked, bucket, group, is_told ? values(cell) : nothing));
        }
    }
    return statistics_answer(exchange, shown);
}

// ---- what they are ----

const Statistic energy{
    "energy",
    "The sum of what registers rose during sessions, cut at local midnight (or the hour); between "
    "two readings evenly. A register that falls was set back and is counted from there on.",
    {{"energy_wh", "Wh", "Energy imported by vehicles."}}};
const Statistic sessions{
    "sessions",
    "Sessions by the time of their start and end, and what was decided of tokens.",
    {{"started", "1", "Sessions that started."},
     {"ended", "1", "Sessions that ended."},
     {"charged", "1", "Of those that ended: with 0.1 kWh or more."},
     {"success_percent", "%", "charged ÷ ended."},
     {"accepted", "1", "Tokens that were accepted."},
     {"refused", "1", "Tokens that were not."},
     {"first_tries", "1",
      "Of those that ended: at whose EVSE no other ended without 0.1 kWh in the 5 minutes before "
      "they started."},
     {"first_tries_charged", "1", "Of the first tries: with 0.1 kWh or more."},
     {"first_try_percent", "%", "first_tries_charged ÷ first_tries."}}};
const Statistic utilisation{
    "utilisation",
    "Occupied: time in which a session was open ÷ time of all connectors that are known now. "
    "Delivering: time in which a session's register rose ÷ time in which one was open.",
    {{"occupied_percent", "%", "session_s ÷ (connectors × time of the row until now)."},
     {"delivering_percent", "%", "delivering_s ÷ session_s."},
     {"session_s", "s", "Time in which a session was open, of all connectors."},
     {"delivering_s", "s", "Time between two readings of which the later is higher."},
     {"connectors", "1", "Connectors that are known now."}}};
const Statistic availability{
    "availability",
    "Time of all connectors by what they reported; without a connection nothing is known, and that "
    "is downtime. Uptime is µ = ((T − T_outage) ÷ T) × 100, the formula of NEVI (23 CFR 680.116) "
    "with T the time counted here in place of a year's 525,600 minutes; T_outage is faulted, "
    "unavailable and unknown time. Excluded periods are not taken off yet.",
    {{"uptime_percent", "%", "(T − T_outage) ÷ T."},
     {"connected_percent", "%", "(T − unknown_s) ÷ T."},
     {"available_s", "s", "Available."},
     {"occupied_s", "s", "Occupied, but not charging: preparing, suspended, finishing, reserved."},
     {"charging_s", "s", "Charging."},
     {"faulted_s", "s", "Faulted."},
     {"unavailable_s", "s", "Unavailable."},
     {"unknown_s", "s", "Without a connection."}}};
const Statistic faults{
    "faults",
    "Reports of an error code other than NoError, or of the status Faulted, by connectors and by "
    "stations as a whole, with what model and firmware version the station had then.",
    {{"count", "1", "Times that it began."},
     {"minutes", "min", "Until it was over, as far as the station was connected."}}};
const Statistic connections{"connections",
                            "Connections of stations that were accepted, and their ends.",
                            {{"connects", "1", "Connections that began."},
                             {"disconnects", "1", "Connections that ended."}}};
const Statistic latency{
    "latency",
    "Answer times, counted in classes; a quantile is the upper bound of its class. in: from a "
    "station's CALL reaching the worker to its answer leaving, of messages that are logged. out: "
    "from a command leaving to the station's answer.",
    {{"count", "1", "Messages."},
     {"p50_ms", "ms", "Half took at most as long."},
     {"p95_ms", "ms", "95 % took at most as long."},
     {"p99_ms", "ms", "99 % took at most as long."}}};

std::vector<Value> energy_values(const Cell& cell) {
    return {value_of(static_cast<double>(cell.figures[Figure::energy_mwh]) / 1'000)};
}
std::vector<Value> session_values(const Cell& cell) {
    const Figures& f = cell.figures;
    return {count_of(f[Figure::sessions_started]),
            count_of(f[Figure::sessions_ended]),
            count_of(f[Figure::sessions_charged]),
            percent_of(f[Figure::sessions_charged], f[Figure::sessions_ended]),
            count_of(f[Figure::accepted]),
            count_of(f[Figure::refused]),
            count_of(f[Figure::first_tries]),
            count_of(f[Figure::first_tries_charged]),
            percent_of(f[Figure::first_tries_charged], f[Figure::first_tries])};
}
std::vector<Value> utilisation_values(const Cell& cell) {
    const Figures& f = cell.figures;
    return {percent_of(f[Figure::session_us], cell.connectors * cell.elapsed_us),
            percent_of(f[Figure::delivering_us], f[Figure::session_us]),
            seconds_of(f[Figure::session_us]), seconds_of(f[Figure::delivering_us]),
            count_of(cell.connectors)};
}
std::vector<Value> availability_values(const Cell& cell) {
    const Figures& f = cell.figures;
    const std::int64_t unknown = f[Figure::unknown_us], known = known_us(f);
    const std::int64_t up = known - f[Figure::faulted_us] - f[Figure::unavailable_us];
    return {percent_of(up, known + unknown),       percent_of(known, known + unknown),
            seconds_of(f[Figure::available_us]),   seconds_of(f[Figure::occupied_us]),
            seconds_of(f[Figure::charging_us]),    seconds_of(f[Figure::faulted_us]),
            seconds_of(f[Figure::unavailable_us]), seconds_of(unknown)};
}
std::vector<Value> connection_values(const Cell& cell) {
    return {count_of(cell.figures[Figure::connects]), count_of(cell.figures[Figure::disconnects])};
}

const statistics_query::Offered by_place{.groups = {"station", "location", "connector"}};

}  // namespace

net::Response statistics_answer(const Exchange& exchange, const StatisticsShown& shown) {
    if (wants_csv(exchange)) return csv_answer(shown);
    net::Response response = json_answer(200, wire::encode(shown));
    response.headers.push_back({"Vary", "Accept"});
    return response;
}

net::Response show_energy(const Exchange& exchange, ReadSources& sources) {
    return answer_figures(exchange, sources.sql, energy, by_place, energy_values);
}

net::Response show_sessions(const Exchange& exchange, ReadSources& sources) {
    return answer_figures(exchange, sources.sql, sessions, by_place, session_values);
}

net::Response show_utilisation(const Exchange& exchange, ReadSources& sources) {
    return answer_figures(exchange, sources.sql, utilisation, by_place, utilisation_values);
}

net::Response show_availability(const Exchange& exchange, ReadSources& sources) {
    const statistics_query::Offered offered{.has_hours = false, .groups = by_place.groups};
    return answer_figures(exchange, sources.sql, availability, offered, availability_values);
}

// The station's in the path: the whole of the time, unless days are asked for.
net::Response show_uptime(const Exchange& exchange, ReadSources& sources) {
    const auto station = station_in_path(exchange, sources.sql);
    if (!station) return problem_answer(exchange, station.error());
    Exchange of_station = exchange;
    of_station.query.emplace_back("station_id", station->shown.id);
    const statistics_query::Offered offered{
        .has_hours = false, .groups = {"connector"}, .is_whole_first = true};
    return answer_figures(of_station, sources.sql, availability, offered, availability_values);
}

net::Response show_connections(const Exchange& exchange, ReadSources& sources) {
    const statistics_query::Offered offered{.groups = {"station", "location"}};
    return answer_figures(exchange, sources.sql, connections, offered, connection_values);
}

net::Response show_faults(const Exchange& exchange, ReadSources& sources) {
    const statistics_query::Offered offered{
        .has_hours = false,
        .groups = {"error_code", "model", "firmware_version", "station", "location"},
        .has_few_groups = true};
    const auto asked = statistics_query::read_asked(exchange, sources.sql, offered);
    if (!asked) return problem_answer(exchange, asked.error());
    const Known is_known{sources.sql, *asked};
    StatisticsShown shown = shown_of(faults, *asked, sources.sql);
    std::map<std::int64_t, std::vector<Value>> by_bucket;
    for (const auto& sum : statistics_query::read_faults(sources.sql, *asked)) {
        std::vector<Value> values{count_of(sum.count),
                                  value_of(static_cast<double>(sum.lasted_us / 1'000'000) / 60)};
        const auto bucket = std::find_if(asked->buckets.begin(), asked->buckets.end(),
                                         [&](const Bucket& one) { return one.key == sum.key; });
        if (bucket == asked->buckets.end()) continue;
        if (asked->group_by.empty())
            by_bucket[sum.key] = std::move(values);
        else
            shown.data.items.push_back(row_of(*asked, *bucket, sum.group, std::move(values)));
    }
    const std::vector<Value> unknown(faults.columns.size()), zero{count_of(0), value_of(0)};
    for (const Bucket& bucket : asked->buckets) {
        if (!asked->group_by.empty()) break;
        const auto found = by_bucket.find(bucket.key);
        shown.data.items.push_back(row_of(*asked, bucket, "",
                                          found != by_bucket.end()    ? found->second
                                          : is_known(bucket, nullptr) ? zero
                                                                      : unknown));
    }
    return statistics_answer(exchange, shown);
}

net::Response show_latency(const Exchange& exchange, ReadSources& sources) {
    const statistics_query::Offered offered{.has_station = false, .groups = {}};
    auto asked = statistics_query::read_asked(exchange, sources.sql, offered);
    if (!asked) return problem_answer(exchange, asked.error());
    asked->group_by = "direction";
    StatisticsShown shown = shown_of(latency, *asked, sources.sql);
    const auto sums = statistics_query::read_latency(sources.sql, *asked);
    const auto ms = [](const std::optional<std::int64_t>& bound) {
        return bound ? count_of(*bound) : Value{};
    };
    for (const std::string direction : {"in", "out"}) {
        for (const Bucket& bucket : asked->buckets) {
            const auto found = sums.find({direction, bucket.key});
            std::vector<Value> values(latency.columns.size());
            if (found != sums.end()) {
                std::int64_t count = 0;
                for (const std::int64_t one : found->second) count += one;
                values = {count_of(count), ms(statistics::quantile_ms(found->second, 0.5)),
                          ms(statistics::quantile_ms(found->second, 0.95)),
                          ms(statistics::quantile_ms(found->second, 0.99))};
            }
            shown.data.items.push_back(row_of(*asked, bucket, direction, std::move(values)));
        }
    }
    return statistics_answer(exchange, shown);
}

}  // namespace ohm::api::rest
