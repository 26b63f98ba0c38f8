#include <algorithm>

#include "base/limits.hpp"
#include "store/driver.hpp"
#include "store/postgres_connection.hpp"

namespace ohm::store {
namespace {

using postgres::Parameter;

// The columns of the unnested rows are c1, c2, …: no clash with any name of the table.
std::string cell(std::size_t column) { return "c" + std::to_string(column + 1); }

std::string unnested(const Write& write) {
    const std::size_t count = write.columns.size();
    const auto array = [&write](std::size_t i) {
        return "$" + std::to_string(i + 1) +
               "::" + std::string{postgres::array_type(write.columns[i].kind)};
    };
    return "unnest(" + column_list(write, 0, count, array, ", ") + ") as u (" +
           column_list(write, 0, count, cell, ", ") + ")";
}

// One statement for all rows of a part.
std::string write_text(const Write& write) {
    const std::size_t count = write.columns.size();
    const std::string table{write.table};
    const auto shown = [](std::size_t i) { return "u." + cell(i); };
    const auto assigned = [&write](std::size_t i) {
        return std::string{write.columns[i].name} + " = u." + cell(i);
    };
    const auto matched = [&](std::size_t i) { return "t." + assigned(i); };
    const std::string by_key = " where " + column_list(write, 0, write.key_count, matched, " and ");
    switch (write.mode) {
        case Mode::remove:
            return "delete from " + table + " as t using " + unnested(write) + by_key;
        case Mode::update:
            return "update " + table + " as t set " +
                   column_list(write, write.key_count, count, assigned, ", ") + " from " +
                   unnested(write) + by_key;
        default: break;
    }
    std::string text = "insert into " + table + " (" + column_names(write) + ") select " +
                       column_list(write, 0, count, shown, ", ") + " from " + unnested(write) +
                       conflict_clause(write);
    if (write.mode == Mode::insert_if_absent) text += " returning " + key_names(write);
    return text;
}

// Everything of a batch goes by key. Plans are kept, and one that was made while a table was nearly
// empty reads all of it: with hundreds of thousands of stations, for each batch, until the next
// analyze. So what reads whole tables is out of the question inside a batch, and only there.
constexpr const char* batch_begin =
    "select bus_fence($1::int8[]::int[], $2::int8[]), set_config('enable_seqscan', 'off', true), "
    "set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)";

// A row came in when its key came back. Of equal keys in one part the first came in.
std::vector<bool> rows_in(const Unit::Part& part, const std::vector<Row>& returned) {
    const std::size_t key_count = part.write->key_count;
    std::unordered_map<std::string, std::size_t> first_row;
    for (std::size_t i = 0; i < part.rows.size(); ++i) {
        first_row.try_emplace(key_of(part.rows[i], key_count), i);
    }
    std::vector<bool> came_in(part.rows.size());
    for (const Row& row : returned) {
        const auto found = first_row.find(key_of(row, key_count));
        ENSURE(found != first_row.end());
        came_in[found->second] = true;
    }
    return came_in;
}

struct Statement {
    std::string name;
    std::vector<Parameter> parameters;
};

class Postgres final : public Sql {
public:
    explicit Postgres(const PostgresOptions& options) : connection_{options} {}

    using Sql::query;
    Dialect dialect() const override { return Dialect::postgres; }
    std::vector<Row> query(std::string_view sql, std::span<const Value> parameters) override;
    void script(std::string_view sql) override { connection_.script(std::string{sql}); }
    Committed commit(Unit& unit, const Fence& fence) override;
    void reconnect() override { connection_.reopen(); }

private:
    Statement prepare(const std::string& sql, std::vector<Parameter> parameters);
    std::vector<Statement> prepare(const std::vector<Unit::Part>& parts, const Fence& fence);
    Committed run(const std::vector<Unit::Part>& parts, const Fence& fence);

    postgres::Connection connection_;
};

std::vector<Row> Postgres::query(std::string_view sql, std::span<const Value> parameters) {
    std::vector<Parameter> encoded;
    for (const Value& value : parameters) encoded.push_back(postgres::parameter_of(value));
    const Statement statement = prepare(std::string{sql}, std::move(encoded));
    connection_.queue(statement.name, statement.parameters);
    const auto results = connection_.run();
    ENSURE(results.size() == 1 && results[0]);
    return postgres::rows_of(results[0].get());
}

Statement Postgres::prepare(const std::string& sql, std::vector<Parameter> parameters) {
    std::string name = connection_.prepare(sql, parameters);
    return {std::move(name), std::move(parameters)};
}

Committed Postgres::commit(Unit& unit, const Fence& fence) {
    std::vector<Unit::Part> parts = unit.take_sorted();
    if (parts.empty() && fence.partitions.empty()) return {};
    const bool claims = std::any_of(parts.begin(), parts.end(), [](const Unit::Part& part) {
        return part.write->mode == Mode::claim;
    });
    try {
        return run(parts, fence);
    } catch (const Fault& fault) {
        unit.put_back(std::move(parts));
        constexpr std::string_view not_null_violation = "postgres 23502:";
        if (claims && std::string_view{fault.what()}.starts_with(not_null_violation))
            throw Taken{fault.what()};
        throw;
    } catch (...) {
        unit.put_back(std::move(parts));
        throw;
    }
}

std::vector<Statement> Postgres::prepare(const std::vector<Unit::Part>& parts, const Fence& fence) {
    std::vector<Statement> statements;
    if (!fence.partitions.empty()) {
        statements.push_back(prepare(
            batch_begin, {postgres::array_of(fence.partitions), postgres::array_of(fence.epochs)}));
    }
    for (const Unit::Part& part : parts) {
        std::vector<Parameter> arrays;
        for (std::size_t i = 0; i < part.write->columns.size(); ++i) {
            arrays.push_back(postgres::array_of(part.rows, i, part.write->columns[i].kind));
        }
        statements.push_back(prepare(write_text(*part.write), std::move(arrays)));
    }
    return statements;
}

// Everything is encoded and prepared before the first byte of the transaction is queued.
Committed Postgres::run(const std::vector<Unit::Part>& parts, const Fence& fence) {
    ENSURE(fence.partitions.size() == fence.epochs.size());
    const std::vector<Statement> statements = prepare(parts, fence);
    connection_.queue_text("begin");
    for (const Statement& statement : statements) {
        connection_.queue(statement.name, statement.parameters);
    }
    connection_.queue_text("commit");
    const auto results = connection_.run();

    const std::size_t first_part = fence.partitions.empty() ? 1 : 2;
    Committed committed;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i].write->mode != Mode::insert_if_absent) continue;
        const auto returned = postgres::rows_of(results.at(first_part + i).get());
        committed.inserted.push_back({parts[i].write, rows_in(parts[i], returned)});
    }
    return committed;
}

}  // namespace

std::unique_ptr<Sql> open_postgres(const PostgresOptions& options) {
    return std::make_unique<Postgres>(options);
}

}  // namespace ohm::store
