// Commands to stations: each a row with a deadline and a final state, delivered at most once; the
// next CALL to a connection goes only when the one before is final (architecture §4.6). Called by a
// shard in a batch. The files here: prepare (from an order to a CALL), queue (its life), answers
// (what came of it), effects (what followed), passwords, boot_states, and the table of neutral
// commands with one file a block.
#pragma once

#include "api/operations.hpp"
#include "api/shard_state.hpp"
#include "ocpp/frame.hpp"

namespace ohm::api {

// The operation send_command: refuses, or queues and sends as soon as the connection is free.
void create_command(Work& work, Station& station, const bus::OperatorBody& asked,
                    const CommandCreate& wanted);
// The operation cancel_command: while nothing was sent.
void cancel_command(Work& work, Station& station, const CommandCancel& wanted);

// Whether a command of it waits for the end of its transactions.
bool waits_for_idle(const Station& station);

void command_sent(Work& work);
void command_undelivered(Work& work);
void command_answered(Work& work);

// The connection is gone: what was handed over ends for that reason, what waits for the next
// connection stays.
void fail_commands(ShardState& shard, Batch& batch, Station& station, std::string_view reason);
// The station is gone for good: all of them end.
void end_commands(ShardState& shard, Batch& batch, Station& station);
// Deadlines of commands, of effects, and of those who wait for them. `keys`: of these stations.
void expire_commands(ShardState& shard, Batch& batch, const std::vector<std::string>& keys);

// After a station's boot was accepted: what waited goes, and its inventory is asked for where the
// installation wants that.
void commands_after_boot(Work& work, Station& station);
// After a new connection of a station that is accepted already.
void commands_after_connect(Work& work, Station& station);
// After a CALL of the station was handled: whether it is what a command was to bring about, and
// whether one that waited for the end of its transactions may go.
void note_effects(Work& work, Station& station, const ocpp::Head& head);
// Makes pending effects again from the rows of answered commands.
void restore_effect(ShardState& shard, Station& station, const Command& command);

// The password that was sent to the station is the one it uses now.
void take_next_password(Work& work, Station& station);
// The station connects by the higher profile that it has accepted: from here on the lower one is
// refused (1.6 whitepaper A05, 2.0.1 A05.FR.07).
void raise_security_profile(Work& work, Station& station);

}  // namespace ohm::api
