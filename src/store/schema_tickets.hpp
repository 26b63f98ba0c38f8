// Migration 28: tickets for following events. For migrations.cpp alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

// By digest, with the digest of the key or sign-in that each stands for. A used one is removed.
inline constexpr std::string_view tickets = R"sql(
create table event_tickets (
    digest {BYTES} not null primary key,
    credential {BYTES} not null,
    expires_at bigint not null
);
)sql";

}  // namespace ohm::store::schema
