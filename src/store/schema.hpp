// The text of each migration, in the order of versions. A migration that has been released is never
// changed. For migrations.cpp alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

// Version 1. All `…_at` are microseconds UTC.
inline constexpr std::string_view first = R"sql(
create table settings (
    key text not null primary key,
    value text not null
) {BY_KEY};

create table sequences (
    name text not null primary key,
    next bigint not null
) {BY_KEY};
insert into sequences (name, next) values ('station_no', 1), ('location_no', 1), ('ocpp_number', 1);

create table locations (
    location_no bigint not null primary key,
    tenant_no bigint not null default 1,
    id text not null unique,
    name text not null,
    address text, latitude text, longitude text, time_zone text,
    version bigint not null default 1,
    created_at bigint not null,
    updated_at bigint not null
);

-- What operators write, and what a station says of itself at boot.
create table charge_points (
    station_no bigint not null primary key,
    tenant_no bigint not null default 1,
    id text not null,
    id_key text not null,
    partition_no bigint not null,
    name text,
    location_no bigint,
    security_profile bigint not null,
    password_hash text,
    default_ocpp_version text, strictness text, message_log_level text,
    call_timeout_s bigint, ping_interval_s bigint,
    vendor text, model text, serial_number text, firmware_version text, iccid text, imsi text,
    meter_type text, meter_serial_number text, charge_box_serial_number text,
    boot_reason text, booted_at bigint,
    labels text, note text,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    archived_at bigint
);
-- The identity of an archived station is free for a new one.
create unique index charge_points_id_key on charge_points (id_key) where archived_at is null;
create index charge_points_partition on charge_points (partition_no);
create index charge_points_tenant on charge_points (tenant_no, id_key);

create table station_state (
    station_no bigint not null primary key,
    worker text, incarnation {BYTES}, connection bigint,
    epoch bigint not null default 0,
    ocpp_version text, address text, tls bigint, security_profile_in_use bigint, subprotocol text,
    connected_at bigint, disconnected_at bigint, disconnect_reason text, last_seen_at bigint,
    boot_status text, boot_at bigint,
    reported_status text, reported_error_code text, reported_info text,
    reported_vendor_error_code text, reported_vendor_id text, reported_at bigint,
    override_status text, override_since_at bigint,
    version bigint not null default 0
) {HOT};
create index station_state_worker on station_state (worker) where connection is not null;

create table evses (
    station_no bigint not null,
    evse bigint not null,
    version bigint not null default 0,
    created_at bigint,
    primary key (station_no, evse)
) {BY_KEY};

create table connectors (
    station_no bigint not null,
    evse bigint not null,
    connector bigint not null,
    status text, error_code text, info text, vendor_id text, vendor_error_code text,
    status_at bigint, received_at bigint, override_since_at bigint,
    primary key (station_no, evse, connector)
) {HOT};

create table boots (
    station_no bigint not null,
    epoch bigint not null,
    frame_no bigint not null,
    at bigint not null,
    vendor text, model text, serial_number text, firmware_version text, reason text,
    ocpp_version text,
    primary key (station_no, epoch, frame_no)
);

create table commands (
    id {BYTES} not null primary key,
    station_no bigint not null,
    tenant_no bigint not null default 1,
    command text not null,
    action text, ocpp_version text, message_id text, request text,
    state text not null,
    result text, failed_reason text, response text,
    error_code text, error_description text, error_details text,
    priority bigint not null default 0,
    epoch bigint,
    requested_by text,
    created_at bigint not null,
    sent_at bigint, answered_at bigint, deadline_at bigint, expires_at bigint,
    late_response text,
    effect_state text, effect_expects text, effect_until_at bigint,
    idempotency_key text,
    parameters text
);
create index commands_station on commands (station_no, id);
create index commands_open on commands (station_no) where state in ('queued', 'sent');

create table connection_attempts (
    id {BYTES} not null primary key,
    station_no bigint,
    id_text text, id_key text,
    at bigint not null,
    cause text not null,
    http_status bigint,
    address text, tls bigint, subprotocols text, user_name text, user_agent text, worker text,
    detail text
);
create index connection_attempts_at on connection_attempts (at);
create index connection_attempts_id_key on connection_attempts (id_key, id);

create table bus_worker (
    worker text not null primary key,
    incarnation {BYTES} not null,
    n bigint not null,
    queue text not null,
    seen_at bigint, started_at bigint,
    draining bigint not null default 0,
    connections bigint not null default 0,
    version text
) {HOT};

create table idempotency_keys (
    key text not null primary key,
    fingerprint {BYTES} not null,
    status bigint,
    body text, headers text,
    command_id {BYTES},
    at bigint not null
);
create index idempotency_keys_at on idempotency_keys (at);

