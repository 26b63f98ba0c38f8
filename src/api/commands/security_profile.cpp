#include "api/commands/security_profile.hpp"

#include "api/commands/variables.hpp"
#include "base/text.hpp"

namespace ohm::api::commands {

// As much as is looked at. Not in an unnamed namespace: clang wants linkage of whatever FIELDS
// describes.
namespace profiled {

struct Slot {
    Optional<wire::Integer> security_profile;
    FIELDS(security_profile)
};
struct Key {
    Optional<Text<>> key, value;
    FIELDS(key, value)
};
struct Connection {
    Optional<wire::Integer> securityProfile;
    FIELDS(securityProfile)
};
struct Network {
    Optional<Connection> connectionData;
    FIELDS(connectionData)
};

}  // namespace profiled

namespace {

constexpr wire::Rules lenient{wire::Strictness::lenient, true};
constexpr std::string_view key_of_1_6 = "securityprofile";

struct Asked {
    std::int64_t profile = 0;
    std::string_view pointer;
};

std::optional<Asked> asked_by_key(std::string_view key, std::string_view value,
                                  std::string_view pointer) {
    if (to_lower(key) != key_of_1_6) return std::nullopt;
    const auto profile = parse_int(trim(value));
    if (!profile) return std::nullopt;
    return Asked{*profile, pointer};
}

std::optional<Asked> asked_by_variables(wire::Decoder& decoder, const std::string& parameters) {
    SetVariablesParameters set;
    if (decoder.decode(parameters, set, lenient)) return std::nullopt;
    for (const VariableSet& one : set.variables.items)
        if (const auto asked = asked_by_key(one.variable.value, one.value.value, "/variables"))
            return asked;
    return std::nullopt;
}

std::optional<Asked> asked_by_call(wire::Decoder& decoder, const CommandCreate& wanted) {
    const std::string& action = wanted.action.value;
    const std::string& payload = wanted.parameters.json;
    profiled::Key key;
    if (action == "ChangeConfiguration" && !decoder.decode(payload, key, lenient) && key.key &&
        key.value)
        return asked_by_key(key.key->value, key.value->value, "/payload/value");
    profiled::Network network;
    const bool is_read =
        action == "SetNetworkProfile" && !decoder.decode(payload, network, lenient);
    if (!is_read || !network.connectionData || !network.connectionData->securityProfile)
        return std::nullopt;
    return Asked{network.connectionData->securityProfile->value,
                 "/payload/connectionData/securityProfile"};
}

std::optional<Asked> asked_profile(wire::Decoder& decoder, const CommandCreate& wanted) {
    const std::string& command = wanted.command.value;
    if (command == "call") return asked_by_call(decoder, wanted);
    if (command == "set-variables") return asked_by_variables(decoder, wanted.parameters.json);
    profiled::Slot slot;
    const bool is_read =
        command == "set-network-profile" && !decoder.decode(wanted.parameters.json, slot, lenient);
    if (!is_read || !slot.security_profile) return std::nullopt;
    return Asked{slot.security_profile->value, "/security_profile"};
}

}  // namespace

std::optional<OperationRefused> refused_lower_profile(wire::Decoder& decoder,
                                                      const Station& station,
                                                      const CommandCreate& wanted) {
    const auto asked = asked_profile(decoder, wanted);
    if (!asked || asked->profile >= station.security_profile) return std::nullopt;
    return OperationRefused{
        "validation_failed",
        "the station has security profile " + std::to_string(station.security_profile) +
            ", and no message takes it down; where that is meant, change the station's "
            "security_profile first",
        std::string{asked->pointer}};
}

}  // namespace ohm::api::commands
