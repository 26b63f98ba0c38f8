// Commands that do not go at once: for the station's next connection, for a time, for the end of
// its transactions. For the other files here; a shard's thread.
#pragma once

#include "api/commands/questions.hpp"
#include "api/shard_state.hpp"

namespace ohm::api::commands {

bool may_go(const Station& station, const Command& command, std::int64_t now);
// Nothing runs there, as far as is known; where that is not known, something may.
bool is_idle(const Station& station);
bool runs_on(const Station& station, std::int64_t evse);
// It was surely not delivered.
void wait_again(Batch& batch, Station& station, Command& command);
// Some of it was answered or lost, the rest may still be sent on the next connection.
bool goes_on_later(const Command& command);

// What an operator says of when a command goes, and what speaks against it.
struct Timing {
    std::int64_t not_before_at = 0;
    bool when_idle = false, is_scheduled = false;
    bool waits() const { return is_scheduled || when_idle; }
};
tl::expected<Timing, OperationRefused> timing_of(ShardState& shard, const Station& station, Utc now,
                                                 ocpp::Version version,
                                                 const CommandCreate& wanted);
// The end of an availability that was ordered for a while.
std::optional<Question> way_back(wire::Decoder& decoder, const Command& command);

}  // namespace ohm::api::commands
