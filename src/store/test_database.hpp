// Databases for tests: SQLite in a file of its own, PostgreSQL in a database of its own on the
// server that the environment names (tests/lab/postgres.sh starts one). Tests only.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>

#include "base/secret.hpp"
#include "base/text.hpp"
#include "store/sql.hpp"

namespace ohm::store {

inline std::string environment(const char* name, const std::string& otherwise) {
    const char* value = std::getenv(name);
    return value ? value : otherwise;
}

// The server's own database, or nothing where the environment names no server.
inline std::optional<PostgresOptions> test_server() {
    const std::string port = environment("OHM_TEST_PG_PORT", "");
    if (port.empty()) return std::nullopt;
    return PostgresOptions{.host = environment("OHM_TEST_PG_HOST", "127.0.0.1"),
                           .user = environment("OHM_TEST_PG_USER", "ohm"),
                           .password = environment("OHM_TEST_PG_PASSWORD", "ohm"),
                           .database = environment("OHM_TEST_PG_NAME", "ohm"),
                           .port = static_cast<std::uint16_t>(std::stoi(port)),
                           .name = "ohmstead-test"};
}

inline bool services_are_required() { return environment("OHM_TEST_REQUIRE_SERVICES", "") == "1"; }

// What kind of Fault `work` throws; nothing where it throws none.
template <class Work>
std::optional<Fault::Kind> fault_of(Work&& work) {
    try {
        work();
    } catch (const Fault& fault) {
        return fault.kind();
    }
    return std::nullopt;
}

// The database of this process on that server: making one takes long, emptying it does not.
class ProcessDatabase {
public:
    explicit ProcessDatabase(std::string name) : name_{std::move(name)} {
        open_postgres(*test_server())->query("create database " + name_);
    }
    ProcessDatabase(const ProcessDatabase&) = delete;
    ProcessDatabase& operator=(const ProcessDatabase&) = delete;
    ~ProcessDatabase() {
        fault_of([&] {
            open_postgres(*test_server())->query("drop database " + name_ + " with (force)");
        });
    }
    PostgresOptions options() const {
        PostgresOptions options = *test_server();
        options.database = name_;
        return options;
    }

private:
    const std::string name_;
};

// One empty database; one at a time on PostgreSQL. Any number of connections may be opened to it.
class TestDatabase {
public:
    explicit TestDatabase(Dialect dialect)
        : dialect_{dialect}, name_{"ohm_test_" + to_hex(secret::random_bytes(8))} {
        if (dialect_ == Dialect::postgres) {
            open()->script("drop schema public cascade; create schema public");
        }
    }
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;
    ~TestDatabase() {
        if (dialect_ == Dialect::postgres) return;
        for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path() + suffix);
    }

    std::string path() const { return std::filesystem::temp_directory_path() / (name_ + ".db"); }
    PostgresOptions postgres() const {
        static const ProcessDatabase database{name_};
        return database.options();
    }
    std::unique_ptr<Sql> open() const {
        if (dialect_ == Dialect::postgres) return open_postgres(postgres());
        return open_sqlite({.path = path()});
    }

private:
    const Dialect dialect_;
    const std::string name_;
};

// For INSTANTIATE_TEST_SUITE_P: SQLite_… and PostgreSQL_….
inline std::string dialect_name(const testing::TestParamInfo<Dialect>& info) {
    return info.param == Dialect::postgres ? "PostgreSQL" : "SQLite";
}

// The same cases for both databases. Without a server the PostgreSQL cases are skipped, or fail
// where OHM_TEST_REQUIRE_SERVICES=1.
class EveryDatabase : public testing::TestWithParam<Dialect> {
protected:
    void SetUp() override {
        if (GetParam() == Dialect::postgres && !test_server()) {
            if (services_are_required()) FAIL() << "OHM_TEST_PG_PORT names no PostgreSQL";
            GTEST_SKIP() << "no PostgreSQL: set OHM_TEST_PG_PORT (tests/lab/postgres.sh start DIR)";
        }
        database_ = std::make_unique<TestDatabase>(GetParam());
        sql_ = database_->open();
    }
    void TearDown() override {
        sql_.reset();
        database_.reset();
    }

    bool on_postgres() const { return GetParam() == Dialect::postgres; }
    const char* bytes_type() const { return on_postgres() ? "bytea" : "blob"; }

    std::unique_ptr<TestDatabase> database_;
    std::unique_ptr<Sql> sql_;
};

}  // namespace ohm::store
