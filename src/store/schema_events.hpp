// Migration 18: events of each partition in the order in which they were committed, and the
// webhooks that are told of them. For migrations.cpp alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

inline constexpr std::string_view events = R"sql(
-- One row a batch and partition: its events have the numbers first_n to first_n + count - 1.
create table outbox (
    partition_no bigint not null,
    first_n bigint not null,
    count bigint not null,
    at bigint not null,
    events text not null,
    primary key (partition_no, first_n)
);
-- A cursor is the place up to which all is delivered or waits in webhook_deliveries. One api at a
-- time delivers: the owner, while its lease lasts.
create table webhooks (
    id {BYTES} not null primary key,
    tenant_no bigint not null default 1,
    url text not null,
    description text,
    types text not null,
    station_key text,
    secret text not null,
    previous_secret text,
    rotated_at bigint,
    state text not null,
    state_reason text,
    cursor text,
    failing_since_at bigint,
    last_success_at bigint,
    last_failure_at bigint,
    last_failure text,
    owner text,
    leased_until_at bigint not null default 0,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);
create table webhook_deliveries (
    webhook_id {BYTES} not null,
    partition_no bigint not null,
    n bigint not null,
    event_type text not null,
    subject text not null,
    state text not null,
    attempts bigint not null,
    next_at bigint,
    last_at bigint not null,
    last_status bigint,
    last_failure text,
    duration_ms bigint,
    event_at bigint not null,
    body text,
    primary key (webhook_id, partition_no, n)
) {BY_KEY};
create index webhook_deliveries_newest on webhook_deliveries (webhook_id, last_at);
create index webhook_deliveries_pending on webhook_deliveries (webhook_id, partition_no, n)
    where state = 'pending';
)sql";

// A batch's text is written once and read a few times: compressing it would only cost its writer.
inline constexpr std::string_view events_postgres = R"sql(
alter table outbox alter column events set storage external;
create view outbox_view as select
    partition_no, first_n, count, utc_of_micros(at) as at, events
  from outbox;
)sql";

}  // namespace ohm::store::schema
