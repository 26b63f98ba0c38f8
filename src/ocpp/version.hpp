// The OCPP versions that Ohmstead speaks, and their subprotocol names (OCPP-J 1.6 §3.2, 2.0.1 Part
// 4 §3.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/text.hpp"

namespace ohm::ocpp {

enum class Version : std::uint8_t { none = 0, v16 = 16, v201 = 201 };

constexpr std::string_view subprotocol(Version version) {
    return version == Version::v16 ? "ocpp1.6" : version == Version::v201 ? "ocpp2.0.1" : "";
}
// "1.6", "2.0.1": how people, REST and metrics call it.
constexpr std::string_view short_name(Version version) {
    return version == Version::v16 ? "1.6" : version == Version::v201 ? "2.0.1" : "";
}
// Blanks and case do not matter (quirk A2).
inline Version version_of_subprotocol(std::string_view offered) {
    if (equals_ignoring_case(trim(offered), "ocpp1.6")) return Version::v16;
    return equals_ignoring_case(trim(offered), "ocpp2.0.1") ? Version::v201 : Version::none;
}
constexpr Version version_of_short_name(std::string_view name) {
    return name == "1.6" ? Version::v16 : name == "2.0.1" ? Version::v201 : Version::none;
}
constexpr Version version_of_number(std::uint64_t number) {
    return number == 16 ? Version::v16 : number == 201 ? Version::v201 : Version::none;
}

}  // namespace ohm::ocpp
