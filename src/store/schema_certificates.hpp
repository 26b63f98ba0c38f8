// Version 12: certificates, issued, installed and trusted. For migrations.cpp alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

inline constexpr std::string_view certificates = R"sql(
-- pending: waits for an authority; held: waits for an operator; signed; superseded by a newer one;
-- rejected by us, by an operator; failed: signed, and could not be sent.
alter table certificate_requests add column reason text;
alter table certificate_requests add column decided_at bigint;
alter table certificate_requests add column decided_by text;
create index certificate_requests_pending on certificate_requests (received_at)
    where state = 'pending';

-- One row a request at most. state: sent, accepted, refused (the station's answer). used_at: the
-- station first connected with it.
create table issued_certificates (
    station_no bigint not null,
    fingerprint text not null,
    request_id {BYTES} not null,
    certificate_type text not null,
    serial_number text not null,
    subject text not null, issuer text not null,
    not_before bigint not null, not_after bigint not null,
    chain text not null,
    state text not null,
    command_id {BYTES} not null,
    issued_at bigint not null,
    answered_at bigint, used_at bigint,
    revoked_at bigint, revoked_by text,
    primary key (station_no, fingerprint)
);
create unique index issued_certificates_request on issued_certificates (request_id);
create index issued_certificates_fingerprint on issued_certificates (fingerprint);
create index issued_certificates_end on issued_certificates (not_after);

-- The client certificate of each station's newest connection that had one.
create table client_certificates (
    station_no bigint not null primary key,
    fingerprint text not null,
    common_name text not null,
    serial_number text,
    not_after bigint,
    connected_at bigint not null
) {HOT};
create index client_certificates_end on client_certificates (not_after);

-- What a station has said of the certificates it holds. One counts while it was seen no earlier
-- than the newest whole list of its type.
create table installed_certificates (
    station_no bigint not null,
    certificate_type text not null,
    hash_algorithm text not null,
    issuer_name_hash text not null,
    issuer_key_hash text not null,
    serial_number text not null,
    parent_serial_number text,
    seen_at bigint not null,
    primary key (station_no, certificate_type, hash_algorithm, serial_number, issuer_key_hash,
                 issuer_name_hash)
) {BY_KEY};
create table installed_lists (
    station_no bigint not null,
    certificate_type text not null,
    listed_at bigint not null,
    primary key (station_no, certificate_type)
) {BY_KEY};

-- Certificates that operators trust, and all names that they have in OCPP.
create table trusted_certificates (
    fingerprint text not null primary key,
    id {BYTES} not null,
    tenant_no bigint not null default 1,
    certificate_type text not null,
    name text,
    subject text not null, issuer text not null,
    serial_number text not null,
    key_name text not null, signature_name text not null,
    self_signed bigint not null,
    not_before bigint not null, not_after bigint not null,
    pem text not null,
    created_at bigint not null, created_by text
);
create unique index trusted_certificates_id on trusted_certificates (id);
create index trusted_certificates_type on trusted_certificates (certificate_type);

-- Names of certificates whose content is known, with what a list shows of them.
create table certificate_names (
    hash_algorithm text not null,
    serial_number text not null,
    issuer_key_hash text not null,
    issuer_name_hash text not null,
    fingerprint text not null,
    subject text not null,
    not_after bigint not null,
    primary key (hash_algorithm, serial_number, issuer_key_hash, issuer_name_hash)
) {BY_KEY};
)sql";

inline constexpr std::string_view certificates_postgres = R"sql(
create view issued_certificates_view as select
    station_no, fingerprint, request_id, certificate_type, serial_number, subject, issuer,
    utc_of_micros(not_before) as not_before, utc_of_micros(not_after) as not_after, state,
    command_id, utc_of_micros(issued_at) as issued_at, utc_of_micros(answered_at) as answered_at,
    utc_of_micros(used_at) as used_at, utc_of_micros(revoked_at) as revoked_at, revoked_by
  from issued_certificates;
)sql";

}  // namespace ohm::store::schema
