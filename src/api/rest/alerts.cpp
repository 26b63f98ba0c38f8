// Alerts: read from their table, acted on by their writer.
#include "api/alerts/operations.hpp"
#include "api/alerts/tables.hpp"
#include "api/rest/alert_resources.hpp"
#include "api/rest/handlers.hpp"
#include "api/rest/newest.hpp"
#include "api/rest/service.hpp"
#include "api/rest/station_rows.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

using store::as_int;
using store::as_text;
using store::Bytes;

constexpr std::string_view id_prefix = "alr_", rule_prefix = "rul_";

// A member is in the state of its group, while that is open.
constexpr std::string_view state_now =
    "case when a.closed_at is null and g.closed_at is null and g.id is not null then g.state else "
    "a.state end";

std::string select_alerts() {
    return "select " + std::string{alerts::alert_columns} + ", " + std::string{state_now} +
           ", case when a.is_group = 1 then (select count(*) from alerts c where c.parent_id = "
           "a.id) end, case when a.is_group = 1 then (select count(*) from alerts c where "
           "c.parent_id = a.id and c.closed_at is null) end" +
           std::string{alerts::alert_tables} +
           " left join alerts g on g.id = a.parent_id where a.tenant_no = 1";
}
constexpr std::size_t extras = 29;  // where the columns end that alert_of reads

NullableText word(const std::string& text) {
    if (text.empty()) return {};
    return {text};
}
Nullable<std::int64_t> number(std::int64_t value) {
    if (value == 0) return {};
    return {value};
}
Instant instant(std::int64_t at) { return {{utc_from_micros(at)}}; }
Nullable<Instant> instant_or_null(std::int64_t at) {
    if (at == 0) return {};
    return {instant(at)};
}

void set_words(const alerts::Alert& one, AlertShown& shown) {
    const alerts::Kind* kind = alerts::find_kind(one.kind);
    if (!kind) return;
    shown.title = alerts::title_of(
        *kind, {one.station_id, one.what, one.worker, one.evse, one.connector, one.occurrences,
                shown.members ? shown.members->total : 0, one.is_group});
    shown.advice = kind->advice;
    if (one.ref) shown.reference = {std::string{kind->refers} + one.ref->text()};
}

AlertShown shown_of(const store::Row& row) {
    const auto one = alerts::alert_of(row);
    AlertShown shown;
    shown.id = std::string{id_prefix} + one->id.text();
    shown.rule_id = std::string{rule_prefix} + one->rule_id;
    shown.kind = one->kind;
    shown.severity = Severity::of(one->severity).value_or(Severity{"info"});
    shown.state = AlertState::of(as_text(row.at(extras))).value_or(AlertState{"open"});
    if (one->is_group) shown.members = {{as_int(row.at(extras + 1)), as_int(row.at(extras + 2))}};
    if (one->parent) shown.group_id = {std::string{id_prefix} + one->parent->text()};
    set_words(*one, shown);
    shown.station_id = word(one->station_id);
    shown.evse_id = number(one->evse);
    shown.connector_id = number(one->connector);
    shown.what = word(one->what);
    shown.worker = word(one->worker);
    shown.due_at = instant_or_null(one->due_at);
    shown.occurrences = one->occurrences;
    shown.since = instant(one->since_at);
    shown.last_at = instant(one->last_at);
    shown.opened_at = instant(one->opened_at);
    shown.acknowledged_at = instant_or_null(one->acknowledged_at);
    shown.acknowledged_by = word(one->acknowledged_by);
    shown.note = word(one->note);
    shown.snoozed_until = instant_or_null(one->snoozed_until_at);
    shown.closed_at = instant_or_null(one->closed_at);
    shown.closed_by = word(one->closed_by);
    shown.closed_reason = word(one->closed_reason);
    shown.version = one->version;
    return shown;
}

net::Response answer_with(const Exchange& exchange, store::Sql& sql,
                          const std::optional<Ulid>& id) {
    const auto rows = id ? sql.query(select_alerts() + " and a.id = $1", {Bytes{id->bytes()}})
                         : std::vector<store::Row>{};
    if (rows.empty()) return problem_answer(exchange, not_found("alert", exchange.path_value(0)));
    const AlertShown shown = shown_of(rows.front());
    net::Response response = json_answer(200, wire::encode(shown));
    response.headers.push_back({"ETag", make_etag(shown.version, 0)});
    return response;
}

// `column in (…)` of words separated by commas; each must be one of `known`, where there are any.
std::optional<Problem> add_words(const Exchange& exchange, Conditions& where,
                                 std::string_view parameter, std::string_view column,
                                 std::span<const std::string_view> known) {
    const auto asked = exchange.asked(parameter);
    if (!asked) return std::nullopt;
    std::string places;
    std::vector<store::Value> values;
    for (const std::string& name : comma_list(*asked)) {
        if (std::find(known.begin(), known.end(), name) == known.end())
            return bad_parameter(parameter, "`" + name + "` is none of those there are");
        places += places.empty() ? "?" : ", ?";
        values.emplace_back(name);
    }
    if (values.empty()) return bad_parameter(parameter, "is empty");
    where.add(std::string{column} + " in (" + places + ")", std::move(values));
    return std::nullopt;
}

std::vector<std::string_view> kind_names() {
    std::vector<std::string_view> names;
    for (const alerts::Kind& kind : alerts::kinds()) names.push_back(kind.name);
    return names;
}

