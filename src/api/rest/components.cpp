// The schemas that OpenAPI names, each made from its declaration.
#include "api/rest/alert_resources.hpp"
#include "api/rest/certificate_handlers.hpp"
#include "api/rest/event_handlers.hpp"
#include "api/rest/event_webhook_resources.hpp"
#include "api/rest/fact_routes.hpp"
#include "api/rest/held_routes.hpp"
#include "api/rest/location_resources.hpp"
#include "api/rest/people_resources.hpp"
#include "api/rest/problem.hpp"
#include "api/rest/resources.hpp"
#include "api/rest/route.hpp"
#include "api/rest/shown_settings.hpp"
#include "api/rest/station_check_resources.hpp"
#include "api/rest/statistics_resources.hpp"
#include "api/rest/timeline_resources.hpp"
#include "api/rest/webhook_resources.hpp"

namespace ohm::api::rest {

struct ClosingShown {
    OneOf<"closing"> state;
    FIELDS(state)
};

namespace {
constexpr Component table[] = {
    {"Station", &wire::type_of<StationShown>},
    {"StationCreate", &wire::type_of<StationCreate>},
    {"StationPut", &wire::type_of<StationPut>},
    {"StationPatch", &wire::type_of<StationPatch>},
    {"StationImport", &wire::type_of<ImportWrite>},
    {"StationImportResult", &wire::type_of<ImportShown>},
    {"StationStatus", &wire::type_of<StationStatusShown>},
    {"StationConnection", &wire::type_of<StationConnectionShown>},
    {"Closing", &wire::type_of<ClosingShown>},
    {"Credentials", &wire::type_of<CredentialsShown>},
    {"CredentialsWrite", &wire::type_of<CredentialsWrite>},
    {"MessageLogLevel", &wire::type_of<LogLevelShown>},
    {"MessageLogLevelWrite", &wire::type_of<LogLevelWrite>},
    {"Message", &wire::type_of<MessageShown>},
    {"Command", &wire::type_of<CommandShown>},
    {"OcppCall", &wire::type_of<CallWrite>},
    {"ConnectionAttempt", &wire::type_of<ConnectionAttemptShown>},
    {"Worker", &wire::type_of<WorkerShown>},
    {"WorkerDrain", &wire::type_of<WorkerDrain>},
    {"OcppAction", &wire::type_of<ActionShown>},
    {"Version", &wire::type_of<VersionShown>},
    {"Capabilities", &wire::type_of<CapabilitiesShown>},
    {"Setting", &wire::type_of<SettingShown>},
    {"Me", &wire::type_of<MeShown>},
    {"Health", &wire::type_of<HealthShown>},
    {"Problem", &wire::type_of<ProblemBody>},
};
}  // namespace

std::span<const Component> components() {
    static const std::vector<Component> all = [] {
        std::vector<Component> parts{std::begin(table), std::end(table)};
        for (const Component& part : station_evse_components()) parts.push_back(part);
        for (const Component& part : station_check_components()) parts.push_back(part);
        for (const Component& part : timeline_components()) parts.push_back(part);
        for (const Component& part : fact_components()) parts.push_back(part);
        for (const Component& part : certificate_components()) parts.push_back(part);
        for (const Component& part : charging_components()) parts.push_back(part);
        for (const Component& part : held_components()) parts.push_back(part);
        for (const Component& part : command_components()) parts.push_back(part);
        for (const Component& part : batch_components()) parts.push_back(part);
        for (const Component& part : webhook_components()) parts.push_back(part);
        for (const Component& part : location_components()) parts.push_back(part);
        for (const Component& part : people_components()) parts.push_back(part);
        for (const Component& part : file_components()) parts.push_back(part);
        for (const Component& part : event_components()) parts.push_back(part);
        for (const Component& part : event_webhook_components()) parts.push_back(part);
        for (const Component& part : alert_components()) parts.push_back(part);
        for (const Component& part : statistics_components()) parts.push_back(part);
        return parts;
    }();
    return all;
}

}  // namespace ohm::api::rest
