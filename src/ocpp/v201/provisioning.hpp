// OCPP 2.0.1, functional block B (Provisioning), one struct an action.
#pragma once

#include "ocpp/v201/common.hpp"

namespace ohm::ocpp::v201 {

struct BootNotification {  // B01
    static constexpr From from = From::station;
    struct Modem {
        Optional<Text<20>> iccid, imsi;
        FIELDS(iccid, imsi)
    };
    struct ChargingStation {
        Optional<Text<25>> serialNumber;
        Text<20> model;
        Optional<Modem> modem;
        Text<50> vendorName;
        Optional<Text<50>> firmwareVersion;
        FIELDS(serialNumber, model, modem, vendorName, firmwareVersion)
    };
    struct Request {
        ChargingStation chargingStation;
        OneOfElse<"Unknown", "ApplicationReset", "FirmwareUpdate", "LocalReset", "PowerUp",
                  "RemoteReset", "ScheduledReset", "Triggered", "Unknown", "Watchdog">
            reason;
        FIELDS(chargingStation, reason)
    };
    struct Response {
        DateTime currentTime;
        Integer interval;
        OneOf<"Accepted", "Pending", "Rejected"> status;
        Optional<StatusInfo> statusInfo;
        FIELDS(currentTime, interval, status, statusInfo)
    };
};

struct Reset {  // B11, B12
    static constexpr From from = From::csms;
    struct Request {
        OneOf<"Immediate", "OnIdle"> type;
        Optional<Integer> evseId;
        FIELDS(type, evseId)
    };
    struct Response {
        OneOf<"Accepted", "Rejected", "Scheduled"> status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

using ProvisioningActions = Actions<BootNotification, Reset>;

}  // namespace ohm::ocpp::v201
