// Migration 4: what commands need beyond their first table, and batches of them.
#pragma once

#include <string_view>

namespace ohm::store::schema {

inline constexpr std::string_view commands = R"sql(
alter table charge_points add column boot_decision text;
alter table charge_points add column boot_retry_interval_s bigint;
alter table charge_points add column next_password_hash text;

alter table commands add column status text;
alter table commands add column effect_timeout_s bigint;
alter table commands add column effect_at bigint;
alter table commands add column verify bigint;
alter table commands add column hides bigint;
alter table commands add column batch_id {BYTES};
create index commands_pending on commands (station_no) where effect_state = 'pending';
create index commands_batch on commands (batch_id, id) where batch_id is not null;

create table command_batches (
    id {BYTES} not null primary key,
    tenant_no bigint not null default 1,
    command text not null,
    params text, selection text, options text,
    concurrency bigint not null,
    rate bigint not null,
    abort_on_failure_pct bigint,
    state text not null,
    total bigint not null,
    seen_at bigint,
    requested_by text,
    created_at bigint not null,
    finished_at bigint,
    reason text
);
create table command_batch_items (
    batch_id {BYTES} not null,
    item bigint not null,
    station_no bigint,
    station_id text not null,
    state text not null,
    command_id {BYTES},
    result text, code text, detail text,
    at bigint,
    primary key (batch_id, item)
);
)sql";

inline constexpr std::string_view commands_postgres = R"sql(
drop view commands_view;
create view commands_view as select
    id, station_no, tenant_no, command, action, ocpp_version, message_id, request, state, result,
    status, failed_reason, response, error_code, error_description, error_details, priority, epoch,
    requested_by, utc_of_micros(created_at) as created_at, utc_of_micros(sent_at) as sent_at,
    utc_of_micros(answered_at) as answered_at, utc_of_micros(deadline_at) as deadline_at,
    utc_of_micros(expires_at) as expires_at, late_response, effect_state, effect_expects,
    utc_of_micros(effect_until_at) as effect_until_at, utc_of_micros(effect_at) as effect_at,
    idempotency_key, parameters, batch_id
  from commands;
)sql";

}  // namespace ohm::store::schema
