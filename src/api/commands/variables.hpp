// How operators name what a station lets be read and set: a key of 1.6, a component's variable of
// 2.0.1. Shared by the parts that speak of variables.
#pragma once

#include "api/commands/tokens.hpp"
#include "ocpp/v201/common.hpp"

namespace ohm::api::commands {

struct VariableNamed {
    Optional<Text<50, 1>> component;  // 1.6 has none
    Optional<Text<50>> component_instance;
    Optional<Positive> evse_id, connector_id;
    Text<50, 1> variable;  // 1.6: the key
    Optional<Text<50>> variable_instance;
    Optional<OneOf<"Actual", "Target", "MinSet", "MaxSet">> attribute;
    FIELDS(component, component_instance, evse_id, connector_id, variable, variable_instance,
           attribute)
};

struct VariableSet {
    Optional<Text<50, 1>> component;
    Optional<Text<50>> component_instance;
    Optional<Positive> evse_id, connector_id;
    Text<50, 1> variable;
    Optional<Text<50>> variable_instance;
    Optional<OneOf<"Actual", "Target", "MinSet", "MaxSet">> attribute;
    Text<2500> value;
    FIELDS(component, component_instance, evse_id, connector_id, variable, variable_instance,
           attribute, value)
};
struct SetVariablesParameters {
    List<VariableSet, 1, 1000> variables;
    FIELDS(variables)
};
struct MonitorWritten {
    Optional<NotNegative> id;  // of a monitor that is replaced
    Optional<Text<50, 1>> component;
    Optional<Text<50>> component_instance;
    Optional<Positive> evse_id, connector_id;
    Text<50, 1> variable;
    Optional<Text<50>> variable_instance;
    OneOf<"UpperThreshold", "LowerThreshold", "Delta", "Periodic", "PeriodicClockAligned"> type;
    wire::Number value;
    Int<0, 9> severity;
    Optional<bool> transaction;  // only while a transaction runs
    FIELDS(id, component, component_instance, evse_id, connector_id, variable, variable_instance,
           type, value, severity, transaction)
};
struct SetMonitoringParameters {
    List<MonitorWritten, 1, 1000> variables;
    FIELDS(variables)
};
// What a report is to be of; without a variable: all of the component.
struct VariableReported {
    Text<50, 1> component;
    Optional<Text<50>> component_instance;
    Optional<Positive> evse_id, connector_id;
    Optional<Text<50, 1>> variable;
    Optional<Text<50>> variable_instance;
    FIELDS(component, component_instance, evse_id, connector_id, variable, variable_instance)
};

// Adds what a report is to be of, as both kinds of reports have it.
template <class Items>
void add_reported(const List<VariableReported, 1, 1000>& wanted, Items& items) {
    for (const VariableReported& one : wanted) {
        auto& item = items.emplace_back();
        item.component.name = {one.component.value};
        item.component.instance = one.component_instance;
        if (one.evse_id)
            item.component.evse = ocpp::v201::Evse{{one.evse_id->value}, integer(one.connector_id)};
        if (one.variable)
            item.variable = ocpp::v201::Variable{{one.variable->value}, one.variable_instance};
    }
}

// Fills the address of `to`, any declared object with a component and a variable.
template <class Named, class Addressed>
std::optional<OperationRefused> address(const Named& from, std::size_t index, Addressed& to) {
    const std::string place = "/variables/" + std::to_string(index);
    if (!from.component)
        return OperationRefused{"validation_failed",
                                "OCPP 2.0.1 names a variable with its component",
                                place + "/component"};
    to.component.name = {from.component->value};
    to.component.instance = from.component_instance;
    if (from.connector_id && !from.evse_id)
        return OperationRefused{"validation_failed", "a connector is named with its EVSE",
                                place + "/evse_id"};
    if (from.evse_id)
        to.component.evse = ocpp::v201::Evse{{from.evse_id->value}, integer(from.connector_id)};
    to.variable.name = {from.variable.value};
    to.variable.instance = from.variable_instance;
    return std::nullopt;
}

template <class Attribute>
std::optional<Attribute> attribute_of(const auto& written) {
    if (!written) return std::nullopt;
    return Attribute::of(written->name());
}

// 1.6 has keys alone.
std::optional<OperationRefused> refused_address(const auto& from, std::size_t index) {
    const std::string place = "/variables/" + std::to_string(index);
    if (from.evse_id || from.component_instance || from.variable_instance || from.attribute)
        return OperationRefused{"not_supported_by_protocol",
                                "OCPP 1.6 has keys without EVSE, instance or attribute", place};
    return std::nullopt;
}

}  // namespace ohm::api::commands
