// Migration 30: what a running transaction says again and again lies in one narrow row, and rows
// that only ever come in have fewer indexes. For migrations.cpp alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

// Where open_transactions.version is above that of the transaction's row, these columns are newer
// than those of the same names there; progress has the rest, packed.
inline constexpr std::string_view running = R"sql(
alter table open_transactions add column version bigint;
alter table open_transactions add column updated_at bigint;
alter table open_transactions add column energy_mwh bigint;
alter table open_transactions add column energy_rule text;
alter table open_transactions add column charging_state text;
alter table open_transactions add column trigger_reason text;
alter table open_transactions add column time_charging_s bigint;
alter table open_transactions add column event_count bigint;
alter table open_transactions add column seq_min bigint;
alter table open_transactions add column seq_max bigint;
alter table open_transactions add column end_mwh bigint;
alter table open_transactions add column lowest_mwh bigint;
alter table open_transactions add column highest_mwh bigint;
alter table open_transactions add column progress {BYTES};

-- Between these times its meter values lie: by station and time they are found.
alter table transactions add column meter_from_at bigint;
alter table transactions add column meter_to_at bigint;
update transactions set
    meter_from_at = (select min(at) from meter_values m where m.transaction_id = transactions.id),
    meter_to_at = (select max(at) from meter_values m where m.transaction_id = transactions.id);
drop index meter_values_transaction;

-- Events of a transaction are found by the id that its station knows, which is the key.
drop index transaction_events_transaction;

-- Each transaction as it is now, of both rows.
create view transactions_now as select
    t.id, t.tenant_no, t.station_no, t.ocpp_version, t.ocpp_id, t.start_key, t.state,
    t.evse, t.connector, t.token, t.token_key, t.token_type, t.token_group, t.stop_token,
    t.authorization_status, t.started_at, t.ended_at, t.received_at, t.ended_received_at,
    t.stop_reason, t.remote_start_id, t.reservation_id, t.phases_used, t.cable_max_a,
    t.offline, t.begin_mwh, t.begin_at, t.begin_rank, t.has_start, t.has_end, t.end_seq,
    t.incomplete, t.suspect, t.evidence, t.conflicts, t.repairs, t.available_at,
    t.overdue_at, t.token_slot, t.last_token, t.last_evse, t.superseded_by, t.superseded_at,
    t.closed_at, t.closed_by, t.closed_reason, t.public_key, t.total_cost, t.meter_from_at,
    case when o.id is null then t.end_mwh else o.end_mwh end as end_mwh,
    case when o.id is null then t.lowest_mwh else o.lowest_mwh end as lowest_mwh,
    case when o.id is null then t.highest_mwh else o.highest_mwh end as highest_mwh,
    case when o.id is null then t.charging_state else o.charging_state end as charging_state,
    case when o.id is null then t.trigger_reason else o.trigger_reason end as trigger_reason,
    case when o.id is null then t.time_charging_s else o.time_charging_s end as time_charging_s,
    case when o.id is null then t.energy_mwh else o.energy_mwh end as energy_mwh,
    case when o.id is null then t.energy_rule else o.energy_rule end as energy_rule,
    case when o.id is null then t.event_count else o.event_count end as event_count,
    case when o.id is null then t.seq_min else o.seq_min end as seq_min,
    case when o.id is null then t.seq_max else o.seq_max end as seq_max,
    case when o.id is null then t.version else o.version end as version,
    case when o.id is null then t.updated_at else o.updated_at end as updated_at
  from transactions t
  left join open_transactions o on o.id = t.id and o.version > t.version;
)sql";

// The id of a decision is made of station, epoch and frame: the same message makes the same row.
inline constexpr std::string_view running_postgres = R"sql(
alter table open_transactions set (fillfactor = 50);
alter table authorizations drop constraint authorizations_pkey;
alter table authorizations drop constraint authorizations_id_key;
alter table authorizations add primary key (id);

-- The hash is of EVSE, transaction and samples.
delete from meter_values m using meter_values n
 where m.station_no = n.station_no and m.at = n.at and m.evse = n.evse and m.hash = n.hash
   and m.transaction_id > n.transaction_id;
do $$ declare key text; begin
    select conname into key from pg_constraint
     where conrelid = 'meter_values'::regclass and contype = 'p';
    execute format('alter table meter_values drop constraint %I', key);
end $$;
alter table meter_values add primary key (station_no, at, evse, hash);

drop view transactions_view;
create view transactions_view as select
    id, station_no, ocpp_version, ocpp_id, state, evse, connector, token, token_type, token_group,
    stop_token, authorization_status, utc_of_micros(started_at) as started_at,
    utc_of_micros(ended_at) as ended_at, utc_of_micros(received_at) as received_at,
    utc_of_micros(ended_received_at) as ended_received_at, stop_reason, charging_state,
    remote_start_id, reservation_id, energy_mwh / 1000.0 as energy_wh,
    begin_mwh / 1000.0 as meter_start_wh, end_mwh / 1000.0 as meter_stop_wh, incomplete, suspect,
    evidence, utc_of_micros(closed_at) as closed_at, closed_reason
  from transactions_now;
)sql";

inline constexpr std::string_view running_sqlite = R"sql(
alter table authorizations rename to authorizations_before;
drop index authorizations_token;
drop index authorizations_station;
create table authorizations (
    id blob not null primary key,
    station_no bigint not null,
    epoch bigint not null,
    frame_no bigint not null,
    at bigint not null,
    action text not null,
    token text not null,
    token_key text not null,
    token_type text,
    status text not null,
    reason text not null,
    evse bigint,
    transaction_id blob,
    decided_by text,
    detail text,
    additional_info text
) without rowid;
insert into authorizations select id, station_no, epoch, frame_no, at, action, token, token_key,
    token_type, status, reason, evse, transaction_id, decided_by, detail, additional_info
  from authorizations_before;
drop table authorizations_before;
create index authorizations_token on authorizations (token_key, id);
create index authorizations_station on authorizations (station_no, id);
)sql";

}  // namespace ohm::store::schema
