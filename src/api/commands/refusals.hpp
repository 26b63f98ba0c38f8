// What is tried when a station refuses what others take, once. For the other files here alone.
#pragma once

#include <vector>

#include "api/commands/questions.hpp"

namespace ohm::api::commands {

// Of a command that has been answered; leniently only. Counted with the station's quirks.
std::vector<Question> after_refusal(ShardState& shard, Batch& batch, Station& station,
                                    const Command& command);

}  // namespace ohm::api::commands
