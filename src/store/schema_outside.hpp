// Version 7: whom operators let be asked before a station is answered, and what was heard. For
// migrations.cpp alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

inline constexpr std::string_view outside = R"sql(
-- Secrets sign requests of ours, so they are kept as they are; the previous one signs for a day.
create table decision_webhooks (
    tenant_no bigint not null default 1 primary key,
    url text not null,
    secret text not null,
    previous_secret text,
    rotated_at bigint,
    timeout_ms bigint not null,
    fallback text not null,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);
-- Keys are in lower case; an empty message_key: all messages that have no row of their own.
create table data_transfer_handlers (
    tenant_no bigint not null default 1,
    vendor_key text not null,
    message_key text not null,
    id {BYTES} not null unique,
    vendor_id text not null,
    message_id text,
    url text not null,
    secret text not null,
    previous_secret text,
    rotated_at bigint,
    timeout_ms bigint not null,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (tenant_no, vendor_key, message_key)
);
-- What the decision webhook said last of a token, for when it does not answer.
create table remembered_decisions (
    tenant_no bigint not null default 1,
    token_key text not null,
    token_type text not null,
    status text not null,
    expires_at bigint,
    group_id text,
    decided_at bigint not null,
    primary key (tenant_no, token_key, token_type)
) {BY_KEY};
create index remembered_decisions_at on remembered_decisions (decided_at);
-- Answers of certificates' responders, as they came. The key holds all of the question, the
-- responder's address included.
create table ocsp_answers (
    key text not null primary key,
    answer {BYTES} not null,
    fresh_until bigint not null
) {BY_KEY};
create index ocsp_answers_until on ocsp_answers (fresh_until);

-- Who decided: the list, the webhook, what it said before, or the fallback.
alter table authorizations add column decided_by text;
alter table authorizations add column detail text;
)sql";

inline constexpr std::string_view outside_postgres = R"sql(
drop view authorizations_view;
create view authorizations_view as select
    id, station_no, utc_of_micros(at) as at, action, token, token_type, status, reason, evse,
    transaction_id, coalesce(decided_by, 'list') as decided_by, detail
  from authorizations;
)sql";

}  // namespace ohm::store::schema
