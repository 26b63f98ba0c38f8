// Migration 14: what operators set for stations that deviate.
#pragma once

#include <string_view>

namespace ohm::store::schema {

// charge_points.compatibility: JSON of api/compatibility.hpp; null for most.
inline constexpr std::string_view compatibility = R"sql(
alter table charge_points add column compatibility text;
alter table bus_worker add column certificate text;
alter table bus_worker add column certificate_expires_at bigint;
)sql";

}  // namespace ohm::store::schema
