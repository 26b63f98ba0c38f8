// The rare parts of stations from their rows. Called by the loader of stations, on the shard's
// thread.
#pragma once

#include <map>
#include <span>
#include <string>

#include "api/shard_state.hpp"

namespace ohm::api {

// Throws Fault. Stations whose reports go on are remembered for the tick.
void load_facts(store::Sql& sql, ShardState& shard,
                const std::map<std::int64_t, Station*>& stations);
// For the running batch, of the stations of these identities.
void load_desired_variables(store::Sql& sql, ShardState& shard, std::span<const std::string> keys);

}  // namespace ohm::api
