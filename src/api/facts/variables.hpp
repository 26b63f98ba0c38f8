// What is known of a station's variables: rows of its device model, from reports and from answers
// to commands. Values of secrets never reach a row. Called by handlers and where answers are taken.
#pragma once

#include <optional>
#include <string>

#include "api/shard_state.hpp"
#include "domain/variable.hpp"

namespace ohm::api {

// Names of 2.0.1, and whatever else has components, EVSEs and variables.
template <class Component, class Variable>
domain::VariableName name_of(const Component& component, const Variable& variable) {
    domain::VariableName name{.component = component.name, .variable = variable.name};
    if (component.instance) name.component_instance = component.instance->value;
    if (variable.instance) name.instance = variable.instance->value;
    if (!component.evse) return name;
    name.evse = component.evse->id;
    if (component.evse->connectorId) name.connector = component.evse->connectorId->value;
    return name;
}
domain::VariableName name_of_v16(std::string_view key);

struct VariableFact {
    domain::VariableName name;
    std::optional<std::string> value;
    std::string mutability, data_type, unit, min_limit, max_limit, values_list;
    std::optional<bool> supports_monitoring, persistent, constant;
};
// Everything that a report says of an attribute.
void note_variable(Batch& batch, const Station& station, std::int64_t at, VariableFact&& fact);
// Only its value; the rest stays as it was, and the name as the station spelt it first.
void note_value(Batch& batch, const Station& station, std::int64_t at,
                const domain::VariableName& name, std::string_view value, bool reboot_required);
void note_mutability(Batch& batch, const Station& station, const domain::VariableName& name,
                     std::string_view mutability);

// The six columns behind the key of tables that name variables.
std::vector<store::Value> columns_of(const domain::VariableName& name);
std::string shown_value(const domain::VariableName& name, std::string_view value);

}  // namespace ohm::api
