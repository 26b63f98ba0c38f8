// A worker's figures as Prometheus text. Pure.
#pragma once

#include <string>
#include <vector>

#include "worker/station_loop.hpp"

namespace ohm::worker {

std::string metrics_text(const std::string& worker, const std::vector<LoopFigures>& loops);

}  // namespace ohm::worker
