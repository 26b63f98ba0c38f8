// What a vehicle asks for through its station (2.0.1 K15, K17), answered with a profile of its
// transaction. Called by handlers.
#pragma once

#include "api/dispatch.hpp"
#include "ocpp/v201/smart_charging.hpp"

namespace ohm::api {

using EvNeeds = ocpp::v201::NotifyEVChargingNeeds;

// All that the vehicle can draw, as one period: new needs of the same EVSE have the same profile
// id, so that theirs replaces the one before. Nothing where the needs say no limit that is one.
std::optional<ocpp::v201::ChargingProfile> profile_of_needs(const EvNeeds::Request& request,
                                                            std::string_view transaction);

void need_profiles_of(const Station& station, Needs& needs);
// Accepted only where the profile is on its way.
EvNeeds::Response take_ev_needs(Handler& handler, const EvNeeds::Request& request);

}  // namespace ohm::api
