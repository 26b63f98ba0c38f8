#include "sim/commands.hpp"

#include <array>
#include <optional>

#include "ocpp/v16/core.hpp"
#include "ocpp/v201/provisioning.hpp"
#include "ocpp/v201/remote_control.hpp"

namespace ohm::sim {

// As much of these messages as this station looks at; other members are let pass. Not in an unnamed
// namespace: clang wants linkage of whatever FIELDS describes.
namespace partly {

using wire::Integer;
using wire::List;
using wire::OneOf;
using wire::Optional;
using wire::Text;

struct Trigger {
    Text<50> requestedMessage;
    Optional<Integer> connectorId;  // 1.6
    struct Evse {
        Integer id;
        FIELDS(id)
    };
    Optional<Evse> evse;  // 2.0.1
    FIELDS(requestedMessage, connectorId, evse)
};
struct TriggerAnswer {
    OneOf<"Accepted", "Rejected", "NotImplemented"> status;
    FIELDS(status)
};
struct Named {
    Text<50> name;
    Optional<Text<50>> instance;
    FIELDS(name, instance)
};
struct GetVariables {
    struct Item {
        Named component, variable;
        Optional<Text<20>> attributeType;
        FIELDS(component, variable, attributeType)
    };
    List<Item> getVariableData;
    FIELDS(getVariableData)
};
struct GetVariablesAnswer {
    struct Item {
        OneOf<"Accepted", "UnknownComponent", "UnknownVariable", "NotSupportedAttributeType">
            attributeStatus;
        Optional<Text<20>> attributeType;
        Optional<Text<2500>> attributeValue;
        Named component, variable;
        FIELDS(attributeStatus, attributeType, attributeValue, component, variable)
    };
    List<Item> getVariableResult;
    FIELDS(getVariableResult)
};

}  // namespace partly

namespace {

using ocpp::Version;
namespace v16 = ocpp::v16;
namespace v201 = ocpp::v201;

struct Case {
    const Command& command;
    const StationFacts& facts;
    bool willing;
    wire::Decoder& decoder;

