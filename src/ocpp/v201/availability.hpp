// OCPP 2.0.1, functional block G (Availability), one struct an action.
#pragma once

#include "ocpp/v201/common.hpp"

namespace ohm::ocpp::v201 {

struct StatusNotification {  // G01
    static constexpr From from = From::station;
    struct Request {
        DateTime timestamp;
        OneOf<"Available", "Occupied", "Reserved", "Unavailable", "Faulted"> connectorStatus;
        Integer evseId, connectorId;
        FIELDS(timestamp, connectorStatus, evseId, connectorId)
    };
    struct Response {
        FIELDS()
    };
};

struct Heartbeat {  // G02
    static constexpr From from = From::station;
    struct Request {
        FIELDS()
    };
    struct Response {
        DateTime currentTime;
        FIELDS(currentTime)
    };
};

struct ChangeAvailability {  // G03, G04
    static constexpr From from = From::csms;
    struct Request {
        Optional<Evse> evse;
        OneOf<"Inoperative", "Operative"> operationalStatus;
        FIELDS(evse, operationalStatus)
    };
    struct Response {
        OneOf<"Accepted", "Rejected", "Scheduled"> status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

using AvailabilityActions = Actions<StatusNotification, Heartbeat, ChangeAvailability>;

}  // namespace ohm::ocpp::v201
