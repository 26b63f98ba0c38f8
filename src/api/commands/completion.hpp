// What an order leaves open, or says in a way that its station does not understand, and Ohmstead
// knows. For the other files here alone.
#pragma once

#include "api/commands/neutral.hpp"
#include "api/shard_state.hpp"

namespace ohm::api::commands {

// The token of a remote start (quirk E2), the unit of a charging profile (quirk I6).
void complete_order(ShardState& shard, Batch& batch, Station& station, ocpp::Version version,
                    CommandCreate& wanted);
// The connector of a remote start, where there is only one (quirk H5).
void name_only_connector(const ShardState& shard, const Station& station,
                         const CommandCreate& wanted, Prepared& prepared);

}  // namespace ohm::api::commands
