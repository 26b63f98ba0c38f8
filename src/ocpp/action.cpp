#include "ocpp/action.hpp"

#include <algorithm>
#include <vector>

namespace ohm::ocpp {
namespace {

std::vector<ActionInfo> sorted(std::span<const ActionInfo> infos) {
    std::vector<ActionInfo> out{infos.begin(), infos.end()};
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return out;
}

const std::vector<ActionInfo>& infos_of(Version version) {
    static const auto v16 = sorted(v16::action_infos());
    static const auto v201 = sorted(v201::action_infos());
    static const std::vector<ActionInfo> none;
    return version == Version::v16 ? v16 : version == Version::v201 ? v201 : none;
}

// Sorted, for binary_search. 1.6 with its security extension (39); 2.0.1 (64).
constexpr std::string_view names_v16[] = {"Authorize",
                                          "BootNotification",
                                          "CancelReservation",
                                          "CertificateSigned",
                                          "ChangeAvailability",
                                          "ChangeConfiguration",
                                          "ClearCache",
                                          "ClearChargingProfile",
                                          "DataTransfer",
                                          "DeleteCertificate",
                                          "DiagnosticsStatusNotification",
                                          "ExtendedTriggerMessage",
                                          "FirmwareStatusNotification",
                                          "GetCompositeSchedule",
                                          "GetConfiguration",
                                          "GetDiagnostics",
                                          "GetInstalledCertificateIds",
                                          "GetLocalListVersion",
                                          "GetLog",
                                          "Heartbeat",
                                          "InstallCertificate",
                                          "LogStatusNotification",
                                          "MeterValues",
                                          "RemoteStartTransaction",
                                          "RemoteStopTransaction",
                                          "ReserveNow",
                                          "Reset",
                                          "SecurityEventNotification",
                                          "SendLocalList",
                                          "SetChargingProfile",
                                          "SignCertificate",
                                          "SignedFirmwareStatusNotification",
                                          "SignedUpdateFirmware",
                                          "StartTransaction",
                                          "StatusNotification",
                                          "StopTransaction",
                                          "TriggerMessage",
                                          "UnlockConnector",
                                          "UpdateFirmware"};
constexpr std::string_view names_v201[] = {"Authorize",
                                           "BootNotification",
                                           "CancelReservation",
                                           "CertificateSigned",
                                           "ChangeAvailability",
                                           "ClearCache",
                                           "ClearChargingProfile",
                                           "ClearDisplayMessage",
                                           "ClearVariableMonitoring",
                                           "ClearedChargingLimit",
                                           "CostUpdated",
                                           "CustomerInformation",
                                           "DataTransfer",
                                           "DeleteCertificate",
                                           "FirmwareStatusNotification",
                                           "Get15118EVCertificate",
                                           "GetBaseReport",
                                           "GetCertificateStatus",
                                           "GetChargingProfiles",
                                           "GetCompositeSchedule",
                                           "GetDisplayMessages",
                                           "GetInstalledCertificateIds",
                                           "GetLocalListVersion",
                                           "GetLog",
                                           "GetMonitoringReport",
                                           "GetReport",
                                           "GetTransactionStatus",
                                           "GetVariables",
                                           "Heartbeat",
                                           "InstallCertificate",
                                           "LogStatusNotification",
                                           "MeterValues",
                                           "NotifyChargingLimit",
                                           "NotifyCustomerInformation",
                                           "NotifyDisplayMessages",
                                           "NotifyEVChargingNeeds",
                                           "NotifyEVChargingSchedule",
                                           "NotifyEvent",
                                           "NotifyMonitoringReport",
                                           "NotifyReport",
                                           "PublishFirmware",
                                           "PublishFirmwareStatusNotification",
                                           "ReportChargingProfiles",
                                           "RequestStartTransaction",
                                           "RequestStopTransaction",
                                           "ReservationStatusUpdate",
                                           "ReserveNow",
                                           "Reset",
                                           "SecurityEventNotification",
                                           "SendLocalList",
                                           "SetChargingProfile",
                                           "SetDisplayMessage",
                                           "SetMonitoringBase",
                                           "SetMonitoringLevel",
                                           "SetNetworkProfile",
                                           "SetVariableMonitoring",
                                           "SetVariables",
                                           "SignCertificate",
                                           "StatusNotification",
                                           "TransactionEvent",
                                           "TriggerMessage",
                                           "UnlockConnector",
                                           "UnpublishFirmware",
                                           "UpdateFirmware"};
static_assert(std::size(names_v16) == 39 && std::size(names_v201) == 64);
static_assert(std::is_sorted(std::begin(names_v16), std::end(names_v16)));
static_assert(std::is_sorted(std::begin(names_v201), std::end(names_v201)));

}  // namespace

std::span<const ActionInfo> declared_actions(Version version) { return infos_of(version); }

const ActionInfo* find_action(Version version, std::string_view name) {
    const auto& infos = infos_of(version);
    const auto found =
        std::lower_bound(infos.begin(), infos.end(), name,
                         [](const ActionInfo& info, std::string_view n) { return info.name < n; });
    return found != infos.end() && found->name == name ? &*found : nullptr;
}

std::optional<wire::Violation> check_payload(wire::Decoder& decoder, std::string_view json,
                                             const wire::Type& type, wire::Rules rules) {
    const std::shared_ptr<void> scratch = type.make();
    return decoder.decode(json, type, scratch.get(), rules, nullptr);
}

std::span<const std::string_view> standard_actions(Version version) {
    if (version == Version::v201) return names_v201;
    return version == Version::v16 ? std::span<const std::string_view>{names_v16}
                                   : std::span<const std::string_view>{};
}

bool is_standard_action(Version version, std::string_view name) {
    return std::ranges::binary_search(standard_actions(version), name);
}

}  // namespace ohm::ocpp
