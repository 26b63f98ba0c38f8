// Rows value by value: put together, and read from left to right. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "store/sql.hpp"

namespace ohm::store {

// Without copying the values: an initializer list would copy each text. For rows that every message
// makes.
template <class... Values>
Row row_of(Values&&... values) {
    Row row;
    row.reserve(sizeof...(values));
    (row.emplace_back(std::forward<Values>(values)), ...);
    return row;
}

// Takes the columns in their order, so that it is written once, where they are selected. The row
// outlives it.
class Columns {
public:
    explicit Columns(const Row& row) : row_{row} {}
    const Value& next() { return row_.at(at_++); }
    std::int64_t integer() { return as_int(next()); }
    std::optional<std::int64_t> number() {
        const Value& value = next();
        if (is_null(value)) return std::nullopt;
        return as_int(value);
    }
    std::string text() { return as_text(next()); }
    std::string bytes() { return as_bytes(next()); }

private:
    const Row& row_;
    std::size_t at_ = 0;
};

}  // namespace ohm::store
