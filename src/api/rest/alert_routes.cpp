// What REST offers of alerts and their rules.
#include "api/rest/alert_resources.hpp"
#include "api/rest/route_words.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view alert_shown =
    R"({"id":"alr_01KDVNM5G00000000000000000","rule_id":"rul_00000000000000000000000001",)"
    R"("kind":"station_offline","severity":"warning","state":"open","title":"CP0001 is offline",)"
    R"("advice":"Look whether others at its location are offline as well.",)"
    R"("station_id":"CP0001","evse_id":null,"connector_id":null,"what":"closed","worker":"w1",)"
    R"("reference":null,"due_at":null,"members":null,"group_id":null,"occurrences":1,)"
    R"("since":"2026-01-01T00:00:00.000Z","last_at":"2026-01-01T00:00:00.000Z",)"
    R"("opened_at":"2026-01-01T00:05:03.000Z","acknowledged_at":null,"acknowledged_by":null,)"
    R"("note":null,"snoozed_until":null,"closed_at":null,"closed_by":null,"closed_reason":null,)"
    R"("version":1})";
constexpr std::string_view rule_shown =
    R"({"id":"rul_00000000000000000000000001","kind":"station_offline","name":null,)"
    R"("title":"{station} is offline","advice":"Look whether others are offline as well.",)"
    R"("severity":"warning","parameters":{"minutes":5,"group_from":5},"station_id":null,)"
    R"("location_id":null,"vendor":null,"enabled":true,"open_alerts":0,"version":1,)"
    R"("created_at":"2026-01-01T00:00:00.000Z","updated_at":"2026-01-01T00:00:00.000Z"})";

Outcome alert(int status, std::string_view description) {
    return {status, description, Shape::object, "Alert", alert_shown};
}
Outcome rule(int status, std::string_view description) {
    return {status, description, Shape::object, "AlertRule", rule_shown};
}

const Parameters alert_filters{
    {"state", text_schema, "open, acknowledged, snoozed, closed, or several, separated by commas."},
    {"severity", text_schema, "critical, warning, info, or several, separated by commas."},
    {"kind", text_schema, "Of these kinds, separated by commas."},
    {"station_id", text_schema, "About this station, members of groups among them."},
    {"rule_id", text_schema, "Opened by this rule."},
    {"group_id", text_schema, "Members of this group."}};

const Parameters station_alert_filters{alert_filters[0], alert_filters[1], alert_filters[2],
                                       alert_filters[4]};

const std::vector<Route> routes_of_alerts = {
    {"GET",
     "/api/v1/alerts",
     "alerts:read",
     "listAlerts",
     "alerts",
     "List alerts, newest first; a group stands for its members",
     list_alerts,
     alert_filters + page_parameters,
     no_body,
     {{200, "A page.", Shape::list, "Alert", alert_shown}}},
    {"GET",
     "/api/v1/stations/{id}/alerts",
     "alerts:read",
     "listStationAlerts",
     "alerts",
     "List alerts about a station, newest first",
     list_station_alerts,
     station_alert_filters + page_parameters,
     no_body,
     {{200, "A page.", Shape::list, "Alert", alert_shown}},
     {"not_found"}},
    {"GET",
     "/api/v1/alerts/counts",
     "alerts:read",
     "countAlerts",
     "alerts",
     "Count what is not closed",
     count_alerts,
     {},
     no_body,
     {{200, "Now.", Shape::object, "AlertCounts",
       R"({"open":3,"acknowledged":1,"snoozed":0,"critical":1,"warning":2,"info":0})"}}},
    {"GET",
     "/api/v1/alerts/{id}",
     "alerts:read",
     "getAlert",
     "alerts",
     "Show an alert",
     show_alert,
     {},
     no_body,
     {alert(200, "Done.")},
     {"not_found"}},
    {"POST",
     "/api/v1/alerts/{id}/ack",
     "alerts:write",
     "acknowledgeAlert",
     "alerts",
     "Say that somebody looks after it; a member's group is meant as a whole",
     acknowledge_alert,
     {},
     {.media = Media::json,
      .component = "AlertAck",
      .required = false,
      .example = R"({"note":"Technician is on the way"})"},
     {alert(200, "Acknowledged.")},
     {"not_found", "alert_closed", "queue_unavailable"}},
    {"POST",
     "/api/v1/alerts/{id}/snooze",
     "alerts:write",
     "snoozeAlert",
     "alerts",
     "Put it off; then it is open again, if it is not over",
     snooze_alert,
     {},
     {.media = Media::json,
      .component = "AlertSnooze",
      .required = false,
      .example = R"({"seconds":3600})"},
     {alert(200, "Put off.")},
     {"not_found", "alert_closed", "queue_unavailable"}},
    {"POST",
     "/api/v1/alerts/{id}/close",
     "alerts:write",
     "closeAlert",
     "alerts",
     "Close it by hand; it stays closed until what it is about comes anew",
     close_alert,
     {},
     {.media = Media::json,
      .component = "AlertAck",
      .required = false,
      .example = R"({"note":"Planned work"})"},
     {alert(200, "Closed.")},
     {"not_found", "alert_closed", "queue_unavailable"}}};

