// Tokens as they are read and written. They belong to no station: the api that is asked writes
// them, one statement a token, and shards read them anew for every batch. On a reader's or the
// writer's thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/rest/charging_resources.hpp"
#include "api/rest/problem.hpp"
#include "api/rest/station_rows.hpp"
#include "base/time.hpp"
#include "store/sql.hpp"

namespace ohm::api::rest {

extern const std::string_view select_tokens;  // up to and with a where
TokenShown token_of(const store::Row& row);
// By uid in any spelling.
std::optional<TokenShown> find_token(store::Sql& sql, std::string_view uid);

// What is wrong with it, beyond its declaration.
std::optional<Problem> check_token(std::string_view uid, const TokenShown& token);
// A location that it names and nobody has written. Reads only where it names some.
std::optional<Problem> check_locations(store::Sql& sql, const TokenShown& token);
TokenShown token_of(const TokenWrite& wanted, std::string uid);

struct Saved {
    std::int64_t version = 0;  // 0: nothing was written
    bool created = false;
};
// Creates or replaces.
Saved save_token(store::Sql& sql, const TokenShown& token, Utc now);
// Creates; not where there is one.
Saved create_token(store::Sql& sql, const TokenShown& token, Utc now);
// Only where that version is the stored one.
Saved replace_token(store::Sql& sql, const TokenShown& token, std::int64_t version, Utc now);

}  // namespace ohm::api::rest
