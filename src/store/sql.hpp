// One connection to the truth, PostgreSQL or SQLite, behind one interface. A write is declared as
// data and collected in a Unit; commit() sends a whole Unit as one transaction with one set-based
// statement a write. One thread at a time. Throws Fault: `away` (retry the whole unit later),
// `bad_data` (this unit can never succeed), `fenced` (OH001).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"

namespace ohm::store {

struct Null {
    friend bool operator==(Null, Null) { return true; }
};
struct Bytes {
    std::string data;
    friend bool operator==(const Bytes&, const Bytes&) = default;
};
// Integers are 64 bits; booleans are 0 and 1; times are microseconds UTC. Lists are for `any_of` in
// reads only.
using Value = std::variant<Null, std::int64_t, std::string, Bytes, std::vector<std::int64_t>,
                           std::vector<std::string>>;

enum class Dialect : std::uint8_t { postgres, sqlite };
enum class Kind : std::uint8_t { integer, text, bytes };
struct Column {
    std::string_view name;
    Kind kind;
};

enum class Mode : std::uint8_t {
    insert,            // a key already there is bad data
    insert_if_absent,  // on conflict do nothing
    upsert,            // on conflict update all columns that are not key
    update,            // of existing rows, by key; absent rows are left absent
    remove,            // by key; only key columns are declared
    claim,  // a row that can be had once: the column behind the key says whose it is, and must not
            // be nullable; another's fails the whole unit with Taken
};

// Somebody else has a row that this unit claims: what was decided with old reads is to be decided
// again.
class Taken : public Fault {
public:
    explicit Taken(const std::string& what) : Fault{Kind::bad_data, what} {}
};

// A declared write: static data, one a purpose. The first `key_count` columns are the key.
struct Write {
    std::string_view table;
    Mode mode;
    std::size_t key_count;
    std::vector<Column> columns;
    int order;  // statements of one unit run in this order (parents first), then in order of first
                // use
};

// The rows of one transaction. For upsert and update a later row with the same key replaces the
// earlier one.
class Unit {
public:
    void add(const Write& write, std::vector<Value> row);
    bool empty() const { return parts_.empty(); }
    std::size_t row_count() const;
    void clear() { parts_.clear(); }

    struct Part {
        const Write* write;
        std::vector<std::vector<Value>> rows;
        // key → row, kept only where rows merge
        std::unordered_map<std::string, std::size_t> index;
    };
    // In the order in which the statements run; rows of upsert, update and remove sorted by key
    // (fixed lock order). Leaves the unit empty.
    std::vector<Part> take_sorted();
    void put_back(std::vector<Part> parts);  // what a failed commit took, so that it can be retried
    const std::vector<Part>& parts() const { return parts_; }

private:
    std::vector<Part> parts_;
};

// Partitions and the epochs under which the caller believes to hold them; checked first in the
// transaction, under a row lock, on PostgreSQL. SQLite has one process and ignores it.
struct Fence {
    std::vector<std::int64_t> partitions;
    std::vector<std::int64_t> epochs;
};

using Row = std::vector<Value>;

class Sql {
public:
    virtual ~Sql() = default;
    virtual Dialect dialect() const = 0;
    // A read or a statement of its own transaction; `$1`, `$2` … are bound, never pasted. Where the
    // context gives a parameter that may be null no type, write `cast($1 as bigint) is null`.
    virtual std::vector<Row> query(std::string_view sql, std::span<const Value> parameters) = 0;
    std::vector<Row> query(std::string_view sql, std::initializer_list<Value> parameters = {}) {
        return query(sql, std::span<const Value>{parameters.begin(), parameters.size()});
    }
    // Several statements without parameters, in one transaction (migrations).
    virtual void script(std::string_view sql) = 0;
    // The whole unit or nothing of it. Empties the unit when it succeeds and leaves its rows in it
    // when it throws, so that the same unit can be committed again.
    virtual void commit(Unit& unit, const Fence& fence) = 0;
    // After a Fault{away}: drop the connection and make a new one. Throws Fault{away} when it
    // cannot.
    virtual void reconnect() = 0;
};

// `column = any($1)` or `column in (select value from json_each($1))`: with joined_rows() and
// read_by_keys() the places where reads differ.
std::string any_of(Dialect dialect, std::string_view column, std::string_view placeholder);

// Lists of one length as a table: one row of u for each place in them.
struct JoinedRows {
    std::string table;  // ends with its name, u; the columns are c1, c2 …
    std::vector<Value> values;
};
JoinedRows joined_rows(Dialect dialect, std::vector<Value> lists);

// A read by keys of several columns: `columns` of `source` where `condition`, which names the key
// u.c1, u.c2 …, once for each place in the lists. (A list a column in the condition would ask for
// every combination.) Each key is looked up by itself: never by a plan that joins all of a table.
struct KeyedRead {
    std::string text;
    std::vector<Value> values;
};
KeyedRead read_by_keys(Dialect dialect, std::vector<Value> lists, std::string_view columns,
                       std::string_view source, std::string_view condition);

struct PostgresOptions {
    std::string host, user, password, database;
    std::uint16_t port = 5432;
    bool durable = true;  // false: synchronous_commit off, for the message log
    bool by_key = false;  // plans look rows up by an index, also in tables that seem small
    std::string name = "ohmstead";  // application_name
};
// Sets idle_in_transaction_session_timeout 2 s, statement_timeout 5 s, tcp_user_timeout. Throws
// Fault{away}.
std::unique_ptr<Sql> open_postgres(const PostgresOptions& options);

struct SqliteOptions {
    std::string path;  // ":memory:" for the simulated world
    bool read_only = false;
    bool durable = true;  // synchronous FULL in WAL mode; false: NORMAL
};
std::unique_ptr<Sql> open_sqlite(const SqliteOptions& options);

// Readers of a result: the column must have that kind or be null.
std::int64_t as_int(const Value& value, std::int64_t otherwise = 0);
std::string as_text(const Value& value);
std::string as_bytes(const Value& value);
inline bool is_null(const Value& value) { return std::holds_alternative<Null>(value); }

}  // namespace ohm::store
