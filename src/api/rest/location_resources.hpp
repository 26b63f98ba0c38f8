// What REST shows and takes of locations, where stations stand, and their rows in the tables of
// routes and components. They belong to no station: the api that is asked writes them.
#pragma once

#include <vector>

#include "api/rest/resources.hpp"
#include "api/rest/route.hpp"

namespace ohm::api::rest {

struct LocationStations {
    std::int64_t total = 0, online = 0;  // archived ones are nowhere
    FIELDS(total, online)
};
struct LocationShown {
    std::string id;
    std::string name;
    NullableText address;
    Nullable<wire::Number> latitude, longitude;  // degrees, WGS 84
    NullableText time_zone;                      // as the IANA names it, "Europe/Berlin"
    LocationStations stations;
    std::int64_t version = 0;
    Instant created_at, updated_at;
    FIELDS(id, name, address, latitude, longitude, time_zone, stations, version, created_at,
           updated_at)
};
struct LocationWrite {  // the whole; what is absent is empty
    wire::Text<200, 1> name;
    Optional<wire::Text<500>> address;
    Optional<wire::Number> latitude, longitude;
    Optional<wire::Text<64>> time_zone;
    FIELDS(name, address, latitude, longitude, time_zone)
};
struct LocationPatch {  // RFC 7396: null removes
    wire::Patch<wire::Text<200, 1>> name;
    wire::Patch<wire::Text<500>> address;
    wire::Patch<wire::Number> latitude, longitude;
    wire::Patch<wire::Text<64>> time_zone;
    FIELDS(name, address, latitude, longitude, time_zone)
};

// ---- locations.cpp ----
struct StationRead;
// One read for any number of stations.
void add_places(store::Sql& sql, std::vector<StationRead>& stations);
net::Response list_locations(const Exchange& exchange, ReadSources& sources);
net::Response show_location(const Exchange& exchange, ReadSources& sources);
void put_location(const SharedExchange& exchange, Service& service);
void patch_location(const SharedExchange& exchange, Service& service);
void delete_location(const SharedExchange& exchange, Service& service);

const std::vector<Route>& location_routes();
const std::vector<Component>& location_components();

}  // namespace ohm::api::rest
