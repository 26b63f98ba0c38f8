// Charging profiles and limits of a station, and the schedule that comes of them: ours, and beside
// it what the station computed itself.
#include "api/held/schedules.hpp"
#include "api/rest/fact_lists.hpp"
#include "api/rest/held_resources.hpp"
#include "api/rest/held_routes.hpp"
#include "api/rest/send.hpp"
#include "api/rest/service.hpp"
#include "base/limits_held.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

using domain::RateUnit;
constexpr store::Kind integer = store::Kind::integer, text = store::Kind::text;
constexpr std::int64_t micro = 1'000'000;
constexpr std::int64_t default_duration_s = 3'600, default_voltage = 230, voltage_max = 2'000;
// What rounding between amperes and watts may make: 0.1 A on three phases.
constexpr std::int64_t tolerance_milliamperes = 100, tolerance_milliwatts = 70'000;

const FactList profile_list{
    .name = "charging_profiles",
    .columns =
        "t.profile_id, t.evse, t.source, t.purpose, t.stack_level, t.transaction_id, t.valid_from, "
        "t.valid_to, t.origin, t.payload, t.request_id, t.installed_at",
    .from = "charging_profiles t",
    .key = {"t.profile_id"},
    .kinds = {integer, integer},
    .newest_first = false};
const FactList limit_list{.name = "charging_limits",
                          .columns = "t.evse, t.source, t.is_grid_critical, t.payload, t.at",
                          .from = "charging_limits t",
                          .key = {"t.evse", "t.source"},
                          .kinds = {integer, text},
                          .newest_first = false};

Nullable<Instant> second_or_null(const store::Value& value) {
    if (store::is_null(value)) return {};
    Instant instant;
    instant.at = utc_from_micros(store::as_int(value) * micro);
    return {instant};
}

HeldProfileShown profile_shown(const store::Row& row) {
    HeldProfileShown shown{.id = store::as_int(row[0]),
                           .evse_id = store::as_int(row[1]),
                           .source = store::as_text(row[2]),
                           .purpose = store::as_text(row[3]),
                           .stack_level = store::as_int(row[4]),
                           .transaction_id = text_or_null(row[5]),
                           .valid_from = second_or_null(row[6]),
                           .valid_to = second_or_null(row[7]),
                           .origin = "ordered",
                           .profile = json_or_null(row[9]),
                           .request_id = int_or_null(row[10]),
                           .installed_at = time_of(row[11])};
    shown.origin = decltype(shown.origin)::of(store::as_text(row[8])).value_or(shown.origin);
    return shown;
}

HeldLimitShown limit_shown(const store::Row& row) {
    HeldLimitShown shown{.evse_id = store::as_int(row[0]),
                         .source = store::as_text(row[1]),
                         .is_grid_critical = {},
                         .limit = json_or_null(row[3]),
                         .at = time_of(row[4])};
    if (!store::is_null(row[2])) shown.is_grid_critical = {store::as_int(row[2]) != 0};
    return shown;
}

// ---- what is known of the station ----

std::vector<domain::ChargingProfile> profiles_of(store::Sql& sql, std::int64_t station_no) {
    wire::Decoder decoder;
    std::vector<domain::ChargingProfile> profiles;
    for (const store::Row& row : sql.query(
             "select payload, evse, transaction_id, installed_at from charging_profiles where "
             "station_no = $1 and is_held = 1 order by installed_at, profile_id",
             {station_no})) {
        auto profile = read_profile(decoder, store::as_text(row[0]), store::as_int(row[1]));
        if (!profile) continue;
        profile->facts.transaction = store::as_text(row[2]);
        profile->installed_at = store::as_int(row[3]) / micro;
        profiles.push_back(std::move(*profile));
    }
    for (const store::Row& row : sql.query(
             "select payload, evse, at from charging_limits where station_no = $1 and is_set = 1 "
             "order by evse, source",
             {station_no}))
        for (auto& limit : read_limit(decoder, store::as_text(row[0]), store::as_int(row[1]),
                                      store::as_int(row[2]) / micro))
            profiles.push_back(std::move(limit));
    return profiles;
}

