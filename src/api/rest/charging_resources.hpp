// What REST shows and takes of tokens, decisions, transactions and meter values. Members that may
// be empty are null, never absent.
#pragma once

#include "api/rest/resources.hpp"

namespace ohm::api::rest {

using wire::Number;
using wire::Patch;
using wire::Text;
using TokenStatusName = OneOf<"Accepted", "Blocked", "Expired", "Invalid", "NoCredit",
                              "NotAllowedTypeEVSE", "NotAtThisTime">;
using TokenTypeName = OneOf<"Central", "eMAID", "ISO14443", "ISO15693", "KeyCode", "Local",
                            "MacAddress", "NoAuthorization">;
using ConcurrentLimit = Int<0, 1000>;
using TokenUid = Text<255, 1>;
using LocationId = Text<64, 1>;

// ---- tokens ----

struct EvsePlace {
    Text<255, 1> station_id;
    Int<1, 2147483647> evse_id;
    FIELDS(station_id, evse_id)
};
struct TokenShown {
    std::string uid;
    NullableText type;
    std::string status;
    Nullable<Instant> expires_at;
    NullableText group_id;
    Nullable<std::int64_t> concurrent_limit;
    List<std::string> station_ids;
    List<EvsePlace> evses;           // of other stations
    List<std::string> location_ids;  // at all stations of these; all three empty: everywhere
    NullableText language, personal_message;  // OCPP 2.0.1: for the station's display
    bool master_pass = false;                 // stops what its group has started, starts nothing
    bool prepaid = false;                     // stations of 2.0.1 do not remember it
    NullableText note;
    std::int64_t version = 0;
    Instant created_at, updated_at;
    FIELDS(uid, type, status, expires_at, group_id, concurrent_limit, station_ids, evses,
           location_ids, language, personal_message, master_pass, prepaid, note, version,
           created_at, updated_at)
};
struct TokenWrite {          // the whole; what is absent is empty
    Optional<TokenUid> uid;  // if there, that of the path in any spelling
    Optional<TokenTypeName> type;
    Optional<TokenStatusName> status;  // absent: Accepted
    Optional<Instant> expires_at;
    Optional<Text<36>> group_id;
    Optional<ConcurrentLimit> concurrent_limit;  // absent: none
    Optional<List<Text<255, 1>>> station_ids;
    Optional<List<EvsePlace>> evses;
    Optional<List<LocationId>> location_ids;
    Optional<Text<8>> language;
    Optional<Text<512>> personal_message;
    Optional<bool> master_pass, prepaid;
    Optional<Text<2000>> note;
    FIELDS(uid, type, status, expires_at, group_id, concurrent_limit, station_ids, evses,
           location_ids, language, personal_message, master_pass, prepaid, note)
};
struct TokenPatch {  // RFC 7396: null removes
    Patch<TokenTypeName> type;
    Patch<TokenStatusName> status;
    Patch<Instant> expires_at;
    Patch<Text<36>> group_id;
    Patch<ConcurrentLimit> concurrent_limit;
    Patch<List<Text<255, 1>>> station_ids;
    Patch<List<EvsePlace>> evses;
    Patch<List<LocationId>> location_ids;
    Patch<Text<8>> language;
    Patch<Text<512>> personal_message;
    Patch<bool> master_pass, prepaid;
    Patch<Text<2000>> note;
    FIELDS(type, status, expires_at, group_id, concurrent_limit, station_ids, evses, location_ids,
           language, personal_message, master_pass, prepaid, note)
};
struct TokenImportWrite {
    List<Any> tokens;
    FIELDS(tokens)
};
struct TokenImportItem {
    std::int64_t row = 0;  // from 1; of CSV: without the header
    std::string uid;
    OneOf<"created", "updated", "refused"> result;
    Optional<std::string> code, detail, pointer;
    FIELDS(row, uid, result, code, detail, pointer)
};
struct TokenImportShown {
    bool dry_run = false;  // nothing was written: this is what would be
    std::int64_t total = 0, created = 0, updated = 0, refused = 0;
    List<TokenImportItem> items;
    FIELDS(dry_run, total, created, updated, refused, items)
};
struct UnknownTokenShown {
    std::string token;
    NullableText type;
    NullableText station_id;  // that showed it last
    Instant last_seen_at;
    FIELDS(token, type, station_id, last_seen_at)
};

// ---- decisions ----

struct AuthorizationShown {
    std::string id;
    NullableText station_id;
    Instant at;
    std::string action;
    NullableText token, token_type;
    std::string status, reason;
    OneOf<"list", "webhook", "fallback", "transaction"> decided_by;
    NullableText detail;  // the webhook's reason, or why it did not decide
    Nullable<std::int64_t> evse_id;
    NullableText transaction_id;
    Nullable<Any> additional_info;  // what the station said of the token besides
    FIELDS(id, station_id, at, action, token, token_type, status, reason, decided_by, detail,
           evse_id, transaction_id, additional_info)
};
struct AuthorizeWrite {
    Text<255> token;
    Optional<TokenTypeName> type;
    Optional<Text<255, 1>> station_id;
    Optional<Int<1, 2147483647>> evse_id;
    Optional<bool> starts;  // absent: true, a start is asked for
    FIELDS(token, type, station_id, evse_id, starts)
};
struct AuthorizeShown {
    bool accepted = false;
    std::string status, reason;
    bool known = false;
    NullableText group_id;
    Nullable<Instant> expires_at;
    std::int64_t active_transactions = 0;  // of the token, now
    FIELDS(accepted, status, reason, known, group_id, expires_at, active_transactions)
};

// ---- transactions ----

struct ClosedShown {
    Instant at;
    NullableText by, reason;
    FIELDS(at, by, reason)
};
struct TransactionShown {
    std::string id;
    NullableText station_id;
    std::string ocpp_version;
    std::string ocpp_transaction_id;
    OneOf<"active", "ended"> state;
    Nullable<std::int64_t> evse_id, connector_id;
    NullableText token, token_type, group_id, stop_token, authorization_status;
    Nullable<Instant> started_at, ended_at;  // as the station said
    Instant received_at;
    Nullable<Instant> ended_received_at;
    NullableText stop_reason, charging_state, trigger_reason;
    Nullable<std::int64_t> remote_start_id, reservation_id, time_charging_s, phases_used,
        cable_max_a;
    bool offline = false;
    Nullable<Number> energy_wh, meter_start_wh, meter_stop_wh;
    Nullable<Number> power_w;    // as its meter said last, while it runs
    Nullable<Instant> power_at;  // when that was heard
    NullableText energy_rule;    // registers, or intervals of a meter without
    NullableText total_cost;     // as its station was told at the end, in its currency
    NullableText public_key;     // of its signed meter values
    std::int64_t event_count = 0;
    Nullable<std::int64_t> seq_no_min, seq_no_max;
    bool incomplete = false;  // sequence numbers are missing
    bool suspect = false;
    List<std::string> evidence;
    NullableText superseded_by;
    Nullable<ClosedShown> closed;
    std::int64_t version = 0;
    FIELDS(id, station_id, ocpp_version, ocpp_transaction_id, state, evse_id, connector_id, token,
           token_type, group_id, stop_token, authorization_status, started_at, ended_at,
           received_at, ended_received_at, stop_reason, charging_state, trigger_reason,
           remote_start_id, reservation_id, time_charging_s, phases_used, cable_max_a, offline,
           energy_wh, meter_start_wh, meter_stop_wh, power_w, power_at, energy_rule, total_cost,
           public_key, event_count, seq_no_min, seq_no_max, incomplete, suspect, evidence,
           superseded_by, closed, version)
};
struct SampleShown {
    std::string measurand;
    NullableText phase, location, context, unit;
    Nullable<Number> value;  // in the base unit; null where it is no number
    NullableText raw;        // what could not be read, or is signed
    bool is_signed = false;
    FIELDS(measurand, phase, location, context, unit, value, raw, is_signed)
};
struct MeterValueShown {
    Instant at, received_at;
    Nullable<std::int64_t> evse_id;
    NullableText transaction_id;
    List<SampleShown> samples;
    bool repaired = false;
    NullableText raw;  // the whole message, where it had to be repaired
    FIELDS(at, received_at, evse_id, transaction_id, samples, repaired, raw)
};
struct TransactionEventShown {
    std::int64_t seq_no = 0;
    OneOf<"started", "updated", "ended", "conflict"> kind;  // conflict: the number was taken
    Nullable<Instant> at;
    Instant received_at;
    NullableText trigger_reason;
    bool offline = false;
    Nullable<Any> payload;  // null where it was too large to keep
    FIELDS(seq_no, kind, at, received_at, trigger_reason, offline, payload)
};
struct CloseWrite {
    Text<200, 1> reason;
    FIELDS(reason)
};
struct OrphanStopShown {
    std::string id;
    NullableText station_id;
    std::int64_t said_transaction_id = 0;
    NullableText token;
    Nullable<Number> meter_stop_wh;
    Nullable<Instant> at;
    std::string reason;
    Instant received_at;
    NullableText transaction_id;  // the one that it fitted
    Nullable<Any> payload;
    FIELDS(id, station_id, said_transaction_id, token, meter_stop_wh, at, reason, received_at,
           transaction_id, payload)
};

}  // namespace ohm::api::rest
