// Migration 23: what plots are made of: counts and sums of an hour or a local day. For
// migrations.cpp alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

// The columns of figures are those of src/api/statistics/figures.hpp. A day is its number since
// 1970-01-01 in the time zone of the station's location; evse 0: of the station itself.
inline constexpr std::string_view statistics = R"sql(
create table statistics_days (
    station_no bigint not null,
    evse bigint not null,
    connector bigint not null,
    day bigint not null,
    energy_mwh bigint not null, sessions_started bigint not null,
    sessions_ended bigint not null, sessions_charged bigint not null,
    session_us bigint not null, delivering_us bigint not null,
    available_us bigint not null, occupied_us bigint not null,
    charging_us bigint not null, faulted_us bigint not null,
    unavailable_us bigint not null, unknown_us bigint not null,
    connects bigint not null, disconnects bigint not null,
    accepted bigint not null, refused bigint not null,
    primary key (station_no, evse, connector, day)
) {BY_KEY};
create index statistics_days_day on statistics_days (day);
create table statistics_hours (
    station_no bigint not null,
    hour_at bigint not null,
    energy_mwh bigint not null, sessions_started bigint not null,
    sessions_ended bigint not null, sessions_charged bigint not null,
    session_us bigint not null, delivering_us bigint not null,
    available_us bigint not null, occupied_us bigint not null,
    charging_us bigint not null, faulted_us bigint not null,
    unavailable_us bigint not null, unknown_us bigint not null,
    connects bigint not null, disconnects bigint not null,
    accepted bigint not null, refused bigint not null,
    primary key (station_no, hour_at)
) {BY_KEY};
create index statistics_hours_hour on statistics_hours (hour_at);

-- The same of all stations of a partition that stood at a location then; location_no 0: at none.
create table statistics_place_days (
    partition_no bigint not null,
    location_no bigint not null,
    day bigint not null,
    energy_mwh bigint not null, sessions_started bigint not null,
    sessions_ended bigint not null, sessions_charged bigint not null,
    session_us bigint not null, delivering_us bigint not null,
    available_us bigint not null, occupied_us bigint not null,
    charging_us bigint not null, faulted_us bigint not null,
    unavailable_us bigint not null, unknown_us bigint not null,
    connects bigint not null, disconnects bigint not null,
    accepted bigint not null, refused bigint not null,
    primary key (partition_no, location_no, day)
) {BY_KEY};
create index statistics_place_days_day on statistics_place_days (day);
create index statistics_place_days_place on statistics_place_days (location_no, day);
create table statistics_place_hours (
    partition_no bigint not null,
    location_no bigint not null,
    hour_at bigint not null,
    energy_mwh bigint not null, sessions_started bigint not null,
    sessions_ended bigint not null, sessions_charged bigint not null,
    session_us bigint not null, delivering_us bigint not null,
    available_us bigint not null, occupied_us bigint not null,
    charging_us bigint not null, faulted_us bigint not null,
    unavailable_us bigint not null, unknown_us bigint not null,
    connects bigint not null, disconnects bigint not null,
    accepted bigint not null, refused bigint not null,
    primary key (partition_no, location_no, hour_at)
) {BY_KEY};
create index statistics_place_hours_hour on statistics_place_hours (hour_at);
create index statistics_place_hours_place on statistics_place_hours (location_no, hour_at);

create table statistics_faults (
    station_no bigint not null,
    day bigint not null,
    error_code text not null,
    model text not null,
    firmware_version text not null,
    location_no bigint not null,
    count bigint not null,
    lasted_us bigint not null,
    primary key (station_no, day, error_code, model, firmware_version)
) {BY_KEY};
create index statistics_faults_day on statistics_faults (day);

-- Answer times, in classes: `classes` are their counts, separated by commas.
create table statistics_latency (
    source text not null,
    direction text not null,
    hour_at bigint not null,
    classes text not null,
    primary key (source, direction, hour_at)
) {BY_KEY};
create index statistics_latency_hour on statistics_latency (hour_at);

-- What a connector does since then; evse 0: the station as a whole, for its faults alone.
create table statistics_connectors (
    station_no bigint not null,
    evse bigint not null,
    connector bigint not null,
    partition_no bigint not null,
    status text not null,
    error_code text not null,
    is_online bigint not null,
    is_charging bigint not null,
    since_at bigint not null,
    primary key (station_no, evse, connector)
) {HOT};
create index statistics_connectors_since on statistics_connectors (partition_no, since_at);

-- What was counted of a transaction, so that it can be counted anew. touched_at is 0 until it is
-- final: updates of a running one change no column of an index, and stay within their page.
create table statistics_transactions (
    transaction_id {BYTES} not null primary key,
    partition_no bigint not null,
    station_no bigint not null,
    evse bigint not null,
    connector bigint not null,
    location_no bigint not null,
    is_final bigint not null,
    until_at bigint not null,
    energy_mwh bigint,
    touched_at bigint not null,
    counted text not null
) {HOT};
create index statistics_transactions_touched
    on statistics_transactions (touched_at) where is_final = 1;

-- How far events are counted, and which transactions of before.
create table statistics_positions (
    partition_no bigint not null primary key,
    next_n bigint not null,
    since_at bigint not null,
    counted_until_at bigint not null,
    before_id {BYTES},
    after_id {BYTES}
);
)sql";

}  // namespace ohm::store::schema
