#include "api/rest/held_routes.hpp"

#include "api/rest/held_resources.hpp"
#include "api/rest/route_words.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view flag_schema = R"({"type":"boolean"})";
constexpr std::string_view number_schema = R"({"type":"integer","minimum":0})";

const Parameters reservation_filters{
    {"state", text_schema, "In this state; or several."},
    {"open", flag_schema, "Those that take a place, or those that have ended."},
    {"token", text_schema, "Of this token, in any spelling; needs tokens:read."},
    {"from", time_schema, "Ordered from this instant on."},
    {"to", time_schema, "Ordered before this instant."}};

Outcome object(std::string_view component, std::string_view description = "Done.") {
    return {200, description, Shape::object, component};
}
Outcome list_of(std::string_view component) { return {200, "A page.", Shape::list, component}; }

constexpr std::string_view reservation_example =
    R"({"station_id":"CP0001","evse_id":1,"token":{"uid":"DEADBEEF"},)"
    R"("expires_at":"2030-01-01T00:00:00Z"})";
constexpr std::string_view list_example =
    R"({"source":"entries","entries":[{"uid":"DEADBEEF"},{"uid":"0451A2","status":"Blocked"}]})";
constexpr std::string_view profile_example =
    R"({"evse_id":1,"profile":{"purpose":"default","stack_level":0,"unit":"A",)"
    R"("periods":[{"start_s":0,"limit":16}]}})";

const std::vector<std::string_view> command_problems{
    "not_found",     "station_offline",           "station_not_accepted", "rate_limited",
    "station_limit", "not_supported_by_protocol", "queue_unavailable",    "idempotency_mismatch"};

std::vector<std::string_view> with(std::vector<std::string_view> codes, std::string_view more) {
    codes.push_back(more);
    return codes;
}

const std::vector<Route> reservation_routes = {
    {"GET",
     "/api/v1/reservations",
     "reservations:read",
     "listReservations",
     "reservations",
     "List reservations, newest first",
     list_reservations,
     Parameters{{"station_id", text_schema, "Of this station."}} + reservation_filters +
         page_parameters,
     no_body,
     {list_of("Reservation")}},
    {"GET",
     "/api/v1/stations/{id}/reservations",
     "reservations:read",
     "listStationReservations",
     "reservations",
     "List the station's reservations, newest first",
     list_station_reservations,
     reservation_filters + page_parameters,
     no_body,
     {list_of("Reservation")},
     {"not_found"}},
    {"GET",
     "/api/v1/reservations/{reservation_id}",
     "reservations:read",
     "getReservation",
     "reservations",
     "Show a reservation",
     show_reservation,
     {},
     no_body,
     {object("Reservation")},
     {"not_found"}},
    {"POST",
     "/api/v1/reservations",
     "reservations:write",
     "createReservation",
     "reservations",
     "Reserve an EVSE for a token; `state` says what the station answered",
     create_reservation,
     {},
     {.media = Media::json, .component = "ReservationWrite", .example = reservation_example},
     {{201, "Ordered, and answered where the station was quick.", Shape::object, "Reservation"}},
     with(command_problems, "reservation_conflict")},
    {"DELETE",
     "/api/v1/reservations/{reservation_id}",
     "reservations:write",
     "deleteReservation",
     "reservations",
     "Cancel a reservation at its station",
     cancel_reservation,
     {{"force", flag_schema, "true: end it here, the station is told nothing."}},
     no_body,
     {object("Reservation", "It has ended."),
      {202, "The station has not answered yet, or refused.", Shape::object, "Reservation"}},
     with(with(command_problems, "reservation_ended"), "command_not_waiting")},
};

const std::vector<Route> list_routes = {
    {"GET",
     "/api/v1/stations/{id}/local-list",
     "stations:read",
     "getLocalList",
     "local list",
     "Show the station's list of tokens: what is wanted, what it holds, how far the last sync came",
     show_local_list,
     {},
     no_body,
     {object("LocalList")},
     {"not_found"}},
    {"PUT",
     "/api/v1/stations/{id}/local-list",
     "stations:write",
     "putLocalList",
     "local list",
     "Say what the station's list of tokens shall be; a sync brings it there",
     put_local_list,
     {},
     {.media = Media::json, .component = "LocalListWrite", .example = list_example},
     {object("LocalList")},
     {"not_found", "station_limit", "queue_unavailable"}},
    {"GET",
     "/api/v1/stations/{id}/local-list/entries",
     "tokens:read",
     "listLocalListEntries",
     "local list",
     "List the tokens that are wanted in the station's list, and those that it holds",
     list_local_list_entries,
     page_parameters,
     no_body,
     {list_of("LocalListEntry")},
     {"not_found"}},
    {"POST",
     "/api/v1/stations/{id}/local-list/sync",
     "commands:configure",
     "syncLocalList",
     "local list",
     "Bring the list to the station: what differs, or all of it where that is needed",
     sync_list,
     {},
     {.media = Media::json,
      .component = "LocalListSync",
      .required = false,
      .example = R"({"full":false})"},
     {object("LocalList", "There was nothing to send, or it has ended."),
      {202, "On its way.", Shape::object, "LocalList"}},
     with(with(command_problems, "no_local_list"), "sync_running")},
};

