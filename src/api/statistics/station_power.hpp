// What one station's sessions drew, minute by minute: read from its meter values, which are kept by
// station and time, and summed as the power of all stations is. On a reader's thread.
#pragma once

#include <cstdint>
#include <vector>

#include "api/statistics/power.hpp"

namespace ohm::api::statistics {

struct PowerMinute {
    bool is_known = false;  // of every session that ran at its end; without any: it was connected
    Power::Sum sum;
};

// One for each minute from `from` on, both whole minutes; those after `now` are not known.
std::vector<PowerMinute> read_station_power(store::Sql& sql, std::int64_t station_no,
                                            std::int64_t from, std::int64_t to, std::int64_t now);

}  // namespace ohm::api::statistics
