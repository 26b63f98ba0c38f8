// What follows an answer: pending until the station shows it, the time is over, or it shows the
// contrary. For the other files here; a shard's thread.
#pragma once

#include "api/commands/commands.hpp"

namespace ohm::api::commands {

// The station has answered: from now on the effect is looked for. Sets the command's effect.
void expect_effect(Work& work, Station& station, Command& command);
// The values that a command of ours has read back for another.
void take_verification(Work& work, Station& station, const Command& reading);
void fail_verification(ShardState& shard, Batch& batch, Station& station, const Command& reading);
void expire_effects(ShardState& shard, Batch& batch, Station& station, std::int64_t now);
// The file that a command has asked for is here.
void note_file(Work& work, Station& station, const Ulid& command);
void miss_all(ShardState& shard, Batch& batch, Station& station);

}  // namespace ohm::api::commands
