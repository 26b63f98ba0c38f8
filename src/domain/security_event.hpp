// Security events of stations, OCPP 1.6 and 2.0.1 alike. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace ohm::domain {

// Severities as 2.0.1 numbers those of its events: 0 is danger, 9 is debugging.
constexpr std::int64_t severity_critical = 3, severity_notice = 7;

// What an operator should look at: the standard's critical types, and none that it does not know.
std::int64_t severity_of_security_event(std::string_view type);

}  // namespace ohm::domain