// Those that ran at that instant, the newest of each EVSE.
std::vector<domain::RunningTransaction> running_at(store::Sql& sql, std::int64_t station_no,
                                                   std::int64_t at_s) {
    constexpr std::int64_t most = 500;
    std::vector<domain::RunningTransaction> running;
    for (const store::Row& row :
         sql.query("select evse, coalesce(said_id, ocpp_id), started_at from transactions where "
                   "station_no "
                   "= $1 and evse is not null and superseded_at is null and closed_at is null and "
                   "started_at <= $2 and "
                   "(state = 'active' or ended_at > $2) order by started_at desc limit $3",
                   {station_no, (at_s + 1) * micro - 1, most})) {
        const std::int64_t evse = store::as_int(row[0]);
        bool is_newest = true;
        for (const auto& one : running) is_newest = is_newest && one.evse != evse;
        if (is_newest)
            running.push_back({evse, store::as_text(row[1]), store::as_int(row[2]) / micro});
    }
    return running;
}

// ---- what is shown ----

Nullable<Number> thousandths(const std::optional<std::int64_t>& milli) {
    if (!milli) return {};
    constexpr double thousand = 1'000;
    return {Number{static_cast<double>(*milli) / thousand}};
}

List<CompositePeriodShown> shown_of(const std::vector<domain::CompositePeriod>& periods) {
    List<CompositePeriodShown> shown;
    for (const domain::CompositePeriod& period : periods) {
        CompositePeriodShown& one = shown.items.emplace_back();
        one.start_s = period.start_s;
        one.limit = thousandths(period.limit_milli);
        one.phases = period.phases;
        if (period.decided_by) one.decided_by = std::string{name_of(*period.decided_by)};
        if (period.decided_by && period.profile != 0) one.profile_id = {period.profile};
    }
    return shown;
}

Problem too_complex() {
    return {.code = "station_limit",
            .detail = "The schedule changes more than " + std::to_string(limits::composite_points) +
                      " times within the duration."};
}

struct Known {
    const StationRead& station;
    const std::vector<domain::ChargingProfile>& profiles;
    domain::CompositeQuestion question;
};

// The station's own schedule beside ours of the same time.
Nullable<ReportedCompositeShown> reported_of(store::Sql& sql, const Known& known) {
    const auto rows = sql.query(
        "select c.status, c.answered_at, c.payload, c.duration_s, (select changed_at from "
        "charging_changes g where g.station_no = c.station_no) from composite_schedules c where "
        "c.station_no = $1 and c.evse = $2",
        {known.station.station_no, known.question.evse});
    if (rows.empty()) return {};
    ReportedCompositeShown shown{.status = store::as_text(rows[0][0]),
                                 .answered_at = time_of(rows[0][1])};
    shown.changed_since = store::as_int(rows[0][4]) > store::as_int(rows[0][1]);
    wire::Decoder decoder;
    const auto version =
        ocpp::version_of_short_name(known.station.shown.ocpp_version.value_or(std::string{}));
    const auto read = read_composite(decoder, version, store::as_text(rows[0][2]),
                                     store::as_int(rows[0][3]), store::as_int(rows[0][1]) / micro);
    if (!read) return {shown};
    Instant start;
    start.at = utc_from_micros(read->start_s * micro);
    shown.start = {start};
    shown.duration_s = {read->duration_s};
    const bool in_amperes = read->unit == RateUnit::amperes;
    shown.unit = std::string{in_amperes ? "A" : "W"};
    shown.periods = shown_of(read->periods);
    domain::CompositeQuestion question = known.question;
    question.from = read->start_s;
    question.duration_s =
        std::clamp<std::int64_t>(read->duration_s, 0, limits::composite_duration_s);
    question.unit = read->unit;
    question.running = running_at(sql, known.station.station_no, read->start_s);
    const auto ours = domain::composite(known.profiles, question, limits::composite_points);
    if (!ours) return {shown};
    for (const auto& found :
         domain::differences(*ours, read->periods, question.duration_s,
                             in_amperes ? tolerance_milliamperes : tolerance_milliwatts))
        shown.differences.items.push_back({found.start_s, found.end_s,
                                           thousandths(found.ours_milli),
                                           thousandths(found.theirs_milli)});
    return {shown};
}

