#include "sim/messages.hpp"

#include <algorithm>

#include "ocpp/v16/core.hpp"
#include "ocpp/v201/availability.hpp"
#include "ocpp/v201/provisioning.hpp"

namespace ohm::sim {
namespace {

using ocpp::Version;
namespace v16 = ocpp::v16;
namespace v201 = ocpp::v201;

constexpr std::size_t serial_number_max = 25;
const std::string vendor = "Ohmstead";
const std::string model = "Simulated";
const std::string firmware = "1.0";

std::string boot_v16(std::string_view station) {
    v16::BootNotification::Request request;
    request.chargePointVendor.value = vendor;
    request.chargePointModel.value = model;
    request.firmwareVersion.emplace().value = firmware;
    if (station.size() <= serial_number_max)
        request.chargePointSerialNumber.emplace().value = station;
    return wire::encode(request);
}

std::string boot_v201(std::string_view station, BootReason reason) {
    v201::BootNotification::Request request;
    request.chargingStation.vendorName.value = vendor;
    request.chargingStation.model.value = model;
    request.chargingStation.firmwareVersion.emplace().value = firmware;
    if (station.size() <= serial_number_max)
        request.chargingStation.serialNumber.emplace().value = station;
    switch (reason) {
        case BootReason::power_up: request.reason = "PowerUp"; break;
        case BootReason::remote_reset: request.reason = "RemoteReset"; break;
        case BootReason::triggered: request.reason = "Triggered"; break;
    }
    return wire::encode(request);
}

v16::ChargePointStatus in_v16(ConnectorStatus status) {
    switch (status) {
        case ConnectorStatus::available: return "Available";
        case ConnectorStatus::occupied: return "Preparing";
        case ConnectorStatus::charging: return "Charging";
        case ConnectorStatus::finishing: return "Finishing";
        case ConnectorStatus::unavailable: return "Unavailable";
        case ConnectorStatus::faulted: break;
    }
    return "Faulted";
}

std::string status_v16(int connector, ConnectorStatus status, Utc at) {
    v16::StatusNotification::Request request;
    request.connectorId.value = connector;
    request.status = in_v16(status);
    request.errorCode = "NoError";
    if (status == ConnectorStatus::faulted) request.errorCode = "InternalError";
    request.timestamp.emplace().at = at;
    return wire::encode(request);
}

std::string status_v201(int evse, ConnectorStatus status, Utc at) {
    v201::StatusNotification::Request request;
    request.timestamp.at = at;
    request.evseId.value = evse;
    request.connectorId.value = 1;
    switch (status) {
        case ConnectorStatus::available: request.connectorStatus = "Available"; break;
        case ConnectorStatus::occupied:
        case ConnectorStatus::charging:
        case ConnectorStatus::finishing: request.connectorStatus = "Occupied"; break;
        case ConnectorStatus::unavailable: request.connectorStatus = "Unavailable"; break;
        case ConnectorStatus::faulted: request.connectorStatus = "Faulted"; break;
    }
    return wire::encode(request);
}

template <class Response>
std::optional<BootAnswer> read_boot_answer_as(std::string_view payload, wire::Decoder& decoder) {
    Response response;
    if (decoder.decode(payload, response, {.custom_data = true})) return std::nullopt;
    const std::string_view said = response.status.name();
    const auto status = said == "Accepted"  ? BootAnswer::Status::accepted
                        : said == "Pending" ? BootAnswer::Status::pending
                                            : BootAnswer::Status::rejected;
    return BootAnswer{status, seconds{std::max<std::int64_t>(0, response.interval)}};
}

}  // namespace

std::string boot_payload(Version version, std::string_view station, BootReason reason) {
    return version == Version::v16 ? boot_v16(station) : boot_v201(station, reason);
}

std::string status_payload(Version version, int connector, ConnectorStatus status, Utc at) {
    return version == Version::v16 ? status_v16(connector, status, at)
                                   : status_v201(connector, status, at);
}

std::optional<BootAnswer> read_boot_answer(Version version, std::string_view payload,
                                           wire::Decoder& decoder) {
    return version == Version::v16
               ? read_boot_answer_as<v16::BootNotification::Response>(payload, decoder)
               : read_boot_answer_as<v201::BootNotification::Response>(payload, decoder);
}

}  // namespace ohm::sim
