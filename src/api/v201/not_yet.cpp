// Blocks without handlers: what their stations send is answered NotSupported.
#include "api/v201/blocks.hpp"
#include "ocpp/v201/data_transfer.hpp"
#include "ocpp/v201/diagnostics.hpp"
#include "ocpp/v201/display_message.hpp"
#include "ocpp/v201/firmware_management.hpp"
#include "ocpp/v201/iso15118.hpp"
#include "ocpp/v201/reservation.hpp"
#include "ocpp/v201/security.hpp"
#include "ocpp/v201/smart_charging.hpp"

namespace ohm::api::v201 {

using namespace ohm::ocpp::v201;

const Routes& security_routes() {
    using NotYet = Declined<SignCertificate, SecurityEventNotification>;
    static const Routes table = routes<Handler, NotYet>(SecurityActions{});
    return table;
}

const Routes& reservation_routes() {
    using NotYet = Declined<ReservationStatusUpdate>;
    static const Routes table = routes<Handler, NotYet>(ReservationActions{});
    return table;
}

const Routes& smart_charging_routes() {
    using NotYet = Declined<ReportChargingProfiles, NotifyChargingLimit, ClearedChargingLimit,
                            NotifyEVChargingNeeds, NotifyEVChargingSchedule>;
    static const Routes table = routes<Handler, NotYet>(SmartChargingActions{});
    return table;
}

const Routes& firmware_management_routes() {
    using NotYet = Declined<FirmwareStatusNotification, PublishFirmwareStatusNotification>;
    static const Routes table = routes<Handler, NotYet>(FirmwareManagementActions{});
    return table;
}

const Routes& iso15118_routes() {
    using NotYet = Declined<Get15118EVCertificate, GetCertificateStatus>;
    static const Routes table = routes<Handler, NotYet>(Iso15118Actions{});
    return table;
}

const Routes& diagnostics_routes() {
    using NotYet = Declined<LogStatusNotification, NotifyMonitoringReport, NotifyEvent,
                            NotifyCustomerInformation>;
    static const Routes table = routes<Handler, NotYet>(DiagnosticsActions{});
    return table;
}

const Routes& display_message_routes() {
    using NotYet = Declined<NotifyDisplayMessages>;
    static const Routes table = routes<Handler, NotYet>(DisplayMessageActions{});
    return table;
}

const Routes& data_transfer_routes() {
    using NotYet = Declined<DataTransfer>;
    static const Routes table = routes<Handler, NotYet>(DataTransferActions{});
    return table;
}

}  // namespace ohm::api::v201
