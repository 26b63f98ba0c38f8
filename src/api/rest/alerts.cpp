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
    static constexpr Severity info{"info"};
    static constexpr AlertState open{"open"};
    const auto one = alerts::alert_of(row);
    AlertShown shown;
    shown.id = std::string{id_prefix} + one->id.text();
    shown.rule_id = std::string{rule_prefix} + one->rule_id;
    shown.kind = one->kind;
    shown.severity = Severity::of(one->severity).value_or(info);
    shown.state = AlertState::of(as_text(row.at(extras))).value_or(open);
    if (one->is_group) shown.members = {{as_int(row.at(extras + 1)), as_int(row.at(extras + 2))}};
    if (one->parent) shown.group_id = {std::string{id_prefix} + one->parent->text()};
    set_words(*one, shown);
    shown.station_id = text_unless_empty(one->station_id);
    shown.evse_id = int_unless_zero(one->evse);
    shown.connector_id = int_unless_zero(one->connector);
    shown.what = text_unless_empty(one->what);
    shown.worker = text_unless_empty(one->worker);
    shown.due_at = time_unless_zero(one->due_at);
    shown.occurrences = one->occurrences;
    shown.since = time_of(one->since_at);
    shown.last_at = time_of(one->last_at);
    shown.opened_at = time_of(one->opened_at);
    shown.acknowledged_at = time_unless_zero(one->acknowledged_at);
    shown.acknowledged_by = text_unless_empty(one->acknowledged_by);
    shown.note = text_unless_empty(one->note);
    shown.snoozed_until = time_unless_zero(one->snoozed_until_at);
    shown.closed_at = time_unless_zero(one->closed_at);
    shown.closed_by = text_unless_empty(one->closed_by);
    shown.closed_reason = text_unless_empty(one->closed_reason);
    shown.version = one->version;
    return shown;
}

net::Response answer_with(const Exchange& exchange, store::Sql& sql,
                          const std::optional<Ulid>& id) {
    const auto rows = id ? sql.query(select_alerts() + " and a.id = $1", {Bytes{id->bytes()}})
                         : std::vector<store::Row>{};
    if (rows.empty()) return problem_answer(exchange, not_found("alert", exchange.path_value(0)));
    const AlertShown shown = shown_of(rows.front());
    return json_answer(200, wire::encode(shown), make_etag(shown.version, 0));
}

// The column is one of the words that the parameter lists, and each of those is `known`.
std::optional<Problem> add_words(const Exchange& exchange, store::Dialect dialect,
                                 Conditions& where, std::string_view parameter,
                                 std::string_view column, std::span<const std::string_view> known) {
    const auto asked = exchange.asked(parameter);
    if (!asked) return std::nullopt;
    const std::vector<std::string> words = comma_list(*asked);
    if (words.empty()) return bad_parameter(parameter, "is empty");
    for (const std::string& word : words)
        if (std::find(known.begin(), known.end(), word) == known.end())
            return bad_parameter(parameter, "names `" + word + "`, which there is not");
    where.add(store::any_of(dialect, column, "?"), {words});
    return std::nullopt;
}

std::vector<std::string_view> kind_names() {
    std::vector<std::string_view> names;
    for (const alerts::Kind& kind : alerts::kinds()) names.push_back(kind.name);
    return names;
}

// Of one station members of groups are shown as well; else a group stands for them.
Wanted<Conditions> read_filter(const Exchange& exchange, store::Dialect dialect, bool of_station) {
    Conditions where;
    const auto kinds = kind_names();
    for (auto problem :
         {add_words(exchange, dialect, where, "state", state_now, AlertState::names),
          add_words(exchange, dialect, where, "severity", "a.severity", Severity::names),
          add_words(exchange, dialect, where, "kind", "a.kind", kinds)})
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
    auto where = read_filter(exchange, sources.sql.dialect(), false);
    if (!where) return problem_answer(exchange, where.error());
    return newest_alerts(exchange, sources, std::move(*where));
}

net::Response list_station_alerts(const Exchange& exchange, ReadSources& sources) {
    const auto station = station_in_path(exchange, sources.sql);
    if (!station) return problem_answer(exchange, station.error());
    auto where = read_filter(exchange, sources.sql.dialect(), true);
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
