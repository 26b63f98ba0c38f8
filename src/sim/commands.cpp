#include "sim/commands.hpp"

#include <array>
#include <optional>

#include "ocpp/v16/core.hpp"
#include "ocpp/v16/remote_trigger.hpp"
#include "ocpp/v201/data_transfer.hpp"
#include "ocpp/v201/provisioning.hpp"
#include "ocpp/v201/remote_control.hpp"

namespace ohm::sim {

// `data` of a DataTransfer of ours.
struct OrderData {
    wire::Optional<std::int64_t> connector;
    wire::Optional<wire::Text<>> token;
    FIELDS(connector, token)
};

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

template <class Trigger>
CommandAnswer trigger(const Case& in, const typename Trigger::Request& request, int connector) {
    CommandAnswer answer{.connector = connector};
    const std::string_view wanted = request.requestedMessage.name();
    if (wanted == "BootNotification") answer.effect = Effect::send_boot;
    if (wanted == "Heartbeat") answer.effect = Effect::send_heartbeat;
    if (wanted == "StatusNotification") answer.effect = Effect::send_status;

    const bool known = answer.effect != Effect::none;
    // Nobody boots twice without a reason (1.6 erratum to BootNotification, 2.0.1 F06).
    const bool booted = answer.effect == Effect::send_boot && in.facts.boot_accepted;
    const bool absent = answer.connector > in.facts.connectors;
    typename Trigger::Response response{.status = "Accepted"};
    if (!known) response.status = "NotImplemented";
    if (known && (!in.willing || booted || absent)) response.status = "Rejected";
    if (!response.status.is("Accepted")) answer.effect = Effect::none;
    answer.payload = wire::encode(response);
    return answer;
}

CommandAnswer trigger_message(const Case& in) {
    if (in.is_v16()) {
        v16::TriggerMessage::Request request;
        if (const auto violation = read(in, request)) return refuse(*violation);
        return trigger<v16::TriggerMessage>(
            in, request, request.connectorId ? static_cast<int>(*request.connectorId) : -1);
    }
    v201::TriggerMessage::Request request;
    if (const auto violation = read(in, request)) return refuse(*violation);
    return trigger<v201::TriggerMessage>(in, request,
                                         request.evse ? static_cast<int>(request.evse->id) : -1);
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
    v201::GetVariables::Request request;
    if (const auto violation = read(in, request)) return refuse(*violation);
    v201::GetVariables::Response response;
    for (const auto& wanted : request.getVariableData) {
        auto& item = response.getVariableResult.items.emplace_back();
        item.component = wanted.component;
        item.variable = wanted.variable;
        item.attributeType = wanted.attributeType;
        if (wanted.component.name.value != "OCPPCommCtrlr") {
            item.attributeStatus = "UnknownComponent";
        } else if (wanted.variable.name.value != "HeartbeatInterval") {
            item.attributeStatus = "UnknownVariable";
        } else if (wanted.attributeType && !wanted.attributeType->is("Actual")) {
            item.attributeStatus = "NotSupportedAttributeType";
        } else {
            item.attributeStatus = "Accepted";
            item.attributeValue.emplace().value =
                std::to_string(in.facts.heartbeat_interval.count());
        }
    }
    return {.payload = wire::encode(response)};
}

// Empty: what `data` says cannot be read, or means no connector of this station.
std::optional<Order> order_of(const Case& in, Deed deed, const std::string& data) {
    OrderData said;
    wire::List<wire::Text<>> as_text;  // 2.0.1 takes any value; 1.6, and some people, a text
    const bool is_text = !in.decoder.decode("[" + data + "]", as_text);
    const std::string& json =
        is_text && !as_text.items.empty() ? as_text.items.front().value : data;
    if (!json.empty() && in.decoder.decode(json, said)) return {};
    Order order{.deed = deed, .connector = 1, .token = {}};
    if (said.token) order.token = said.token->value;
    if (!said.connector) return order;
    if (!in.has_connector(*said.connector)) return {};
    order.connector = static_cast<int>(*said.connector);
    return order;
}

template <class Transfer>
CommandAnswer transfer(const Case& in, const typename Transfer::Request& request,
                       const std::string& data) {
    typename Transfer::Response response{.status = "Accepted"};
    const auto deed = request.messageId ? deed_of(request.messageId->value) : std::nullopt;
    const auto order = deed ? order_of(in, *deed, data) : std::nullopt;
    if (request.vendorId.value != simulator_vendor_id)
        response.status = "UnknownVendorId";
    else if (!deed)
        response.status = "UnknownMessageId";
    else if (!in.willing || !order || !in.facts.can(*order))
        response.status = "Rejected";
    CommandAnswer answer{.payload = wire::encode(response)};
    if (!response.status.is("Accepted")) return answer;
    answer.effect = Effect::by_hand;
    answer.order = *order;
    return answer;
}

CommandAnswer data_transfer(const Case& in) {
    if (in.is_v16()) {
        v16::DataTransfer::Request request;
        if (const auto violation = read(in, request)) return refuse(*violation);
        return transfer<v16::DataTransfer>(in, request, request.data ? request.data->value : "");
    }
    v201::DataTransfer::Request request;
    if (const auto violation = read(in, request)) return refuse(*violation);
    return transfer<v201::DataTransfer>(in, request, request.data ? request.data->json : "");
}

template <class Response>
CommandAnswer by_remote(const Case& in, Order&& order) {
    Response response{.status = "Accepted"};
    const bool accepts = in.willing && in.facts.can(order);
    if (!accepts) response.status = "Rejected";
    CommandAnswer answer{.payload = wire::encode(response)};
    if (!accepts) return answer;
    answer.effect = Effect::by_hand;
    answer.order = std::move(order);
    return answer;
}

// Where one is named and is there; else anywhere, or nowhere.
int place_of(const Case& in, std::int64_t connector) {
    if (connector == 0) return Order::anywhere;
    return in.has_connector(connector) ? static_cast<int>(connector) : Order::nowhere;
}

CommandAnswer remote_start(const Case& in) {
    Order order{.deed = Deed::remote_start, .token = {}};
    if (in.is_v16()) {
        v16::RemoteStartTransaction::Request request;
        if (const auto violation = read(in, request)) return refuse(*violation);
        order.token = request.idTag.value;
        order.connector = place_of(in, request.connectorId ? request.connectorId->value : 0);
        return by_remote<v16::RemoteStartTransaction::Response>(in, std::move(order));
    }
    v201::RequestStartTransaction::Request request;
    if (const auto violation = read(in, request)) return refuse(*violation);
    order.token = request.idToken.idToken.value;
    order.remote_start_id = request.remoteStartId;
    order.connector = place_of(in, request.evseId ? request.evseId->value : 0);
    return by_remote<v201::RequestStartTransaction::Response>(in, std::move(order));
}

CommandAnswer remote_stop(const Case& in) {
    Order order{.deed = Deed::remote_stop, .connector = Order::anywhere, .token = {}};
    if (in.is_v16()) {
        v16::RemoteStopTransaction::Request request;
        if (const auto violation = read(in, request)) return refuse(*violation);
        order.transaction = std::to_string(request.transactionId.value);
        return by_remote<v16::RemoteStopTransaction::Response>(in, std::move(order));
    }
    v201::RequestStopTransaction::Request request;
    if (const auto violation = read(in, request)) return refuse(*violation);
    order.transaction = request.transactionId.value;
    return by_remote<v201::RequestStopTransaction::Response>(in, std::move(order));
}

}  // namespace

CommandAnswer answer_command(const Command& command, const StationFacts& facts, bool willing,
                             wire::Decoder& decoder) {
    const Case in{command, facts, willing, decoder};
    if (command.action == "Reset") return reset(in);
    if (command.action == "UnlockConnector") return unlock_connector(in);
    if (command.action == "TriggerMessage") return trigger_message(in);
    if (command.action == "DataTransfer") return data_transfer(in);
    if (command.action == (in.is_v16() ? "RemoteStartTransaction" : "RequestStartTransaction"))
        return remote_start(in);
    if (command.action == (in.is_v16() ? "RemoteStopTransaction" : "RequestStopTransaction"))
        return remote_stop(in);
    if (command.action == "GetConfiguration" && in.is_v16()) return configuration(in);
    if (command.action == "GetVariables" && !in.is_v16()) return variables(in);
    return {.description = "this station does not know " + std::string{command.action}};
}

}  // namespace ohm::sim
