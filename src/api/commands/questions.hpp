// CALLs that nobody ordered one by one: reading back what was set, a station's inventory after its
// boot, the messages of a longer conversation. For the other files here, and api/held.
#pragma once

#include "api/commands/neutral.hpp"
#include "api/shard_state.hpp"

namespace ohm::api::commands {

void ask_to_verify(Work& work, Station& station, const Ulid& command, Prepared&& prepared);
// False where the station's queue is full.
bool ask_station(ShardState& shard, Batch& batch, Station& station, Prepared&& prepared,
                 std::string_view name);
void ask_for_inventory(ShardState& shard, Batch& batch, Station& station);

}  // namespace ohm::api::commands
