// Migration 10: commands of several CALLs, commands that go later, batches that are taken over, and
// inventories that say what is gone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

inline constexpr std::string_view sending = R"sql(
alter table commands add column parts text;
alter table commands add column part_id {BYTES};
alter table commands add column not_before_at bigint;
alter table commands add column when_idle bigint;

alter table command_batches add column ordered text;
alter table command_batches add column owner text;
alter table command_batches add column only_stations text;
alter table command_batches add column retry_of {BYTES};
create index command_batches_running on command_batches (state)
    where state in ('running', 'cancelling');

alter table reports add column full_inventory bigint;
create index reports_full on reports (station_no) where full_inventory = 1;
)sql";

inline constexpr std::string_view sending_postgres = R"sql(
drop view commands_view;
create view commands_view as select
    id, station_no, tenant_no, command, action, ocpp_version, message_id, request, state, result,
    status, failed_reason, response, error_code, error_description, error_details, priority, epoch,
    requested_by, utc_of_micros(created_at) as created_at, utc_of_micros(sent_at) as sent_at,
    utc_of_micros(answered_at) as answered_at, utc_of_micros(deadline_at) as deadline_at,
    utc_of_micros(expires_at) as expires_at, late_response, effect_state, effect_expects,
    utc_of_micros(effect_until_at) as effect_until_at, utc_of_micros(effect_at) as effect_at,
    idempotency_key, parameters, batch_id, parts,
    utc_of_micros(not_before_at) as not_before_at, when_idle
  from commands;
)sql";

}  // namespace ohm::store::schema
