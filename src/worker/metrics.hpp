// A worker's figures as Prometheus text. Pure.
#pragma once

#include <string>
#include <vector>

#include "bus/bus.hpp"
#include "worker/station_loop.hpp"

namespace ohm::worker {

std::string bus_metrics_text(const std::string& worker, const bus::BusFigures& bus);
std::string metrics_text(const std::string& worker, const std::vector<LoopFigures>& loops);

}  // namespace ohm::worker
