// What REST offers of locations.
#include "api/rest/location_resources.hpp"
#include "api/rest/route_words.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view written =
    R"({"name":"Harbour depot","address":"Quay 7, 20457 Hamburg","latitude":53.5413,)"
    R"("longitude":9.9845,"time_zone":"Europe/Berlin"})";
constexpr std::string_view shown =
    R"({"id":"harbour","name":"Harbour depot","address":"Quay 7, 20457 Hamburg",)"
    R"("latitude":53.5413,"longitude":9.9845,"time_zone":"Europe/Berlin",)"
    R"("stations":{"total":12,"online":11},"version":1,)"
    R"("created_at":"2026-01-01T00:00:00.000Z","updated_at":"2026-01-01T00:00:00.000Z"})";

Outcome location(int status, std::string_view description) {
    return {status, description, Shape::object, "Location", shown};
}

const std::vector<std::string_view> write_problems{"not_found", "version_conflict",
                                                   "precondition_required"};

const std::vector<Route> all = {
    {"GET",
     "/api/v1/locations",
     "locations:read",
     "listLocations",
     "locations",
     "List locations in the order of their ids",
     list_locations,
     Parameters{{"q", R"({"type":"string","maxLength":100})", "Text within id, name or address."}} +
         page_parameters,
     no_body,
     {{200, "A page.", Shape::list, "Location", shown}}},
    {"GET",
     "/api/v1/locations/{id}",
     "locations:read",
     "getLocation",
     "locations",
     "Show a location and how many stations it has",
     show_location,
     {},
     no_body,
     {location(200, "Done.")},
     {"not_found"}},
    {"PUT",
     "/api/v1/locations/{id}",
     "locations:write",
     "putLocation",
     "locations",
     "Create a location, or replace what is said of it",
     put_location,
     {},
     {.media = Media::json, .component = "LocationWrite", .example = written},
     {location(200, "Replaced."), location(201, "Created.")},
     write_problems},
    {"PATCH",
     "/api/v1/locations/{id}",
     "locations:write",
     "patchLocation",
     "locations",
     "Change a location (JSON merge patch; null removes)",
     patch_location,
     {},
     {.media = Media::merge_patch,
      .component = "LocationPatch",
      .example = R"({"name":"Harbour depot, north","address":null})"},
     {location(200, "Changed.")},
     write_problems},
    {"DELETE",
     "/api/v1/locations/{id}",
     "locations:write",
     "deleteLocation",
     "locations",
     "Remove a location that no station and no token names",
     delete_location,
     {},
     no_body,
     {{204, "Removed."}},
     {"not_found", "location_in_use", "version_conflict", "precondition_required"}}};

}  // namespace

const std::vector<Route>& location_routes() { return all; }

const std::vector<Component>& location_components() {
    static const std::vector<Component> table = {
        {"Location", &wire::type_of<LocationShown>},
        {"LocationWrite", &wire::type_of<LocationWrite>},
        {"LocationPatch", &wire::type_of<LocationPatch>},
    };
    return table;
}

}  // namespace ohm::api::rest
