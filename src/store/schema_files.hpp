// Migration 6: files that stations fetch and send, and what was ordered of them.
#pragma once

#include <string_view>

namespace ohm::store::schema {

inline constexpr std::string_view files = R"sql(
-- bytes: while receiving, what is reserved for it.
create table files (
    id {BYTES} not null primary key,
    kind text not null,
    station_no bigint,
    state text not null,
    bytes bigint not null,
    chunk_bytes bigint not null,
    sha256 text, md5 text,
    created_at bigint not null,
    touched_at bigint not null
);
create index files_station on files (station_no) where station_no is not null;

create table file_chunks (
    file_id {BYTES} not null,
    seq bigint not null,
    data {BYTES} not null,
    primary key (file_id, seq)
);

-- Under the id of its file.
create table firmware_images (
    id {BYTES} not null primary key,
    tenant_no bigint not null default 1,
    vendor text not null,
    model text,
    version text not null,
    file_name text, note text,
    signing_certificate text, signature text,
    created_by text,
    created_at bigint not null
);
create index firmware_images_newest on firmware_images (created_at, id);

-- One a command that has a station fetch or send a file. token_digest null: from or to a server of
-- others.
create table file_orders (
    command_id {BYTES} not null primary key,
    station_no bigint not null,
    direction text not null,
    type text not null,
    token_digest {BYTES},
    image_id {BYTES},
    file_id {BYTES},
    request_id bigint,
    state text not null,
    version text, version_before text,
    file_name text, content_type text,
    downloads bigint,
    bytes_sent bigint,
    first_at bigint, last_at bigint,
    created_at bigint not null,
    expires_at bigint not null
) {HOT};
create unique index file_orders_token on file_orders (token_digest)
    where token_digest is not null;
create index file_orders_station on file_orders (station_no, created_at);
)sql";

// Logs and images are compressed already, or compress where nobody looks at them.
inline constexpr std::string_view files_postgres = R"sql(
alter table file_chunks alter column data set storage external;
)sql";

}  // namespace ohm::store::schema