const std::vector<Route> profile_routes = {
    {"GET",
     "/api/v1/stations/{id}/charging-profiles",
     "stations:read",
     "listChargingProfiles",
     "charging profiles",
     "List the charging profiles that the station is known to hold",
     list_charging_profiles,
     page_parameters,
     no_body,
     {list_of("HeldChargingProfile")},
     {"not_found"}},
    {"POST",
     "/api/v1/stations/{id}/charging-profiles",
     "charging:write",
     "installChargingProfile",
     "charging profiles",
     "Install a charging profile; as the command set-charging-profile",
     install_charging_profile,
     {},
     {.media = Media::json, .component = "SetChargingProfileCommand", .example = profile_example},
     {object("Command", "The station has answered; `result` says what."),
      {202, "On its way.", Shape::object, "Command"}},
     with(command_problems, "profile_conflict")},
    {"DELETE",
     "/api/v1/stations/{id}/charging-profiles",
     "charging:write",
     "clearChargingProfiles",
     "charging profiles",
     "Remove the profiles that fit; as the command clear-charging-profile",
     clear_charging_profiles,
     {{"profile_id", number_schema, "The one of this id."},
      {"evse_id", number_schema, "Those of this EVSE; 0: of the station itself."},
      {"purpose", R"({"type":"string","enum":["max","default","transaction"]})",
       "Those of this purpose."},
      {"stack_level", number_schema, "Those of this stack level."}},
     no_body,
     {object("Command", "The station has answered; `result` says what."),
      {202, "On its way.", Shape::object, "Command"}},
     command_problems},
    {"GET",
     "/api/v1/stations/{id}/charging-limits",
     "stations:read",
     "listChargingLimits",
     "charging profiles",
     "List the limits that others have set at the station (2.0.1)",
     list_charging_limits,
     page_parameters,
     no_body,
     {list_of("ChargingLimit")},
     {"not_found"}},
    {"GET",
     "/api/v1/stations/{id}/composite-schedule",
     "stations:read",
     "computeCompositeSchedule",
     "charging profiles",
     "Compute the schedule that comes of all profiles, beside the station's own",
     show_composite_schedule,
     {{"evse", R"({"type":"integer","minimum":0,"default":0})", "0: the whole station."},
      {"duration", R"({"type":"integer","minimum":1,"maximum":604800,"default":3600})",
       "Seconds from now on."},
      {"unit", R"({"type":"string","enum":["A","W"],"default":"A"})",
       "A: per phase; W: of all phases."},
      {"voltage", R"({"type":"integer","minimum":1,"maximum":2000,"default":230})",
       "Of a phase, where amperes and watts meet."}},
     no_body,
     {object("CompositeSchedule")},
     {"not_found", "station_limit"}},
};

}  // namespace

const std::vector<Route>& held_routes() {
    static const std::vector<Route> table = [] {
        std::vector<Route> all = reservation_routes;
        all.insert(all.end(), list_routes.begin(), list_routes.end());
        all.insert(all.end(), profile_routes.begin(), profile_routes.end());
        return all;
    }();
    return table;
}

const std::vector<Component>& held_components() {
    static const std::vector<Component> table = {
        {"Reservation", &wire::type_of<ReservationShown>},
        {"ReservationWrite", &wire::type_of<ReservationWrite>},
        {"LocalList", &wire::type_of<LocalListShown>},
        {"LocalListWrite", &wire::type_of<LocalListWrite>},
        {"LocalListSync", &wire::type_of<LocalListSyncWrite>},
        {"LocalListEntry", &wire::type_of<LocalListEntryShown>},
        {"HeldChargingProfile", &wire::type_of<HeldProfileShown>},
        {"ChargingLimit", &wire::type_of<HeldLimitShown>},
        {"CompositeSchedule", &wire::type_of<CompositeShown>},
    };
    return table;
}

}  // namespace ohm::api::rest
