// What a batch changed, as events: read off the rows that it is about to write and off what is
// marked as news in its stations. The one place where events are made; called by the shard before
// the marks are cleared.
#pragma once

#include "api/shard_state.hpp"

namespace ohm::api::events {

void collect(ShardState& shard, Batch& batch);

}  // namespace ohm::api::events
