// CALLs that nobody ordered one by one: reading back what was set, a station's inventory after its
// boot, the messages of a longer conversation. For the other files here, and api/held.
#pragma once

#include "api/commands/neutral.hpp"
#include "api/shard_state.hpp"

namespace ohm::api::commands {

struct Question {
    std::string command, parameters;  // prepared when it goes, where there is no CALL yet
    std::optional<Prepared> call;
    std::unique_ptr<Parts> parts;
    Priority priority = Priority::normal;
    Ulid verifies;  // the command whose values it reads back
    std::int64_t not_before_at = 0, expires_at = 0;
    std::string requested_by;  // "": ourselves
};
// False where the station's queue is full.
bool ask(ShardState& shard, Batch& batch, Station& station, Question&& question);
// A command on behalf of the CSMS or of an operator, as create_command would take it; nobody waits
// for its answer here.
tl::expected<Ulid, OperationRefused> order(Work& work, Station& station,
                                           const CommandCreate& wanted,
                                           const std::string& requested_by);
// Of stations that have connected and never booted, when their time has come.
void ask_for_boots(ShardState& shard, Batch& batch);
// Likewise.
bool ask_station(ShardState& shard, Batch& batch, Station& station, Prepared&& prepared,
                 std::string_view name);
void ask_for_inventory(ShardState& shard, Batch& batch, Station& station);
// After the answer to one.
void ask_for_report_again(Work& work, Station& station, const Command& refused);

}  // namespace ohm::api::commands
