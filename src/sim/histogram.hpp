// Latencies, counted in buckets of less than 0.8 % width, as HdrHistogram does: exact below 256 µs,
// then 128 buckets an octave. Any thread, one at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "wire/fields.hpp"

namespace ohm::sim {

class Histogram {
public:
    void record(Micros latency);  // negative: counted as 0; over 19 h: as 19 h
    void add(const Histogram& other);

    std::uint64_t count() const { return count_; }
    Micros max() const { return max_; }
    // The smallest value that at least this part of all values does not exceed, rounded up within
    // its bucket; 0 where there is none. 0 < part <= 1.
    Micros percentile(double part) const;

    // How it travels from a child process: only the buckets that hold something.
    struct Data {
        struct Bucket {
            std::uint64_t index = 0, count = 0;
            FIELDS(index, count)
        };
        wire::List<Bucket> buckets;
        std::uint64_t max_us = 0;
        FIELDS(buckets, max_us)
    };
    Data data() const;
    void add(const Data& data);

private:
    std::vector<std::uint64_t> buckets_;
    std::uint64_t count_ = 0;
    Micros max_{0};
};

}  // namespace ohm::sim
