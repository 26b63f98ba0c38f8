// One fleet is bound by 20,000 descriptors and one core: the parent forks a child for each fleet,
// tells all of them at once when the load begins, adds up what they report every second over pipes,
// and prints it. Called once, by run_sim, on the main thread, before any other thread is started.
#pragma once

#include "sim/fleet.hpp"

namespace ohm::sim {

struct ProcessSettings {
    FleetSettings fleet;  // of the whole; each child gets its share of stations and rates
    std::size_t processes = 1;
};

// The share of child `index`: stations in unbroken runs, rates in proportion.
FleetSettings share_of(const ProcessSettings& settings, std::size_t index);

struct Outcome {
    Report report;
    std::size_t children_failed = 0;
};
// SIGINT and SIGTERM end the load early; a second one ends the children at once.
Outcome run_processes(const ProcessSettings& settings);

}  // namespace ohm::sim
