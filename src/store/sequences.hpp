// Numbers that are never given twice, taken in blocks by any number of processes.
#pragma once

#include <string_view>
#include <vector>

#include "store/sql.hpp"

namespace ohm::store {

// The three sequences of the first migration.
inline constexpr std::string_view station_numbers = "station_no";
inline constexpr std::string_view location_numbers = "location_no";
inline constexpr std::string_view ocpp_numbers = "ocpp_number";  // transactionId, requestId, …

// The first of `count` numbers that are now the caller's; one transaction of its own. What is taken
// and not used is lost.
std::int64_t take_block(Sql& sql, std::string_view name, std::int64_t count);

// Sees to it that at least `count` numbers lie in `fresh`, whose last one is used first: takes a
// block where there are fewer, `block` of them at least.
void keep_fresh(Sql& sql, std::string_view name, std::vector<std::int64_t>& fresh,
                std::size_t count, std::size_t block);

}  // namespace ohm::store
