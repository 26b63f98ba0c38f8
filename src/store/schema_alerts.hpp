// Migration 22: rules that say what operators are to be told of, and the alerts that they opened.
// For migrations.cpp alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

// A rule's kind says what is looked for (api/alerts/kinds.cpp); parameters hold what differs from
// that kind's own, severity null is the kind's. One alert of a rule and subject is open at a time.
// Members of a group are rows of their own that name it as parent. The indexes of other tables are
// for rows that are few: what alerts are about is the exception there.
inline constexpr std::string_view alerts = R"sql(
create table alert_rules (
    id text not null primary key,
    tenant_no bigint not null default 1,
    kind text not null,
    name text,
    parameters text not null default '{}',
    severity text,
    station_key text, location_id text, vendor text,
    enabled bigint not null,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);
insert into alert_rules (id, kind, enabled, version, created_at, updated_at) values
    ('00000000000000000000000001', 'station_offline', 1, 1, 0, 0),
    ('00000000000000000000000002', 'station_not_accepted', 1, 1, 0, 0),
    ('00000000000000000000000003', 'station_refused', 1, 1, 0, 0),
    ('00000000000000000000000004', 'connector_faulted', 1, 1, 0, 0),
    ('00000000000000000000000005', 'command_missed', 1, 1, 0, 0),
    ('00000000000000000000000006', 'transaction_suspect', 1, 1, 0, 0),
    ('00000000000000000000000007', 'session_without_energy', 1, 1, 0, 0),
    ('00000000000000000000000008', 'security_event', 1, 1, 0, 0),
    ('00000000000000000000000009', 'certificate_expiring', 1, 1, 0, 0),
    ('0000000000000000000000000A', 'clock_drift', 1, 1, 0, 0),
    ('0000000000000000000000000B', 'firmware_failed', 1, 1, 0, 0),
    ('0000000000000000000000000C', 'unknown_tokens', 1, 1, 0, 0),
    ('0000000000000000000000000D', 'webhook_failing', 1, 1, 0, 0),
    ('0000000000000000000000000E', 'worker_silent', 1, 1, 0, 0),
    ('0000000000000000000000000F', 'message_quarantined', 1, 1, 0, 0);

create table alerts (
    id {BYTES} not null primary key,
    tenant_no bigint not null default 1,
    rule_id text not null,
    kind text not null,
    severity text not null,
    subject text not null,
    station_no bigint, evse bigint, connector bigint,
    is_group bigint not null default 0,
    parent_id {BYTES},
    members bigint not null default 0,
    what text, worker text, ref {BYTES}, due_at bigint,
    state text not null,
    occurrences bigint not null,
    since_at bigint not null, last_at bigint not null,
    opened_at bigint not null,
    acknowledged_at bigint, acknowledged_by text, note text,
    snoozed_until_at bigint,
    closed_at bigint, closed_by text, closed_reason text,
    version bigint not null,
    updated_at bigint not null
) {OFTEN};
create unique index alerts_live on alerts (rule_id, subject) where closed_at is null;
create index alerts_subject on alerts (rule_id, subject, last_at);
create index alerts_station on alerts (station_no, id) where station_no is not null;
create index alerts_parent on alerts (parent_id) where parent_id is not null;
create index alerts_closed on alerts (closed_at) where closed_at is not null;

-- Both columns change when a station connects or disconnects and never in between: updates of
-- last_seen_at stay within their page. (An index of faulted connectors would cost each change of a
-- status that, and clock_drift reads all connectors anyway.)
create index station_state_offline on station_state (disconnected_at) where connection is null;
create index commands_missed on commands (effect_until_at)
    where effect_state in ('missed', 'contradicted');
create index transactions_suspect on transactions (received_at) where suspect = 1;
create index station_events_alarming on station_events (received_at)
    where kind in ('security', 'firmware');
)sql";

inline constexpr std::string_view alerts_postgres = R"sql(
create view alerts_view as select
    id, rule_id, kind, severity, subject, station_no, evse, connector, is_group, parent_id, members,
    what, worker, state, occurrences, utc_of_micros(since_at) as since_at,
    utc_of_micros(last_at) as last_at, utc_of_micros(opened_at) as opened_at,
    utc_of_micros(acknowledged_at) as acknowledged_at, acknowledged_by, note,
    utc_of_micros(snoozed_until_at) as snoozed_until_at, utc_of_micros(closed_at) as closed_at,
    closed_by, closed_reason
  from alerts;
)sql";

}  // namespace ohm::store::schema
