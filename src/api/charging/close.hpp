// An operator closes the record of a transaction whose end never came. Here only: the station is
// told nothing, and what it may still say is folded in as before. Called by a shard in a batch.
#pragma once

#include "api/needs.hpp"
#include "api/shard_state.hpp"

namespace ohm::api {

void add_close_needs(ShardState& shard, const bus::Envelope& envelope, Needs& needs);
void close_transaction(Work& work, const bus::OperatorBody& asked, Station& station);

}  // namespace ohm::api
