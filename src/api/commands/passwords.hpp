// A password that we send to a station is its password from the station's acceptance on (1.6
// whitepaper §8, 2.0.1 A01). Until it is known whether the station took it, both let it in: nobody
// is locked out by an answer that was lost. For the other files here; a shard's thread.
#pragma once

#include "api/commands/commands.hpp"

namespace ohm::api::commands {

void note_password_sent(ShardState& shard, Batch& batch, Station& station, const Command& command);
void note_password_answered(Work& work, Station& station, const Command& command);
void note_password_unanswered(ShardState& shard, Batch& batch, Station& station,
                              const Command& command);

}  // namespace ohm::api::commands
