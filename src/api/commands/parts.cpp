#include "api/commands/parts.hpp"

#include <algorithm>
#include <map>

#include "api/commands/variables.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "ocpp/v16/core.hpp"
#include "ocpp/v201/provisioning.hpp"
#include "wire/codec.hpp"

namespace ohm::api::commands {

// Not in an unnamed namespace: clang wants linkage of whatever FIELDS describes.
namespace partly {

struct Items {
    Optional<List<Any>> variables, ids;
    FIELDS(variables, ids)
};
struct Joined {
    Optional<List<Any>> getVariableResult, setVariableResult, setMonitoringResult,
        clearMonitoringResult, configurationKey, unknownKey, results;
    FIELDS(getVariableResult, setVariableResult, setMonitoringResult, clearMonitoringResult,
           configurationKey, unknownKey, results)
};
struct Reading {
    List<VariableNamed> variables;
    FIELDS(variables)
};
struct KeyResult {
    std::string key, status;
    FIELDS(key, status)
};

}  // namespace partly

namespace {

using ocpp::Version;
constexpr wire::Rules lenient{wire::Strictness::lenient, true};

struct Splittable {
    std::string_view command, v16, v201;
};
constexpr Splittable table[] = {
    {"get-variables", "GetConfiguration", "GetVariables"},
    {"set-variables", "ChangeConfiguration", "SetVariables"},
    {"set-variable-monitoring", "", "SetVariableMonitoring"},
    {"clear-variable-monitoring", "", "ClearVariableMonitoring"},
};

const Splittable* find(std::string_view command) {
    const auto found = std::find_if(std::begin(table), std::end(table),
                                    [&](const Splittable& row) { return row.command == command; });
    return found == std::end(table) ? nullptr : found;
}

std::vector<Any> items_in(wire::Decoder& decoder, std::string_view parameters) {
    partly::Items items;
    if (decoder.decode(parameters.empty() ? "{}" : parameters, items, lenient)) return {};
    if (items.variables) return std::move(items.variables->items);
    return items.ids ? std::move(items.ids->items) : std::vector<Any>{};
}

void append(Optional<List<Any>>& to, Optional<List<Any>>& more) {
    if (!more) return;
    if (!to) to.emplace();
    for (Any& item : more->items) to->items.push_back(std::move(item));
}

// 1.6 answers a change with a status alone: the key is said beside it.
void append_change(wire::Decoder& decoder, std::string_view request, std::string_view payload,
                   partly::Joined& joined) {
    ocpp::v16::ChangeConfiguration::Request set;
    ocpp::v16::ChangeConfiguration::Response answer;
    if (decoder.decode(request, set, lenient) || decoder.decode(payload, answer, lenient)) return;
    if (!joined.results) joined.results.emplace();
    const partly::KeyResult result{set.key.value, std::string{answer.status.name()}};
    joined.results->items.push_back({wire::encode(result)});
}

}  // namespace

std::unique_ptr<Parts> read_parts(const std::string& json) {
    if (json.empty()) return nullptr;
    wire::Decoder decoder;
    auto parts = std::make_unique<Parts>();
    if (decoder.decode(json, *parts, lenient)) return nullptr;
    return parts;
}

bool has_items(std::string_view command) { return find(command) != nullptr; }

std::string_view action_of_items(std::string_view command, Version version) {
    const Splittable* row = find(command);
    if (!row) return {};
    return version == Version::v16 ? row->v16 : row->v201;
}

std::int64_t count_items(wire::Decoder& decoder, std::string_view command,
                         std::string_view parameters) {
    if (!has_items(command)) return 0;
    return static_cast<std::int64_t>(items_in(decoder, parameters).size());
}

std::string some_items(wire::Decoder& decoder, std::string_view command,
                       std::string_view parameters, std::int64_t first, std::int64_t count) {
    const std::vector<Any> all = items_in(decoder, parameters);
    std::string out = command == "clear-variable-monitoring" ? R"({"ids":[)" : R"({"variables":[)";
    const auto end = std::min<std::int64_t>(first + count, static_cast<std::int64_t>(all.size()));
    for (std::int64_t i = first; i < end; ++i) {
        if (i > first) out += ',';
        out += all[static_cast<std::size_t>(i)].json;
    }
    return out + "]}";
}

std::int64_t items_of_call(std::string_view action, const CallLimits& said) {
    if (action == "ChangeConfiguration") return 1;
    return said.items > 0 ? said.items : limits::items_per_call;
}

std::string join_answer(wire::Decoder& decoder, std::string_view action, std::string_view request,
                        const std::string& so_far, std::string_view payload) {
    partly::Joined joined, more;
    if (!so_far.empty() && decoder.decode(so_far, joined, lenient)) joined = {};
    if (action == "ChangeConfiguration") {
        append_change(decoder, request, payload, joined);
        return wire::encode(joined);
    }
    if (decoder.decode(payload, more, lenient)) return wire::encode(joined);
    append(joined.getVariableResult, more.getVariableResult);
    append(joined.setVariableResult, more.setVariableResult);
    append(joined.setMonitoringResult, more.setMonitoringResult);
    append(joined.clearMonitoringResult, more.clearMonitoringResult);
    append(joined.configurationKey, more.configurationKey);
    append(joined.unknownKey, more.unknownKey);
    return wire::encode(joined);
}

// ---- reading back ----

std::optional<std::string> reading_parameters(wire::Decoder& decoder, std::string_view parameters) {
    SetVariablesParameters set;
    if (decoder.decode(parameters, set, lenient)) return std::nullopt;
    partly::Reading reading;
    for (const VariableSet& one : set.variables)
        reading.variables.items.push_back({one.component, one.component_instance, one.evse_id,
                                           one.connector_id, one.variable, one.variable_instance,
                                           one.attribute});
    return wire::encode(reading);
}

namespace {

using Read = ocpp::v16::GetConfiguration;
using ocpp::v201::GetVariables;

std::string name_of_variable(std::string_view component, std::string_view component_instance,
                             std::int64_t evse, std::int64_t connector, std::string_view variable,
                             std::string_view instance, std::string_view attribute) {
    std::string name;
    for (const std::string_view part :
         {component, component_instance, variable, instance, attribute})
        name += to_lower(part) + '\n';
    return name + std::to_string(evse) + '\n' + std::to_string(connector);
}

template <class T>
std::string_view text_or_empty(const std::optional<T>& text) {
    return text ? std::string_view{text->value} : std::string_view{};
}
template <class T>
std::int64_t number_or_none(const std::optional<T>& number) {
    return number ? number->value : -1;
}

std::string name_of_set(const VariableSet& one) {
    return name_of_variable(text_or_empty(one.component), text_or_empty(one.component_instance),
                            number_or_none(one.evse_id), number_or_none(one.connector_id),
                            one.variable.value, text_or_empty(one.variable_instance),
                            one.attribute ? one.attribute->name() : "Actual");
}

std::string name_of_read(const GetVariables::GetVariableResult& one) {
    const auto& evse = one.component.evse;
    return name_of_variable(one.component.name.value, text_or_empty(one.component.instance),
                            evse ? evse->id.value : -1,
                            evse ? number_or_none(evse->connectorId) : -1, one.variable.name.value,
                            text_or_empty(one.variable.instance),
                            one.attributeType ? one.attributeType->name() : "Actual");
}

std::map<std::string, std::string> values_read(wire::Decoder& decoder, std::string_view action,
                                               std::string_view read) {
    std::map<std::string, std::string> values;
    if (action == "GetConfiguration") {
        Read::Response found;
        if (decoder.decode(read, found, lenient) || !found.configurationKey) return values;
        for (const Read::KeyValue& key : *found.configurationKey)
            if (key.value) values[to_lower(key.key.value)] = key.value->value;
        return values;
    }
    GetVariables::Response found;
    if (decoder.decode(read, found, lenient)) return values;
    for (const auto& one : found.getVariableResult)
        if (one.attributeValue) values[name_of_read(one)] = one.attributeValue->value;
    return values;
}

}  // namespace

bool parameters_read_back(wire::Decoder& decoder, std::string_view parameters,
                          std::string_view read_action, std::string_view read) {
    SetVariablesParameters set;
    if (decoder.decode(parameters, set, lenient)) return false;
    const auto values = values_read(decoder, read_action, read);
    const bool by_key = read_action == "GetConfiguration";
    return std::all_of(set.variables.begin(), set.variables.end(), [&](const VariableSet& one) {
        const auto found = values.find(by_key ? to_lower(one.variable.value) : name_of_set(one));
        return found != values.end() && found->second == one.value.value;
    });
}

}  // namespace ohm::api::commands
