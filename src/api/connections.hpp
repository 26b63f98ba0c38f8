// Who may connect, and which connection of a station counts: the rules of docs/protocol.pml, one
// function a message. The newest authenticated connection wins; a late `closed` clears only itself;
// a restarted worker's old connections are gone. Called by a shard in a batch.
#pragma once

#include "api/shard_state.hpp"

namespace ohm::api {

void connect(Work& work);
void closed(Work& work);
void worker_up(Work& work);
void worker_beat(Work& work);
void seen(Work& work);
void refused_by_worker(Work& work);
void noticed(Work& work);

// What a worker has to know of a connection that is open.
bus::AcceptBody news_for_worker(const ShardState& shard, const Station& station,
                                bool boot_accepted);

// Sends the connection away; its `closed` follows.
void kick(Work& work, const Station& station, std::string_view cause, std::uint16_t code,
          std::string_view reason);
// The station is on no socket any more; queued commands end as offline.
void go_offline(ShardState& shard, Batch& batch, Station& station, std::string_view reason,
                std::int64_t at_us);
// Workers that have not been heard of: their stations are offline (architecture §2, life of a
// worker).
void bury_dead_workers(ShardState& shard, Batch& batch);

}  // namespace ohm::api
