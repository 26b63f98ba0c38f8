#include <sqlite3.h>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "store/driver.hpp"

namespace ohm::store {
namespace {

Fault::Kind fault_kind(int code) {
    switch (code & 0xff) {
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
        case SQLITE_TOOBIG: return Fault::Kind::bad_data;
        default: return Fault::Kind::away;  // also the unknown: better to wait than to lose a fact
    }
}

[[noreturn]] void fail(sqlite3* db, int code) {
    const std::string what = db ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    throw Fault{fault_kind(code),
                "sqlite " + std::to_string(db ? sqlite3_extended_errcode(db) : code) + ": " + what};
}

void check(sqlite3* db, int code) {
    if (code != SQLITE_OK) fail(db, code);
}

void execute(sqlite3* db, const std::string& sql) {
    check(db, sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr));
}

struct CloseDatabase {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// One run of a prepared statement: leaves it reset and without pointers into the caller's values.
class Run {
public:
    explicit Run(sqlite3_stmt* statement) : statement_{statement} {}
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;
    ~Run() {
        sqlite3_reset(statement_);
        sqlite3_clear_bindings(statement_);
    }

private:
    sqlite3_stmt* const statement_;
};

// Rolls back unless committed, whatever is thrown meanwhile.
class Transaction {
public:
    explicit Transaction(sqlite3* db) : db_{db} { execute(db, "begin immediate"); }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction() {
        // Some errors have rolled back already; then there is nothing to do.
        if (sqlite3_get_autocommit(db_) == 0) {
            sqlite3_exec(db_, "rollback", nullptr, nullptr, nullptr);
        }
    }
    void commit() { execute(db_, "commit"); }

private:
    sqlite3* const db_;
};

std::string json_list(const std::vector<std::int64_t>& numbers) {
    std::string json = "[";
    for (const std::int64_t number : numbers) {
        if (json.size() > 1) json += ',';
        json += std::to_string(number);
    }
    return json + "]";
}

std::string json_list(const std::vector<std::string>& texts) {
    std::string json = "[";
    for (const std::string& text : texts) {
        require_storable_text(text);
        if (json.size() > 1) json += ',';
        append_json_string(json, text);
    }
    return json + "]";
}

// Binds without copying: the values must outlive the Run.
struct BindValue {
    sqlite3_stmt* statement;
    int index;

