// Identifiers. Each kind is a type of its own, so that a connection can never be passed where a
// station is meant.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/time.hpp"

namespace ohm {

template <class Tag, class Rep>
struct Id {
    Rep value{};
    friend auto operator<=>(const Id&, const Id&) = default;
    friend bool operator==(const Id&, const Id&) = default;
};

using StationNo = Id<struct StationNoTag, std::int64_t>;   // our key, never used again
using Partition = Id<struct PartitionTag, std::uint32_t>;  // 0 .. P-1
using ConnectionId =
    Id<struct ConnectionTag, std::uint64_t>;  // unique within one worker incarnation; 0 = none
using Epoch =
    Id<struct EpochTag, std::uint64_t>;  // grows with every accepted connection of a station

// 128 bits, time-ordered (ULID): 48 bits of milliseconds, 80 bits of randomness. 16 bytes stored,
// 26 characters shown.
struct Ulid {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend auto operator<=>(const Ulid&, const Ulid&) = default;

    std::string bytes() const;  // 16 bytes, big endian: sorts as the id does
    std::string text() const;   // 26 characters of Crockford base 32
    static std::optional<Ulid> from_bytes(std::string_view bytes);
    static std::optional<Ulid> from_text(std::string_view text);
};

// Where new ids come from; injected, so that a simulation repeats. Ids of one source grow strictly.
// One thread.
class IdSource {
public:
    IdSource(const Clock& clock, Random& random) : clock_{clock}, random_{random} {}
    Ulid next();

private:
    const Clock& clock_;
    Random& random_;
    Ulid last_{};
};

// FNV-1a, 64 bits: which partition a station belongs to must be the same in every release.
constexpr std::uint64_t fnv1a(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3u;
    return hash;
}
constexpr Partition partition_of(std::string_view id_key, std::uint32_t partition_count) {
    return {static_cast<std::uint32_t>(fnv1a(id_key) % partition_count)};
}

}  // namespace ohm

template <class Tag, class Rep>
struct std::hash<ohm::Id<Tag, Rep>> {
    std::size_t operator()(const ohm::Id<Tag, Rep>& id) const { return std::hash<Rep>{}(id.value); }
};
template <>
struct std::hash<ohm::Ulid> {
    std::size_t operator()(const ohm::Ulid& id) const {
        return id.high ^ (id.low * 0x9E3779B97F4A7C15u);
    }
};
