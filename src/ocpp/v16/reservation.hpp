// OCPP 1.6, feature profile Reservation (edition 2, §5), one struct an action.
#pragma once

#include "ocpp/v16/common.hpp"

namespace ohm::ocpp::v16 {

struct CancelReservation {  // §5.1
    static constexpr From from = From::csms;
    struct Request {
        Integer reservationId;
        FIELDS(reservationId)
    };
    struct Response {
        AcceptedOrRejected status;
        FIELDS(status)
    };
};

struct ReserveNow {  // §5.13
    static constexpr From from = From::csms;
    struct Request {
        Integer connectorId;
        DateTime expiryDate;
        IdTag idTag;
        Optional<IdTag> parentIdTag;
        Integer reservationId;
        FIELDS(connectorId, expiryDate, idTag, parentIdTag, reservationId)
    };
    struct Response {
        OneOf<"Accepted", "Faulted", "Occupied", "Rejected", "Unavailable"> status;
        FIELDS(status)
    };
};

using ReservationActions = Actions<CancelReservation, ReserveNow>;

}  // namespace ohm::ocpp::v16
