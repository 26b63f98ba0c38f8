// Transactions that have been open for too long: their stop is lost, most likely, and a person
// should look. Also those of stations that say nothing any more. Called by a shard's tick.
#pragma once

#include <string>
#include <vector>

#include "api/shard_state.hpp"
#include "store/sql.hpp"

namespace ohm::api {

struct OverdueSearch {
    Utc next_at{};
    std::vector<std::string> stations;  // by id_key, with some that are not marked yet
};

// Now and then: reads the stations that have such, with their open transactions. Throws Fault.
void load_overdue(store::Sql& sql, ShardState& shard, OverdueSearch& search, Utc now);
void mark_overdue(ShardState& shard, Batch& batch, OverdueSearch& search);

}  // namespace ohm::api