    bool is_v16() const { return command.version == Version::v16; }
    bool has_connector(std::int64_t connector) const {
        return connector >= 1 && connector <= facts.connectors;
    }
};

CommandAnswer refuse(const wire::Violation& violation) {
    return {.error = ocpp::error_of(violation.rule), .description = ocpp::describe(violation)};
}
template <class Message>
std::optional<wire::Violation> read(const Case& in, Message& out) {
    return in.decoder.decode(in.command.payload, out, {.custom_data = true});
}

CommandAnswer reset(const Case& in) {
    if (in.is_v16()) {
        v16::Reset::Request request;
        if (const auto violation = read(in, request)) return refuse(*violation);
        v16::Reset::Response response{.status = "Accepted"};
        if (!in.willing) response.status = "Rejected";
        return {.payload = wire::encode(response),
                .effect = in.willing ? Effect::reboot : Effect::none};
    }
    v201::Reset::Request request;
    if (const auto violation = read(in, request)) return refuse(*violation);
    const bool accepts = in.willing && !request.evseId;  // one EVSE alone cannot be reset
    v201::Reset::Response response{.status = "Accepted"};
    if (!accepts) response.status = "Rejected";
    return {.payload = wire::encode(response), .effect = accepts ? Effect::reboot : Effect::none};
}

CommandAnswer unlock_connector(const Case& in) {
    if (in.is_v16()) {
        v16::UnlockConnector::Request request;
        if (const auto violation = read(in, request)) return refuse(*violation);
        v16::UnlockConnector::Response response{.status = "Unlocked"};
        if (!in.willing || !in.has_connector(request.connectorId)) response.status = "UnlockFailed";
        return {.payload = wire::encode(response)};
    }
    v201::UnlockConnector::Request request;
    if (const auto violation = read(in, request)) return refuse(*violation);
    v201::UnlockConnector::Response response{.status = "Unlocked"};
    if (!in.has_connector(request.evseId) || request.connectorId != 1)
        response.status = "UnknownConnector";
    else if (!in.willing)
        response.status = "UnlockFailed";
    return {.payload = wire::encode(response)};
}

CommandAnswer trigger_message(const Case& in) {
    partly::Trigger request;
    if (const auto violation = read(in, request)) return refuse(*violation);
    CommandAnswer answer;
    const std::string& wanted = request.requestedMessage.value;
    if (wanted == "BootNotification") answer.effect = Effect::send_boot;
    if (wanted == "Heartbeat") answer.effect = Effect::send_heartbeat;
    if (wanted == "StatusNotification") answer.effect = Effect::send_status;
    if (request.connectorId) answer.connector = static_cast<int>(*request.connectorId);
    if (request.evse) answer.connector = static_cast<int>(request.evse->id);

    const bool known = answer.effect != Effect::none;
    // Nobody boots twice without a reason (1.6 erratum to BootNotification, 2.0.1 F06).
    const bool booted = answer.effect == Effect::send_boot && in.facts.boot_accepted;
    const bool absent = answer.connector > in.facts.connectors;
    partly::TriggerAnswer response{.status = "Accepted"};
    if (!known) response.status = "NotImplemented";
    if (known && (!in.willing || booted || absent)) response.status = "Rejected";
    if (!response.status.is("Accepted")) answer.effect = Effect::none;
    answer.payload = wire::encode(response);
    return answer;
}

CommandAnswer configuration(const Case& in) {
    v16::GetConfiguration::Request request;
    if (const auto violation = read(in, request)) return refuse(*violation);
    struct Key {
        std::string_view name;
        bool readonly;
        std::string value;
    };
    const std::array<Key, 3> keys{
        Key{"HeartbeatInterval", false, std::to_string(in.facts.heartbeat_interval.count())},
        Key{"NumberOfConnectors", true, std::to_string(in.facts.connectors)},
        Key{"SupportedFeatureProfiles", true, "Core,RemoteTrigger"}};
    const auto put = [](v16::GetConfiguration::Response& response, const Key& key) {
        if (!response.configurationKey) response.configurationKey.emplace();
        auto& item = response.configurationKey->items.emplace_back();
        item.key.value = key.name;
        item.readonly = key.readonly;
        item.value.emplace().value = key.value;
    };
    v16::GetConfiguration::Response response;
    if (!request.key || request.key->items.empty()) {
        for (const Key& key : keys) put(response, key);
        return {.payload = wire::encode(response)};
    }
    for (const wire::Text<50>& name : *request.key) {
        const auto found = std::find_if(keys.begin(), keys.end(), [&](const Key& key) {
            return equals_ignoring_case(key.name, name.value);
        });
        if (found != keys.end()) {
            put(response, *found);
            continue;
        }
        if (!response.unknownKey) response.unknownKey.emplace();
        response.unknownKey->items.push_back(name);
    }
    return {.payload = wire::encode(response)};
}

CommandAnswer variables(const Case& in) {
    partly::GetVariables request;
    if (const auto violation = read(in, request)) return refuse(*violation);
    partly::GetVariablesAnswer response;
    for (const auto& wanted : request.getVariableData) {
        auto& item = response.getVariableResult.items.emplace_back();
        item.component = wanted.component;
        item.variable = wanted.variable;
        item.attributeType = wanted.attributeType;
        if (wanted.component.name.value != "OCPPCommCtrlr") {
            item.attributeStatus = "UnknownComponent";
        } else if (wanted.variable.name.value != "HeartbeatInterval") {
            item.attributeStatus = "UnknownVariable";
        } else if (wanted.attributeType && wanted.attributeType->value != "Actual") {
            item.attributeStatus = "NotSupportedAttributeType";
        } else {
            item.attributeStatus = "Accepted";
            item.attributeValue.emplace().value =
                std::to_string(in.facts.heartbeat_interval.count());
        }
    }
    return {.payload = wire::encode(response)};
}

}  // namespace

CommandAnswer answer_command(const Command& command, const StationFacts& facts, bool willing,
                             wire::Decoder& decoder) {
    const Case in{command, facts, willing, decoder};
    if (command.action == "Reset") return reset(in);
    if (command.action == "UnlockConnector") return unlock_connector(in);
    if (command.action == "TriggerMessage") return trigger_message(in);
    if (command.action == "GetConfiguration" && in.is_v16()) return configuration(in);
    if (command.action == "GetVariables" && !in.is_v16()) return variables(in);
    return {.description = "this station does not know " + std::string{command.action}};
}

}  // namespace ohm::sim
