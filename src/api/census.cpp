#include "api/census.hpp"

#include <algorithm>

#include "api/charging/record.hpp"

namespace ohm::api {

void Census::go_on(const Stations& stations) {
    const bool is_moved = bucket_count_ != stations.bucket_count();
    if (is_moved || next_bucket_ == 0) begin(stations);
    const std::size_t end = std::min(next_bucket_ + buckets_a_call_, bucket_count_);
    for (; next_bucket_ < end; ++next_bucket_)
        for (auto at = stations.cbegin(next_bucket_); at != stations.cend(next_bucket_); ++at)
            count(**at);
    if (end < bucket_count_) return;
    next_bucket_ = 0;
    stations_online_ = online_so_far_;
    transactions_open_ = open_so_far_;
}

void Census::begin(const Stations& stations) {
    next_bucket_ = 0;
    bucket_count_ = stations.bucket_count();
    online_so_far_ = open_so_far_ = 0;
}

void Census::count(const Station& station) {
    online_so_far_ += station.online();
    if (!station.transactions) return;
    const auto& list = station.transactions->list;
    open_so_far_ += static_cast<std::uint64_t>(std::count_if(
        list.begin(), list.end(), [](const auto& record) { return record->is_active(); }));
}

}  // namespace ohm::api
