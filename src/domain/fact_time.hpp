// When something happened, between a station's clock and ours. Pure functions; any thread.
#pragma once

#include <cstdint>

namespace ohm::domain {

// A station's clock may be ahead by a little, and what it kept while offline may be old; before its
// clock is set it says 1970 or 2000, and that is no time at all.
bool is_plausible_time(std::int64_t said_us, std::int64_t received_us);

}  // namespace ohm::domain
