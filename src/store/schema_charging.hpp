// Version 2: who may charge, what was charged, and everything that stations said of it. For
// migrations.cpp alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

inline constexpr std::string_view charging = R"sql(
-- What operators write. uid_key is the folded uid; type null: any.
create table id_tokens (
    tenant_no bigint not null default 1,
    uid_key text not null,
    uid text not null,
    type text,
    status text not null,
    expires_at bigint,
    group_id text,
    concurrent_limit bigint,
    stations text,
    note text,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (tenant_no, uid_key)
) {BY_KEY};
create index id_tokens_group on id_tokens (tenant_no, group_id) where group_id is not null;

-- Tokens that stations showed and nobody wrote here.
create table unknown_tokens (
    tenant_no bigint not null default 1,
    token_key text not null,
    token text not null,
    type text,
    station_no bigint not null,
    last_seen_at bigint not null,
    primary key (tenant_no, token_key)
) {BY_KEY};
create index unknown_tokens_seen on unknown_tokens (last_seen_at);

-- What was decided about tokens, and why.
create table authorizations (
    station_no bigint not null,
    epoch bigint not null,
    frame_no bigint not null,
    id {BYTES} not null unique,
    at bigint not null,
    action text not null,
    token text not null,
    token_key text not null,
    token_type text,
    status text not null,
    reason text not null,
    evse bigint,
    transaction_id {BYTES},
    primary key (station_no, epoch, frame_no)
);
create index authorizations_token on authorizations (token_key, id);
create index authorizations_station on authorizations (station_no, id);

-- The record that all messages of a transaction say together. ocpp_id is the station's text (2.0.1)
-- or our number as text (1.6); energy in thousandths of a watt-hour.
create table transactions (
    id {BYTES} not null primary key,
    tenant_no bigint not null default 1,
    station_no bigint not null,
    ocpp_version text not null,
    ocpp_id text not null,
    start_key text,
    state text not null,
    evse bigint, connector bigint,
    token text, token_key text, token_type text, token_group text, stop_token text,
    authorization_status text,
    started_at bigint, ended_at bigint,
    received_at bigint not null,
    ended_received_at bigint,
    stop_reason text, charging_state text, trigger_reason text,
    remote_start_id bigint, reservation_id bigint,
    time_charging_s bigint, phases_used bigint, cable_max_a bigint,
    offline bigint not null default 0,
    energy_mwh bigint,
    begin_mwh bigint, begin_at bigint, begin_rank bigint,
    end_mwh bigint, end_at bigint, end_rank bigint,
    lowest_mwh bigint, highest_mwh bigint,
    has_start bigint not null, has_end bigint not null,
    event_count bigint not null, seq_min bigint not null, seq_max bigint not null,
    end_seq bigint not null,
    decided_by text not null,
    incomplete bigint not null, suspect bigint not null,
    evidence text,
    conflicts bigint not null default 0,
    superseded_by {BYTES}, superseded_at bigint,
    closed_at bigint, closed_by text, closed_reason text,
    version bigint not null,
    updated_at bigint not null
) {OFTEN};
create unique index transactions_ocpp on transactions (station_no, ocpp_id);
create unique index transactions_start on transactions (station_no, start_key)
    where start_key is not null;
create index transactions_station on transactions (station_no, id);
create index transactions_active on transactions (station_no, id) where state = 'active';
create index transactions_token on transactions (token_key, id);
create index transactions_token_active on transactions (token_key) where state = 'active';

-- What stations said, message by message: a 2.0.1 event by its number, a 1.6 start as 0, its stop
-- as 1.
create table transaction_events (
    station_no bigint not null,
    ocpp_id text not null,
    seq_no bigint not null,
    transaction_id {BYTES} not null,
    kind text not null,
    at bigint not null,
    received_at bigint not null,
    trigger_reason text,
    offline bigint not null default 0,
    content {BYTES} not null,
    payload text,
    primary key (station_no, ocpp_id, seq_no)
);
create index transaction_events_transaction on transaction_events (transaction_id, seq_no);

-- The same key with other content: the first counts, the other is kept.
create table transaction_conflicts (
    station_no bigint not null,
    ocpp_id text not null,
    seq_no bigint not null,
    content {BYTES} not null,
    transaction_id {BYTES} not null,
    received_at bigint not null,
    payload text,
    primary key (station_no, ocpp_id, seq_no, content)
);

-- 1.6 stops of transactions that this station was never given.
create table orphan_stops (
    station_no bigint not null,
    token_key text not null,
    meter_stop bigint not null,
    at bigint not null,
    id {BYTES} not null unique,
    said_id bigint not null,
    token text,
    reason text,
    received_at bigint not null,
    payload text,
    primary key (station_no, token_key, meter_stop, at)
);

-- One row for each meterValue element; an empty transaction_id: of none.
create table meter_values (
    station_no bigint not null,
    evse bigint not null,
    transaction_id {BYTES} not null,
    at bigint not null,
    hash {BYTES} not null,
    received_at bigint not null,
    said_id text,
    flags bigint not null default 0,
    samples {BYTES} not null,
    raw text,
    primary key (station_no, evse, transaction_id, at, hash)
) {BY_KEY};
create index meter_values_transaction on meter_values (transaction_id, at);
)sql";

inline constexpr std::string_view charging_postgres = R"sql(
create view id_tokens_view as select
    tenant_no, uid_key, uid, type, status, utc_of_micros(expires_at) as expires_at, group_id,
    concurrent_limit, stations, note, version, utc_of_micros(created_at) as created_at,
    utc_of_micros(updated_at) as updated_at
  from id_tokens;
create view authorizations_view as select
    id, station_no, utc_of_micros(at) as at, action, token, token_type, status, reason, evse,
    transaction_id
  from authorizations;
create view transactions_view as select
    id, station_no, ocpp_version, ocpp_id, state, evse, connector, token, token_type, token_group,
    stop_token, authorization_status, utc_of_micros(started_at) as started_at,
    utc_of_micros(ended_at) as ended_at, utc_of_micros(received_at) as received_at,
    utc_of_micros(ended_received_at) as ended_received_at, stop_reason, charging_state,
    remote_start_id, reservation_id, energy_mwh / 1000.0 as energy_wh,
    begin_mwh / 1000.0 as meter_start_wh, end_mwh / 1000.0 as meter_stop_wh, incomplete, suspect,
    evidence, utc_of_micros(closed_at) as closed_at, closed_reason
  from transactions;
)sql";

}  // namespace ohm::store::schema
