#include "ocpp/v201/availability.hpp"

#include "api/boot.hpp"
#include "api/v201/blocks.hpp"

namespace ohm::api::v201 {
namespace {

using namespace ohm::ocpp::v201;

struct Availability : Handler {
    Heartbeat::Response on(const Heartbeat::Request&) { return {.currentTime = now()}; }

    StatusNotification::Response on(const StatusNotification::Request& request) {
        const StatusFacts facts{.status = std::string{request.connectorStatus.name()},
                                .at = at(request.timestamp)};
        if (request.evseId <= 0)
            take_station_status(*this, facts);
        else
            take_connector_status(*this, request.evseId, request.connectorId, facts);
        return {};
    }
};

}  // namespace

const Routes& availability_routes() {
    static const Routes table = routes<Availability>(AvailabilityActions{});
    return table;
}

}  // namespace ohm::api::v201
