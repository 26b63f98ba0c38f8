// `ohmstead sim`: provisions stations, runs them, reports. Called by main, on the main thread,
// before any other thread is started, because it forks.
#pragma once

#include <span>
#include <string>

namespace ohm::sim {

// The arguments behind `sim`. The process's exit code: 0 when stations were accepted and no part
// failed, 1 when not, 2 for arguments that make no sense. The report goes to stdout, all else to
// stderr.
int run_sim(std::span<const std::string> arguments);

}  // namespace ohm::sim
