#include "api/commands/security_profile.hpp"

#include <utility>

#include "api/commands/variables.hpp"
#include "api/facts/events.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "domain/security_event.hpp"

namespace ohm::api {
namespace commands {

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
constexpr std::int64_t highest = 3;
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

std::optional<Asked> asked_by_call(wire::Decoder& decoder, std::string_view action,
                                   std::string_view payload) {
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
    if (command == "call")
        return asked_by_call(decoder, wanted.action.value, wanted.parameters.json);
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

void note_profile_answered(Work& work, Station& station, const Command& command) {
    const bool accepted = command.status == "Accepted" || command.status == "RebootRequired";
    if (!accepted) return;
    const auto asked = asked_by_call(work.shard.decoder, command.action, command.request);
    if (!asked || asked->profile <= station.security_profile || asked->profile > highest) return;
    station.next_security_profile = static_cast<std::int8_t>(asked->profile);
    station.credentials_changed = true;
    work.batch.touch(station);
}

}  // namespace commands

void raise_security_profile(Work& work, Station& station) {
    const std::string raised = R"({"from":)" + std::to_string(station.security_profile) +
                               R"(,"to":)" + std::to_string(station.next_security_profile) + "}";
    station.security_profile = std::exchange(station.next_security_profile, std::int8_t{0});
    station.credentials_changed = true;
    work.batch.touch(station);
    note_security(work.batch, station,
                  {.name = "SecurityProfileRaised",
                   .severity = domain::severity_notice,
                   .told_by = raised,
                   .said_at = work.now_us(),
                   .at = work.now_us(),
                   .payload = raised});
}

}  // namespace ohm::api
