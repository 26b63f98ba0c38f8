// The samples of one meterValue element as one row: packed when written, unpacked when read. Any
// thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "domain/meter.hpp"

namespace ohm::api {

// Bits of meter_values.flags.
constexpr std::int64_t has_unreadable = 1, has_unknown_unit = 2, has_signed = 4, was_repaired = 8;
std::int64_t flags_of(std::span<const domain::Sample> samples);

std::string pack_samples(std::span<const domain::Sample> samples);
std::vector<domain::Sample> unpack_samples(std::string_view packed);

}  // namespace ohm::api
