#include <charconv>
#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"
#include "wire/codec.hpp"

namespace ohm::wire {
namespace {

constexpr double integer_below = 0x1p63;

const void* member(const void* object, const Field& field) {
    return static_cast<const std::byte*>(object) + field.offset;
}

// An optional list without items is left out as well: OCPP has no empty optional lists (2.0.1 Part
// 4 §4.1).
bool is_left_out(const Type& type, const void* value) {
    if (type.kind == Kind::patch) return !type.present(value);
    if (type.kind != Kind::optional || type.shows_null) return false;
    if (type.count(value) == 0) return true;
    return type.element->kind == Kind::list && type.element->count(type.at(value, 0)) == 0;
}

void put_integer(std::string& out, auto value) {
    char digits[24];
    const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
    out.append(digits, end);
}

// As many decimals as the declaration has, or six, as OCPP 2.0.1 Part 4 asks for; no exponent. What
// a 64-bit integer cannot hold keeps a decimal: as an integer many parsers would refuse it.
void put_number(std::string& out, const Type& type, double value) {
    ENSURE(std::isfinite(value));
    char digits[400];
    const int decimals = type.max > 0 ? static_cast<int>(type.max) : 6;
    auto [end, error] =
        std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed, decimals);
    while (end[-1] == '0') --end;
    if (end[-1] == '.') end += std::abs(value) < integer_below ? -1 : 1;
    const std::string_view text{digits, end};
    out += text == "-0" ? "0" : text;
}

void encode_one_of(std::string& out, const Type& type, std::uint8_t index) {
    ENSURE(index < type.names.size());  // "(other)" is never sent
    ((out += '"') += type.names[index]) += '"';
}

void encode_object(std::string& out, const Type& type, const void* value) {
    out += '{';
    bool first = true;
    for (std::size_t i = 0; i < type.field_count; ++i) {
        const Field& field = type.fields[i];
        if (is_left_out(*field.type, member(value, field))) continue;
        if (!first) out += ',';
        first = false;
        out += '"';
        out += field.name;
        out += "\":";
        encode(out, *field.type, member(value, field));
    }
    out += '}';
}

void encode_list(std::string& out, const Type& type, const void* value) {
    out += '[';
    const std::size_t count = type.count(value);
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) out += ',';
        encode(out, *type.element, type.at(value, i));
    }
    out += ']';
}

}  // namespace

void encode(std::string& out, const Type& type, const void* value) {
    switch (type.kind) {
        case Kind::boolean: out += *static_cast<const bool*>(value) ? "true" : "false"; return;
        case Kind::integer: put_integer(out, *static_cast<const std::int64_t*>(value)); return;
        case Kind::unsigned64: put_integer(out, *static_cast<const std::uint64_t*>(value)); return;
        case Kind::number: put_number(out, type, *static_cast<const double*>(value)); return;
        case Kind::text:
        case Kind::blob: append_json_string(out, *static_cast<const std::string*>(value)); return;
        case Kind::date_time:
            ((out += '"') += to_rfc3339(static_cast<const DateTime*>(value)->at,
                                        static_cast<int>(type.max))) += '"';
            return;
        case Kind::one_of:
            encode_one_of(out, type, *static_cast<const std::uint8_t*>(value));
            return;
        case Kind::list: encode_list(out, type, value); return;
        case Kind::object: encode_object(out, type, value); return;
        case Kind::optional:
        case Kind::patch:
            if (type.count(value) == 0)
                out += "null";
            else
                encode(out, *type.element, type.at(value, 0));
            return;
        case Kind::any: {
            const auto& json = *static_cast<const std::string*>(value);
            out += json.empty() ? "null" : json;
            return;
        }
    }
}

}  // namespace ohm::wire
