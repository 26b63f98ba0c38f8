// The rows of the tables of routes and components that are about what stations hold: reservations,
// lists of tokens, charging profiles.
#pragma once

#include <vector>

#include "api/rest/route.hpp"

namespace ohm::api::rest {

const std::vector<Route>& held_routes();
const std::vector<Component>& held_components();

// ---- reservations.cpp ----
net::Response list_reservations(const Exchange& exchange, ReadSources& sources);
net::Response list_station_reservations(const Exchange& exchange, ReadSources& sources);
net::Response show_reservation(const Exchange& exchange, ReadSources& sources);
void create_reservation(const SharedExchange& exchange, Service& service);
void cancel_reservation(const SharedExchange& exchange, Service& service);

// ---- local_list.cpp ----
net::Response show_local_list(const Exchange& exchange, ReadSources& sources);
net::Response list_local_list_entries(const Exchange& exchange, ReadSources& sources);
void put_local_list(const SharedExchange& exchange, Service& service);
void sync_list(const SharedExchange& exchange, Service& service);

// ---- charging_profiles.cpp ----
net::Response list_charging_profiles(const Exchange& exchange, ReadSources& sources);
net::Response list_charging_limits(const Exchange& exchange, ReadSources& sources);
void install_charging_profile(const SharedExchange& exchange, Service& service);
void clear_charging_profiles(const SharedExchange& exchange, Service& service);
net::Response show_composite_schedule(const Exchange& exchange, ReadSources& sources);

}  // namespace ohm::api::rest
