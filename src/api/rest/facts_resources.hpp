// What REST shows of the facts that stations report. Members that may be empty are null.
#pragma once

#include "api/rest/resources.hpp"

namespace ohm::api::rest {

struct EventShown {
    std::string kind;
    NullableText name;
    Instant at, received_at;
    NullableText ocpp_version;
    Nullable<std::int64_t> evse_id, connector_id, request_id, severity;
    Nullable<Any> payload;  // what the station said
    FIELDS(kind, name, at, received_at, ocpp_version, evse_id, connector_id, request_id, severity,
           payload)
};
struct SecurityEventShown {
    std::string type;
    Instant at, received_at;
    bool critical = false;
    Nullable<Any> details;
    FIELDS(type, at, received_at, critical, details)
};
struct ReportShown {
    std::string kind;
    std::int64_t request_id = 0;
    OneOf<"receiving", "complete", "gap", "incomplete"> state;
    Nullable<Instant> generated_at;
    std::int64_t parts = 0;
    NullableText seen;                // numbers of the parts: "0-4,6"
    Nullable<std::int64_t> last_seq;  // of the last part; null: it has not come
    Instant started_at, updated_at;
    FIELDS(kind, request_id, state, generated_at, parts, seen, last_seq, started_at, updated_at)
};

// ---- the device model ----

struct VariableShown {
    std::string component;
    NullableText component_instance;
    Nullable<std::int64_t> evse_id, connector_id;
    std::string variable;
    NullableText instance;
    std::string attribute;
    NullableText value, mutability, data_type, unit, min_limit, max_limit, values_list;
    Nullable<bool> supports_monitoring, persistent, constant;
    Nullable<Instant> reported_at;
    bool reboot_required = false;
    FIELDS(component, component_instance, evse_id, connector_id, variable, instance, attribute,
           value, mutability, data_type, unit, min_limit, max_limit, values_list,
           supports_monitoring, persistent, constant, reported_at, reboot_required)
};
struct DesiredVariablesWrite {
    List<DesiredVariable> variables;
    FIELDS(variables)
};
struct DesiredVariablesShown {
    std::string station_id;
    List<DesiredVariable> variables;
    Nullable<Instant> updated_at;
    NullableText updated_by;
    FIELDS(station_id, variables, updated_at, updated_by)
};
struct DriftItemShown {
    std::string component;
    NullableText component_instance;
    Nullable<std::int64_t> evse_id, connector_id;
    std::string variable;
    NullableText instance;
    std::string attribute, desired;
    NullableText actual;
    OneOf<"matches", "differs", "unknown"> state;  // unknown: the station has not said
    Nullable<Instant> reported_at;
    FIELDS(component, component_instance, evse_id, connector_id, variable, instance, attribute,
           desired, actual, state, reported_at)
};
struct DriftShown {
    std::string station_id;
    std::int64_t matches = 0, differs = 0, unknown = 0;
    List<DriftItemShown> items;
    FIELDS(station_id, matches, differs, unknown, items)
};

// ---- what a station holds ----

struct MonitorShown {
    std::int64_t id = 0;
    std::string component;
    NullableText component_instance;
    Nullable<std::int64_t> evse_id, connector_id;
    std::string variable;
    NullableText instance;
    std::string type, value;
    std::int64_t severity = 0;
    bool transaction = false;  // only while one goes on
    Instant reported_at;
    FIELDS(id, component, component_instance, evse_id, connector_id, variable, instance, type,
           value, severity, transaction, reported_at)
};
struct DisplayMessageShown {
    std::int64_t id = 0;
    std::string priority;
    NullableText state;
    Nullable<Any> message;
    Instant reported_at;
    FIELDS(id, priority, state, message, reported_at)
};
struct CustomerInformationShown {
    std::int64_t request_id = 0;
    std::string state;
    std::int64_t parts = 0;
    std::string data;
    Instant updated_at;
    FIELDS(request_id, state, parts, data, updated_at)
};
struct CertificateRequestShown {
    std::string id, certificate_type;
    NullableText common_name, organization;
    std::string state;  // pending, held, signed, superseded, rejected, failed
    NullableText reason;
    Instant received_at;
    Nullable<Instant> decided_at;
    NullableText decided_by;
    std::string csr;
    FIELDS(id, certificate_type, common_name, organization, state, reason, received_at, decided_at,
           decided_by, csr)
};
struct QuirkShown {
    std::string quirk;
    std::int64_t count = 0;
    Instant first_at, last_at;
    NullableText action, path;  // where it was seen last
    FIELDS(quirk, count, first_at, last_at, action, path)
};

}  // namespace ohm::api::rest
