// Migration 24: what runs now and how it goes, by the minute; from where a key may be used, and
// roles that admins define. For migrations.cpp alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

inline constexpr std::string_view overview = R"sql(
-- What the meter of a running transaction said last of its power, and when that was heard.
alter table open_transactions add column power_mw bigint;
alter table open_transactions add column power_at bigint;

-- Sessions that ended and were the first of their EVSE for a while, and those that charged.
alter table statistics_days add column first_tries bigint not null default 0;
alter table statistics_days add column first_tries_charged bigint not null default 0;
alter table statistics_hours add column first_tries bigint not null default 0;
alter table statistics_hours add column first_tries_charged bigint not null default 0;
alter table statistics_place_days add column first_tries bigint not null default 0;
alter table statistics_place_days add column first_tries_charged bigint not null default 0;
alter table statistics_place_hours add column first_tries bigint not null default 0;
alter table statistics_place_hours add column first_tries_charged bigint not null default 0;

-- Of a partition. power_mw: of so many sessions, when the row was written; null: not known.
create table statistics_minutes (
    partition_no bigint not null,
    minute_at bigint not null,
    connects bigint not null,
    disconnects bigint not null,
    power_mw bigint,
    sessions bigint,
    primary key (partition_no, minute_at)
) {BY_KEY};
create index statistics_minutes_minute on statistics_minutes (minute_at);

-- Whether any station stands at no location.
create index charge_points_nowhere on charge_points (station_no)
    where location_no is null and archived_at is null;

-- Addresses and networks from where a key may be used, separated by blanks; null: from anywhere.
alter table api_keys add column networks text;

-- Beside those that the program has. Scopes are separated by blanks.
create table roles (
    name text not null primary key,
    tenant_no bigint not null default 1,
    meaning text not null,
    scopes text not null,
    version bigint not null default 1,
    created_at bigint not null,
    created_by text,
    updated_at bigint not null
);
)sql";

}  // namespace ohm::store::schema