-- Messages that could not be handled, with their raw frames.
create table quarantine (
    id {BYTES} not null primary key,
    station_no bigint,
    id_text text,
    at bigint not null,
    kind text,
    frame {BYTES},
    error text
);

create table api_keys (
    id {BYTES} not null primary key,
    tenant_no bigint not null default 1,
    name text not null,
    digest {BYTES} not null unique,
    scopes text not null,
    created_at bigint not null,
    last_used_at bigint, expires_at bigint, revoked_at bigint
);
)sql";

inline constexpr std::string_view first_postgres = R"sql(
-- On the database's own clock, unlike everything else.
create table bus_partition (
    id int not null primary key,
    epoch bigint not null default 0,
    owner text,
    lease_until timestamptz not null default '-infinity'
) with (fillfactor = 50);
create table bus_member (
    id text not null primary key,
    seen_at timestamptz not null
);

-- First statement of every batch. `for share` waits for an open claim and makes a claim wait for
-- this transaction; `for key share` would not.
create function bus_fence(parts int[], epochs bigint[]) returns void language plpgsql as $$
declare lost int[];
begin
    perform 1 from bus_partition where id = any(parts) order by id for share;
    select array_agg(u.p) into lost
      from unnest(parts, epochs) u(p, e)
      left join bus_partition b on b.id = u.p and b.epoch = u.e
     where b.id is null;
    if lost is not null then
        raise exception 'partitions no longer held: %', lost using errcode = 'OH001';
    end if;
end $$;

-- The message log: an hour a partition, made by the log's writer as time goes on.
create sequence message_log_seq as bigint cache 100;
create table message_log (
    at bigint not null,
    seq bigint not null default nextval('message_log_seq'),
    station_no bigint not null,
    direction bigint not null,
    connection bigint not null,
    message_type text not null,
    message_id text not null,
    action text not null,
    error_code text not null,
    bytes bigint not null,
    frame bytea not null
) partition by range (at);
create index message_log_station on message_log (station_no, at, seq);
create index message_log_at on message_log (at, seq);
create table message_log_gaps (
    from_at bigint not null,
    to_at bigint not null,
    frames bigint not null
);
create index message_log_gaps_to on message_log_gaps (to_at);

-- For people and dashboards.
create function utc_of_micros(micros bigint) returns timestamptz
    language sql immutable strict parallel safe
    as $$ select timestamptz 'epoch' + micros * interval '1 microsecond' $$;
create view charge_points_view as select
    station_no, tenant_no, id, id_key, partition_no, name, location_no, security_profile,
    password_hash, default_ocpp_version, strictness, message_log_level, call_timeout_s,
    ping_interval_s, vendor, model, serial_number, firmware_version, iccid, imsi, meter_type,
    meter_serial_number, charge_box_serial_number, boot_reason,
    utc_of_micros(booted_at) as booted_at, labels, note, version,
    utc_of_micros(created_at) as created_at, utc_of_micros(updated_at) as updated_at,
    utc_of_micros(archived_at) as archived_at
  from charge_points;
create view station_state_view as select
    station_no, worker, incarnation, connection, epoch, ocpp_version, address, tls,
    security_profile_in_use, subprotocol, utc_of_micros(connected_at) as connected_at,
    utc_of_micros(disconnected_at) as disconnected_at, disconnect_reason,
    utc_of_micros(last_seen_at) as last_seen_at, boot_status, utc_of_micros(boot_at) as boot_at,
    reported_status, reported_error_code, reported_info, reported_vendor_error_code,
    reported_vendor_id, utc_of_micros(reported_at) as reported_at, override_status,
    utc_of_micros(override_since_at) as override_since_at, version
  from station_state;
create view connectors_view as select
    station_no, evse, connector, status, error_code, info, vendor_id, vendor_error_code,
    utc_of_micros(status_at) as status_at, utc_of_micros(received_at) as received_at,
    utc_of_micros(override_since_at) as override_since_at
  from connectors;
create view commands_view as select
    id, station_no, tenant_no, command, action, ocpp_version, message_id, request, state, result,
    failed_reason, response, error_code, error_description, error_details, priority, epoch,
    requested_by, utc_of_micros(created_at) as created_at, utc_of_micros(sent_at) as sent_at,
    utc_of_micros(answered_at) as answered_at, utc_of_micros(deadline_at) as deadline_at,
    utc_of_micros(expires_at) as expires_at, late_response, effect_state, effect_expects,
    utc_of_micros(effect_until_at) as effect_until_at, idempotency_key, parameters
  from commands;
)sql";

inline constexpr std::string_view first_sqlite = R"sql(
-- One process needs no leases; the table is there so that code can read it.
create table bus_partition (
    id bigint not null primary key,
    epoch bigint not null default 0,
    owner text,
    lease_until bigint not null default 0
);
)sql";

}  // namespace ohm::store::schema
