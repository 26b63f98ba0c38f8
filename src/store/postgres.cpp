#include <algorithm>
#include <functional>
#include <optional>

#include "base/limits.hpp"
#include "base/limits_background.hpp"
#include "store/background.hpp"
#include "store/driver.hpp"
#include "store/postgres_connection.hpp"

namespace ohm::store {
namespace {

using postgres::Parameter;
using postgres::RowType;

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

// How the rows of a write reach the server: an array a column, or, where most columns of the table
// are written, one array of rows, which costs the server a tenth.
struct Shape {
    RowType type;
    std::vector<std::optional<std::size_t>> places;  // empty: an array a column
    std::string text;
    // Of the write that it was made for.
    std::string table;
    Mode mode = Mode::insert;
    std::vector<std::string> columns;

    bool is_of(const Write& write) const {
        return table == write.table && mode == write.mode &&
               std::equal(columns.begin(), columns.end(), write.columns.begin(),
                          write.columns.end(), [](const std::string& name, const Column& column) {
                              return name == column.name;
                          });
    }
};

// One statement for all rows of a part. The columns of `source` are what `cell` says.
std::string write_text(const Write& write, const std::string& source,
                       const std::function<std::string(std::size_t)>& cell) {
    const std::size_t count = write.columns.size();
    const std::string table{write.table};
    const auto shown = [&](std::size_t i) { return "u." + cell(i); };
    const auto assigned = [&](std::size_t i) {
        return std::string{write.columns[i].name} + " = u." + cell(i);
    };
    const auto matched = [&](std::size_t i) { return "t." + assigned(i); };
    const std::string by_key = " where " + column_list(write, 0, write.key_count, matched, " and ");
    switch (write.mode) {
        case Mode::remove: return "delete from " + table + " as t using " + source + by_key;
        case Mode::update:
            return "update " + table + " as t set " +
                   column_list(write, write.key_count, count, assigned, ", ") + " from " + source +
                   by_key;
        default: break;
    }
    return "insert into " + table + " (" + column_names(write) + ") select " +
           column_list(write, 0, count, shown, ", ") + " from " + source + conflict_clause(write);
}

constexpr const char* fence_text = "select bus_fence($1::int8[]::int[], $2::int8[])";

// Nothing where the table has another type for a column, or many columns that are not written.
std::vector<std::optional<std::size_t>> places_of(const Write& write, const RowType& type) {
    std::vector<std::optional<std::size_t>> places;
    std::size_t found = 0;
    for (const RowType::Member& member : type.members) {
        const auto column =
            std::find_if(write.columns.begin(), write.columns.end(), [&](const Column& one) {
                return one.name == member.name && postgres::is_of(one.kind, member.type);
            });
        auto& place = places.emplace_back();
        if (column == write.columns.end()) continue;
        place = static_cast<std::size_t>(column - write.columns.begin());
        ++found;
    }
    const bool is_whole = found == write.columns.size() && 2 * found >= places.size();
    return is_whole ? places : std::vector<std::optional<std::size_t>>{};
}

struct Statement {
    std::string name;
    std::vector<Parameter> parameters;
};

class Postgres final : public Sql {
public:
    enum class Pace : std::uint8_t { at_once, background };
    Postgres(const PostgresOptions& options, Pace pace) : connection_{options}, pace_{pace} {}

    using Sql::query;
    Dialect dialect() const override { return Dialect::postgres; }
    std::vector<Row> query(std::string_view sql, std::span<const Value> parameters) override;
    void script(std::string_view sql) override { connection_.script(std::string{sql}); }
    void commit(Unit& unit, const Fence& fence) override;
    void reconnect() override {
        shapes_.clear();
        connection_.reopen();
    }

private:
    Statement prepare(const std::string& sql, std::vector<Parameter> parameters);
    std::vector<Statement> prepare(const std::vector<Unit::Part>& parts, const Fence& fence);
    Statement prepare(const Unit::Part& part);
    Statement prepare(const Fence& fence);
    void run(const std::vector<Unit::Part>& parts, const Fence& fence);
    void run_in_portions(const std::vector<Unit::Part>& parts, const Fence& fence);
    std::vector<postgres::ResultPointer> ask(const Statement& statement);
    const Shape& shape_of(const Write& write);
    RowType row_type(const Write& write);

