// Version 13: what stations hold for us: reservations, lists of tokens, charging profiles. For
// migrations.cpp alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

inline constexpr std::string_view held = R"sql(
-- From order to end. number is the id that the station knows; evse 0: any.
create table reservations (
    id {BYTES} not null primary key,
    tenant_no bigint not null default 1,
    station_no bigint not null,
    ocpp_version text,
    number bigint not null,
    evse bigint not null,
    connector_type text,
    token text not null,
    token_key text not null,
    token_type text,
    group_token text,
    expires_at bigint not null,
    state text not null,
    is_open bigint not null,
    status text, reason text,
    command_id {BYTES},
    transaction_id {BYTES},
    replaced_by {BYTES},
    requested_by text,
    created_at bigint not null,
    answered_at bigint, ended_at bigint,
    updated_at bigint not null
);
create index reservations_number on reservations (station_no, number);
create index reservations_open on reservations (station_no) where is_open = 1;
create index reservations_token on reservations (token_key, id);

-- A token's one place among open reservations, whichever station they are of.
create table reservation_claims (
    token_key text not null primary key,
    reservation_id {BYTES} not null,
    station_no bigint not null,
    claimed_at bigint not null,
    idempotency_key text
) {BY_KEY};

-- A station's list of tokens: where it comes from, what the station has confirmed of it, and how
-- far bringing it there is. source null: nobody wants one.
create table local_lists (
    station_no bigint not null primary key,
    source text,
    rule text,
    updated_at bigint, updated_by text,
    confirmed_version bigint not null,
    highest_version bigint not null,
    is_known bigint not null,
    confirmed_at bigint,
    reported_version bigint, reported_at bigint,
    sync_state text not null,
    sync_reason text,
    sync_started_at bigint, sync_ended_at bigint,
    full_was_tried bigint not null,
    messages_sent bigint not null
) {BY_KEY};

-- One row a token; wanted and confirmed are JSON, null: not on that side. Rows of neither are swept
-- away later, as are profiles and limits that are not there any more: what is removed and made
-- again in one commit stays one statement.
create table local_list_entries (
    station_no bigint not null,
    token_key text not null,
    wanted text,
    confirmed text,
    primary key (station_no, token_key)
) {BY_KEY};

drop table reported_charging_profiles;

-- What a station is known to hold, by its answers and reports. transaction_id is the station's.
create table charging_profiles (
    station_no bigint not null,
    profile_id bigint not null,
    evse bigint not null,
    source text not null,
    purpose text not null,
    stack_level bigint not null,
    transaction_id text,
    valid_from bigint, valid_to bigint,
    origin text not null,
    is_held bigint not null,
    payload text not null,
    request_id bigint,
    installed_at bigint not null,
    updated_at bigint not null,
    primary key (station_no, profile_id)
) {BY_KEY};

-- Limits that others than we have set at the station.
create table charging_limits (
    station_no bigint not null,
    evse bigint not null,
    source text not null,
    is_set bigint not null,
    is_grid_critical bigint,
    payload text not null,
    at bigint not null,
    primary key (station_no, evse, source)
) {BY_KEY};

-- When anything of a station's profiles and limits last changed.
create table charging_changes (
    station_no bigint not null primary key,
    changed_at bigint not null
) {BY_KEY};

-- The last schedule that a station computed itself, an EVSE.
create table composite_schedules (
    station_no bigint not null,
    evse bigint not null,
    status text not null,
    unit text,
    duration_s bigint not null,
    start_at bigint,
    payload text not null,
    answered_at bigint not null,
    primary key (station_no, evse)
) {BY_KEY};
)sql";

}  // namespace ohm::store::schema
