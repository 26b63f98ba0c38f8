// The address of a variable in a station's device model, of both versions: 1.6's configuration keys
// are variables of the component OCPP16. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ohm::domain {

constexpr std::string_view component_of_v16 = "OCPP16";
constexpr std::string_view hidden_value = "***";

struct VariableName {
    std::string component, component_instance;
    std::int64_t evse = -1, connector = -1;  // -1: none
    std::string variable, instance;
    std::string attribute = "Actual";
};

// One text for one variable, however it is spelt: names are compared without case.
std::string key_of(const VariableName& name);

// Passwords and keys of stations: their values are never stored or shown.
bool is_secret(std::string_view variable);

// Whether a value means what is wanted: booleans in any case, numbers by value.
bool same_value(std::string_view a, std::string_view b);

}  // namespace ohm::domain
