// The time in an id: ids are in order of when they were made, so that a bound of time is one of
// ids. Any thread.
#pragma once

#include <algorithm>

#include "base/ids.hpp"

namespace ohm {

constexpr int id_random_bits = 16;  // of the upper half; the milliseconds stand before them

// No id that was made at that time or later is smaller.
constexpr Ulid first_id_at(std::int64_t at_us) {
    const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(0, at_us / 1'000));
    return {ms << id_random_bits, 0};
}

constexpr std::int64_t made_ms(const Ulid& id) {
    return static_cast<std::int64_t>(id.high >> id_random_bits);
}

}  // namespace ohm