    int operator()(Null) const { return sqlite3_bind_null(statement, index); }
    int operator()(std::int64_t number) const {
        return sqlite3_bind_int64(statement, index, number);
    }
    int operator()(const std::string& text) const {
        require_storable_text(text);
        return sqlite3_bind_text64(statement, index, text.data(), text.size(), SQLITE_STATIC,
                                   SQLITE_UTF8);
    }
    int operator()(const Bytes& bytes) const {
        return sqlite3_bind_blob64(statement, index, bytes.data.data(), bytes.data.size(),
                                   SQLITE_STATIC);
    }
    template <class T>
    int operator()(const std::vector<T>& list) const {
        const std::string json = json_list(list);
        return sqlite3_bind_text64(statement, index, json.data(), json.size(), SQLITE_TRANSIENT,
                                   SQLITE_UTF8);
    }
};

Value read_column(sqlite3_stmt* statement, int column) {
    const int type = sqlite3_column_type(statement, column);
    if (type == SQLITE_NULL) return Null{};
    if (type == SQLITE_INTEGER) return std::int64_t{sqlite3_column_int64(statement, column)};
    const void* data = type == SQLITE_BLOB
                           ? sqlite3_column_blob(statement, column)
                           : static_cast<const void*>(sqlite3_column_text(statement, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
    std::string text{data ? static_cast<const char*>(data) : "", data ? size : 0};
    if (type == SQLITE_BLOB) return Bytes{std::move(text)};
    return text;
}

std::string placeholder(std::size_t column) { return "$" + std::to_string(column + 1); }

std::string write_text(const Write& write) {
    const auto shown = [](std::size_t i) { return placeholder(i); };
    const auto assigned = [&write](std::size_t i) {
        return std::string{write.columns[i].name} + " = " + placeholder(i);
    };
    const std::string table{write.table};
    const std::string by_key =
        " where " + column_list(write, 0, write.key_count, assigned, " and ");
    switch (write.mode) {
        case Mode::remove: return "delete from " + table + by_key;
        case Mode::update:
            return "update " + table + " set " +
                   column_list(write, write.key_count, write.columns.size(), assigned, ", ") +
                   by_key;
        default:
            return "insert into " + table + " (" + column_names(write) + ") values (" +
                   column_list(write, 0, write.columns.size(), shown, ", ") + ")" +
                   conflict_clause(write);
    }
}

// Where `$1`, `$2` … stand: in an update the key's placeholders come last.
std::vector<int> parameter_indices(sqlite3_stmt* statement, std::size_t count) {
    std::vector<int> indices;
    for (std::size_t i = 0; i < count; ++i) {
        indices.push_back(sqlite3_bind_parameter_index(statement, placeholder(i).c_str()));
        ENSURE(indices.back() > 0);
    }
    return indices;
}

class Sqlite final : public Sql {
public:
    explicit Sqlite(const SqliteOptions& options) : options_{options} { open(); }

    using Sql::query;
    Dialect dialect() const override { return Dialect::sqlite; }
    std::vector<Row> query(std::string_view sql, std::span<const Value> parameters) override;
    void script(std::string_view sql) override;
    void commit(Unit& unit, const Fence& fence) override;
    void reconnect() override;

private:
    void open();
    sqlite3_stmt* prepare(const std::string& sql);
    void write_part(const Unit::Part& part);

    const SqliteOptions options_;
    Database db_;
    std::unordered_map<std::string, Statement> statements_;  // by text; gone before db_
};

void Sqlite::open() {
    sqlite3* db = nullptr;
    const int create = options_.read_only ? 0 : SQLITE_OPEN_CREATE;
    const int code = sqlite3_open_v2(options_.path.c_str(), &db,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | create, nullptr);
    Database opened{db};
    check(db, code);
    sqlite3_extended_result_codes(db, 1);
    const auto busy = std::chrono::milliseconds{limits::sqlite_busy_timeout};
    check(db, sqlite3_busy_timeout(db, static_cast<int>(busy.count())));
    execute(db, "pragma journal_mode = wal");
    execute(db, options_.durable ? "pragma synchronous = full" : "pragma synchronous = normal");
    execute(db, "pragma foreign_keys = off; pragma temp_store = memory;");
    // A reader opens the file for writing, because reading a write-ahead log needs its index file.
    if (options_.read_only) execute(db, "pragma query_only = on");
    db_ = std::move(opened);
}

sqlite3_stmt* Sqlite::prepare(const std::string& sql) {
    if (const auto known = statements_.find(sql); known != statements_.end()) {
        return known->second.get();
    }
    if (statements_.size() >= limits::prepared_statements) statements_.clear();
    sqlite3_stmt* statement = nullptr;
    check(db_.get(), sqlite3_prepare_v3(db_.get(), sql.c_str(), static_cast<int>(sql.size() + 1),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
    ENSURE(statement != nullptr);
    return statements_.emplace(sql, Statement{statement}).first->second.get();
}

std::vector<Row> Sqlite::query(std::string_view sql, std::span<const Value> parameters) {
    sqlite3_stmt* statement = prepare(std::string{sql});
    const Run run{statement};
    const std::vector<int> indices = parameter_indices(statement, parameters.size());
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        check(db_.get(), std::visit(BindValue{statement, indices[i]}, parameters[i]));
    }
    std::vector<Row> rows;
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        Row& row = rows.emplace_back();
        const int columns = sqlite3_column_count(statement);
        for (int column = 0; column < columns; ++column) {
            row.push_back(read_column(statement, column));
        }
    }
    if (code != SQLITE_DONE) fail(db_.get(), code);
    return rows;
}

void Sqlite::script(std::string_view sql) {
    Transaction transaction{db_.get()};
    execute(db_.get(), std::string{sql});
    transaction.commit();
}

void Sqlite::commit(Unit& unit, const Fence&) {
    std::vector<Unit::Part> parts = unit.take_sorted();
    if (parts.empty()) return;
    try {
        Transaction transaction{db_.get()};
        for (const Unit::Part& part : parts) write_part(part);
        transaction.commit();
    } catch (...) {
        unit.put_back(std::move(parts));
        throw;
    }
}

void Sqlite::write_part(const Unit::Part& part) {
    sqlite3_stmt* statement = prepare(write_text(*part.write));
    const std::vector<int> indices = parameter_indices(statement, part.write->columns.size());
    for (const std::vector<Value>& row : part.rows) {
        const Run run{statement};
        for (std::size_t i = 0; i < row.size(); ++i) {
            check(db_.get(), std::visit(BindValue{statement, indices[i]}, row[i]));
        }
        const int code = sqlite3_step(statement);
        if (code == SQLITE_CONSTRAINT_NOTNULL && part.write->mode == Mode::claim)
            throw Taken{"sqlite: a row of " + std::string{part.write->table} + " is another's"};
        if (code != SQLITE_DONE) fail(db_.get(), code);
    }
}

void Sqlite::reconnect() {
    // A database in memory lives in its connection; every error has rolled back, so it is sound.
    if (options_.path == ":memory:") return;
    statements_.clear();
    db_.reset();
    open();
}

}  // namespace

std::unique_ptr<Sql> open_sqlite(const SqliteOptions& options) {
    return std::make_unique<Sqlite>(options);
}

}  // namespace ohm::store
