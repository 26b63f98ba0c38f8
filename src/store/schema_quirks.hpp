// Migration 11: what was done to what deviating stations said.
#pragma once

#include <string_view>

namespace ohm::store::schema {

// transactions.repairs: bits, named in api/charging/record.hpp.
inline constexpr std::string_view quirks = R"sql(
alter table transactions add column repairs bigint not null default 0;
)sql";

}  // namespace ohm::store::schema
