#include "ocpp/v201/reservation.hpp"

#include "api/facts/events.hpp"
#include "api/held/reservations.hpp"
#include "api/v201/blocks.hpp"

namespace ohm::api::v201 {
namespace {

using namespace ohm::ocpp::v201;

struct Reservation : Handler {
    ReservationStatusUpdate::Response on(const ReservationStatusUpdate::Request& request) {
        note_event(*this, {.kind = "reservation",
                           .name = std::string{request.reservationUpdateStatus.name()},
                           .request_id = request.reservationId.value,
                           .payload = wire::encode(request)});
        take_reservation_update(*this, request.reservationId,
                                request.reservationUpdateStatus.name());
        return {};
    }
};

}  // namespace

const Routes& reservation_routes() {
    static const Routes table = routes<Reservation>(ReservationActions{});
    return table;
}

}  // namespace ohm::api::v201
