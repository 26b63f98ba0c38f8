// Values in the forms that PostgreSQL's wire knows: parameters in binary, results as text. For the
// driver alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/sql.hpp"

namespace ohm::store::postgres {

// A type's number in the server's catalogue: fixed for the built-in types.
using Oid = unsigned int;

struct Parameter {
    Oid type = 0;  // 0: the server finds out
    bool null = false;
    std::string data;
};

// Throws Fault{bad_data} for text that PostgreSQL would refuse.
Parameter parameter_of(const Value& value);
Parameter array_of(const std::vector<std::int64_t>& numbers);
// One column of all rows as an array.
Parameter array_of(const std::vector<std::vector<Value>>& rows, std::size_t column, Kind kind);

// A table's row type as the catalogue has it.
struct RowType {
    struct Member {
        std::string name;
        Oid type = 0;
    };
    Oid row = 0, array = 0;
    std::vector<Member> members;
};
// Whether a column can go into a member of that type as it is.
bool is_of(Kind kind, Oid member);
// All rows as one array of the table's row type; places[i] is the column of member i, or none.
// A column an array is what the server would have to put together again, value by value.
Parameter array_of(const std::vector<std::vector<Value>>& rows, const RowType& type,
                   const std::vector<std::optional<std::size_t>>& places);

// `text` is the server's text form of a value of that type. Whole numbers of any type are integers,
// booleans 0 and 1; what has no kind of its own stays text.
Value value_of(Oid type, std::string_view text);

// `copy … (format binary)`: header, rows, trailer.
std::string copy_header();
void append_copy_row(std::string& out, const std::vector<Value>& row);
std::string copy_trailer();

std::string_view array_type(Kind kind);  // `int8[]` …

}  // namespace ohm::store::postgres
