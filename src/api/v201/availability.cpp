#include "ocpp/v201/availability.hpp"

#include "api/boot.hpp"
#include "api/facts/local_time.hpp"
#include "api/v201/blocks.hpp"

namespace ohm::api::v201 {
namespace {

using namespace ohm::ocpp::v201;

struct Availability : Handler {
    Heartbeat::Response on(const Heartbeat::Request&) { return {.currentTime = now()}; }

    static void needs(const StatusNotification::Request& request, const Station& station,
                      Needs& needs) {
        if (request.connectorStatus.is("Available"))
            needs.open_transactions.push_back(station.no.value);
    }
    StatusNotification::Response on(const StatusNotification::Request& request) {
        if (left_out("/connectorStatus") || left_out("/evseId")) return {};
        if (request.evseId < 0 || request.connectorId < 0) return {};  // no place that there is
        learn_local_time(*this, request.timestamp);
        const StatusFacts facts{.status = std::string{request.connectorStatus.name()},
                                .at = at(request.timestamp)};
        if (request.evseId == 0)
            take_station_status(*this, facts);
        else
            take_connector_status(*this, request.evseId, connector_of(request), facts);
        return {};
    }

private:
    // The one that is known of the EVSE, or its first (quirk I1).
    std::int64_t connector_of(const StatusNotification::Request& request) const {
        if (!left_out("/connectorId")) return request.connectorId;
        for (const ConnectorState& connector : station.connectors)
            if (connector.evse == request.evseId) return connector.connector;
        return 1;
    }
};

}  // namespace

const Routes& availability_routes() {
    static const Routes table = routes<Availability>(AvailabilityActions{});
    return table;
}

}  // namespace ohm::api::v201
