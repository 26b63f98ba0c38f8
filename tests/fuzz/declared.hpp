// What the targets of declared structs share: what must hold of whatever the decoder or the binary
// form accepts, and mutations into whole random messages, which a fuzzer hardly finds by itself.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "base/limits.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "wire/binary.hpp"
#include "wire/codec.hpp"
#include "wire/sample.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max);

namespace ohm::fuzz {

inline void require(bool condition) {
    if (!condition) std::abort();
}

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

// An "(other)" that lenient decoding put in the place of an unknown word is for us alone: encode
// refuses it.
inline bool may_be_sent(const wire::Type& type, const void* value) {
    if (type.kind == wire::Kind::one_of)
        return *static_cast<const std::uint8_t*>(value) < type.names.size();
    if (type.kind == wire::Kind::object) {
        for (std::size_t i = 0; i < type.field_count; ++i) {
            const wire::Field& field = type.fields[i];
            const void* member = static_cast<const std::byte*>(value) + field.offset;
            if (!may_be_sent(*field.type, member)) return false;
        }
        return true;
    }
    if (!type.count) return true;
    for (std::size_t i = 0; i < type.count(value); ++i)
        if (!may_be_sent(*type.element, type.at(value, i))) return false;
    return true;
}

// Whatever bytes unpack are packed into bytes that unpack to the same.
inline void check_binary(const wire::Type& type, std::string_view bytes) {
    const auto value = type.make();
    if (!wire::unpack(bytes, type, value.get())) return;
    std::string packed;
    wire::pack(packed, type, value.get());
    const auto again = type.make();
    std::string_view rest = packed;
    require(wire::unpack(rest, type, again.get()) && rest.empty());
    std::string repacked;
    wire::pack(repacked, type, again.get());
    require(repacked == packed);
}

inline void check_repairs(wire::Rules rules, const wire::Repairs& repairs) {
    require(rules.strictness == wire::Strictness::lenient || repairs.empty());
    require(repairs.size() <= limits::repairs_per_message);
    for (const wire::Repair& repair : repairs) require(is_utf8(repair.path));
}

// Whatever is accepted is encoded into what is accepted again, and encoded the same. Tells
// whether it was accepted.
inline bool check_decoding(const wire::Type& type, wire::Rules rules, std::string_view json) {
    static wire::Decoder decoder;
    const auto value = type.make();
    wire::Repairs repairs;
    if (const auto violation = decoder.decode(json, type, value.get(), rules, &repairs)) {
        require(is_utf8(violation->path) && is_utf8(violation->detail));
        return false;
    }
    check_repairs(rules, repairs);
    std::string packed;
    wire::pack(packed, type, value.get());
    check_binary(type, packed);
    if (!may_be_sent(type, value.get())) return true;
    std::string encoded;
    wire::encode(encoded, type, value.get());
    const auto again = type.make();
    require(!decoder.decode(encoded, type, again.get(), rules, nullptr));
    std::string encoded_again;
    wire::encode(encoded_again, type, again.get());
    require(encoded_again == encoded);
    return true;
}

// The message with the value of one member exchanged for what chargers and callers get wrong.
inline std::string with_odd_value(std::string json, Random& random) {
    static constexpr std::array<std::string_view, 24> odd{"null",
                                                          "true",
                                                          "\"\"",
                                                          "\" TRUE \"",
                                                          "\"7\"",
                                                          "\"1.5\"",
                                                          "\"\\u0000\"",
                                                          "\"é\"",
                                                          "0",
                                                          "-0.0",
                                                          "1.5",
                                                          "1e-7",
                                                          "1e19",
                                                          "-1e300",
                                                          "-2147483649",
                                                          "{}",
                                                          "[]",
                                                          "[{}]",
                                                          "\"available\"",
                                                          "9223372036854775808",
                                                          "\"2026-02-28 23:59:60,5\"",
                                                          "\"2026-02-28T24:00:00Z\"",
                                                          "\"0000-01-01T00:00:00+23:59\"",
                                                          R"({"a":[null]})"};
    const auto members = static_cast<std::uint64_t>(std::count(json.begin(), json.end(), ':'));
    if (members == 0) return json;
    std::size_t at = json.find(':');
    for (std::uint64_t skip = random.below(members); skip > 0; --skip) at = json.find(':', at + 1);
    const std::size_t end = std::min(json.find_first_of(",}", at), json.size());
    json.replace(at + 1, end - at - 1, odd[random.below(odd.size())]);
    return json;
}

// What stands behind the first byte becomes another, where there is room.
inline std::size_t put_payload(std::uint8_t* data, std::size_t size, std::size_t max,
                               std::string_view payload) {
    if (payload.size() >= max) return LLVMFuzzerMutate(data, size, max);
    std::memcpy(data + 1, payload.data(), payload.size());
    return 1 + payload.size();
}

// Once in a while a whole message of the type that the first byte chooses.
template <class Message>
std::size_t mutate(std::uint8_t* data, std::size_t size, std::size_t max, unsigned seed,
                   const Message& message) {
    SeededRandom random{seed};
    if (size == 0 || !random.chance(0.1)) return LLVMFuzzerMutate(data, size, max);
    return put_payload(data, size, max, message(data[0], random));
}
template <class Message>
std::size_t mutate_json(std::uint8_t* data, std::size_t size, std::size_t max, unsigned seed,
                        const Message& message) {
    SeededRandom random{~std::uint64_t{seed}};
    if (size == 0 || !random.chance(0.2)) return mutate(data, size, max, seed, message);
    std::string json{as_text(data + 1, size - 1)};
    return put_payload(data, size, max, with_odd_value(std::move(json), random));
}

}  // namespace ohm::fuzz
