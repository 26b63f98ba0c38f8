// A station's variables and what else it says that it holds: monitors and messages.
#include <map>

#include "api/facts/desired.hpp"
#include "api/rest/fact_lists.hpp"
#include "api/rest/facts_resources.hpp"
#include "api/rest/service.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

constexpr store::Kind integer = store::Kind::integer, text = store::Kind::text;

// A value that waits for a reboot waits no more once the station has booted.
const FactList variable_list{
    .name = "variables",
    .columns =
        "t.name_key, t.component, t.component_instance, t.evse, t.connector, t.variable, "
        "t.instance, t.attribute, t.value, t.mutability, t.data_type, t.unit, t.min_limit, "
        "t.max_limit, t.values_list, t.supports_monitoring, t.persistent, t.constant, "
        "t.reported_at, case when t.reboot_required = 1 and t.reported_at > coalesce(s.boot_at, 0) "
        "then 1 else 0 end",
    .from = "variables t join station_state s on s.station_no = t.station_no",
    .key = {"t.name_key"},
    .kinds = {text, text},
    .newest_first = false};
const FactList monitor_list{.name = "monitors",
                            .columns =
                                "t.monitor_id, t.component, t.component_instance, t.evse, "
                                "t.connector, t.variable, t.instance, t.type, t.value, "
                                "t.severity, t.in_transaction, t.reported_at",
                            .from = "variable_monitors t",
                            .key = {"t.monitor_id"},
                            .kinds = {integer, integer},
                            .newest_first = false};
const FactList message_list{
    .name = "display_messages",
    .columns = "t.message_id, t.priority, t.state, t.payload, t.reported_at",
    .from = "display_messages t",
    .key = {"t.message_id"},
    .kinds = {integer, integer},
    .newest_first = false};

Nullable<bool> flag_or_null(const store::Value& value) {
    if (store::is_null(value)) return {};
    return {store::as_int(value) != 0};
}

VariableShown variable_of(const store::Row& row) {
    return {.component = store::as_text(row[1]),
            .component_instance = text_or_null(row[2]),
            .evse_id = int_or_null(row[3]),
            .connector_id = int_or_null(row[4]),
            .variable = store::as_text(row[5]),
            .instance = text_or_null(row[6]),
            .attribute = store::as_text(row[7]),
            .value = text_or_null(row[8]),
            .mutability = text_or_null(row[9]),
            .data_type = text_or_null(row[10]),
            .unit = text_or_null(row[11]),
            .min_limit = text_or_null(row[12]),
            .max_limit = text_or_null(row[13]),
            .values_list = text_or_null(row[14]),
            .supports_monitoring = flag_or_null(row[15]),
            .persistent = flag_or_null(row[16]),
            .constant = flag_or_null(row[17]),
            .reported_at = time_or_null(row[18]),
            .reboot_required = store::as_int(row[19]) != 0};
}

MonitorShown monitor_of(const store::Row& row) {
    return {.id = store::as_int(row[0]),
            .component = store::as_text(row[1]),
            .component_instance = text_or_null(row[2]),
            .evse_id = int_or_null(row[3]),
            .connector_id = int_or_null(row[4]),
            .variable = store::as_text(row[5]),
            .instance = text_or_null(row[6]),
            .type = store::as_text(row[7]),
            .value = store::as_text(row[8]),
            .severity = store::as_int(row[9]),
            .transaction = store::as_int(row[10]) != 0,
            .reported_at = time_of(row[11])};
}

DisplayMessageShown message_of(const store::Row& row) {
    return {.id = store::as_int(row[0]),
            .priority = store::as_text(row[1]),
            .state = text_or_null(row[2]),
            .message = json_or_null(row[3]),
            .reported_at = time_of(row[4])};
}

// ---- desired values ----

DesiredVariablesShown desired_of(store::Sql& sql, const StationRead& station) {
    DesiredVariablesShown shown{.station_id = station.shown.id};
    const auto rows = sql.query(
        "select variables, updated_at, updated_by from desired_variables where station_no = $1",
        {station.station_no});
    if (rows.empty()) return shown;
    DesiredVariables stored;
    wire::Decoder decoder;
    if (!decoder.decode(store::as_text(rows[0][0]), stored, {wire::Strictness::lenient}))
        shown.variables = std::move(stored.variables);
    shown.updated_at = time_or_null(rows[0][1]);
    shown.updated_by = text_or_null(rows[0][2]);
    return shown;
}

