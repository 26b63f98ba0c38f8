// A station's list of tokens: what operators want of it, and the messages that bring the station
// there, one after the other, each when the one before was accepted. Called by held.cpp, in a
// batch.
#pragma once

#include "api/held/held.hpp"

namespace ohm::api {

// Whole lists, and the tokens that rules name: one statement a table for all of them.
void load_local_lists(store::Sql& sql, ShardState& shard, const Needs& needs);

// The operations write_local_list and sync_local_list.
void write_local_list(Work& work, const bus::OperatorBody& asked, Station& station);
void sync_local_list(Work& work, const bus::OperatorBody& asked, Station& station);

void list_answered(Work& work, Station& station, const Command& command);
void customer_answered(Work& work, Station& station, const Command& command);
void list_version_answered(Work& work, Station& station, const Command& command);
void list_unanswered(Batch& batch, Station& station, const Command& command);

}  // namespace ohm::api
