// From an operator's order to a CALL of the connection's version. Called by a shard in a batch.
#pragma once

#include "api/commands/neutral.hpp"
#include "api/shard_state.hpp"

namespace ohm::api::commands {

PreparedOrRefusal prepare(ShardState& shard, Utc now, ocpp::Version version,
                          const CommandCreate& wanted);
int http_status_of(std::string_view code);
// How many OCPP numbers an order may need.
constexpr std::size_t numbers_per_command = 2;

}  // namespace ohm::api::commands
