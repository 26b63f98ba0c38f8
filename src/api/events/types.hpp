// Which events there are, declared once: what is told of each (data), what it means, an example.
// From here come the check of filters, /asyncapi.json and the table in docs/WEBHOOKS.md. Static;
// any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "wire/fields.hpp"

namespace ohm::api::events {

using wire::Any;
using wire::Instant;
using wire::List;
using wire::Nullable;
using wire::Number;
using NullableText = Nullable<std::string>;
using NullableInt = Nullable<std::int64_t>;

struct EventType {
    std::string_view name;
    std::string_view meaning;
    const wire::Type* data;
    std::string_view example;  // JSON of its data
};
std::span<const EventType> event_types();
std::string events_document();  // docs/EVENTS.md
// A type by its name of today: two were called otherwise when the first were stored and chosen.
std::string_view name_now(std::string_view name);
const EventType* find_type(std::string_view name);  // null where there is none of that name

// ---- what they say ----

struct Connected {
    std::int64_t epoch = 0;
    NullableText ocpp_version, address, worker;
    bool tls = false;
    FIELDS(epoch, ocpp_version, address, worker, tls)
};
struct Disconnected {
    std::int64_t epoch = 0;
    NullableText reason;
    Nullable<Instant> connected_at;
    FIELDS(epoch, reason, connected_at)
};
struct Refused {
    NullableInt http_status;
    NullableText cause, detail, address;
    FIELDS(http_status, cause, detail, address)
};
struct Booted {
    NullableText status, vendor, model, serial_number, firmware_version, reason;
    FIELDS(status, vendor, model, serial_number, firmware_version, reason)
};
struct StationChanged {
    std::int64_t version = 0;
    FIELDS(version)
};
struct StatusChanged {
    NullableText status, error_code, info, vendor_id, vendor_error_code;
    Nullable<Instant> at;
    FIELDS(status, error_code, info, vendor_id, vendor_error_code, at)
};
struct ConnectorChanged {
    std::int64_t evse_id = 0, connector_id = 0;
    NullableText status, error_code, info, vendor_id, vendor_error_code;
    Nullable<Instant> at;
    FIELDS(evse_id, connector_id, status, error_code, info, vendor_id, vendor_error_code, at)
};
struct TransactionTold {
    std::string transaction_id, ocpp_transaction_id, state;
    NullableInt evse_id, connector_id;
    NullableText token, charging_state, stop_reason;
    Nullable<Instant> started_at, ended_at;
    Nullable<Number> energy_wh, power_w;  // power: as its meter said within the last minute
    NullableText closed_by, closed_reason;
    Nullable<Any> evidence;  // why a person should look, in words
    FIELDS(transaction_id, ocpp_transaction_id, state, evse_id, connector_id, token, charging_state,
           stop_reason, started_at, ended_at, energy_wh, power_w, closed_by, closed_reason,
           evidence)
};
struct AuthorizationTold {
    std::string action;
    NullableText token, token_type, status, reason, decided_by, transaction_id;
    NullableInt evse_id;
    FIELDS(action, token, token_type, status, reason, decided_by, transaction_id, evse_id)
};
struct CommandTold {
    std::string command_id;
    NullableText command, action, state, result, status, failed_reason, requested_by, batch_id;
    FIELDS(command_id, command, action, state, result, status, failed_reason, requested_by,
           batch_id)
};
struct EffectTold {
    std::string command_id;
    std::string effect;
    FIELDS(command_id, effect)
};
struct ReservationTold {
    std::string reservation_id, state;
    NullableInt evse_id;
    NullableText token, status, reason, transaction_id;
    Nullable<Instant> expires_at;
    FIELDS(reservation_id, state, evse_id, token, status, reason, transaction_id, expires_at)
};
// A station's own word: `details` is the message, where it is small.
struct Reported {
    std::string name;
    NullableInt request_id, evse_id, connector_id, severity;
    Nullable<Instant> at;
    Nullable<Any> details;
    FIELDS(name, request_id, evse_id, connector_id, severity, at, details)
};
struct CertificateTold {
    std::string certificate_type;
    NullableText common_name, fingerprint, serial_number, state, reason;
    Nullable<Instant> not_after;
    FIELDS(certificate_type, common_name, fingerprint, serial_number, state, reason, not_after)
};
// Of the installation, or of one station: then that is the event's subject.
struct WorkerTold {
    std::string worker;
    std::int64_t connections = 0;  // that it had when it was last heard
    FIELDS(worker, connections)
};
struct AlertTold {
    std::string alert_id, rule_id, kind, severity, state, title, advice;
    NullableText station_id;
    NullableInt evse_id, connector_id;
    NullableText what, worker;
    NullableInt members;  // of a group: how many stations
    std::int64_t occurrences = 0;
    Nullable<Instant> since;
    NullableText acknowledged_by, note;
    Nullable<Instant> snoozed_until;
    NullableText closed_by, closed_reason;
    FIELDS(alert_id, rule_id, kind, severity, state, title, advice, station_id, evse_id,
           connector_id, what, worker, members, occurrences, since, acknowledged_by, note,
           snoozed_until, closed_by, closed_reason)
};
struct ConfigurationTold {
    std::int64_t variables = 0;
    bool reboot_required = false;
    FIELDS(variables, reboot_required)
};
struct MessageTold {
    std::string direction, message_type, message_id, action;
    NullableText error_code, frame;
    FIELDS(direction, message_type, message_id, action, error_code, frame)
};

}  // namespace ohm::api::events
