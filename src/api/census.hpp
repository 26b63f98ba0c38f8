// Counts the stations on line and the open transactions of a shard, a part a call: a shard that
// holds a million must not stop for it. On the shard's thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "api/stations.hpp"

namespace ohm::api {

class Census {
public:
    explicit Census(std::size_t buckets_a_call = 50'000) : buckets_a_call_{buckets_a_call} {}

    // Small shards are counted whole by each call.
    void go_on(const Stations& stations);
    // As of the last whole count.
    std::uint64_t stations_online() const { return stations_online_; }
    std::uint64_t transactions_open() const { return transactions_open_; }

private:
    void begin(const Stations& stations);
    void count(const Station& station);

    const std::size_t buckets_a_call_;
    std::size_t next_bucket_ = 0, bucket_count_ = 0;
    std::uint64_t online_so_far_ = 0, open_so_far_ = 0;
    std::uint64_t stations_online_ = 0, transactions_open_ = 0;
};

}  // namespace ohm::api
