// What of a station's device model decides about an order, as a batch has read it. Filled and used
// by a shard.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ohm::api::commands {

struct NetworkSlots {
    std::vector<std::int64_t> all, in_use;  // empty: not known
};

struct KnownOfStation {
    NetworkSlots slots;
    std::map<std::string, std::string> data_types;  // by domain::key_of
};
using KnownOfStations = std::map<std::int64_t, KnownOfStation>;  // by station_no

}  // namespace ohm::api::commands
