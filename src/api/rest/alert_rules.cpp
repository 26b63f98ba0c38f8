// Rules of alerts: the api that is asked writes them, and who judges reads them anew each round.
#include <map>

#include "api/alerts/operations.hpp"
#include "api/alerts/rules.hpp"
#include "api/rest/alert_resources.hpp"
#include "api/rest/service.hpp"
#include "api/rest/station_rows.hpp"
#include "api/tables.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

using alerts::Kind;
using alerts::Rule;
using store::as_int;
using store::Value;

constexpr std::string_view id_prefix = "rul_";

AlertRuleShown shown_of(const Rule& rule, std::int64_t open_alerts) {
    AlertRuleShown shown;
    shown.id = std::string{id_prefix} + rule.id;
    shown.kind = rule.kind_name;
    shown.name = text_unless_empty(rule.name);
    shown.severity = Severity::of(rule.severity).value_or(Severity{"info"});
    shown.parameters.json = "{}";
    if (rule.kind) {
        shown.title = rule.kind->title;
        shown.advice = rule.kind->advice;
        shown.parameters.json = alerts::complete_json(*rule.kind, rule.parameters);
    }
    shown.station_id = text_unless_empty(rule.station_key);
    shown.location_id = text_unless_empty(rule.location_id);
    shown.vendor = text_unless_empty(rule.vendor);
    shown.enabled = rule.enabled;
    shown.open_alerts = open_alerts;
    shown.version = rule.version;
    shown.created_at = time_of(rule.created_at);
    shown.updated_at = time_of(rule.updated_at);
    return shown;
}

std::optional<Rule> find_rule(store::Sql& sql, const Exchange& exchange) {
    const std::string_view text = exchange.path_value(0);
    if (!text.starts_with(id_prefix)) return std::nullopt;
    return alerts::read_rule(sql, std::string{text.substr(id_prefix.size())});
}

net::Response no_rule(const Exchange& exchange) {
    return problem_answer(exchange, not_found("alert rule", exchange.path_value(0)));
}

net::Response rule_answer(store::Sql& sql, int status, const Rule& rule) {
    const auto open = sql.query(
        "select count(*) from alerts where rule_id = $1 and closed_at is null and parent_id is "
        "null",
        {rule.id});
    const AlertRuleShown shown = shown_of(rule, as_int(open.at(0).at(0)));
    net::Response response = json_answer(status, wire::encode(shown), make_etag(shown.version, 0));
    if (status == 201) response.headers.push_back({"Location", "/api/v1/alert-rules/" + shown.id});
    return response;
}

std::optional<Problem> check(const Rule& rule) {
    if (!rule.kind) return bad_member("/kind", "is none of those that /alert-kinds lists");
    if (const auto fault = alerts::check(*rule.kind, rule.parameters))
        return bad_member("/parameters/" + fault->name, fault->detail);
    const bool is_narrowed =
        !rule.station_key.empty() || !rule.location_id.empty() || !rule.vendor.empty();
    if (is_narrowed && !rule.kind->is_about_stations)
        return bad_member(!rule.station_key.empty()   ? "/station_id"
                          : !rule.location_id.empty() ? "/location_id"
                                                      : "/vendor",
                          "must be absent: alerts of this kind are about no station");
    return std::nullopt;
}

void merge(const alerts::Parameters& wanted, alerts::Parameters& into) {
    const auto take = [](const auto& from, auto& to) {
        if (from) to = from;
    };
    take(wanted.seconds, into.seconds);
    take(wanted.minutes, into.minutes);
    take(wanted.hours, into.hours);
    take(wanted.days, into.days);
    take(wanted.count, into.count);
    take(wanted.level, into.level);
    take(wanted.group_from, into.group_from);
}

template <class T>
void merge_text(const wire::Patch<T>& patch, std::string& into) {
    if (patch.present) into = patch.value ? patch.value->value : std::string{};
}

