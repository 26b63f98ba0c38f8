// OCPP 2.0.1, functional block H (Reservation), one struct an action.
#pragma once

#include "ocpp/v201/common.hpp"

namespace ohm::ocpp::v201 {

struct ReserveNow {  // H01
    static constexpr From from = From::csms;
    struct Request {
        Integer id;
        DateTime expiryDateTime;
        Optional<OneOf<"cCCS1", "cCCS2", "cG105", "cTesla", "cType1", "cType2", "s309-1P-16A",
                       "s309-1P-32A", "s309-3P-16A", "s309-3P-32A", "sBS1361", "sCEE-7-7", "sType2",
                       "sType3", "Other1PhMax16A", "Other1PhOver16A", "Other3Ph", "Pan",
                       "wInductive", "wResonant", "Undetermined", "Unknown">>
            connectorType;
        IdToken idToken;
        Optional<Integer> evseId;
        Optional<IdToken> groupIdToken;
        FIELDS(id, expiryDateTime, connectorType, idToken, evseId, groupIdToken)
    };
    struct Response {
        OneOf<"Accepted", "Faulted", "Occupied", "Rejected", "Unavailable"> status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

struct CancelReservation {  // H02
    static constexpr From from = From::csms;
    struct Request {
        Integer reservationId;
        FIELDS(reservationId)
    };
    struct Response {
        AcceptedOrRejected status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

struct ReservationStatusUpdate {  // H04
    static constexpr From from = From::station;
    struct Request {
        Integer reservationId;
        OneOf<"Expired", "Removed"> reservationUpdateStatus;
        FIELDS(reservationId, reservationUpdateStatus)
    };
    struct Response {
        FIELDS()
    };
};

using ReservationActions = Actions<ReserveNow, CancelReservation, ReservationStatusUpdate>;

}  // namespace ohm::ocpp::v201
