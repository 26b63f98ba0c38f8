// The WebSocket of events, kept open: connects, reads, connects again behind what came. Its loop
// runs on the caller's thread.
#pragma once

#include <functional>

#include "cli/cli.hpp"
#include "cli/tail.hpp"

namespace ohm::cli {

// Returns the exit code; not before the api refuses, or `tail` has enough.
int listen_to_api(const Words& words, Tail& tail, const Terminal& terminal);

}  // namespace ohm::cli
