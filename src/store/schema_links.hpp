// Migration 27: links that sign a browser in once, and browsers that an API key is signed in with.
// For migrations.cpp alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

inline constexpr std::string_view links = R"sql(
-- By the digest of what the link carries; it stands for an operator or for a key.
create table sign_in_links (
    digest {BYTES} not null primary key,
    tenant_no bigint not null default 1,
    operator_id {BYTES},
    key_digest {BYTES},
    who text not null,
    created_at bigint not null,
    expires_at bigint not null,
    signed_in_until bigint not null
);

-- As sign_ins, for as long as the key is in force.
create table key_sign_ins (
    digest {BYTES} not null primary key,
    tenant_no bigint not null default 1,
    key_digest {BYTES} not null,
    address text,
    created_at bigint not null,
    expires_at bigint not null
);
create index key_sign_ins_key on key_sign_ins (key_digest);
)sql";

}  // namespace ohm::store::schema
