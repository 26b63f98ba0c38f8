// Migration 17: a higher security profile that a station has accepted. For migrations.cpp alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

inline constexpr std::string_view profile = R"sql(
alter table charge_points add column next_security_profile bigint;
)sql";

}  // namespace ohm::store::schema
