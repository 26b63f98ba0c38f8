#include "wire/binary.hpp"

#include <bit>
#include <limits>

namespace ohm::wire {
namespace {

constexpr std::uint64_t patch_null = 2;  // in the place of the count, which is 0 or 1
constexpr std::int64_t unknown_time = std::numeric_limits<std::int64_t>::min();

void put_varint(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
    out += static_cast<char>(value);
}
void put_bytes(std::string& out, std::string_view bytes) {
    put_varint(out, bytes.size());
    out += bytes;
}
std::uint64_t zigzag(std::int64_t value) {
    return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}

bool take_varint(std::string_view& in, std::uint64_t& value) {
    value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        if (in.empty()) return false;
        const auto byte = static_cast<std::uint8_t>(in.front());
        in.remove_prefix(1);
        if (shift == 63 && byte > 1) return false;
        value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if (byte < 0x80) return true;
    }
    return false;
}
bool take_signed(std::string_view& in, std::int64_t& value) {
    std::uint64_t raw = 0;
    if (!take_varint(in, raw)) return false;
    value = static_cast<std::int64_t>(raw >> 1) ^ -static_cast<std::int64_t>(raw & 1);
    return true;
}
bool take_bytes(std::string_view& in, std::string_view& bytes) {
    std::uint64_t size = 0;
    if (!take_varint(in, size) || size > in.size()) return false;
    bytes = in.substr(0, size);
    in.remove_prefix(size);
    return true;
}

const void* member(const void* object, const Field& field) {
    return static_cast<const std::byte*>(object) + field.offset;
}
void* member(void* object, const Field& field) {
    return static_cast<std::byte*>(object) + field.offset;
}

void pack_items(std::string& out, const Type& type, const void* value) {
    const std::size_t count = type.count(value);
    put_varint(out, count);
    for (std::size_t i = 0; i < count; ++i) pack(out, *type.element, type.at(value, i));
}

void pack_patch(std::string& out, const Type& type, const void* value) {
    if (type.present(value) && type.count(value) == 0)
        put_varint(out, patch_null);
    else
        pack_items(out, type, value);
}

void pack_time(std::string& out, const DateTime& time) {
    put_varint(out, zigzag(time.known ? micros(time.at) : unknown_time));
}

// The length stands in front in four bytes, so that it can be filled in afterwards.
void pack_object(std::string& out, const Type& type, const void* value) {
    const std::size_t start = out.size();
    out.append(4, '\0');
    for (std::size_t i = 0; i < type.field_count; ++i)
        pack(out, *type.fields[i].type, member(value, type.fields[i]));
    const auto length = static_cast<std::uint32_t>(out.size() - start - 4);
    for (std::size_t i = 0; i < 4; ++i) out[start + i] = static_cast<char>(length >> (8 * i));
}

bool unpack_items(std::string_view& in, const Type& type, void* value, std::uint64_t count_max) {
    std::uint64_t count = 0;
    if (!take_varint(in, count) || count > count_max) return false;
    for (std::uint64_t i = 0; i < count; ++i)
        if (!unpack(in, *type.element, type.emplace(value))) return false;
    return true;
}

bool unpack_patch(std::string_view& in, const Type& type, void* value) {
    if (in.empty() || in.front() != static_cast<char>(patch_null))
        return unpack_items(in, type, value, 1);
    in.remove_prefix(1);
    type.clear(value);
    return true;
}

bool unpack_time(std::string_view& in, DateTime& time) {
    std::int64_t us = 0;
    if (!take_signed(in, us)) return false;
    time = us == unknown_time ? DateTime{.known = false} : DateTime{.at = utc_from_micros(us)};
    return true;
}

bool unpack_object(std::string_view& in, const Type& type, void* value) {
    if (in.size() < 4) return false;
    std::uint32_t length = 0;
    for (std::size_t i = 0; i < 4; ++i)
        length |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(in[i])) << (8 * i);
    in.remove_prefix(4);
    if (length > in.size()) return false;
    std::string_view body = in.substr(0, length);
    in.remove_prefix(length);
    for (std::size_t i = 0; i < type.field_count && !body.empty(); ++i)
        if (!unpack(body, *type.fields[i].type, member(value, type.fields[i]))) return false;
    return true;
}

bool unpack_one_of(std::string_view& in, const Type& type, void* value) {
    std::uint64_t index = 0;
    const bool has_other = type.fallback == static_cast<int>(type.names.size());
    if (!take_varint(in, index) || index >= type.names.size() + has_other) return false;
    *static_cast<std::uint8_t*>(value) = static_cast<std::uint8_t>(index);
    return true;
}

bool unpack_text(std::string_view& in, void* value) {
    std::string_view bytes;
    if (!take_bytes(in, bytes)) return false;
    *static_cast<std::string*>(value) = bytes;
    return true;
}

}  // namespace

void pack(std::string& out, const Type& type, const void* value) {
    switch (type.kind) {
        case Kind::boolean: out += *static_cast<const bool*>(value) ? '\1' : '\0'; return;
        case Kind::integer:
            put_varint(out, zigzag(*static_cast<const std::int64_t*>(value)));
            return;
        case Kind::unsigned64: put_varint(out, *static_cast<const std::uint64_t*>(value)); return;
        case Kind::number:
            put_varint(out, std::bit_cast<std::uint64_t>(*static_cast<const double*>(value)));
            return;
        case Kind::text:
        case Kind::blob:
        case Kind::any: put_bytes(out, *static_cast<const std::string*>(value)); return;
        case Kind::date_time: pack_time(out, *static_cast<const DateTime*>(value)); return;
        case Kind::one_of: put_varint(out, *static_cast<const std::uint8_t*>(value)); return;
        case Kind::list:
        case Kind::optional: pack_items(out, type, value); return;
        case Kind::patch: pack_patch(out, type, value); return;
        case Kind::object: pack_object(out, type, value); return;
    }
}

bool unpack(std::string_view& in, const Type& type, void* value) {
    switch (type.kind) {
        case Kind::boolean:
            if (in.empty()) return false;
            *static_cast<bool*>(value) = in.front() != '\0';
            in.remove_prefix(1);
            return true;
        case Kind::integer: return take_signed(in, *static_cast<std::int64_t*>(value));
        case Kind::unsigned64: return take_varint(in, *static_cast<std::uint64_t*>(value));
        case Kind::number: {
            std::uint64_t bits = 0;
            if (!take_varint(in, bits)) return false;
            *static_cast<double*>(value) = std::bit_cast<double>(bits);
            return true;
        }
        case Kind::text:
        case Kind::blob:
        case Kind::any: return unpack_text(in, value);
        case Kind::date_time: return unpack_time(in, *static_cast<DateTime*>(value));
        case Kind::one_of: return unpack_one_of(in, type, value);
        case Kind::list: return unpack_items(in, type, value, in.size());
        case Kind::optional: return unpack_items(in, type, value, 1);
        case Kind::patch: return unpack_patch(in, type, value);
        case Kind::object: return unpack_object(in, type, value);
    }
    return false;
}

}  // namespace ohm::wire