struct Actual {
    store::Value value, reported_at;
};
std::map<std::string, Actual> actual_values(store::Sql& sql, std::int64_t station_no,
                                            std::vector<std::string> keys) {
    std::map<std::string, Actual> values;
    if (keys.empty()) return values;
    const std::string statement =
        "select name_key, value, reported_at from variables where station_no = $1 and " +
        store::any_of(sql.dialect(), "name_key", "$2");
    for (const store::Row& row : sql.query(statement, {station_no, std::move(keys)}))
        values[store::as_text(row[0])] = {row[1], row[2]};
    return values;
}

DriftItemShown drift_of(const DesiredVariable& wanted, const Actual* actual) {
    const domain::VariableName name = name_of(wanted);
    DriftItemShown item{.component = name.component,
                        .variable = name.variable,
                        .attribute = name.attribute,
                        .desired = wanted.value ? wanted.value->value : std::string{}};
    if (!name.component_instance.empty()) item.component_instance = {name.component_instance};
    if (!name.instance.empty()) item.instance = {name.instance};
    if (name.evse >= 0) item.evse_id = {name.evse};
    if (name.connector >= 0) item.connector_id = {name.connector};
    item.state = "unknown";
    if (!actual || store::is_null(actual->value)) return item;
    item.actual = text_or_null(actual->value);
    item.reported_at = time_or_null(actual->reported_at);
    if (domain::same_value(store::as_text(actual->value), item.desired))
        item.state = "matches";
    else
        item.state = "differs";
    return item;
}

void write_variables(const SharedExchange& exchange, Service& service, bool replace) {
    auto wanted = read_body<DesiredVariablesWrite>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    const VariablesWrite parameters{.replace = replace, .variables = std::move(wanted->variables)};
    write_station(exchange, service, operation::write_variables, wire::encode(parameters),
                  [exchange, &service](OperationAnswer&&) {
                      service.read(exchange, show_desired_variables);
                  });
}

}  // namespace

net::Response list_variables(const Exchange& exchange, ReadSources& sources) {
    Conditions where;
    for (const std::string_view column : {"component", "variable"})
        if (const auto name = exchange.asked(column))
            where.add("lower(t." + std::string{column} + ") = ?", {fold(*name).value_or("")});
    return list_facts(exchange, sources, variable_list, where, variable_of);
}

net::Response list_monitors(const Exchange& exchange, ReadSources& sources) {
    return list_facts(exchange, sources, monitor_list, Conditions{}, monitor_of);
}

net::Response list_display_messages(const Exchange& exchange, ReadSources& sources) {
    return list_facts(exchange, sources, message_list, Conditions{}, message_of);
}

net::Response show_desired_variables(const Exchange& exchange, ReadSources& sources) {
    const auto station = station_in_path(exchange, sources.sql);
    if (!station) return problem_answer(exchange, station.error());
    return json_answer(200, wire::encode(desired_of(sources.sql, *station)));
}

net::Response show_variable_drift(const Exchange& exchange, ReadSources& sources) {
    const auto station = station_in_path(exchange, sources.sql);
    if (!station) return problem_answer(exchange, station.error());
    const DesiredVariablesShown desired = desired_of(sources.sql, *station);
    std::vector<std::string> keys;
    for (const DesiredVariable& wanted : desired.variables)
        keys.push_back(domain::key_of(name_of(wanted)));
    const auto actual = actual_values(sources.sql, station->station_no, keys);
    DriftShown drift{.station_id = station->shown.id};
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const auto found = actual.find(keys[i]);
        const DriftItemShown item =
            drift_of(desired.variables.items[i], found == actual.end() ? nullptr : &found->second);
        ++(item.state.is("matches")   ? drift.matches
           : item.state.is("differs") ? drift.differs
                                      : drift.unknown);
        drift.items.items.push_back(item);
    }
    return json_answer(200, wire::encode(drift));
}

void put_variables(const SharedExchange& exchange, Service& service) {
    write_variables(exchange, service, true);
}

void patch_variables(const SharedExchange& exchange, Service& service) {
    write_variables(exchange, service, false);
}

}  // namespace ohm::api::rest
