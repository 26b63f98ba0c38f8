// Reads what a shard holds in memory: stations by identity or by partition, with their state,
// connectors and open commands. One set-based statement a table. Called by a shard, between batches
// and before one.
#pragma once

#include <span>
#include <string>

#include "api/shard_state.hpp"
#include "api/station_operations.hpp"
#include "store/sql.hpp"

namespace ohm::api {

// Stations of these keys that are not loaded yet; unknown ones stay unknown.
void load_stations(store::Sql& sql, ShardState& shard, std::span<const std::string> keys);
// What a new owner must know at once: connected stations, stations with open commands, and the
// workers.
void load_partition(store::Sql& sql, ShardState& shard, Partition partition, Mono now);
// At least `count` numbers for OCPP's ids, taken from the sequence in blocks.
void load_ocpp_numbers(store::Sql& sql, ShardState& shard, std::size_t count);
void load_operation_needs(store::Sql& sql, ShardState& shard, const OperationNeeds& needs);

}  // namespace ohm::api
