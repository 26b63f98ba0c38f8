// Version 21: who works with the installation: operators, what they are signed in with, what API
// keys may do, and the record of what all of them did. For migrations.cpp alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

inline constexpr std::string_view people = R"sql(
-- A role stands for its scopes; a key has one or the other.
alter table api_keys add column role text;
alter table api_keys add column created_by text;
alter table api_keys add column revoked_by text;

-- One scope became four. A key may do what it could do before.
update api_keys set scopes = scopes
    || case when ' ' || scopes || ' ' like '% commands:configure %'
              or ' ' || scopes || ' ' like '% commands:* %'
            then '' else ' commands:configure' end
    || case when ' ' || scopes || ' ' like '% charging:write %'
              or ' ' || scopes || ' ' like '% charging:* %'
            then '' else ' charging:write' end
    || case when ' ' || scopes || ' ' like '% customers:read %'
              or ' ' || scopes || ' ' like '% customers:* %'
            then '' else ' customers:read' end
 where ' ' || scopes || ' ' like '% commands:execute %'
    or ' ' || scopes || ' ' like '% commands:* %';

create table operators (
    id {BYTES} not null primary key,
    tenant_no bigint not null default 1,
    name text not null,
    name_key text not null,
    full_name text,
    role text not null,
    password_hash text not null,
    password_at bigint not null,
    disabled_at bigint,
    version bigint not null default 1,
    created_at bigint not null, created_by text,
    updated_at bigint not null,
    last_sign_in_at bigint
);
create unique index operators_name on operators (tenant_no, name_key);

-- Browsers that operators are signed in with, by the digest of what their cookie holds.
create table sign_ins (
    digest {BYTES} not null primary key,
    tenant_no bigint not null default 1,
    operator_id {BYTES} not null,
    address text,
    created_at bigint not null,
    expires_at bigint not null
);
create index sign_ins_operator on sign_ins (operator_id);
create index sign_ins_expiry on sign_ins (expires_at);

-- Only ever added to, but for the oldest, which go. digest covers the row and the digest before it.
create table audit (
    tenant_no bigint not null default 1,
    number bigint not null,
    id {BYTES} not null,
    at bigint not null,
    who text not null,
    address text not null,
    method text not null,
    route text not null,
    operation text not null,
    path text not null,
    target text not null,
    request_id text not null,
    status bigint not null,
    code text not null,
    summary text not null,
    digest_before {BYTES} not null,
    digest {BYTES} not null,
    primary key (tenant_no, number)
);
create unique index audit_id on audit (id);
create index audit_who on audit (tenant_no, who, number);
create index audit_target on audit (tenant_no, target, number);
create index audit_at on audit (tenant_no, at);
)sql";

}  // namespace ohm::store::schema