// `severity`: the rule's own word; "" where it has the kind's.
struct Written {
    Rule rule;
    std::string severity;
};

std::string own_severity(store::Sql& sql, const Rule& rule) {
    return store::as_text(
        sql.query("select severity from alert_rules where id = $1", {rule.id}).at(0).at(0));
}

void apply(const AlertRulePatch& wanted, Written& into) {
    Rule& rule = into.rule;
    merge_text(wanted.name, rule.name);
    if (wanted.severity.present)
        into.severity = wanted.severity.value ? std::string{wanted.severity.value->name()} : "";
    if (wanted.parameters) merge(*wanted.parameters, rule.parameters);
    if (wanted.station_id.present)
        rule.station_key =
            wanted.station_id.value ? fold(wanted.station_id.value->value).value_or("") : "";
    merge_text(wanted.location_id, rule.location_id);
    merge_text(wanted.vendor, rule.vendor);
    if (wanted.enabled) rule.enabled = *wanted.enabled;
}

std::vector<Value> values_of(const Written& written, Utc now) {
    const Rule& rule = written.rule;
    return {rule.id,
            tables::text_or_null(rule.name),
            wire::encode(rule.parameters),
            tables::text_or_null(written.severity),
            tables::text_or_null(rule.station_key),
            tables::text_or_null(rule.location_id),
            tables::text_or_null(rule.vendor),
            std::int64_t{rule.enabled},
            micros(now)};
}

net::Response save_new(const Exchange& exchange, store::Sql& sql, const Written& written) {
    const auto count = as_int(sql.query("select count(*) from alert_rules").at(0).at(0));
    if (count >= limits::alert_rules)
        return problem_answer(exchange, {.code = "limit_reached",
                                         .detail = "There are as many rules as there may be."});
    std::vector<Value> values = values_of(written, exchange.received_at);
    values.emplace_back(written.rule.kind_name);
    sql.query(
        "insert into alert_rules (id, name, parameters, severity, station_key, location_id, "
        "vendor, enabled, kind, version, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, "
        "$7, $8, $10, 1, $9, $9) on conflict (id) do nothing",
        values);
    const auto saved = alerts::read_rule(sql, written.rule.id);
    return saved ? rule_answer(sql, 201, *saved) : no_rule(exchange);
}

net::Response save_patch(const Exchange& exchange, store::Sql& sql, const AlertRulePatch& wanted) {
    const auto version = wanted_version(exchange);
    if (!version) return problem_answer(exchange, version.error());
    const auto before = find_rule(sql, exchange);
    if (!before) return no_rule(exchange);
    if (*version && **version != before->version)
        return problem_answer(exchange, changed_meanwhile("rule"));
    Written written{*before, own_severity(sql, *before)};
    apply(wanted, written);
    if (const auto problem = check(written.rule)) return problem_answer(exchange, *problem);
    std::vector<Value> values = values_of(written, exchange.received_at);
    values.emplace_back(before->version);
    const auto saved = sql.query(
        "update alert_rules set name = $2, parameters = $3, severity = $4, station_key = $5, "
        "location_id = $6, vendor = $7, enabled = $8, updated_at = $9, version = version + 1 where "
        "id = $1 and version = $10 returning 1",
        values);
    if (saved.empty()) return problem_answer(exchange, changed_meanwhile("rule"));
    const auto now = find_rule(sql, exchange);
    return now ? rule_answer(sql, 200, *now) : no_rule(exchange);
}

net::Response remove_rule(const Exchange& exchange, store::Sql& sql) {
    const auto version = wanted_version(exchange);
    if (!version) return problem_answer(exchange, version.error());
    const auto before = find_rule(sql, exchange);
    if (!before) return no_rule(exchange);
    const auto gone =
        sql.query("delete from alert_rules where id = $1 and version = $2 returning 1",
                  {before->id, version->value_or(before->version)});
    if (gone.empty()) return problem_answer(exchange, changed_meanwhile("rule"));
    return {.status = 204};
}

}  // namespace

