#include "store/migrations.hpp"

#include "base/log.hpp"
#include "store/schema.hpp"
#include "store/schema_alerts.hpp"
#include "store/schema_certificates.hpp"
#include "store/schema_charging.hpp"
#include "store/schema_commands.hpp"
#include "store/schema_compatibility.hpp"
#include "store/schema_events.hpp"
#include "store/schema_facts.hpp"
#include "store/schema_fence.hpp"
#include "store/schema_files.hpp"
#include "store/schema_fleet.hpp"
#include "store/schema_held.hpp"
#include "store/schema_ledger.hpp"
#include "store/schema_links.hpp"
#include "store/schema_namesakes.hpp"
#include "store/schema_open.hpp"
#include "store/schema_outside.hpp"
#include "store/schema_overview.hpp"
#include "store/schema_people.hpp"
#include "store/schema_places.hpp"
#include "store/schema_profile.hpp"
#include "store/schema_quirks.hpp"
#include "store/schema_running.hpp"
#include "store/schema_search.hpp"
#include "store/schema_sending.hpp"
#include "store/schema_statistics.hpp"
#include "store/schema_tickets.hpp"
#include "store/schema_tokens.hpp"

namespace ohm::store {
namespace {

// Any number that no other program on this database uses: "ohm" and "sc".
constexpr std::int64_t advisory_lock = 0x6f686d7363;

void replace_all(std::string& text, std::string_view token, std::string_view with) {
    for (std::size_t at = text.find(token); at != std::string::npos;
         at = text.find(token, at + with.size())) {
        text.replace(at, token.size(), with);
    }
}

// PostgreSQL: a lock of the session, so that each migration keeps a transaction of its own. SQLite
// needs none: the transaction that comes second fails on the first one's tables and is retried.
class MigrationLock {
public:
    explicit MigrationLock(Sql& sql) : sql_{sql} {
        if (sql_.dialect() == Dialect::postgres) {
            sql_.query("select pg_advisory_lock($1)", {advisory_lock});
        }
    }
    MigrationLock(const MigrationLock&) = delete;
    MigrationLock& operator=(const MigrationLock&) = delete;
    ~MigrationLock() {
        if (sql_.dialect() != Dialect::postgres) return;
        try {
            sql_.query("select pg_advisory_unlock($1)", {advisory_lock});
        } catch (const Fault&) {
            log::debug("migration_unlock_failed");  // the session is gone, and its lock with it
        }
    }

private:
    Sql& sql_;
};

std::int64_t stored_version(Sql& sql) {
    const auto rows = sql.query("select coalesce(max(version), 0) from schema_migrations");
    return as_int(rows.at(0).at(0));
}

void apply(Sql& sql, Utc now, const Migration& migration) {
    std::string script;
    // Building an index on a large table may take longer than any other statement may.
    if (sql.dialect() == Dialect::postgres) script = "set local statement_timeout = 0;\n";
    script += migration_text(sql.dialect(), migration);
    script += "\ninsert into schema_migrations (version, name, applied_at) values (" +
              std::to_string(migration.version) + ", '" + std::string{migration.name} + "', " +
              std::to_string(micros(now)) + ");";
    sql.script(script);
    log::info("migrated", {{"version", migration.version}, {"name", migration.name}});
}

}  // namespace

std::span<const Migration> migrations() {
    static constexpr Migration all[] = {
        {1, "first", schema::first, schema::first_postgres, schema::first_sqlite},
        {2, "charging", schema::charging, schema::charging_postgres, ""},
        {3, "facts", schema::facts, schema::facts_postgres, ""},
        {4, "commands", schema::commands, schema::commands_postgres, ""},
        {5, "ledger", schema::ledger, schema::ledger_postgres, schema::ledger_sqlite},
        {6, "files", schema::files, schema::files_postgres, ""},
        {7, "outside", schema::outside, schema::outside_postgres, ""},
        {10, "sending", schema::sending, schema::sending_postgres, ""},
        {11, "quirks", schema::quirks, "", ""},
        {12, "certificates", schema::certificates, schema::certificates_postgres, ""},
        {13, "held", schema::held, "", ""},
        {14, "compatibility", schema::compatibility, "", ""},
        {15, "tokens", schema::tokens, "", ""},
        {16, "open_transactions", schema::open_transactions, "", ""},
        {17, "profile", schema::profile, "", ""},
        {18, "events", schema::events, schema::events_postgres, ""},
        {19, "places", schema::places, "", ""},
        {20, "running", schema::running, schema::running_postgres, schema::running_sqlite},
        {21, "people", schema::people, "", ""},
        {22, "alerts", schema::alerts, schema::alerts_postgres, ""},
        {23, "statistics", schema::statistics, "", ""},
        {24, "overview", schema::overview, "", ""},
        {25, "search", "", schema::search_postgres, ""},
        {26, "fleet", schema::fleet, "", ""},
        {27, "links", schema::links, "", ""},
        {28, "tickets", schema::tickets, "", ""},
        {31, "fence", "", schema::fence_postgres, ""},
        {32, "namesakes", schema::namesakes, schema::namesakes_postgres, ""},
    };
    return all;
}

std::string migration_text(Dialect dialect, const Migration& migration) {
    const bool postgres = dialect == Dialect::postgres;
    std::string text{migration.both};
    text += postgres ? migration.postgres : migration.sqlite;
    replace_all(text, "{BYTES}", postgres ? "bytea" : "blob");
    replace_all(text, "{HOT}", postgres ? "with (fillfactor = 70)" : "without rowid");
    replace_all(text, "{OFTEN}", postgres ? "with (fillfactor = 70)" : "");
    replace_all(text, "{BY_KEY}", postgres ? "" : "without rowid");
    return text;
}

std::int64_t migrate(Sql& sql, Utc now) { return migrate(sql, now, migrations()); }

std::int64_t migrate(Sql& sql, Utc now, std::span<const Migration> steps) {
    const MigrationLock lock{sql};
    sql.script(
        "create table if not exists schema_migrations (version bigint not null primary key, "
        "name text not null, applied_at bigint not null)");
    std::int64_t version = stored_version(sql);
    const std::int64_t newest = steps.empty() ? 0 : steps.back().version;
    if (version > newest) {
        throw Fault{Fault::Kind::fatal, "The database has schema version " +
                                            std::to_string(version) + ", this program knows " +
                                            std::to_string(newest) +
                                            ": start the newer program, or restore a backup."};
    }
    for (const Migration& step : steps) {
        if (step.version <= version) continue;
        apply(sql, now, step);
        version = step.version;
    }
    return version;
}

}  // namespace ohm::store
