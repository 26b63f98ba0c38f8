// The schema and its versions. Called once at start by each process that opens the database for
// writing, before anything else uses it; several may start at once.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "store/sql.hpp"

namespace ohm::store {

// One text for both databases. {BYTES}, {HOT} (updated often, narrow), {OFTEN} (updated often,
// wide) and {BY_KEY} (small rows found by key) become what each database calls them; `postgres`
// follows in the same transaction on PostgreSQL, `sqlite` on SQLite.
struct Migration {
    std::int64_t version;
    std::string_view name;
    std::string_view both;
    std::string_view postgres;
    std::string_view sqlite;
};

std::span<const Migration> migrations();
std::string migration_text(Dialect dialect, const Migration& migration);

// Brings the database to this program's version and returns it. Throws Fault{fatal} where the
// database is newer than the program, Fault{away} where the database is or another process migrates
// for long.
std::int64_t migrate(Sql& sql, Utc now);
std::int64_t migrate(Sql& sql, Utc now, std::span<const Migration> steps);

}  // namespace ohm::store
