// What both drivers and the unit share: checks of values, keys of rows, statement text. For
// src/store alone.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "store/sql.hpp"

namespace ohm::store {

// PostgreSQL takes neither U+0000 nor broken UTF-8, so neither driver does. Throws Fault{bad_data}.
void require_storable_text(std::string_view text);

// The key columns of a row as one text: equal exactly where the keys are.
std::string key_of(const std::vector<Value>& row, std::size_t key_count);

// `a, b, c`: what `shown` says of each column in [first, last).
std::string column_list(const Write& write, std::size_t first, std::size_t last,
                        const std::function<std::string(std::size_t)>& shown,
                        std::string_view separator);
std::string column_names(const Write& write);
std::string key_names(const Write& write);
// ` on conflict …`, or nothing: what insert, insert_if_absent and upsert do about a key taken.
std::string conflict_clause(const Write& write);

}  // namespace ohm::store
