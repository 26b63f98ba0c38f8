#include "ocpp/v201/smart_charging.hpp"

#include "api/facts/events.hpp"
#include "api/facts/reports.hpp"
#include "api/held/ev_needs.hpp"
#include "api/held/profiles.hpp"
#include "api/v201/blocks.hpp"

namespace ohm::api::v201 {
namespace {

using namespace ohm::ocpp::v201;

struct SmartCharging : Handler {
    ReportChargingProfiles::Response on(const ReportChargingProfiles::Request& request) {
        take_profile_report(*this, request);
        note_part(*this, {.kind = "charging_profiles",
                          .request_id = request.requestId.value,
                          .more_follow = request.tbc.value_or(false)});
        return {};
    }

    NotifyChargingLimit::Response on(const NotifyChargingLimit::Request& request) {
        note_event(*this, {.kind = "charging_limit",
                           .name = std::string{request.chargingLimit.chargingLimitSource.name()},
                           .evse = number_of(request.evseId),
                           .payload = wire::encode(request)});
        take_limit(*this, request);
        return {};
    }

    ClearedChargingLimit::Response on(const ClearedChargingLimit::Request& request) {
        note_event(*this, {.kind = "charging_limit_cleared",
                           .name = std::string{request.chargingLimitSource.name()},
                           .evse = number_of(request.evseId),
                           .payload = wire::encode(request)});
        take_cleared_limit(*this, request);
        return {};
    }

    static void needs(const NotifyEVChargingNeeds::Request&, const Station& station, Needs& needs) {
        need_profiles_of(station, needs);
    }
    NotifyEVChargingNeeds::Response on(const NotifyEVChargingNeeds::Request& request) {
        note_event(*this,
                   {.kind = "ev_charging_needs",
                    .name = std::string{request.chargingNeeds.requestedEnergyTransfer.name()},
                    .evse = request.evseId.value,
                    .payload = wire::encode(request)});
        return take_ev_needs(*this, request);
    }

    NotifyEVChargingSchedule::Response on(const NotifyEVChargingSchedule::Request& request) {
        note_event(*this, {.kind = "ev_charging_schedule",
                           .name = std::string{request.chargingSchedule.chargingRateUnit.name()},
                           .evse = request.evseId.value,
                           .payload = wire::encode(request)});
        return {.status = "Accepted"};
    }
};

}  // namespace

const Routes& smart_charging_routes() {
    static const Routes table = routes<SmartCharging>(SmartChargingActions{});
    return table;
}

}  // namespace ohm::api::v201