const std::vector<Route> routes_of_rules = {
    {"GET",
     "/api/v1/alert-kinds",
     "alerts:read",
     "listAlertKinds",
     "alerts",
     "List what there can be alerts about",
     list_alert_kinds,
     {},
     no_body,
     {{200, "All of them.", Shape::list, "AlertKind",
       R"({"kind":"clock_drift","title":"The clock of {station} is wrong",)"
       R"("advice":"Set its time source.","severity":"warning","about_stations":true,)"
       R"("parameters":[{"name":"seconds","meaning":"Its clock is so far from ours.",)"
       R"("default_value":60,"min":5,"max":86400}]})"}}},
    {"GET",
     "/api/v1/alert-rules",
     "alerts:read",
     "listAlertRules",
     "alerts",
     "List the rules",
     list_alert_rules,
     {},
     no_body,
     {{200, "All of them.", Shape::list, "AlertRule", rule_shown}}},
    {"POST",
     "/api/v1/alert-rules",
     "alerts:write",
     "createAlertRule",
     "alerts",
     "Add a rule",
     create_alert_rule,
     {},
     {.media = Media::json,
      .component = "AlertRuleCreate",
      .example = R"({"kind":"station_offline","name":"Depot","location_id":"harbour",)"
                 R"("severity":"critical","parameters":{"minutes":2}})"},
     {rule(201, "Created.")},
     {"limit_reached"}},
    {"GET",
     "/api/v1/alert-rules/{id}",
     "alerts:read",
     "getAlertRule",
     "alerts",
     "Show a rule",
     show_alert_rule,
     {},
     no_body,
     {rule(200, "Done.")},
     {"not_found"}},
    {"PATCH",
     "/api/v1/alert-rules/{id}",
     "alerts:write",
     "patchAlertRule",
     "alerts",
     "Change a rule, or switch it off; what it opened is then closed",
     patch_alert_rule,
     {},
     {.media = Media::merge_patch,
      .component = "AlertRulePatch",
      .example = R"({"parameters":{"minutes":10}})"},
     {rule(200, "Changed.")},
     {"not_found", "version_conflict", "precondition_required"}},
    {"DELETE",
     "/api/v1/alert-rules/{id}",
     "alerts:write",
     "deleteAlertRule",
     "alerts",
     "Remove a rule; what it opened is closed",
     delete_alert_rule,
     {},
     no_body,
     {{204, "Removed."}},
     {"not_found", "version_conflict", "precondition_required"}},
    {"POST",
     "/api/v1/alert-rules/{id}/test",
     "alerts:write",
     "testAlertRule",
     "alerts",
     "Send alert.tested to whoever follows events; no alert is opened",
     test_alert_rule,
     {},
     no_body,
     {rule(200, "Sent.")},
     {"not_found", "queue_unavailable"}}};

}  // namespace

const std::vector<Route>& alert_routes() {
    static const std::vector<Route> table = [] {
        std::vector<Route> all = routes_of_alerts;
        for (const Route& route : routes_of_rules) all.push_back(route);
        return all;
    }();
    return table;
}

const std::vector<Component>& alert_components() {
    static const std::vector<Component> table = {
        {"Alert", &wire::type_of<AlertShown>},
        {"AlertCounts", &wire::type_of<AlertCounts>},
        {"AlertAck", &wire::type_of<AlertAck>},
        {"AlertSnooze", &wire::type_of<AlertSnooze>},
        {"AlertKind", &wire::type_of<AlertKindShown>},
        {"AlertRule", &wire::type_of<AlertRuleShown>},
        {"AlertRuleCreate", &wire::type_of<AlertRuleCreate>},
        {"AlertRulePatch", &wire::type_of<AlertRulePatch>},
    };
    return table;
}

}  // namespace ohm::api::rest
