// The api's own figures as Prometheus text. Pure.
#pragma once

#include <string>

#include "api/shard_state.hpp"

namespace ohm::api {

void add(ShardFigures& sum, const ShardFigures& figures);
std::string metrics_text(const ShardFigures& figures, bool bus_up);

}  // namespace ohm::api
