#include "cli/verbs.hpp"

#include <algorithm>

namespace ohm::cli {

using wire::Any;
using wire::Instant;
using wire::Number;
using wire::Optional;
using wire::Text;

// The columns of tables: as much of what the api shows as a person wants to see in a line. Not in
// an unnamed namespace: clang wants linkage of whatever FIELDS describes.
namespace rows {

using Word = Optional<Text<>>;
using Count = Optional<std::int64_t>;
using Time = Optional<Instant>;

struct Station {
    Word id, connectivity, status, ocpp_version, vendor, model, firmware_version;
    Time last_seen_at;
    FIELDS(id, connectivity, status, ocpp_version, vendor, model, firmware_version, last_seen_at)
};
struct Attempt {
    Time at;
    Word identity, cause;
    Count http_status;
    Word address, user_name, detail;
    FIELDS(at, identity, cause, http_status, address, user_name, detail)
};
struct Command {
    Word id, station_id, command, state, result, status, failed_reason, requested_by;
    Time created_at;
    FIELDS(id, station_id, command, state, result, status, failed_reason, requested_by, created_at)
};
struct Transaction {
    Word id, station_id;
    Count evse_id;
    Word token, state;
    Time started_at, ended_at;
    Optional<Number> energy_wh;
    Word stop_reason;
    Optional<bool> suspect;
    FIELDS(id, station_id, evse_id, token, state, started_at, ended_at, energy_wh, stop_reason,
           suspect)
};
struct MeterValue {
    Time at;
    Count evse_id;
    Optional<Any> samples;
    FIELDS(at, evse_id, samples)
};
struct Token {
    Word uid, type, status, group_id;
    Count concurrent_limit;
    Time expires_at;
    Word note;
    FIELDS(uid, type, status, group_id, concurrent_limit, expires_at, note)
};
struct UnknownToken {
    Word token, type, station_id;
    Time last_seen_at;
    FIELDS(token, type, station_id, last_seen_at)
};
struct Decision {
    Time at;
    Word station_id, action, token, status, reason, decided_by;
    FIELDS(at, station_id, action, token, status, reason, decided_by)
};
struct Message {
    Time at;
    Word direction, message_type, action, message_id, error_code, frame;
    FIELDS(at, direction, message_type, action, message_id, error_code, frame)
};
struct FleetMessage {
    Time at;
    Word station_id, direction, message_type, action, message_id, error_code, frame;
    FIELDS(at, station_id, direction, message_type, action, message_id, error_code, frame)
};
struct Event {
    Time at;
    Word kind, name;
    Count evse_id, severity;
    Optional<Any> payload;
    FIELDS(at, kind, name, evse_id, severity, payload)
};
struct Variable {
    Word component, variable, attribute, value;
    FIELDS(component, variable, attribute, value)
};
struct Worker {
    Word id;
    Count connections;
    Optional<bool> draining;
    Word version;
    Time seen_at;
    Count certificate_days_left;
    FIELDS(id, connections, draining, version, seen_at, certificate_days_left)
};
struct Alert {
    Word id, severity, state, title, station_id;
    Time since;
    Count occurrences;
    Word acknowledged_by, note;
    FIELDS(id, severity, state, title, station_id, since, occurrences, acknowledged_by, note)
};
struct AlertRule {
    Word id, kind, name, severity;
    Optional<Any> parameters;
    Optional<bool> enabled;
    Count open_alerts;
    FIELDS(id, kind, name, severity, parameters, enabled, open_alerts)
};
struct Batch {
    Word id, command, state;
    Optional<Any> progress;
    Word requested_by;
    Time created_at, finished_at;
    FIELDS(id, command, state, progress, requested_by, created_at, finished_at)
};
struct BatchItem {
    Word station_id, state, command_id, command_state, result, code;
    FIELDS(station_id, state, command_id, command_state, result, code)
};
struct CloudEvent {
    Time time;
    Word type, subject;
    Optional<Any> data;
    FIELDS(time, type, subject, data)
};
struct EventType {
    Word type, meaning;
    FIELDS(type, meaning)
};
struct SignInLink {
    Word secret;
    Time expires_at;
    FIELDS(secret, expires_at)
};
struct Reservation {
    Word id, station_id;
    Count evse_id;
    Word token, state;
    Time expires_at;
    FIELDS(id, station_id, evse_id, token, state, expires_at)
};

}  // namespace rows

namespace {

template <class T>
constexpr const wire::Type* row_of = &wire::type_of<T>;

constexpr Verb table[] = {
    {"stations", "list", "GET", "/stations", "", Body::none, Answer::list, row_of<rows::Station>,
     "List stations"},
    {"stations", "get", "GET", "/stations/{}", "STATION", Body::none, Answer::object,
     row_of<rows::Station>, "Show a station"},
    {"stations", "create", "POST", "/stations", "STATION", Body::created, Answer::object,
     row_of<rows::Station>, "Add a station; without password=… one is made and shown once"},
    {"stations", "set", "PATCH", "/stations/{}", "STATION", Body::pairs, Answer::object,
     row_of<rows::Station>, "Change a station"},
    {"stations", "delete", "DELETE", "/stations/{}", "STATION", Body::none, Answer::nothing,
     nullptr, "Remove a station"},
    {"stations", "import", "POST", "/stations/import", "FILE", Body::file, Answer::report, nullptr,
     "Add or change many, of CSV or JSON"},
    {"stations", "status", "GET", "/stations/{}/status", "STATION", Body::none, Answer::object,
     nullptr, "Show EVSEs and connectors"},
    {"stations", "variables", "GET", "/stations/{}/variables", "STATION", Body::none, Answer::list,
     row_of<rows::Variable>, "List what is known of its configuration"},
    {"stations", "events", "GET", "/stations/{}/events", "STATION", Body::none, Answer::list,
     row_of<rows::Event>, "List what it reported"},
    {"attempts", "list", "GET", "/connection-attempts", "", Body::none, Answer::list,
     row_of<rows::Attempt>, "List refused connections, and why"},
    {"commands", "list", "GET", "/commands", "", Body::none, Answer::list, row_of<rows::Command>,
     "List commands"},
    {"commands", "get", "GET", "/commands/{}", "COMMAND", Body::none, Answer::command,
     row_of<rows::Command>, "Show a command and its effect"},
    {"commands", "send", "POST", "/stations/{}/commands/{}", "STATION NAME", Body::pairs,
     Answer::command, row_of<rows::Command>, "Order something: reset type=soft, remote-start …"},
    {"commands", "cancel", "POST", "/commands/{}/cancel", "COMMAND", Body::none, Answer::command,
     row_of<rows::Command>, "Cancel one that waits"},
    {"call", "", "POST", "/stations/{}/ocpp/call", "STATION", Body::call, Answer::command,
     row_of<rows::Command>, "Send any OCPP message: ACTION [JSON]"},
    {"logs", "", "GET", "/stations/{}/messages", "STATION", Body::none, Answer::list,
     row_of<rows::Message>, "List a station's OCPP messages; --follow goes on"},
    {"tx", "list", "GET", "/transactions", "", Body::none, Answer::list, row_of<rows::Transaction>,
     "List transactions"},
    {"tx", "get", "GET", "/transactions/{}", "TRANSACTION", Body::none, Answer::object,
     row_of<rows::Transaction>, "Show a transaction"},
    {"tx", "values", "GET", "/transactions/{}/meter-values", "TRANSACTION", Body::none,
     Answer::list, row_of<rows::MeterValue>, "List its meter values"},
    {"tx", "stop", "POST", "/transactions/{}/stop", "TRANSACTION", Body::none, Answer::command,
     row_of<rows::Command>, "Have the station stop charging"},
    {"tx", "close", "POST", "/transactions/{}/close", "TRANSACTION", Body::pairs, Answer::object,
     row_of<rows::Transaction>, "Close a record whose end never came: reason=…"},
    {"tokens", "list", "GET", "/tokens", "", Body::none, Answer::list, row_of<rows::Token>,
     "List id tokens"},
    {"tokens", "get", "GET", "/tokens/{}", "UID", Body::none, Answer::object, row_of<rows::Token>,
     "Show an id token"},
    {"tokens", "put", "PUT", "/tokens/{}", "UID", Body::pairs, Answer::object, row_of<rows::Token>,
     "Create or replace one: status=Accepted group_id=…"},
    {"tokens", "set", "PATCH", "/tokens/{}", "UID", Body::pairs, Answer::object,
     row_of<rows::Token>, "Change one"},
    {"tokens", "delete", "DELETE", "/tokens/{}", "UID", Body::none, Answer::nothing, nullptr,
     "Remove one"},
    {"tokens", "import", "POST", "/tokens/import", "FILE", Body::file, Answer::report, nullptr,
     "Create or replace many, of CSV or JSON"},
    {"tokens", "unknown", "GET", "/unknown-tokens", "", Body::none, Answer::list,
     row_of<rows::UnknownToken>, "List those that nobody has written here"},
    {"tokens", "decisions", "GET", "/authorizations", "", Body::none, Answer::list,
     row_of<rows::Decision>, "List what was decided, and why"},
    {"batches", "list", "GET", "/command-batches", "", Body::none, Answer::list,
     row_of<rows::Batch>, "List batches of commands"},
    {"batches", "create", "POST", "/command-batches", "", Body::pairs, Answer::batch,
     row_of<rows::Batch>, "One command to many: command=reset select.filter.vendor=acme …"},
    {"batches", "get", "GET", "/command-batches/{}", "BATCH", Body::none, Answer::object,
     row_of<rows::Batch>, "Show a batch and how far it is"},
    {"batches", "follow", "GET", "/command-batches/{}", "BATCH", Body::none, Answer::batch,
     row_of<rows::Batch>, "Wait until a batch is over"},
    {"batches", "items", "GET", "/command-batches/{}/items", "BATCH", Body::none, Answer::list,
     row_of<rows::BatchItem>, "List what became of each station"},
    {"batches", "cancel", "POST", "/command-batches/{}/cancel", "BATCH", Body::none, Answer::batch,
     row_of<rows::Batch>, "Order nothing more"},
    {"batches", "retry", "POST", "/command-batches/{}/retry-failed", "BATCH", Body::none,
     Answer::batch, row_of<rows::Batch>, "Send it again where it failed"},
    {"events", "tail", "GET", "/events", "", Body::none, Answer::stream, row_of<rows::CloudEvent>,
     "Show events as they happen: --type, --station, --from (a sequence, or start), --limit"},
    {"events", "list", "GET", "/events", "", Body::none, Answer::list, row_of<rows::CloudEvent>,
     "List the events that are kept, oldest first: --after, --types, --station"},
    {"events", "types", "GET", "/event-types", "", Body::none, Answer::list,
     row_of<rows::EventType>, "List which events there are"},
    {"messages", "", "GET", "/messages", "", Body::none, Answer::list, row_of<rows::FleetMessage>,
     "List the OCPP messages of all stations; --follow goes on"},
    {"reservations", "list", "GET", "/reservations", "", Body::none, Answer::list,
     row_of<rows::Reservation>, "List reservations"},
    {"alerts", "list", "GET", "/alerts", "", Body::none, Answer::list, row_of<rows::Alert>,
     "List alerts: --state open"},
    {"alerts", "get", "GET", "/alerts/{}", "ALERT", Body::none, Answer::object, row_of<rows::Alert>,
     "Show an alert"},
    {"alerts", "ack", "POST", "/alerts/{}/ack", "ALERT", Body::pairs, Answer::object,
     row_of<rows::Alert>, "Say that somebody looks after it: note=…"},
    {"alerts", "snooze", "POST", "/alerts/{}/snooze", "ALERT", Body::pairs, Answer::object,
     row_of<rows::Alert>, "Put it off: seconds=3600"},
    {"alerts", "close", "POST", "/alerts/{}/close", "ALERT", Body::pairs, Answer::object,
     row_of<rows::Alert>, "Close it by hand: note=…"},
    {"alerts", "rules", "GET", "/alert-rules", "", Body::none, Answer::list,
     row_of<rows::AlertRule>, "List the rules that open alerts"},
    {"link", "", "POST", "/sign-in-links", "", Body::none, Answer::object, row_of<rows::SignInLink>,
     "Make what signs a browser in once: /console/#link=SECRET"},
    {"workers", "list", "GET", "/workers", "", Body::none, Answer::list, row_of<rows::Worker>,
     "List workers"},
};

}  // namespace

std::span<const Verb> verbs() { return table; }

const Verb* find_verb(std::string_view noun, std::string_view name) {
    const auto found = std::find_if(std::begin(table), std::end(table), [&](const Verb& verb) {
        return verb.noun == noun && verb.name == name;
    });
    return found == std::end(table) ? nullptr : found;
}

bool is_noun(std::string_view word) {
    return std::any_of(std::begin(table), std::end(table),
                       [&](const Verb& verb) { return verb.noun == word; });
}

}  // namespace ohm::cli