Wanted<domain::CompositeQuestion> question_of(const Exchange& exchange) {
    constexpr std::int64_t evse_max = 2'147'483'647;
    const auto evse = integer_parameter(exchange, "evse", 0, evse_max);
    if (!evse) return refused(Problem{evse.error()});
    const auto duration = integer_parameter(exchange, "duration", 1, limits::composite_duration_s);
    if (!duration) return refused(Problem{duration.error()});
    const auto voltage = integer_parameter(exchange, "voltage", 1, voltage_max);
    if (!voltage) return refused(Problem{voltage.error()});
    const auto unit = word_parameter(exchange, "unit", {"A", "W"});
    if (!unit) return refused(Problem{unit.error()});
    domain::CompositeQuestion question;
    question.evse = evse->value_or(0);
    question.from = micros(exchange.received_at) / micro;
    question.duration_s = duration->value_or(default_duration_s);
    question.voltage = voltage->value_or(default_voltage);
    if (*unit == "W") question.unit = RateUnit::watts;
    return question;
}

}  // namespace

net::Response list_charging_profiles(const Exchange& exchange, ReadSources& sources) {
    Conditions where;
    where.add("t.is_held = 1", {});
    return list_facts(exchange, sources, profile_list, Wanted<Conditions>{where}, profile_shown);
}

net::Response list_charging_limits(const Exchange& exchange, ReadSources& sources) {
    Conditions where;
    where.add("t.is_set = 1", {});
    return list_facts(exchange, sources, limit_list, Wanted<Conditions>{where}, limit_shown);
}

void install_charging_profile(const SharedExchange& exchange, Service& service) {
    send_neutral_as(exchange, service, "set-charging-profile", exchange->request.body);
}

void clear_charging_profiles(const SharedExchange& exchange, Service& service) {
    std::string body = "{";
    const auto add = [&](std::string_view name, const std::string& value) {
        body += body.size() > 1 ? ",\"" : "\"";
        ((body += name) += "\":") += value;
    };
    constexpr std::int64_t most = 2'147'483'647;
    for (const std::string_view name : {"profile_id", "evse_id", "stack_level"}) {
        const auto number = integer_parameter(*exchange, name, 0, most);
        if (!number) return service.answer(exchange, problem_answer(*exchange, number.error()));
        if (*number) add(name, std::to_string(**number));
    }
    if (const auto purpose = exchange->asked("purpose")) {
        std::string quoted;
        append_json_string(quoted, *purpose);
        add("purpose", quoted);
    }
    send_neutral_as(exchange, service, "clear-charging-profile", body + "}");
}

net::Response show_composite_schedule(const Exchange& exchange, ReadSources& sources) {
    auto question = question_of(exchange);
    if (!question) return problem_answer(exchange, question.error());
    const auto station = station_in_path(exchange, sources.sql);
    if (!station) return problem_answer(exchange, station.error());
    const auto profiles = profiles_of(sources.sql, station->station_no);
    question->running = running_at(sources.sql, station->station_no, question->from);
    const auto periods = domain::composite(profiles, *question, limits::composite_points);
    if (!periods) return problem_answer(exchange, too_complex());
    CompositeShown shown{.station_id = station->shown.id, .evse_id = question->evse};
    shown.start.at = utc_from_micros(question->from * micro);
    shown.duration_s = question->duration_s;
    shown.unit = question->unit == RateUnit::amperes ? "A" : "W";
    shown.voltage = question->voltage;
    shown.periods = shown_of(*periods);
    shown.reported = reported_of(sources.sql, {*station, profiles, *question});
    return json_answer(200, wire::encode(shown));
}

}  // namespace ohm::api::rest