    postgres::Connection connection_;
    const Pace pace_;
    const SystemClock clock_;
    // Until the connection ends: a table that is changed meanwhile is an error, and a new one.
    std::unordered_map<const Write*, Shape> shapes_;
};

std::vector<Row> Postgres::query(std::string_view sql, std::span<const Value> parameters) {
    std::vector<Parameter> encoded;
    for (const Value& value : parameters) encoded.push_back(postgres::parameter_of(value));
    const Statement statement = prepare(std::string{sql}, std::move(encoded));
    const auto results = ask(statement);
    ENSURE(results.size() == 1 && results[0]);
    return postgres::rows_of(results[0].get());
}

std::vector<postgres::ResultPointer> Postgres::ask(const Statement& statement) {
    connection_.queue(statement.name, statement.parameters);
    const Mono begun = clock_.mono();
    auto results = connection_.run();
    if (pace_ == Pace::background)
        connection_.rest(std::min<Micros>(limits::background_rests * (clock_.mono() - begun),
                                          limits::background_rest));
    return results;
}

Statement Postgres::prepare(const std::string& sql, std::vector<Parameter> parameters) {
    std::string name = connection_.prepare(sql, parameters);
    return {std::move(name), std::move(parameters)};
}

RowType Postgres::row_type(const Write& write) {
    RowType type;
    for (const Row& row :
         query("select c.reltype::bigint, t.typarray::bigint, a.attname::text, a.atttypid::bigint "
               "from pg_class c join pg_type t on t.oid = c.reltype join pg_attribute a on "
               "a.attrelid = c.oid where c.oid = to_regclass($1) and a.attnum > 0 and not "
               "a.attisdropped order by a.attnum",
               {std::string{write.table}})) {
        type.row = static_cast<postgres::Oid>(as_int(row[0]));
        type.array = static_cast<postgres::Oid>(as_int(row[1]));
        type.members.push_back({as_text(row[2]), static_cast<postgres::Oid>(as_int(row[3]))});
    }
    return type;
}

const Shape& Postgres::shape_of(const Write& write) {
    Shape& shape = shapes_[&write];
    if (shape.is_of(write)) return shape;
    shape = {.type = row_type(write), .table = std::string{write.table}, .mode = write.mode};
    shape.places = places_of(write, shape.type);
    if (shape.places.empty()) {
        shape.text = write_text(write, unnested(write), cell);
    } else {
        const auto name = [&](std::size_t i) { return std::string{write.columns[i].name}; };
        shape.text = write_text(write, "unnest($1::" + std::string{write.table} + "[]) as u", name);
    }
    for (const Column& column : write.columns) shape.columns.emplace_back(column.name);
    return shape;
}

void Postgres::commit(Unit& unit, const Fence& fence) {
    std::vector<Unit::Part> parts = unit.take_sorted();
    if (parts.empty() && fence.partitions.empty()) return;
    const bool claims = std::any_of(parts.begin(), parts.end(), [](const Unit::Part& part) {
        return part.write->mode == Mode::claim;
    });
    try {
        if (pace_ == Pace::background)
            run_in_portions(parts, fence);
        else
            run(parts, fence);
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
    if (!fence.partitions.empty()) statements.push_back(prepare(fence));
    for (const Unit::Part& part : parts) statements.push_back(prepare(part));
    return statements;
}

// In ascending order, as claims lock them: otherwise two could wait for each other.
Statement Postgres::prepare(const Fence& fence) {
    ENSURE(std::is_sorted(fence.partitions.begin(), fence.partitions.end()));
    return prepare(fence_text,
                   {postgres::array_of(fence.partitions), postgres::array_of(fence.epochs)});
}

Statement Postgres::prepare(const Unit::Part& part) {
    const Shape& shape = shape_of(*part.write);
    std::vector<Parameter> arrays;
    if (!shape.places.empty())
        arrays.push_back(postgres::array_of(part.rows, shape.type, shape.places));
    for (std::size_t i = 0; shape.places.empty() && i < part.write->columns.size(); ++i)
        arrays.push_back(postgres::array_of(part.rows, i, part.write->columns[i].kind));
    return prepare(shape.text, std::move(arrays));
}

// Everything is encoded and prepared before the first byte of the transaction is queued.
void Postgres::run(const std::vector<Unit::Part>& parts, const Fence& fence) {
    ENSURE(fence.partitions.size() == fence.epochs.size());
    const std::vector<Statement> statements = prepare(parts, fence);
    connection_.queue_text("begin");
    for (const Statement& statement : statements)
        connection_.queue(statement.name, statement.parameters);
    connection_.queue_text("commit");
    connection_.run();
}

void Postgres::run_in_portions(const std::vector<Unit::Part>& parts, const Fence& fence) {
    ENSURE(fence.partitions.size() == fence.epochs.size());
    std::vector<Statement> statements;
    for (const Unit::Part& part : parts)
        for (std::size_t i = 0; i < part.rows.size(); i += limits::background_rows) {
            const auto first = part.rows.begin() + static_cast<std::ptrdiff_t>(i);
            const std::size_t count = std::min(limits::background_rows, part.rows.size() - i);
            statements.push_back(prepare(
                Unit::Part{part.write, {first, first + static_cast<std::ptrdiff_t>(count)}, {}}));
        }
    if (!fence.partitions.empty()) statements.push_back(prepare(fence));
    connection_.queue_text("begin");
    for (const Statement& statement : statements) ask(statement);
    connection_.queue_text("commit");
    connection_.run();
}

}  // namespace

std::unique_ptr<Sql> open_postgres(const PostgresOptions& options) {
    return std::make_unique<Postgres>(options, Postgres::Pace::at_once);
}

std::unique_ptr<Sql> open_background_postgres(const PostgresOptions& options) {
    return std::make_unique<Postgres>(options, Postgres::Pace::background);
}

}  // namespace ohm::store
