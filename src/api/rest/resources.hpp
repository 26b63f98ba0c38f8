// What REST shows, as declarations: they make the JSON and its schema in OpenAPI. Members that may
// be empty are null, never absent, except where said.
#pragma once

#include "api/compatibility.hpp"
#include "api/operations.hpp"
#include "wire/fields.hpp"

namespace ohm::api::rest {

struct Caller;

using wire::Any;
using wire::Instant;
using wire::Int;
using wire::List;
using wire::Nullable;
using wire::OneOf;
using wire::Optional;
using NullableText = Nullable<std::string>;
using Connectivity = OneOf<"online", "offline">;

// ---- stations ----

struct ConnectorShown {
    std::int64_t id = 0;
    std::string status;  // derived
    NullableText reported_status, error_code, info, vendor_id, vendor_error_code;
    Nullable<Instant> status_at;
    NullableText reservation_id;  // of a reserved one, where the reservation is ours
    FIELDS(id, status, reported_status, error_code, info, vendor_id, vendor_error_code, status_at,
           reservation_id)
};
struct EvseShown {
    std::int64_t id = 0;
    std::string status;  // that of its connectors, the worst first
    List<ConnectorShown> connectors;
    FIELDS(id, status, connectors)
};
struct OverrideShown {
    std::string status;
    Nullable<Instant> since;
    FIELDS(status, since)
};
struct ConnectionShown {
    std::string worker;
    Nullable<Instant> connected_at;
    NullableText address;
    bool tls = false;
    NullableText subprotocol;
    std::int64_t epoch = 0;
    FIELDS(worker, connected_at, address, tls, subprotocol, epoch)
};
struct PlaceShown {  // the location, with ?expand=location
    std::string id, name;
    NullableText address;
    Nullable<wire::Number> latitude, longitude;
    NullableText time_zone;
    FIELDS(id, name, address, latitude, longitude, time_zone)
};
struct StationShown {
    std::string id;
    NullableText name;
    Connectivity connectivity;
    std::string status;
    NullableText reported_status, error_code, info, vendor_id, vendor_error_code;
    Nullable<Instant> status_at;
    Nullable<OverrideShown> override;
    NullableText ocpp_version;  // of the current or the last connection
    NullableText default_ocpp_version;
    std::int64_t security_profile = 0;
    Nullable<std::int64_t> next_security_profile;  // accepted by the station, not yet in use
    NullableText security_profile_note;
    bool has_password = false;
    Optional<std::string> password;  // only in the answer that generated it
    NullableText boot_status;
    Nullable<Instant> booted_at;
    NullableText vendor, model, serial_number, charge_box_serial_number, firmware_version, iccid,
        imsi, meter_type, meter_serial_number, boot_reason, location_id;
    Optional<PlaceShown> location;
    Nullable<Any> labels;
    NullableText note, strictness, message_log_level;
    Nullable<std::int64_t> call_timeout_s, ping_interval_s;
    std::string boot_decision;  // what it is told when it boots
    Nullable<std::int64_t> boot_retry_interval_s;
    Nullable<Compatibility> compatibility;
    Nullable<ConnectionShown> connection;
    Nullable<Instant> disconnected_at;
    NullableText disconnect_reason;
    Nullable<Instant> last_seen_at;
    Nullable<List<EvseShown>> evses;  // null in lists without ?expand=evses
    // Of running sessions, as their meters said within 20 minutes; in lists with ?expand=power.
    Nullable<wire::Number> power_w;
    Nullable<wire::Number> uptime_percent;  // of the last 30 days; with ?expand=uptime
    Nullable<std::int64_t> open_alerts;     // not closed yet; with ?expand=alerts
    Instant created_at, updated_at;
    Nullable<Instant> archived_at;
    std::int64_t version = 0;
    FIELDS(id, name, connectivity, status, reported_status, error_code, info, vendor_id,
           vendor_error_code, status_at, override, ocpp_version, default_ocpp_version,
           security_profile, next_security_profile, security_profile_note, has_password, password,
           boot_status, booted_at, vendor, model, serial_number, charge_box_serial_number,
           firmware_version, iccid, imsi, meter_type, meter_serial_number, boot_reason, location_id,
           location, labels, note, strictness, message_log_level, call_timeout_s, ping_interval_s,
           boot_decision, boot_retry_interval_s, compatibility, connection, disconnected_at,
           disconnect_reason, last_seen_at, evses, power_w, uptime_percent, open_alerts, created_at,
           updated_at, archived_at, version)
};
struct StationPut {  // the whole of what operators write; what is absent is removed
    Optional<wire::Text<255, 1>> id;             // that of the path
    Optional<SecurityProfile> security_profile;  // absent: unchanged, as the password is
    Optional<wire::Text<200>> name;
    Optional<wire::Text<64>> location_id;
    Optional<OcppVersionName> default_ocpp_version;
    Optional<StrictnessName> strictness;
    Optional<LogLevelName> message_log_level;
    Optional<wire::Int<1, 600>> call_timeout_s;
    Optional<wire::Int<0, 3600>> ping_interval_s;
    Optional<Any> labels;
    Optional<wire::Text<2000>> note;
    Optional<BootDecisionName> boot_decision;
    Optional<wire::Int<1, 86400>> boot_retry_interval_s;
    Optional<Compatibility> compatibility;
    FIELDS(id, security_profile, name, location_id, default_ocpp_version, strictness,
           message_log_level, call_timeout_s, ping_interval_s, labels, note, boot_decision,
           boot_retry_interval_s, compatibility)
};
struct StationStatusShown {
    std::string id;
    Connectivity connectivity;
    std::string status;
    NullableText reported_status, error_code, info, vendor_id, vendor_error_code;
    Nullable<Instant> status_at;
    Nullable<OverrideShown> override;
    NullableText boot_status;
    List<EvseShown> evses;
    FIELDS(id, connectivity, status, reported_status, error_code, info, vendor_id,
           vendor_error_code, status_at, override, boot_status, evses)
};
struct StationConnectionShown {
    std::string station_id;
    Connectivity connectivity;
    Nullable<ConnectionShown> connection;
    NullableText ocpp_version;
    Nullable<std::int64_t> security_profile_in_use;
    Nullable<Instant> disconnected_at;
    NullableText disconnect_reason;
    Nullable<Instant> last_seen_at;
    FIELDS(station_id, connectivity, connection, ocpp_version, security_profile_in_use,
           disconnected_at, disconnect_reason, last_seen_at)
};
struct CredentialsShown {
    std::string station_id;
    std::int64_t security_profile = 0;
    NullableText security_profile_note;
    bool has_password = false;
    Optional<std::string> password;  // only in the answer that generated it
    FIELDS(station_id, security_profile, security_profile_note, has_password, password)
};
struct LogLevelShown {
    NullableText level;  // of this station; null: the installation's
    std::string effective;
    FIELDS(level, effective)
};
struct LogLevelWrite {
    Nullable<LogLevelName> level;  // null: the installation's
    FIELDS(level)
};

// ---- commands ----

struct CallWrite {
    wire::Text<50, 1> action;
    Optional<Any> payload;                   // an object; absent: {}
    Optional<bool> validate;                 // absent: true
    Optional<OcppVersionName> ocpp_version;  // refused by stations of another; absent: of any
    Optional<bool> queue;                    // as with every command: CommandOptions
    Optional<Int<1, 604800>> expires_in, effect_timeout_s;
    Optional<bool> verify;
    FIELDS(action, payload, validate, ocpp_version, queue, expires_in, effect_timeout_s, verify)
};
struct CallErrorShown {
    std::string code, description;
    Nullable<Any> details;
    FIELDS(code, description, details)
};
struct OcppShown {
    NullableText version, action, message_id;
    Nullable<Any> request, response;
    Nullable<CallErrorShown> error;
    Nullable<Any> late_response;  // came after the command had ended
    FIELDS(version, action, message_id, request, response, error, late_response)
};
struct FailedShown {
    std::string reason;
    FIELDS(reason)
};
struct EffectShown {
    std::string state;  // "none", "pending", "confirmed", "missed", "contradicted"
    NullableText expects;
    Nullable<Instant> until, at;  // when it is given up, when it was settled
    FIELDS(state, expects, until, at)
};
struct TimingShown {
    Nullable<std::int64_t> queued_ms;  // in our queue, until it was sent or ended
    Nullable<std::int64_t> sent_ms;    // from the request until it was written to the socket
    Nullable<std::int64_t> rtt_ms;     // from there until the answer
    FIELDS(queued_ms, sent_ms, rtt_ms)
};
struct UnansweredShown {
    std::int64_t first = 0, count = 0;
    std::string reason;
    FIELDS(first, count, reason)
};
struct PartsShown {  // of a command that goes as several CALLs
    std::int64_t items = 0, done = 0, calls = 0;
    List<UnansweredShown> unanswered;
    FIELDS(items, done, calls, unanswered)
};
struct CommandShown {
    std::string id, station_id, command;
    Nullable<Any> parameters;
    OcppShown ocpp;
    OneOf<"queued", "sent", "answered", "failed", "cancelled", "expired"> state;
    NullableText result;
    Nullable<FailedShown> failed;
    NullableText failed_reason, status;  // status: the station's own word
    EffectShown effect;
    TimingShown timing;
    NullableText requested_by;
    Instant created_at;
    Nullable<Instant> sent_at, answered_at, deadline_at, expires_at;
    NullableText batch_id;
    Nullable<PartsShown> parts;
    Nullable<Instant> not_before_at;  // when it is due; null: at once
    bool emulated = false;            // the station's protocol has no such thing: done here
    Optional<StationShown> station;   // of a reset, where one command is shown
    FIELDS(id, station_id, command, parameters, ocpp, state, result, failed, failed_reason, status,
           effect, timing, requested_by, created_at, sent_at, answered_at, deadline_at, expires_at,
           batch_id, parts, not_before_at, emulated, station)
};

// ---- the rest ----

struct MessageShown {
    std::string station_id;
    Instant at;
    OneOf<"in", "out"> direction;  // from the station, to the station
    std::string message_type;
    NullableText message_id, action, error_code;
    std::int64_t bytes = 0;
    std::string connection;
    NullableText frame;         // null where it is not UTF-8
    NullableText frame_base64;  // then this
    FIELDS(station_id, at, direction, message_type, message_id, action, error_code, bytes,
           connection, frame, frame_base64)
};
struct ConnectionAttemptShown {
    std::string id;
    NullableText station_id;  // where the identity is known
    NullableText identity;    // as the peer wrote it
    Instant at;
    std::string cause;
    Nullable<std::int64_t> http_status;
    NullableText address;
    Nullable<bool> tls;
    NullableText subprotocols, user_name, user_agent, worker, detail;
    FIELDS(id, station_id, identity, at, cause, http_status, address, tls, subprotocols, user_name,
           user_agent, worker, detail)
};
struct WorkerShown {
    std::string id;
    Nullable<Instant> seen_at, started_at;
    bool draining = false;
    std::int64_t connections = 0;
    NullableText version;
    // Of the certificates that it serves, the one that expires first.
    NullableText certificate;
    Nullable<Instant> certificate_expires_at;
    Nullable<std::int64_t> certificate_days_left;
    FIELDS(id, seen_at, started_at, draining, connections, version, certificate,
           certificate_expires_at, certificate_days_left)
};
struct WorkerDrain {
    Optional<bool> force;  // although no other worker takes stations
    FIELDS(force)
};
struct ImportWrite {
    List<Any> stations;
    Optional<bool> update;
    FIELDS(stations, update)
};
struct ImportItemShown {
    std::int64_t row = 0;  // from 1; of CSV: without the header
    std::string id;
    OneOf<"created", "updated", "exists", "refused"> result;
    Optional<std::string> password;
    Optional<std::string> code, detail, pointer;
    FIELDS(row, id, result, password, code, detail, pointer)
};
struct ImportShown {
    bool dry_run = false;
    std::int64_t total = 0, created = 0, updated = 0, exists = 0, refused = 0;
    List<ImportItemShown> items;
    FIELDS(dry_run, total, created, updated, exists, refused, items)
};
struct ActionShown {
    std::string name;
    OneOf<"station", "csms", "both"> sent_by;
    std::string request_schema, response_schema;  // paths
    FIELDS(name, sent_by, request_schema, response_schema)
};
struct VersionShown {
    std::string name, version, api;
    FIELDS(name, version, api)
};
struct LimitsShown {
    std::int64_t page_max = 0, body_bytes = 0, import_bytes = 0, import_rows = 0;
    std::int64_t prefer_wait_max_s = 0, commands_queued_per_station = 0;
    FIELDS(page_max, body_bytes, import_bytes, import_rows, prefer_wait_max_s,
           commands_queued_per_station)
};
struct CapabilitiesShown {
    List<std::string> ocpp_versions, commands, features;
    LimitsShown limits;
    FIELDS(ocpp_versions, commands, features, limits)
};
struct MeShown {
    std::string name;
    List<std::string> scopes;
    NullableText role;
    bool is_operator = false;  // signed in with a password
    Nullable<Instant> expires_at;
    FIELDS(name, scopes, role, is_operator, expires_at)
};
MeShown me_of(const Caller& caller);
struct HealthShown {
    struct Check {
        std::string name;
        bool ok = false;
        std::string detail;
        FIELDS(name, ok, detail)
    };
    OneOf<"ok", "unavailable"> status;
    Optional<List<Check>> checks;  // with ?verbose, or where one fails
    FIELDS(status, checks)
};

}  // namespace ohm::api::rest
