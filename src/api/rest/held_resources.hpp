// What REST shows and takes of reservations, lists of tokens and charging profiles. Members that
// may be empty are null, never absent.
#pragma once

#include "api/rest/resources.hpp"

namespace ohm::api::rest {

using wire::Number;
using wire::Text;

// ---- reservations ----

struct ReservationTokenWrite {
    Text<36, 1> uid;
    Optional<OneOf<"Central", "eMAID", "ISO14443", "ISO15693", "KeyCode", "Local", "MacAddress",
                   "NoAuthorization">>
        type;  // absent: ISO14443
    FIELDS(uid, type)
};
struct ReservationWrite {
    Text<255, 1> station_id;
    ReservationTokenWrite token;
    wire::DateTime expires_at;
    Optional<Int<0, 2147483647>> evse_id;  // absent, 0: any
    Optional<ReservationTokenWrite> group_token;
    Optional<Int<1, 2147483647>> reservation_id;  // the station's number; known: replaced
    Optional<Text<20>> connector_type;
    Optional<bool> queue;
    Optional<Int<1, 604800>> expires_in;
    FIELDS(station_id, token, expires_at, evse_id, group_token, reservation_id, connector_type,
           queue, expires_in)
};
struct ReservationShown {
    std::string id;
    NullableText station_id;
    std::int64_t reservation_id = 0;  // the station's number
    NullableText ocpp_version;
    std::int64_t evse_id = 0;  // 0: any
    NullableText connector_type, token, token_type, group_token;
    Instant expires_at;
    OneOf<"ordered", "accepted", "unknown", "refused", "failed", "used", "expired", "cancelled",
          "removed", "replaced">
        state;
    NullableText status;  // the station's own word
    NullableText reason;
    NullableText command_id, transaction_id, replaced_by, requested_by;
    Instant created_at;
    Nullable<Instant> answered_at, ended_at;
    FIELDS(id, station_id, reservation_id, ocpp_version, evse_id, connector_type, token, token_type,
           group_token, expires_at, state, status, reason, command_id, transaction_id, replaced_by,
           requested_by, created_at, answered_at, ended_at)
};

// ---- lists of tokens ----

struct LocalListSyncWrite {
    Optional<bool> full;  // the whole list, whatever the station is known to hold
    FIELDS(full)
};
struct ListSyncShown {
    OneOf<"none", "syncing", "done", "failed", "not_supported"> state;
    NullableText reason;
    Nullable<Instant> started_at, ended_at;
    std::int64_t messages_sent = 0;
    FIELDS(state, reason, started_at, ended_at, messages_sent)
};
struct ListBoundsShown {  // null: the station does not say
    Nullable<std::int64_t> entries;
    std::int64_t entries_per_message = 0, bytes_per_message = 0;
    FIELDS(entries, entries_per_message, bytes_per_message)
};
struct LocalListShown {
    std::string station_id;
    NullableText source;   // entries, tokens
    Nullable<Any> tokens;  // the rule, where they come from tokens
    Nullable<Instant> updated_at;
    NullableText updated_by;
    std::int64_t wanted_entries = 0, confirmed_entries = 0;
    Nullable<std::int64_t> confirmed_version;  // null: what the station holds is not known
    Nullable<Instant> confirmed_at;
    Nullable<std::int64_t> reported_version;  // 0: empty; -1: the station has no lists
    Nullable<Instant> reported_at;
    bool drift = false;     // the station said another version than it has confirmed
    bool supported = true;  // false: the station has said that it has no lists
    bool in_sync = false;   // the last sync brought what is wanted, and nothing was said since
    ListSyncShown sync;
    ListBoundsShown limits;
    FIELDS(station_id, source, tokens, updated_at, updated_by, wanted_entries, confirmed_entries,
           confirmed_version, confirmed_at, reported_version, reported_at, drift, supported,
           in_sync, sync, limits)
};
struct LocalListEntryShown {
    Nullable<Any> wanted, confirmed;
    OneOf<"confirmed", "to_add", "to_change", "to_remove"> state;
    FIELDS(wanted, confirmed, state)
};

// ---- charging profiles ----

struct HeldProfileShown {
    std::int64_t id = 0, evse_id = 0;
    std::string source, purpose;
    std::int64_t stack_level = 0;
    NullableText transaction_id;  // the station's
    Nullable<Instant> valid_from, valid_to;
    OneOf<"ordered", "started", "reported"> origin;  // how it is known
    Nullable<Any> profile;                           // as the station was told, or told us
    Nullable<std::int64_t> request_id;               // of the report that named it last
    Instant installed_at;
    FIELDS(id, evse_id, source, purpose, stack_level, transaction_id, valid_from, valid_to, origin,
           profile, request_id, installed_at)
};
struct HeldLimitShown {
    std::int64_t evse_id = 0;
    std::string source;
    Nullable<bool> is_grid_critical;
    Nullable<Any> limit;  // the whole message
    Instant at;
    FIELDS(evse_id, source, is_grid_critical, limit, at)
};
struct CompositePeriodShown {
    std::int64_t start_s = 0;
    Nullable<Number> limit;  // null: unlimited
    std::int64_t phases = 3;
    NullableText decided_by;  // the purpose whose limit it is; null: none, or a sum
    Nullable<std::int64_t> profile_id;
    FIELDS(start_s, limit, phases, decided_by, profile_id)
};
struct CompositeDifferenceShown {
    std::int64_t start_s = 0, end_s = 0;
    Nullable<Number> ours, theirs;
    FIELDS(start_s, end_s, ours, theirs)
};
struct ReportedCompositeShown {
    std::string status;
    Instant answered_at;
    Nullable<Instant> start;
    Nullable<std::int64_t> duration_s;
    NullableText unit;
    List<CompositePeriodShown> periods;
    List<CompositeDifferenceShown> differences;  // of its time, with what is known now
    bool changed_since = false;  // profiles or limits have changed since it was answered
    FIELDS(status, answered_at, start, duration_s, unit, periods, differences, changed_since)
};
struct CompositeShown {
    std::string station_id;
    std::int64_t evse_id = 0;
    Instant start;
    std::int64_t duration_s = 0;
    std::string unit;
    std::int64_t voltage = 0;  // of a phase, where amperes and watts meet
    List<CompositePeriodShown> periods;
    Nullable<ReportedCompositeShown> reported;  // the station's own last answer for this EVSE
    FIELDS(station_id, evse_id, start, duration_s, unit, voltage, periods, reported)
};

}  // namespace ohm::api::rest