// Of one station members of groups are shown as well; else a group stands for them.
Wanted<Conditions> read_filter(const Exchange& exchange, bool of_station) {
    Conditions where;
    const auto kinds = kind_names();
    for (auto problem : {add_words(exchange, where, "state", state_now, AlertState::names),
                         add_words(exchange, where, "severity", "a.severity", Severity::names),
                         add_words(exchange, where, "kind", "a.kind", kinds)})
        if (problem) return refused(std::move(*problem));
    if (const auto rule = exchange.asked("rule_id"))
        where.add("a.rule_id = ?",
                  {std::string{rule->starts_with(rule_prefix) ? rule->substr(rule_prefix.size())
                                                              : *rule}});
    const auto station = exchange.asked("station_id"), group = exchange.asked("group_id");
    if (station)
        where.add(
            "a.station_no = (select s.station_no from charge_points s where s.id_key = ? and "
            "s.archived_at is null)",
            {fold(*station).value_or("")});
    if (group) {
        const auto id = parse_id(id_prefix, *group);
        if (!id) return refused(bad_parameter("group_id", "is no alert's id"));
        where.add("a.parent_id = ?", {Bytes{id->bytes()}});
    }
    if (!station && !group && !of_station) where.add("a.parent_id is null", {});
    return where;
}

void act(const SharedExchange& exchange, Service& service, alerts::Act&& wanted) {
    const auto id = parse_id(id_prefix, exchange->path_value(0));
    if (!id)
        return service.answer(
            exchange, problem_answer(*exchange, not_found("alert", exchange->path_value(0))));
    wanted.id.value = id->text();
    service.operate(exchange,
                    service.operation(*exchange, alerts::operation::act,
                                      std::string{alerts::owner_key}, wire::encode(wanted)),
                    [exchange, &service](OperationAnswer&& answer) {
                        alerts::Acted acted;
                        (void)service.decoder().decode(answer.body, acted,
                                                       {wire::Strictness::lenient});
                        service.read(exchange, [id = Ulid::from_text(acted.id)](
                                                   const Exchange& asked, ReadSources& sources) {
                            return answer_with(asked, sources.sql, id);
                        });
                    });
}

void act_with_note(const SharedExchange& exchange, Service& service, alerts::Act&& wanted) {
    const auto said = read_body<AlertAck>(*exchange, service.decoder());
    if (!said) return service.answer(exchange, problem_answer(*exchange, said.error()));
    wanted.note = said->note;
    act(exchange, service, std::move(wanted));
}

}  // namespace

namespace {
net::Response newest_alerts(const Exchange& exchange, ReadSources& sources, Conditions&& where) {
    static const std::string select = select_alerts();
    return newest_first(
        exchange, sources.sql,
        {.name = "alerts",
         .select = select,
         .count = "select count(*) from alerts a left join alerts g on g.id = "
                  "a.parent_id where a.tenant_no = 1",
         .id = "a.id",
         .shown = [](const store::Row& row) { return wire::encode(shown_of(row)); }},
        std::move(where));
}
}  // namespace

net::Response list_alerts(const Exchange& exchange, ReadSources& sources) {
    auto where = read_filter(exchange, false);
    if (!where) return problem_answer(exchange, where.error());
    return newest_alerts(exchange, sources, std::move(*where));
}

net::Response list_station_alerts(const Exchange& exchange, ReadSources& sources) {
    const auto station = station_in_path(exchange, sources.sql);
    if (!station) return problem_answer(exchange, station.error());
    auto where = read_filter(exchange, true);
    if (!where) return problem_answer(exchange, where.error());
    where->add("a.station_no = ?", {station->station_no});
    return newest_alerts(exchange, sources, std::move(*where));
}

net::Response count_alerts(const Exchange&, ReadSources& sources) {
    AlertCounts counts;
    for (const store::Row& row : sources.sql.query(
             "select state, severity, count(*) from alerts where closed_at is null and parent_id "
             "is null and tenant_no = 1 group by state, severity")) {
        const std::string state = as_text(row[0]), severity = as_text(row[1]);
        const std::int64_t n = as_int(row[2]);
        if (state == "acknowledged") counts.acknowledged += n;
        if (state == "snoozed") counts.snoozed += n;
        if (state != "open") continue;
        counts.open += n;
        (severity == "critical"  ? counts.critical
         : severity == "warning" ? counts.warning
                                 : counts.info) += n;
    }
    return json_answer(200, wire::encode(counts));
}

net::Response show_alert(const Exchange& exchange, ReadSources& sources) {
    return answer_with(exchange, sources.sql, parse_id(id_prefix, exchange.path_value(0)));
}

void acknowledge_alert(const SharedExchange& exchange, Service& service) {
    act_with_note(exchange, service, {.act = "ack"});
}

void close_alert(const SharedExchange& exchange, Service& service) {
    act_with_note(exchange, service, {.act = "close"});
}

void snooze_alert(const SharedExchange& exchange, Service& service) {
    const auto said = read_body<AlertSnooze>(*exchange, service.decoder());
    if (!said) return service.answer(exchange, problem_answer(*exchange, said.error()));
    act(exchange, service, {.act = "snooze", .note = said->note, .seconds = said->seconds});
}

}  // namespace ohm::api::rest
