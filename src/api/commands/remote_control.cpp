// Starting, stopping, unlocking, triggering: 1.6 Core and Remote Trigger, 2.0.1 block F.
#include "ocpp/v201/remote_control.hpp"

#include "api/commands/tokens.hpp"
#include "ocpp/v16/core.hpp"
#include "ocpp/v16/remote_trigger.hpp"
#include "ocpp/v16/security.hpp"
#include "ocpp/v201/data_transfer.hpp"

namespace ohm::api::commands {

struct StartParameters {
    Optional<Positive> evse_id;
    Optional<TokenWritten> token;  // absent: the station's remote_start_token
    Optional<TokenWritten> group_token;
    Optional<ProfileWritten> charging_profile;
    FIELDS(evse_id, token, group_token, charging_profile)
};
struct StopParameters {
    Text<36, 1> transaction_id;
    FIELDS(transaction_id)
};
struct UnlockParameters {
    Positive evse_id;
    Optional<Positive> connector_id;
    Optional<bool> force;  // although a transaction runs there
    FIELDS(evse_id, connector_id, force)
};
struct TriggerParameters {
    OneOf<"BootNotification", "DiagnosticsStatusNotification", "FirmwareStatusNotification",
          "Heartbeat", "LogStatusNotification", "MeterValues", "PublishFirmwareStatusNotification",
          "SignChargePointCertificate", "SignChargingStationCertificate", "SignCombinedCertificate",
          "SignV2GCertificate", "StatusNotification", "TransactionEvent">
        message;
    Optional<Positive> evse_id, connector_id;
    Optional<bool> extended;  // 1.6: ask for it with the security extension's message
    FIELDS(message, evse_id, connector_id, extended)
};
struct DataTransferParameters {
    Text<255, 1> vendor_id;
    Optional<Text<50>> message_id;
    Optional<Any> data;
    FIELDS(vendor_id, message_id, data)
};

namespace {

// ---- start ----

tl::unexpected<OperationRefused> no_token() {
    return refusal("validation_failed",
                   "name a token, or set compatibility.remote_start_token of the station",
                   "/token");
}

PreparedOrRefusal start_v16(Preparing& preparing, const StartParameters& wanted) {
    if (wanted.group_token)
        return not_in_protocol("OCPP 1.6 starts without a group token; leave it out",
                               "/group_token");
    if (!wanted.token) return no_token();
    ocpp::v16::RemoteStartTransaction::Request request;
    request.idTag = {wanted.token->uid.value};
    request.connectorId = integer(wanted.evse_id);
    if (wanted.charging_profile) {
        const auto profile = profile_v16(preparing, *wanted.charging_profile);
        if (!profile) return tl::unexpected{profile.error()};
        request.chargingProfile = *profile;
    }
    return call_of<ocpp::v16::RemoteStartTransaction>(request);
}

PreparedOrRefusal start_v201(Preparing& preparing, const StartParameters& wanted) {
    if (!wanted.token) return no_token();
    ocpp::v201::RequestStartTransaction::Request request;
    request.remoteStartId = {preparing.next_number()};
    request.idToken = id_token(*wanted.token);
    request.evseId = integer(wanted.evse_id);
    if (wanted.group_token) request.groupIdToken = id_token(*wanted.group_token);
    if (wanted.charging_profile) {
        const auto profile = profile_v201(preparing, *wanted.charging_profile);
        if (!profile) return tl::unexpected{profile.error()};
        request.chargingProfile = *profile;
    }
    return call_of<ocpp::v201::RequestStartTransaction>(request);
}

// ---- stop ----

PreparedOrRefusal stop_v16(Preparing&, const StopParameters& wanted) {
    const auto number = transaction_number(wanted.transaction_id.value);
    if (!number) return tl::unexpected{number.error()};
    return call_of<ocpp::v16::RemoteStopTransaction>({{*number}});
}

PreparedOrRefusal stop_v201(Preparing&, const StopParameters& wanted) {
    return call_of<ocpp::v201::RequestStopTransaction>({{wanted.transaction_id.value}});
}

// ---- unlock ----

PreparedOrRefusal unlock_v16(Preparing&, const UnlockParameters& wanted) {
    if (const auto refused = refused_connector(wanted.connector_id))
        return tl::unexpected{*refused};
    return call_of<ocpp::v16::UnlockConnector>({{wanted.evse_id.value}});
}

PreparedOrRefusal unlock_v201(Preparing&, const UnlockParameters& wanted) {
    const std::int64_t connector = wanted.connector_id ? wanted.connector_id->value : 1;
    return call_of<ocpp::v201::UnlockConnector>({{wanted.evse_id.value}, {connector}});
}

// ---- trigger ----

std::string trigger_refusal(std::string_view version, std::string_view message) {
    return "OCPP " + std::string{version} + " cannot ask for " + std::string{message};
}

// The security extension has its own message, with its own list; the plain one is understood more
// widely.
PreparedOrRefusal trigger_v16(Preparing&, const TriggerParameters& wanted) {
    using Plain = ocpp::v16::TriggerMessage;
    using Extended = ocpp::v16::ExtendedTriggerMessage;
    if (const auto refused = refused_connector(wanted.connector_id))
        return tl::unexpected{*refused};
    std::string_view message = wanted.message.name();
    if (message == "SignChargingStationCertificate") message = "SignChargePointCertificate";
    Plain::Request plain;
    const auto plainly = decltype(plain.requestedMessage)::of(message);
    if (plainly && !wanted.extended.value_or(false)) {
        plain.requestedMessage = *plainly;
        plain.connectorId = integer(wanted.evse_id);
        return call_of<Plain>(plain);
    }
    Extended::Request extended;
    const auto extendedly = decltype(extended.requestedMessage)::of(message);
    if (!extendedly) return not_in_protocol(trigger_refusal("1.6", message), "/message");
    extended.requestedMessage = *extendedly;
    extended.connectorId = integer(wanted.evse_id);
    return call_of<Extended>(extended);
}

PreparedOrRefusal trigger_v201(Preparing&, const TriggerParameters& wanted) {
    ocpp::v201::TriggerMessage::Request request;
    std::string_view message = wanted.message.name();
    if (message == "SignChargePointCertificate") message = "SignChargingStationCertificate";
    if (message == "DiagnosticsStatusNotification") message = "LogStatusNotification";
    const auto known = decltype(request.requestedMessage)::of(message);
    if (!known) return not_in_protocol(trigger_refusal("2.0.1", message), "/message");
    request.requestedMessage = *known;
    const bool is_of_evses = message == "MeterValues" || message == "StatusNotification" ||
                             message == "TransactionEvent";
    if (wanted.evse_id && !is_of_evses)
        return refusal("validation_failed", "this message is the whole station's", "/evse_id");
    if (wanted.evse_id) {
        request.evse = {{wanted.evse_id->value}, integer(wanted.connector_id)};
        // F06.FR.13: of a status the connector must be named.
        if (message == "StatusNotification" && !wanted.connector_id)
            request.evse->connectorId = wire::Integer{1};
    }
    return call_of<ocpp::v201::TriggerMessage>(request);
}

// ---- data transfer ----

PreparedOrRefusal transfer_v16(Preparing&, const DataTransferParameters& wanted) {
    ocpp::v16::DataTransfer::Request request;
    request.vendorId = {wanted.vendor_id.value};
    request.messageId = wanted.message_id;
    if (wanted.data) {
        // 1.6 carries a text; any other value travels as its JSON.
        wire::Decoder decoder;
        List<Text<>> one;
        const bool is_text = !decoder.decode("[" + wanted.data->json + "]", one);
        request.data = {{is_text ? one.items.front().value : wanted.data->json}};
    }
    return call_of<ocpp::v16::DataTransfer>(request);
}

PreparedOrRefusal transfer_v201(Preparing&, const DataTransferParameters& wanted) {
    ocpp::v201::DataTransfer::Request request;
    request.vendorId = {wanted.vendor_id.value};
    request.messageId = wanted.message_id;
    request.data = wanted.data;
    return call_of<ocpp::v201::DataTransfer>(request);
}

constexpr NeutralCommand table[] = {
    neutral<StartParameters, start_v16, start_v201>(
        {.name = "start-transaction",
         .tag = "commands",
         .summary = "Ask the station to start a transaction",
         .example = R"({"evse_id":1,"token":{"uid":"DEADBEEF","type":"ISO14443"}})"}),
    neutral<StopParameters, stop_v16, stop_v201>(
        {.name = "stop-transaction",
         .tag = "commands",
         .summary = "Ask the station to stop a transaction",
         .example = R"({"transaction_id":"123"})",
         .priority = Priority::urgent}),
    neutral<UnlockParameters, unlock_v16, unlock_v201>(
        {.name = "unlock-connector",
         .tag = "commands",
         .summary = "Unlock a connector; with force although a transaction runs there",
         .example = R"({"evse_id":1,"connector_id":1})",
         .priority = Priority::urgent}),
    neutral<TriggerParameters, trigger_v16, trigger_v201>(
        {.name = "trigger-message",
         .tag = "commands",
         .summary = "Ask the station to send a message now",
         .example = R"({"message":"StatusNotification","evse_id":1})"}),
    neutral<DataTransferParameters, transfer_v16, transfer_v201>(
        {.name = "data-transfer",
         .tag = "commands",
         .summary = "Send a vendor's own message",
         .example = R"({"vendor_id":"com.example","message_id":"ping","data":"hello"})"}),
};

}  // namespace

Part remote_control_commands() { return table; }

}  // namespace ohm::api::commands
