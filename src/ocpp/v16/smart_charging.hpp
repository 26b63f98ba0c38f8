// OCPP 1.6, feature profile Smart Charging (edition 2, §5), one struct an action.
#pragma once

#include "ocpp/v16/common.hpp"

namespace ohm::ocpp::v16 {

struct ClearChargingProfile {  // §5.5
    static constexpr From from = From::csms;
    struct Request {
        Optional<Integer> id, connectorId;
        Optional<ChargingProfilePurpose> chargingProfilePurpose;
        Optional<Integer> stackLevel;
        FIELDS(id, connectorId, chargingProfilePurpose, stackLevel)
    };
    struct Response {
        OneOf<"Accepted", "Unknown"> status;
        FIELDS(status)
    };
};

struct GetCompositeSchedule {  // §5.7
    static constexpr From from = From::csms;
    struct Request {
        Integer connectorId, duration;
        Optional<ChargingRateUnit> chargingRateUnit;
        FIELDS(connectorId, duration, chargingRateUnit)
    };
    struct Response {
        AcceptedOrRejected status;
        Optional<Integer> connectorId;
        Optional<DateTime> scheduleStart;
        Optional<ChargingSchedule> chargingSchedule;
        FIELDS(status, connectorId, scheduleStart, chargingSchedule)
    };
};

struct SetChargingProfile {  // §5.16
    static constexpr From from = From::csms;
    struct Request {
        Integer connectorId;
        ChargingProfile csChargingProfiles;
        FIELDS(connectorId, csChargingProfiles)
    };
    struct Response {
        OneOf<"Accepted", "Rejected", "NotSupported"> status;
        FIELDS(status)
    };
};

using SmartChargingActions =
    Actions<ClearChargingProfile, GetCompositeSchedule, SetChargingProfile>;

}  // namespace ohm::ocpp::v16
