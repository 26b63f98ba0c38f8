// What is known by the minute: what sessions draw, of all stations together or of one, and how
// stations come and go. On a reader's thread.
#include <algorithm>

#include "api/rest/statistics_query.hpp"
#include "api/rest/statistics_resources.hpp"
#include "api/statistics/station_power.hpp"
#include "base/limits_statistics.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

using statistics::minute_us;
using store::as_int;
using Value = Nullable<wire::Number>;

struct Minute {
    std::int64_t partitions = 0, connects = 0, disconnects = 0;
    std::int64_t with_power = 0, power_mw = 0, sessions = 0;
};
struct Minutes {
    std::int64_t from = 0, to = 0;  // whole minutes
    std::int64_t partitions = 0;    // that are counted
    std::map<std::int64_t, Minute> of;
};

Value number(std::int64_t n) { return {wire::Number{static_cast<double>(n)}}; }

Wanted<Minutes> read_range(const Exchange& exchange) {
    const auto from = time_parameter(exchange, "from"), to = time_parameter(exchange, "to");
    if (!from) return refused(Problem{from.error()});
    if (!to) return refused(Problem{to.error()});
    Minutes out;
    const std::int64_t until = *to ? micros(**to) : micros(exchange.received_at);
    out.to = statistics::minute_of(until + minute_us - 1);
    out.from = *from ? statistics::minute_of(micros(**from)) : out.to - 60 * minute_us;
    if (out.from >= out.to) return refused(bad_parameter("to", "must be later than from"));
    if (out.to - out.from > limits::statistics_answer_minutes * minute_us)
        return refused(bad_parameter("from", "of minutes, at most " +
                                                 std::to_string(limits::statistics_answer_minutes) +
                                                 " are answered at once"));
    return out;
}

Wanted<Minutes> read_minutes(const Exchange& exchange, store::Sql& sql) {
    auto wanted = read_range(exchange);
    if (!wanted) return wanted;
    Minutes& out = *wanted;
    out.partitions = as_int(sql.query("select count(*) from statistics_positions").at(0).at(0));
    for (const store::Row& row :
         sql.query("select minute_at, count(*), cast(sum(connects) as bigint), cast(sum("
                   "disconnects) as bigint), count(power_mw), cast(coalesce(sum(power_mw), 0) as "
                   "bigint), cast(coalesce(sum(sessions), 0) as bigint) from statistics_minutes "
                   "where minute_at >= $1 and minute_at < $2 group by minute_at",
                   {out.from, out.to}))
        out.of[as_int(row[0])] = {as_int(row[1]), as_int(row[2]), as_int(row[3]),
                                  as_int(row[4]), as_int(row[5]), as_int(row[6])};
    return wanted;
}

StatisticsShown shown_of(std::string_view name, std::string_view definition, const Minutes& minutes,
                         store::Sql& sql) {
    StatisticsShown shown;
    shown.statistic = name;
    shown.definition = definition;
    shown.interval = "minute";
    shown.time_zone = "UTC";
    shown.from.at = utc_from_micros(minutes.from);
    shown.to.at = utc_from_micros(minutes.to);
    if (const auto until = statistics_query::counted_until(sql))
        shown.counted_until = {Instant{{utc_from_micros(*until)}}};
    return shown;
}

void add_row(StatisticsShown& shown, std::int64_t minute, std::vector<Value>&& values) {
    StatisticsRow row;
    row.from.at = utc_from_micros(minute);
    row.to.at = utc_from_micros(minute + minute_us);
    row.values.items = std::move(values);
    shown.data.items.push_back(std::move(row));
}

// The median, with the minutes in which nothing happened.
std::int64_t usual_of(const Minutes& minutes) {
    std::vector<std::int64_t> counts;
    for (const auto& [at, minute] : minutes.of)
        counts.push_back(std::max(minute.connects, minute.disconnects));
    if (counts.empty()) return 0;
    const auto middle = counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2);
    std::nth_element(counts.begin(), middle, counts.end());
    return *middle;
}

