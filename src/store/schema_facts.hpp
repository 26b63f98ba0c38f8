// Version 3: what stations tell of themselves, beside statuses and transactions. For migrations.cpp
// alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

inline constexpr std::string_view facts = R"sql(
-- Facts in time. The key makes a repeated message one row: said_at and a hash of the content where
-- a station may say it again on another connection, else said_at 0 and a hash of its frame.
create table station_events (
    station_no bigint not null,
    kind text not null,
    said_at bigint not null,
    hash bigint not null,
    at bigint not null,
    received_at bigint not null,
    ocpp_version text,
    name text,
    evse bigint, connector bigint,
    request_id bigint,
    severity bigint,
    monitor_id bigint,
    payload text not null,
    primary key (station_no, kind, said_at, hash)
);
create index station_events_at on station_events (station_no, at, hash);

-- The newest word of an upload or an installation. request_id -1: the station named none.
create table station_progress (
    station_no bigint not null,
    kind text not null,
    request_id bigint not null,
    status text not null,
    at bigint not null,
    started_at bigint,
    details text,
    primary key (station_no, kind, request_id)
) {HOT};

-- Reports in several messages. parts: how many came; seen: their numbers, "0-4,6".
create table reports (
    station_no bigint not null,
    kind text not null,
    request_id bigint not null,
    state text not null,
    generated_at bigint,
    parts bigint not null,
    seen text,
    last_seq bigint,
    started_at bigint not null,
    updated_at bigint not null,
    primary key (station_no, kind, request_id)
) {HOT};
create index reports_receiving on reports (station_no) where state = 'receiving';

-- The device model, of both versions. name_key: the folded whole name, one row an attribute.
create table variables (
    station_no bigint not null,
    name_key text not null,
    component text not null,
    component_instance text,
    evse bigint, connector bigint,
    variable text not null,
    instance text,
    attribute text not null,
    value text,
    mutability text, data_type text, unit text,
    min_limit text, max_limit text, values_list text,
    supports_monitoring bigint, persistent bigint, constant bigint,
    reported_at bigint,
    reboot_required bigint,
    primary key (station_no, name_key)
) {HOT};

create table desired_variables (
    station_no bigint not null primary key,
    variables text not null,
    updated_at bigint not null,
    updated_by text
) {BY_KEY};

create table variable_monitors (
    station_no bigint not null,
    monitor_id bigint not null,
    component text not null,
    component_instance text,
    evse bigint, connector bigint,
    variable text not null,
    instance text,
    type text not null,
    value text not null,
    severity bigint not null,
    in_transaction bigint not null,
    reported_at bigint not null,
    primary key (station_no, monitor_id)
) {BY_KEY};

create table display_messages (
    station_no bigint not null,
    message_id bigint not null,
    priority text not null,
    state text,
    payload text not null,
    reported_at bigint not null,
    primary key (station_no, message_id)
) {BY_KEY};

create table reported_charging_profiles (
    station_no bigint not null,
    profile_id bigint not null,
    evse bigint not null,
    source text not null,
    purpose text not null,
    stack_level bigint not null,
    payload text not null,
    request_id bigint,
    reported_at bigint not null,
    primary key (station_no, profile_id)
) {BY_KEY};

create table customer_information (
    station_no bigint not null,
    request_id bigint not null,
    seq_no bigint not null,
    data text not null,
    received_at bigint not null,
    primary key (station_no, request_id, seq_no)
) {BY_KEY};
create index customer_information_age on customer_information (received_at);

-- Certificate requests that wait for a certificate authority. csr_hash: the same request again.
create table certificate_requests (
    station_no bigint not null,
    csr_hash bigint not null,
    id {BYTES} not null,
    certificate_type text not null,
    csr text not null,
    common_name text, organization text,
    state text not null,
    received_at bigint not null,
    primary key (station_no, csr_hash)
);
create unique index certificate_requests_id on certificate_requests (id);

-- How often lenient decoding had to help, and with what.
create table station_quirks (
    station_no bigint not null,
    quirk text not null,
    count bigint not null,
    first_at bigint not null,
    last_at bigint not null,
    action text,
    path text,
    primary key (station_no, quirk)
) {HOT};
)sql";

inline constexpr std::string_view facts_postgres = R"sql(
create view station_events_view as select
    station_no, kind, utc_of_micros(at) as at, utc_of_micros(received_at) as received_at,
    ocpp_version, name, evse, connector, request_id, severity, monitor_id, payload
  from station_events;
create view variables_view as select
    station_no, component, component_instance, evse, connector, variable, instance, attribute,
    value, mutability, data_type, unit, utc_of_micros(reported_at) as reported_at, reboot_required
  from variables;
create view reports_view as select
    station_no, kind, request_id, state, utc_of_micros(generated_at) as generated_at, parts, seen,
    last_seq, utc_of_micros(started_at) as started_at, utc_of_micros(updated_at) as updated_at
  from reports;
)sql";

}  // namespace ohm::store::schema
