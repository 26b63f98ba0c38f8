// Commands to stations: each a row with a deadline and a final state, delivered at most once; the
// next CALL to a connection goes only when the one before is final (architecture §4.6). Called by a
// shard in a batch.
#pragma once

#include "api/operations.hpp"
#include "api/shard_state.hpp"

namespace ohm::api {

// The operation send_command: refuses, or queues and sends as soon as the connection is free.
void create_command(Work& work, Station& station, const bus::OperatorBody& asked,
                    const CommandCreate& wanted);

void command_sent(Work& work);
void command_undelivered(Work& work);
void command_answered(Work& work);

void fail_commands(ShardState& shard, Batch& batch, Station& station, std::string_view reason);
// Deadlines of commands and of those who wait for them.
void expire_commands(ShardState& shard, Batch& batch);

}  // namespace ohm::api
