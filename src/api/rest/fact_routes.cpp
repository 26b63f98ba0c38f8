// The rows of REST's table that are about facts which stations report.
#include "api/rest/fact_routes.hpp"

#include "api/rest/fact_lists.hpp"
#include "api/rest/facts_resources.hpp"
#include "api/rest/route_words.hpp"

namespace ohm::api::rest {
namespace {

namespace examples {
constexpr std::string_view event =
    R"({"data":[{"kind":"charging_limit","name":"EMS","at":"2026-01-01T00:00:00.000Z",)"
    R"("received_at":"2026-01-01T00:00:00.000Z","ocpp_version":"2.0.1","evse_id":1,)"
    R"("connector_id":null,"request_id":null,"severity":null,)"
    R"("payload":{"chargingLimit":{"chargingLimitSource":"EMS"}}}],"next_cursor":null})";
constexpr std::string_view sec =
    R"({"data":[{"type":"TamperDetectionActivated","at":"2026-01-01T00:00:00.000Z",)"
    R"("received_at":"2026-01-01T00:00:00.000Z","critical":true,)"
    R"("details":{"type":"TamperDetectionActivated",)"
    R"("timestamp":"2026-01-01T00:00:00Z"}}],"next_cursor":null})";
constexpr std::string_view rep =
    R"({"data":[{"kind":"variables","request_id":7,"state":"complete",)"
    R"("generated_at":"2026-01-01T00:00:00.000Z","parts":3,"seen":"0-2","last_seq":2,)"
    R"("started_at":"2026-01-01T00:00:00.000Z",)"
    R"("updated_at":"2026-01-01T00:00:01.000Z"}],"next_cursor":null})";
constexpr std::string_view cust =
    R"({"data":[{"request_id":7,"state":"complete","parts":1,)"
    R"("data":"nothing is stored","updated_at":"2026-01-01T00:00:00.000Z"}],)"
    R"("next_cursor":null})";
constexpr std::string_view csr =
    R"({"data":[{"id":"csr_01KDZC3E000000000000000000",)"
    R"("certificate_type":"ChargingStationCertificate","common_name":"SN-4711",)"
    R"("organization":"Acme CPO","state":"pending","reason":null,)"
    R"("received_at":"2026-01-01T00:00:00.000Z","decided_at":null,"decided_by":null,)"
    R"("csr":"-----BEGIN CERTIFICATE REQUEST-----"}],"next_cursor":null})";
constexpr std::string_view quirk =
    R"({"data":[{"quirk":"enum_respelled","count":12,)"
    R"("first_at":"2026-01-01T00:00:00.000Z","last_at":"2026-01-01T00:10:00.000Z",)"
    R"("action":"StatusNotification","path":"/status"}],"next_cursor":null})";
constexpr std::string_view mon =
    R"({"data":[{"id":5,"component":"EVSE","component_instance":null,"evse_id":1,)"
    R"("connector_id":null,"variable":"Power","instance":null,"type":"UpperThreshold",)"
    R"("value":"22000","severity":3,"transaction":false,)"
    R"("reported_at":"2026-01-01T00:00:00.000Z"}],"next_cursor":null})";
constexpr std::string_view msg =
    R"({"data":[{"id":5,"priority":"NormalCycle","state":"Idle","message":{"id":5,)"
    R"("priority":"NormalCycle","state":"Idle","message":{"format":"UTF8",)"
    R"("content":"Welcome"}},"reported_at":"2026-01-01T00:00:00.000Z"}],)"
    R"("next_cursor":null})";
constexpr std::string_view var =
    R"({"data":[{"component":"OCPPCommCtrlr","component_instance":null,"evse_id":null,)"
    R"("connector_id":null,"variable":"HeartbeatInterval","instance":null,)"
    R"("attribute":"Actual","value":"300","mutability":"ReadWrite",)"
    R"("data_type":"integer","unit":"s","min_limit":null,"max_limit":null,)"
    R"("values_list":null,"supports_monitoring":false,"persistent":true,)"
    R"("constant":false,"reported_at":"2026-01-01T00:00:00.000Z",)"
    R"("reboot_required":false}],"next_cursor":null})";
constexpr std::string_view des =
    R"({"station_id":"CP0001","variables":[{"component":"OCPP16",)"
    R"("variable":"HeartbeatInterval","value":"300"}],)"
    R"("updated_at":"2026-01-01T00:00:00.000Z","updated_by":"key:ops"})";
constexpr std::string_view drift =
    R"({"station_id":"CP0001","matches":0,"differs":1,"unknown":0,)"
    R"("items":[{"component":"OCPP16","component_instance":null,"evse_id":null,)"
    R"("connector_id":null,"variable":"HeartbeatInterval","instance":null,)"
    R"("attribute":"Actual","desired":"300","actual":"600","state":"differs",)"
    R"("reported_at":"2026-01-01T00:00:00.000Z"}]})";
}  // namespace examples

const Parameters time_parameters{{"from", time_schema, "Happened at this instant or later."},
                                 {"to", time_schema, "Happened before this instant."}};

constexpr std::string_view desired_example =
    R"({"variables":[{"component":"OCPP16","variable":"HeartbeatInterval","value":"300"}]})";

Outcome object(std::string_view component, std::string_view example) {
    return {200, "Done.", Shape::object, component, example};
}
Outcome list_of(std::string_view component, std::string_view example) {
    return {200, "A page.", Shape::list, component, example};
}

const std::vector<Route> event_routes = {
    {"GET",
     "/api/v1/stations/{id}/events",
     "stations:read",
     "listStationEvents",
     "facts",
     "List everything that the station has told of itself, newest first",
     list_events,
     Parameters{
         {"kind", text_schema,
          "security, event, firmware, log, charging_limit …; or several, separated by commas."}} +
         time_parameters + page_parameters,
     no_body,
     {list_of("Event", examples::event)},
     {"not_found"}},
    {"GET",
     "/api/v1/stations/{id}/security-events",
     "stations:read",
     "listSecurityEvents",
     "facts",
     "List security events, newest first",
     list_security_events,
     Parameters{{"type", text_schema, "Exactly this type."},
                {"critical", R"({"type":"boolean","default":false})", "Only critical ones."}} +
         time_parameters + page_parameters,
     no_body,
     {list_of("SecurityEvent", examples::sec)},
     {"not_found"}},
    {"GET",
     "/api/v1/stations/{id}/reports",
     "stations:read",
     "listReports",
     "facts",
     "List reports in several messages, the one heard of last first",
     list_reports,
     Parameters{{"kind", text_schema,
                 "variables, monitors, events, display_messages, charging_profiles or "
                 "customer_information."},
                {"state", R"({"type":"string","enum":["receiving","complete","gap","incomplete"]})",
                 "How far it is."}} +
         page_parameters,
     no_body,
     {list_of("Report", examples::rep)},
     {"not_found"}},
    {"GET",
     "/api/v1/stations/{id}/customer-information",
     "customers:read",
     "listCustomerInformation",
     "facts",
     "List what the station has told of customers; kept for 30 days",
     list_customer_information,
     page_parameters,
     no_body,
     {list_of("CustomerInformation", examples::cust)},
     {"not_found"}},
    {"GET",
     "/api/v1/stations/{id}/certificates/csrs",
     "stations:read",
     "listCertificateRequests",
     "facts",
     "List certificate requests of the station, newest first",
     list_csrs,
     page_parameters,
     no_body,
     {list_of("CertificateRequest", examples::csr)},
     {"not_found"}},
    {"GET",
     "/api/v1/stations/{id}/quirks",
     "stations:read",
     "listQuirks",
     "facts",
     "List how the station deviates from the standard, and how often",
     list_quirks,
     page_parameters,
     no_body,
     {list_of("Quirk", examples::quirk)},
     {"not_found"}},
};

const std::vector<Route> device_model_routes = {
    {"GET",
     "/api/v1/stations/{id}/variables",
     "stations:read",
     "listVariables",
     "device model",
     "List what is known of the variables; configuration keys of 1.6 are those of OCPP16",
     list_variables,
     Parameters{{"component", text_schema, "Of this component, in any case."},
                {"variable", text_schema, "Of this name, in any case."}} +
         page_parameters,
     no_body,
     {list_of("Variable", examples::var)},
     {"not_found"}},
    {"PUT",
     "/api/v1/stations/{id}/variables",
     "stations:write",
     "putVariables",
     "device model",
     "Say which values variables should have; replaces what was said before",
     put_variables,
     {},
     {.media = Media::json, .component = "DesiredVariablesWrite", .example = desired_example},
     {object("DesiredVariables", examples::des)},
     {"not_found", "version_conflict", "precondition_required", "queue_unavailable"}},
    {"PATCH",
     "/api/v1/stations/{id}/variables",
     "stations:write",
     "patchVariables",
     "device model",
     "Say which values variables should have; null: no longer",
     patch_variables,
     {},
     {.media = Media::json, .component = "DesiredVariablesWrite", .example = desired_example},
     {object("DesiredVariables", examples::des)},
     {"not_found", "version_conflict", "precondition_required", "queue_unavailable"}},
    {"GET",
     "/api/v1/stations/{id}/variables/desired",
     "stations:read",
     "getDesiredVariables",
     "device model",
     "Show which values variables should have",
     show_desired_variables,
     {},
     no_body,
     {object("DesiredVariables", examples::des)},
     {"not_found"}},
    {"GET",
     "/api/v1/stations/{id}/variables/drift",
     "stations:read",
     "getVariableDrift",
     "device model",
     "Compare the values that variables should have with those known",
     show_variable_drift,
     {},
     no_body,
     {object("VariableDrift", examples::drift)},
     {"not_found"}},
    {"GET",
     "/api/v1/stations/{id}/monitors",
     "stations:read",
     "listMonitors",
     "device model",
     "List variable monitors as reported",
     list_monitors,
     page_parameters,
     no_body,
     {list_of("Monitor", examples::mon)},
     {"not_found"}},
    {"GET",
     "/api/v1/stations/{id}/display-messages",
     "stations:read",
     "listDisplayMessages",
     "device model",
     "List messages on the display as reported",
     list_display_messages,
     page_parameters,
     no_body,
     {list_of("DisplayMessage", examples::msg)},
     {"not_found"}},
};

}  // namespace

const std::vector<Route>& fact_routes() {
    static const std::vector<Route> table = [] {
        std::vector<Route> all = event_routes;
        all.insert(all.end(), device_model_routes.begin(), device_model_routes.end());
        return all;
    }();
    return table;
}

const std::vector<Component>& fact_components() {
    static const std::vector<Component> table = {
        {"Event", &wire::type_of<EventShown>},
        {"SecurityEvent", &wire::type_of<SecurityEventShown>},
        {"Report", &wire::type_of<ReportShown>},
        {"CustomerInformation", &wire::type_of<CustomerInformationShown>},
        {"CertificateRequest", &wire::type_of<CertificateRequestShown>},
        {"Quirk", &wire::type_of<QuirkShown>},
        {"Variable", &wire::type_of<VariableShown>},
        {"DesiredVariablesWrite", &wire::type_of<DesiredVariablesWrite>},
        {"DesiredVariables", &wire::type_of<DesiredVariablesShown>},
        {"VariableDrift", &wire::type_of<DriftShown>},
        {"Monitor", &wire::type_of<MonitorShown>},
        {"DisplayMessage", &wire::type_of<DisplayMessageShown>},
    };
    return table;
}

}  // namespace ohm::api::rest
