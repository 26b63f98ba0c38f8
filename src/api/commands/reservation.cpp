// Reservations: 1.6 Reservation, 2.0.1 block H.
#include "ocpp/v16/reservation.hpp"

#include "api/commands/tokens.hpp"
#include "ocpp/v201/reservation.hpp"

namespace ohm::api::commands {

struct ReserveParameters {
    TokenWritten token;
    wire::DateTime expires_at;
    Optional<NotNegative> evse_id;  // absent, 0: whichever is free
    Optional<TokenWritten> group_token;
    Optional<Positive> reservation_id;  // absent: a number of ours; known: replaced
    Optional<Text<20>> connector_type;
    FIELDS(token, expires_at, evse_id, group_token, reservation_id, connector_type)
};
struct CancelParameters {
    NotNegative reservation_id;
    FIELDS(reservation_id)
};

namespace {

std::int64_t number_of(Preparing& preparing, const ReserveParameters& wanted) {
    return wanted.reservation_id ? wanted.reservation_id->value : preparing.next_number();
}

PreparedOrRefusal reserve_v16(Preparing& preparing, const ReserveParameters& wanted) {
    if (wanted.connector_type)
        return not_in_protocol("OCPP 1.6 reserves by connector, not by its type",
                               "/connector_type");
    ocpp::v16::ReserveNow::Request request;
    request.connectorId = {wanted.evse_id ? wanted.evse_id->value : 0};
    request.expiryDate = wanted.expires_at;
    request.idTag = {wanted.token.uid.value};
    if (wanted.group_token) request.parentIdTag = {{wanted.group_token->uid.value}};
    request.reservationId = {number_of(preparing, wanted)};
    return call_of<ocpp::v16::ReserveNow>(request);
}

PreparedOrRefusal reserve_v201(Preparing& preparing, const ReserveParameters& wanted) {
    ocpp::v201::ReserveNow::Request request;
    request.id = {number_of(preparing, wanted)};
    request.expiryDateTime = wanted.expires_at;
    request.idToken = id_token(wanted.token);
    if (wanted.evse_id && wanted.evse_id->value > 0)
        request.evseId = wire::Integer{wanted.evse_id->value};
    if (wanted.group_token) request.groupIdToken = id_token(*wanted.group_token);
    if (wanted.connector_type) {
        request.connectorType =
            decltype(request.connectorType)::value_type::of(wanted.connector_type->value);
        if (!request.connectorType)
            return refusal("validation_failed", "OCPP 2.0.1 has no connector of this type",
                           "/connector_type");
    }
    return call_of<ocpp::v201::ReserveNow>(request);
}

PreparedOrRefusal cancel_v16(Preparing&, const CancelParameters& wanted) {
    return call_of<ocpp::v16::CancelReservation>({{wanted.reservation_id.value}});
}
PreparedOrRefusal cancel_v201(Preparing&, const CancelParameters& wanted) {
    return call_of<ocpp::v201::CancelReservation>({{wanted.reservation_id.value}});
}

constexpr NeutralCommand table[] = {
    neutral<ReserveParameters, reserve_v16, reserve_v201>(
        {.name = "reserve-now",
         .tag = "commands",
         .summary = "Reserve an EVSE for a token",
         .example =
             R"({"evse_id":1,"token":{"uid":"DEADBEEF"},"expires_at":"2030-01-01T00:00:00Z"})"}),
    neutral<CancelParameters, cancel_v16, cancel_v201>({.name = "cancel-reservation",
                                                        .tag = "commands",
                                                        .summary = "Cancel a reservation",
                                                        .example = R"({"reservation_id":1})"}),
};

}  // namespace

Part reservation_commands() { return table; }

}  // namespace ohm::api::commands