net::Response list_alert_kinds(const Exchange& exchange, Service&) {
    ListAnswer list;
    for (const Kind& kind : alerts::kinds()) {
        AlertKindShown shown;
        shown.kind = kind.name;
        shown.title = kind.title;
        shown.advice = kind.advice;
        shown.severity = Severity::of(kind.severity).value_or(Severity{"info"});
        shown.about_stations = kind.is_about_stations;
        for (const alerts::Parameter& one : kind.parameters)
            shown.parameters.items.push_back(
                {std::string{one.name}, std::string{one.meaning}, one.otherwise, one.min, one.max});
        list.items.push_back(wire::encode(shown));
    }
    return list_answer(exchange, list);
}

net::Response list_alert_rules(const Exchange& exchange, ReadSources& sources) {
    std::map<std::string, std::int64_t> open;
    for (const store::Row& row :
         sources.sql.query("select rule_id, count(*) from alerts where closed_at is null and "
                           "parent_id is null group by rule_id"))
        open[store::as_text(row[0])] = as_int(row[1]);
    ListAnswer list;  // there are never more than a page
    for (const Rule& rule : alerts::read_rules(sources.sql))
        list.items.push_back(wire::encode(shown_of(rule, open[rule.id])));
    return list_answer(exchange, list);
}

net::Response show_alert_rule(const Exchange& exchange, ReadSources& sources) {
    const auto rule = find_rule(sources.sql, exchange);
    return rule ? rule_answer(sources.sql, 200, *rule) : no_rule(exchange);
}

void create_alert_rule(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<AlertRuleCreate>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    Written written;
    Rule& rule = written.rule;
    rule.id = service.new_id().text();
    rule.kind_name = wanted->kind.value;
    rule.kind = alerts::find_kind(rule.kind_name);
    if (wanted->name) rule.name = wanted->name->value;
    if (wanted->severity) written.severity = wanted->severity->name();
    if (wanted->parameters) rule.parameters = *wanted->parameters;
    if (wanted->station_id) rule.station_key = fold(wanted->station_id->value).value_or("");
    if (wanted->location_id) rule.location_id = wanted->location_id->value;
    if (wanted->vendor) rule.vendor = wanted->vendor->value;
    rule.enabled = wanted->enabled.value_or(true);
    if (const auto problem = check(rule))
        return service.answer(exchange, problem_answer(*exchange, *problem));
    service.write(exchange, [written](const Exchange& asked, ReadSources& sources) {
        return save_new(asked, sources.sql, written);
    });
}

void patch_alert_rule(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<AlertRulePatch>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    service.write(exchange, [wanted = *wanted](const Exchange& asked, ReadSources& sources) {
        return save_patch(asked, sources.sql, wanted);
    });
}

void delete_alert_rule(const SharedExchange& exchange, Service& service) {
    service.write(exchange, [](const Exchange& asked, ReadSources& sources) {
        return remove_rule(asked, sources.sql);
    });
}

void test_alert_rule(const SharedExchange& exchange, Service& service) {
    const auto found = std::make_shared<std::optional<Rule>>();
    service.prepare(
        exchange,
        [found](const Exchange& asked, ReadSources& sources) {
            *found = find_rule(sources.sql, asked);
        },
        [exchange, &service, found] {
            if (!*found) return service.answer(exchange, no_rule(*exchange));
            const Rule& rule = **found;
            const alerts::Test test{rule.id, rule.kind_name, rule.severity};
            service.operate(exchange,
                            service.operation(*exchange, alerts::operation::test,
                                              std::string{alerts::owner_key}, wire::encode(test)),
                            [exchange, &service](OperationAnswer&&) {
                                service.read(exchange, show_alert_rule);
                            });
        });
}

}  // namespace ohm::api::rest
