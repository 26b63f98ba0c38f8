// What stations hold for us: reservations, a list of tokens, charging profiles. Commands, answers,
// transactions and the clock change it; these are the places where they do. Called by a shard in a
// batch.
#pragma once

#include <map>
#include <optional>

#include "api/dispatch.hpp"
#include "api/operations.hpp"
#include "bus/envelope.hpp"
#include "store/sql.hpp"

namespace ohm::api {

// ---- before a batch ----

// With the stations themselves.
void load_held(store::Sql& sql, ShardState& shard,
               const std::map<std::int64_t, Station*>& stations);
// What an operator's order and an answer on its way must have read.
void add_held_needs(ShardState& shard, const Item& item, Needs& needs);
void load_held_needs(store::Sql& sql, ShardState& shard, const Needs& needs);

// ---- commands ----

// Why an order cannot be right, judged by what the station is known to hold.
std::optional<OperationRefused> refused_by_held(Work& work, const Station& station,
                                                const CommandCreate& wanted,
                                                std::string_view request);
void held_ordered(Work& work, Station& station, const CommandCreate& wanted,
                  const Command& command);
void held_answered(Work& work, Station& station, const Command& command);
// It ended without a good answer.
void held_unanswered(ShardState& shard, Batch& batch, Station& station, const Command& command);

// ---- what stations say ----

// An event that came for the first time.
void held_by_transaction(Handler& handler, TransactionRecord& record,
                         const domain::TransactionEvent& event);

// ---- the clock, and the end ----

void expire_held(ShardState& shard, Batch& batch);
void end_held(ShardState& shard, Batch& batch, Station& station);

inline StationHeld& held_of(Station& station) {
    if (!station.held) station.held = std::make_unique<StationHeld>();
    return *station.held;
}

}  // namespace ohm::api
