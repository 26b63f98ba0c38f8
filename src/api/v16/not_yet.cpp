// Profiles without handlers: what their stations send is answered NotSupported.
#include "api/v16/core.hpp"
#include "ocpp/v16/firmware_management.hpp"
#include "ocpp/v16/security.hpp"

namespace ohm::api::v16 {

using namespace ohm::ocpp::v16;

const Routes& firmware_management_routes() {
    using NotYet = Declined<DiagnosticsStatusNotification, FirmwareStatusNotification>;
    static const Routes table = routes<Handler, NotYet>(FirmwareManagementActions{});
    return table;
}

const Routes& security_routes() {
    using NotYet = Declined<LogStatusNotification, SecurityEventNotification, SignCertificate,
                            SignedFirmwareStatusNotification>;
    static const Routes table = routes<Handler, NotYet>(SecurityActions{});
    return table;
}

}  // namespace ohm::api::v16
