#include "store/postgres_values.hpp"

#include <array>
#include <type_traits>

#include "base/text.hpp"
#include "store/driver.hpp"

namespace ohm::store::postgres {
namespace {

namespace oid {
constexpr Oid boolean = 16, bytea = 17, int8 = 20, int2 = 21, int4 = 23, text = 25, object = 26,
              numeric = 1700;
constexpr Oid bytea_array = 1001, text_array = 1009, int8_array = 1016;
}  // namespace oid

// Most significant byte first.
template <class T>
void append_number(std::string& out, T number) {
    const auto bits = static_cast<std::make_unsigned_t<T>>(number);
    std::array<char, sizeof(T)> bytes;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        bytes[i] = static_cast<char>(bits >> (8 * (sizeof(T) - 1 - i)));
    out.append(bytes.data(), bytes.size());
}

void append_int16(std::string& out, std::int16_t number) { append_number(out, number); }
void append_int32(std::string& out, std::int32_t number) { append_number(out, number); }
void append_int64(std::string& out, std::int64_t number) { append_number(out, number); }

// The array header of one dimension: dimensions, whether there are nulls, element type, length,
// first index. The elements follow, each after its length.
std::string array_header(Oid element, std::size_t count, bool has_null) {
    std::string out;
    append_int32(out, count == 0 ? 0 : 1);
    append_int32(out, has_null ? 1 : 0);
    append_int32(out, static_cast<std::int32_t>(element));
    if (count == 0) return out;
    append_int32(out, static_cast<std::int32_t>(count));
    append_int32(out, 1);
    return out;
}

void append_element(std::string& out, std::int64_t number) {
    append_int32(out, 8);
    append_int64(out, number);
}

void append_element(std::string& out, const std::string& data) {
    append_int32(out, static_cast<std::int32_t>(data.size()));
    out += data;
}

void append_element(std::string& out, const Value& value) {
    if (is_null(value)) {
        append_int32(out, -1);
    } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
        append_element(out, *number);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
        require_storable_text(*text);
        append_element(out, *text);
    } else {
        append_element(out, std::get<Bytes>(value).data);
    }
}

struct ToParameter {
    Parameter operator()(Null) const { return {0, true, {}}; }
    Parameter operator()(std::int64_t number) const {
        Parameter parameter{oid::int8, false, {}};
        append_int64(parameter.data, number);
        return parameter;
    }
    Parameter operator()(const std::string& text) const {
        require_storable_text(text);
        return {oid::text, false, text};
    }
    Parameter operator()(const Bytes& bytes) const { return {oid::bytea, false, bytes.data}; }
    Parameter operator()(const std::vector<std::int64_t>& numbers) const {
        return array_of(numbers);
    }
    Parameter operator()(const std::vector<std::string>& texts) const {
        Parameter parameter{oid::text_array, false, array_header(oid::text, texts.size(), false)};
        for (const std::string& text : texts) {
            require_storable_text(text);
            append_element(parameter.data, text);
        }
        return parameter;
    }
};

}  // namespace

Parameter parameter_of(const Value& value) { return std::visit(ToParameter{}, value); }

Parameter array_of(const std::vector<std::int64_t>& numbers) {
    Parameter parameter{oid::int8_array, false, array_header(oid::int8, numbers.size(), false)};
    for (const std::int64_t number : numbers) append_element(parameter.data, number);
    return parameter;
}

Parameter array_of(const std::vector<std::vector<Value>>& rows, std::size_t column, Kind kind) {
    const Oid element = kind == Kind::integer ? oid::int8
                        : kind == Kind::text  ? oid::text
                                              : oid::bytea;
    const Oid array = kind == Kind::integer ? oid::int8_array
                      : kind == Kind::text  ? oid::text_array
                                            : oid::bytea_array;
    bool has_null = false;
    for (const auto& row : rows) has_null = has_null || is_null(row[column]);
    Parameter parameter{array, false, array_header(element, rows.size(), has_null)};
    for (const auto& row : rows) append_element(parameter.data, row[column]);
    return parameter;
}

bool is_of(Kind kind, Oid member) {
    switch (kind) {
        case Kind::integer: return member == oid::int8;
        case Kind::text: return member == oid::text;
        case Kind::bytes: return member == oid::bytea;
    }
    return false;
}

Parameter array_of(const std::vector<std::vector<Value>>& rows, const RowType& type,
                   const std::vector<std::optional<std::size_t>>& places) {
    Parameter parameter{type.array, false, array_header(type.row, rows.size(), false)};
    std::string& out = parameter.data;
    constexpr std::size_t usual_member_bytes = 16;
    out.reserve(out.size() + rows.size() * (8 + places.size() * usual_member_bytes));
    std::string row_out;
    for (const auto& row : rows) {
        row_out.clear();
        append_int32(row_out, static_cast<std::int32_t>(places.size()));
        for (std::size_t i = 0; i < places.size(); ++i) {
            append_int32(row_out, static_cast<std::int32_t>(type.members[i].type));
            append_element(row_out, places[i] ? row[*places[i]] : Value{Null{}});
        }
        append_element(out, row_out);
    }
    return parameter;
}

Value value_of(Oid type, std::string_view text) {
    switch (type) {
        case oid::boolean: return std::int64_t{text == "t"};
        case oid::int2:
        case oid::int4:
        case oid::int8:
        case oid::object:
        case oid::numeric:  // what sum() of integers is
            if (const auto number = parse_int(text)) return *number;
            return std::string{text};
        case oid::bytea: {
            ENSURE(text.starts_with("\\x"));
            auto bytes = from_hex(text.substr(2));
            ENSURE(bytes.has_value());
            return Bytes{std::move(*bytes)};
        }
        default: return std::string{text};
    }
}

std::string copy_header() {
    std::string header{"PGCOPY\n\377\r\n\0", 11};
    append_int32(header, 0);  // no flags
    append_int32(header, 0);  // no extension
    return header;
}

void append_copy_row(std::string& out, const std::vector<Value>& row) {
    append_int16(out, static_cast<std::int16_t>(row.size()));
    for (const Value& value : row) append_element(out, value);
}

std::string copy_trailer() {
    std::string trailer;
    append_int16(trailer, -1);
    return trailer;
}

std::string_view array_type(Kind kind) {
    switch (kind) {
        case Kind::integer: return "int8[]";
        case Kind::text: return "text[]";
        case Kind::bytes: return "bytea[]";
    }
    return {};
}

}  // namespace ohm::store::postgres
