// Reads what the handlers of a batch need of tokens, transactions and events: one statement a
// table. Called by a shard before a batch.
#pragma once

#include "api/needs.hpp"
#include "api/shard_state.hpp"
#include "store/sql.hpp"

namespace ohm::api {

// The open transactions of a station.
void add_open_transactions(Station& station, Needs& needs);
void load_charging_needs(store::Sql& sql, ShardState& shard, Needs& needs);

// A token as its row says it; [0] is uid_key.
extern const std::string_view token_columns;
domain::Token read_token(const store::Row& row);

// The ids of these stations' locations by station_no; those that have none are not in it.
std::unordered_map<std::int64_t, std::string> read_locations(
    store::Sql& sql, const std::vector<std::int64_t>& station_numbers);

}  // namespace ohm::api
