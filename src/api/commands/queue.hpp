// A command's life between its first row and its final state. For the other files here.
#pragma once

#include "api/commands/commands.hpp"
#include "store/message_log.hpp"

namespace ohm::api::commands {

Command* find_command(Station& station, std::string_view id_bytes);
// In order of priority, behind those of its own.
void enqueue(ShardState& shard, Station& station, std::unique_ptr<Command> command);
// The next CALL goes only when the one before is final, and only what the boot state allows.
void send_next(ShardState& shard, Batch& batch, Station& station);
// Writes the final state, wakes those who wait, and lets the next one go. The command is gone
// afterwards.
void finish(ShardState& shard, Batch& batch, Station& station, Command& command,
            CommandState state);
void fail(ShardState& shard, Batch& batch, Station& station, Command& command,
          std::string_view reason);
std::int64_t deadline_of_new(const ShardState& shard, const Station& station, std::int64_t now_us);
// Tells the worker whether it may answer Heartbeats of the connection itself.
void tell_worker(ShardState& shard, Batch& batch, const Station& station, bool boot_accepted);
bool triggers_heartbeat(const Command& command);
// Open commands or pending effects: looked at with each tick.
void note_whether_busy(ShardState& shard, const Station& station);

}  // namespace ohm::api::commands
