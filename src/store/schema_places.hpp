// Migration 19: tokens that are let in at locations. For migrations.cpp alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

// id_tokens.locations: ids, one a line.
inline constexpr std::string_view places = R"sql(
alter table id_tokens add column locations text;
create index id_tokens_locations on id_tokens (tenant_no, uid_key) where locations is not null;
create index charge_points_location on charge_points (location_no) where location_no is not null;
)sql";

}  // namespace ohm::store::schema
