// The life of a command of several CALLs. For the other files here; a shard's thread.
#pragma once

#include "api/commands/neutral.hpp"
#include "api/shard_state.hpp"

namespace ohm::api::commands {

// Null where one CALL holds all of it.
std::unique_ptr<Parts> parts_of(ShardState& shard, const Station& station, ocpp::Version version,
                                std::string_view command, std::string_view parameters);
// Whether each of its CALLs can be made; the first one's action, or the refusal.
PreparedOrRefusal check_parts(ShardState& shard, Utc now, ocpp::Version version,
                              const CommandCreate& wanted, const Parts& parts);
// Makes the next CALL: action, request and the id that it is known by.
bool prepare_part(ShardState& shard, Batch& batch, const Station& station, Command& command);
// The CALL on its way was answered (the answer is in `response`, `joined` has what was answered
// before), or is lost; the next one follows, or the command ends.
void take_part(ShardState& shard, Batch& batch, Station& station, Command& command,
               const std::string& joined);
void lose_part(ShardState& shard, Batch& batch, Station& station, Command& command,
               std::string_view reason);
// The same where nothing goes on now: it waits for the station's next connection.
void note_lost_part(Command& command, std::string_view reason);
// The station has said that the CALL was too long for it: its items go again in shorter ones. False
// where it had only one.
bool split_further(ShardState& shard, Batch& batch, Station& station, Command& command);

}  // namespace ohm::api::commands
