#include "domain/security_event.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace ohm::domain {
namespace {

// DiscardedRenewedClientCertificate: the station fell back to its old certificate, and only a new
// renewal helps.
constexpr std::string_view critical_types[] = {"FirmwareUpdated",
                                               "SettingSystemTime",
                                               "StartupOfTheDevice",
                                               "ResetOrReboot",
                                               "SecurityLogWasCleared",
                                               "MemoryExhaustion",
                                               "TamperDetectionActivated",
                                               "InvalidFirmwareSignature",
                                               "InvalidFirmwareSigningCertificate",
                                               "InvalidCsmsCertificate",
                                               "InvalidCentralSystemCertificate",
                                               "InvalidChargingStationCertificate",
                                               "InvalidChargePointCertificate",
                                               "InvalidTLSVersion",
                                               "InvalidTLSCipherSuite",
                                               "MaintenanceLoginAccepted",
                                               "MaintenanceLoginFailed",
                                               "DiscardedRenewedClientCertificate"};

}  // namespace

std::int64_t severity_of_security_event(std::string_view type) {
    const bool is_critical =
        std::any_of(std::begin(critical_types), std::end(critical_types),
                    [type](std::string_view known) { return equals_ignoring_case(known, type); });
    return is_critical ? severity_critical : severity_notice;
}

}  // namespace ohm::domain
