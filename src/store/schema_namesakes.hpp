// Migration 32: stations that use an id of a transaction again. For migrations.cpp alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

// The id that several transactions of a station have for it, in all of their rows. ocpp_id, by
// which rows are found, is that of the first one, and has more behind it in the others.
inline constexpr std::string_view namesakes = R"sql(
alter table transactions add column said_id text;
create index transactions_said on transactions (station_no, said_id, id) where said_id is not null;
)sql";

inline constexpr std::string_view namesakes_postgres = R"sql(
create or replace view transactions_view as select
    n.id, n.station_no, n.ocpp_version, coalesce(t.said_id, n.ocpp_id) as ocpp_id, n.state, n.evse,
    n.connector, n.token, n.token_type, n.token_group, n.stop_token, n.authorization_status,
    utc_of_micros(n.started_at) as started_at, utc_of_micros(n.ended_at) as ended_at,
    utc_of_micros(n.received_at) as received_at,
    utc_of_micros(n.ended_received_at) as ended_received_at, n.stop_reason, n.charging_state,
    n.remote_start_id, n.reservation_id, n.energy_mwh / 1000.0 as energy_wh,
    n.begin_mwh / 1000.0 as meter_start_wh, n.end_mwh / 1000.0 as meter_stop_wh, n.incomplete,
    n.suspect, n.evidence, utc_of_micros(n.closed_at) as closed_at, n.closed_reason
  from transactions_now n
  join transactions t on t.id = n.id;
)sql";

}  // namespace ohm::store::schema
