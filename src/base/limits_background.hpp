// Bounds of what nobody waits for: how much of the database's time it takes.
#pragma once

#include <cstddef>

#include "base/time.hpp"

namespace ohm::limits {

constexpr std::size_t background_rows = 250;  // of a unit, in one statement
constexpr std::size_t background_keys = 500;  // of a read
constexpr int background_rests = 3;           // times as long as a statement took
constexpr milliseconds background_rest{200};  // at most; an open transaction may idle for 2 s

}  // namespace ohm::limits
