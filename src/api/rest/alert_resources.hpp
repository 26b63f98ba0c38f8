// What REST shows and takes of alerts and of the rules that open them, and their rows in the tables
// of routes and components. Rules belong to no station: the api that is asked writes them; alerts
// have one writer (api/alerts).
#pragma once

#include <vector>

#include "api/alerts/kinds.hpp"
#include "api/rest/resources.hpp"
#include "api/rest/route.hpp"
#include "base/limits_alerts.hpp"

namespace ohm::api::rest {

using alerts::Severity;
using AlertState = OneOf<"open", "acknowledged", "snoozed", "closed">;
using AlertNote = wire::Text<limits::alert_note_characters>;

struct AlertMembers {
    std::int64_t total = 0, open = 0;
    FIELDS(total, open)
};
struct AlertShown {
    std::string id, rule_id, kind;
    Severity severity;
    AlertState state;
    std::string title, advice;
    NullableText station_id;
    Nullable<std::int64_t> evse_id, connector_id;
    NullableText what, worker;       // the station's word, or the cause; who held it
    NullableText reference;          // the command, transaction or webhook that it is about
    Nullable<Instant> due_at;        // when a certificate ends
    Nullable<AlertMembers> members;  // of a group
    NullableText group_id;           // of a member
    std::int64_t occurrences = 0;
    Instant since, last_at, opened_at;
    Nullable<Instant> acknowledged_at;
    NullableText acknowledged_by, note;
    Nullable<Instant> snoozed_until, closed_at;
    NullableText closed_by, closed_reason;
    std::int64_t version = 0;
    FIELDS(id, rule_id, kind, severity, state, title, advice, station_id, evse_id, connector_id,
           what, worker, reference, due_at, members, group_id, occurrences, since, last_at,
           opened_at, acknowledged_at, acknowledged_by, note, snoozed_until, closed_at, closed_by,
           closed_reason, version)
};
struct AlertCounts {
    std::int64_t open = 0, acknowledged = 0, snoozed = 0;
    std::int64_t critical = 0, warning = 0, info = 0;  // of the open ones
    FIELDS(open, acknowledged, snoozed, critical, warning, info)
};
struct AlertAck {
    Optional<AlertNote> note;
    FIELDS(note)
};
struct AlertSnooze {
    Optional<Int<1, limits::alert_snooze_s_max>> seconds;  // absent: an hour
    Optional<AlertNote> note;
    FIELDS(seconds, note)
};

struct AlertParameterShown {
    std::string name, meaning;
    std::int64_t default_value = 0, min = 0, max = 0;
    FIELDS(name, meaning, default_value, min, max)
};
struct AlertKindShown {
    std::string kind, title, advice;
    Severity severity;
    bool about_stations = false;
    List<AlertParameterShown> parameters;
    FIELDS(kind, title, advice, severity, about_stations, parameters)
};
struct AlertRuleShown {
    std::string id, kind;
    NullableText name;
    std::string title, advice;
    Severity severity;
    Any parameters;  // all that the kind has
    NullableText station_id, location_id, vendor;
    bool enabled = true;
    std::int64_t open_alerts = 0;
    std::int64_t version = 0;
    Instant created_at, updated_at;
    FIELDS(id, kind, name, title, advice, severity, parameters, station_id, location_id, vendor,
           enabled, open_alerts, version, created_at, updated_at)
};
struct AlertRuleCreate {
    wire::Text<40, 1> kind;
    Optional<wire::Text<200>> name;
    Optional<Severity> severity;
    Optional<alerts::Parameters> parameters;
    Optional<wire::Text<48, 1>> station_id;
    Optional<wire::Text<64, 1>> location_id;
    Optional<wire::Text<50, 1>> vendor;
    Optional<bool> enabled;
    FIELDS(kind, name, severity, parameters, station_id, location_id, vendor, enabled)
};
struct AlertRulePatch {  // RFC 7396: null removes
    wire::Patch<wire::Text<200>> name;
    wire::Patch<Severity> severity;           // null: the kind's
    Optional<alerts::Parameters> parameters;  // what is named; the rest stays
    wire::Patch<wire::Text<48, 1>> station_id;
    wire::Patch<wire::Text<64, 1>> location_id;
    wire::Patch<wire::Text<50, 1>> vendor;
    Optional<bool> enabled;
    FIELDS(name, severity, parameters, station_id, location_id, vendor, enabled)
};

// ---- alerts.cpp ----
net::Response list_alerts(const Exchange& exchange, ReadSources& sources);
net::Response list_station_alerts(const Exchange& exchange, ReadSources& sources);
net::Response count_alerts(const Exchange& exchange, ReadSources& sources);
net::Response show_alert(const Exchange& exchange, ReadSources& sources);
void acknowledge_alert(const SharedExchange& exchange, Service& service);
void snooze_alert(const SharedExchange& exchange, Service& service);
void close_alert(const SharedExchange& exchange, Service& service);

// ---- alert_rules.cpp ----
net::Response list_alert_kinds(const Exchange& exchange, Service& service);
net::Response list_alert_rules(const Exchange& exchange, ReadSources& sources);
net::Response show_alert_rule(const Exchange& exchange, ReadSources& sources);
void create_alert_rule(const SharedExchange& exchange, Service& service);
void patch_alert_rule(const SharedExchange& exchange, Service& service);
void delete_alert_rule(const SharedExchange& exchange, Service& service);
void test_alert_rule(const SharedExchange& exchange, Service& service);

const std::vector<Route>& alert_routes();
const std::vector<Component>& alert_components();

}  // namespace ohm::api::rest
