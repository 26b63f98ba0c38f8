// From declared messages to tables: what a version's actions are called, who sends them, and what
// their payloads look like. An action is a struct with `from`, Request and Response; a block is a
// list of actions.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "ocpp/version.hpp"
#include "wire/codec.hpp"
#include "wire/fields.hpp"

namespace ohm::ocpp {

enum class From : std::uint8_t { station, csms, both };

// The name of a type without its namespaces: the action's name on the wire.
template <class T>
consteval std::string_view action_name() {
    std::string_view name = __PRETTY_FUNCTION__;
    name = name.substr(name.find("T = ") + 4);
    name = name.substr(0, name.find_first_of(";]"));
    return name.substr(name.rfind(':') + 1);
}

struct ActionInfo {
    std::string_view name;
    From from{};
    const wire::Type* request = nullptr;
    const wire::Type* response = nullptr;
};

template <class... A>
struct Actions {
    static constexpr std::array<ActionInfo, sizeof...(A)> infos{
        ActionInfo{action_name<A>(), A::from, &wire::type_of<typename A::Request>,
                   &wire::type_of<typename A::Response>}...};
};

// The actions of several blocks as one table.
template <class... Blocks>
constexpr auto infos_of_all() {
    std::array<ActionInfo, (Blocks::infos.size() + ...)> all{};
    auto* end = all.data();
    ((end = std::copy(Blocks::infos.begin(), Blocks::infos.end(), end)), ...);
    return all;
}

// Every block of a version: v16/actions.cpp, v201/actions.cpp.
namespace v16 {
std::span<const ActionInfo> action_infos();
}
namespace v201 {
std::span<const ActionInfo> action_infos();
}

// The actions of a version, sorted by name: all of the standard, with 1.6's security extension.
std::span<const ActionInfo> declared_actions(Version version);
const ActionInfo* find_action(Version version, std::string_view name);  // null where there is none
// Judges a payload by a declared type without keeping what it says.
std::optional<wire::Violation> check_payload(wire::Decoder& decoder, std::string_view json,
                                             const wire::Type& type, wire::Rules rules);
bool is_standard_action(Version version, std::string_view name);

constexpr bool station_sends(From from) { return from != From::csms; }
constexpr bool csms_sends(From from) { return from != From::station; }

}  // namespace ohm::ocpp