const std::vector<StatisticsColumn> power_columns{
    {"power_w", "W", "Power imported by vehicles."},
    {"sessions", "1", "Running sessions whose power is known."}};

net::Response show_station_power(const Exchange& exchange, ReadSources& sources,
                                 std::string_view id) {
    const auto found = sources.sql.query(
        "select station_no, id from charge_points where id_key = $1 and archived_at is null",
        {fold(id).value_or(std::string{id})});
    if (found.empty()) return problem_answer(exchange, not_found("station", id));
    const auto range = read_range(exchange);
    if (!range) return problem_answer(exchange, range.error());
    StatisticsShown shown = shown_of(
        "power",
        "What the station's running sessions drew at the end of each minute: what the meter of "
        "each had said last, or what its register rose where it says no power. What is older than "
        "20 minutes does not count. 0 without a session, as far as the station was connected.",
        *range, sources.sql);
    shown.station_id = {store::as_text(found[0][1])};
    shown.counted_until = {Instant{{exchange.received_at}}};
    shown.columns.items = power_columns;
    std::int64_t at = range->from;
    for (const statistics::PowerMinute& minute :
         statistics::read_station_power(sources.sql, as_int(found[0][0]), range->from, range->to,
                                        micros(exchange.received_at))) {
        if (minute.is_known)
            add_row(shown, at, {number(minute.sum.mw / 1'000), number(minute.sum.sessions)});
        else
            add_row(shown, at, {{}, {}});
        at += minute_us;
    }
    return statistics_answer(exchange, shown);
}

}  // namespace

// A minute of which some partition has not told is not known.
net::Response show_power(const Exchange& exchange, ReadSources& sources) {
    if (const auto station = exchange.asked("station_id"))
        return show_station_power(exchange, sources, *station);
    const auto minutes = read_minutes(exchange, sources.sql);
    if (!minutes) return problem_answer(exchange, minutes.error());
    StatisticsShown shown = shown_of(
        "power",
        "The sum, once a minute, of what running sessions draw: what the meter of each said last, "
        "or what its register rose where it says no power. What is older than 20 minutes does not "
        "count.",
        *minutes, sources.sql);
    shown.columns.items = power_columns;
    for (std::int64_t at = minutes->from; at < minutes->to; at += minute_us) {
        const auto found = minutes->of.find(at);
        const bool is_known = found != minutes->of.end() && minutes->partitions > 0 &&
                              found->second.with_power >= minutes->partitions;
        if (!is_known) {
            add_row(shown, at, {{}, {}});
            continue;
        }
        const std::int64_t power_w = found->second.power_mw / 1'000;
        add_row(shown, at,
                {{wire::Number{static_cast<double>(power_w)}}, number(found->second.sessions)});
    }
    return statistics_answer(exchange, shown);
}

net::Response show_churn(const Exchange& exchange, ReadSources& sources) {
    const auto minutes = read_minutes(exchange, sources.sql);
    if (!minutes) return problem_answer(exchange, minutes.error());
    StatisticsShown shown = shown_of(
        "churn",
        "Connections of stations that were accepted and that ended, by the minute. A storm is a "
        "minute with 20 or more of either, and with ten times the median of the minutes here.",
        *minutes, sources.sql);
    shown.columns.items = {{"connects", "1", "Connections that began."},
                           {"disconnects", "1", "Connections that ended."},
                           {"storm", "1", "1 where it is a storm, else 0."}};
    const std::int64_t much = std::max(limits::statistics_storm_least,
                                       limits::statistics_storm_times * usual_of(*minutes));
    for (std::int64_t at = minutes->from; at < minutes->to; at += minute_us) {
        const auto found = minutes->of.find(at);
        if (found == minutes->of.end()) {
            add_row(shown, at, {{}, {}, {}});
            continue;
        }
        const auto& [partitions, connects, disconnects, with_power, power, sessions] =
            found->second;
        const bool is_storm = std::max(connects, disconnects) >= much;
        add_row(shown, at, {number(connects), number(disconnects), number(is_storm ? 1 : 0)});
    }
    return statistics_answer(exchange, shown);
}

}  // namespace ohm::api::rest
