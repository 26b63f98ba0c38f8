// CALLs that nobody ordered: reading back what was set, a station's inventory after its boot. For
// the other files here alone.
#pragma once

#include "api/commands/neutral.hpp"
#include "api/shard_state.hpp"

namespace ohm::api::commands {

void ask_to_verify(Work& work, Station& station, const Ulid& command, Prepared&& prepared);
// A command on behalf of the CSMS or of an operator, as create_command would take it; nobody waits
// for its answer here.
tl::expected<Ulid, OperationRefused> order(Work& work, Station& station,
                                           const CommandCreate& wanted,
                                           const std::string& requested_by);
void ask_for_inventory(ShardState& shard, Batch& batch, Station& station);

}  // namespace ohm::api::commands
