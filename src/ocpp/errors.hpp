// CALLERROR codes: one table with a column for each version (1.6-J §4.2.3 with its spellings; 2.0.1
// Part 4 §4.3).
#pragma once

#include <string>
#include <string_view>

#include "ocpp/version.hpp"
#include "wire/codec.hpp"

namespace ohm::ocpp {

enum class Error : std::uint8_t {
    not_implemented,  // the version has no such action
    not_supported,    // it has, but not for us, or not in this direction
    internal,
    protocol,
    security,  // before acceptance
    format,    // no JSON, a name twice, a member too many
    property,
    occurrence,
    type,
    generic,
    message_type,   // 2.0.1 only
    rpc_framework,  // 2.0.1 only
};

std::string_view code(Error error, Version version);
Error error_of(wire::Rule rule);
// The description and details of a CALLERROR for a violation: {"path":"/chargePointModel"}.
std::string describe(const wire::Violation& violation);
std::string details(const wire::Violation& violation);

}  // namespace ohm::ocpp
