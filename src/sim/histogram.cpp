#include "sim/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace ohm::sim {
namespace {

constexpr std::uint64_t buckets_per_octave = 128;
constexpr std::uint64_t exact_below = 2 * buckets_per_octave;
constexpr int value_bits_max = 36;
constexpr std::uint64_t value_max = (std::uint64_t{1} << value_bits_max) - 1;

int bits_of(std::uint64_t value) { return static_cast<int>(std::bit_width(value)); }

int shift_of(std::uint64_t value) {
    return value < exact_below ? 0 : bits_of(value) - bits_of(exact_below - 1);
}

std::size_t index_of(std::uint64_t value) {
    const int shift = shift_of(value);
    return static_cast<std::size_t>(static_cast<std::uint64_t>(shift) * buckets_per_octave +
                                    (value >> shift));
}

// The largest value of a bucket.
std::uint64_t upper_end(std::size_t index) {
    if (index < exact_below) return index;
    const std::uint64_t shift = index / buckets_per_octave - 1;
    const std::uint64_t mantissa = index - shift * buckets_per_octave;
    return ((mantissa + 1) << shift) - 1;
}

const std::size_t bucket_count = index_of(value_max) + 1;

}  // namespace

void Histogram::record(Micros latency) {
    const auto value =
        std::min(static_cast<std::uint64_t>(std::max<std::int64_t>(0, latency.count())), value_max);
    if (buckets_.empty()) buckets_.resize(bucket_count);
    ++buckets_[index_of(value)];
    ++count_;
    max_ = std::max(max_, Micros{static_cast<std::int64_t>(value)});
}

void Histogram::add(const Histogram& other) { add(other.data()); }

Micros Histogram::percentile(double part) const {
    if (count_ == 0) return Micros{0};
    const auto wanted = std::clamp<std::uint64_t>(
        static_cast<std::uint64_t>(std::ceil(part * static_cast<double>(count_))), 1, count_);
    std::uint64_t passed = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
        passed += buckets_[i];
        if (passed >= wanted)
            return std::min(max_, Micros{static_cast<std::int64_t>(upper_end(i))});
    }
    return max_;
}

Histogram::Data Histogram::data() const {
    Data data;
    for (std::size_t i = 0; i < buckets_.size(); ++i)
        if (buckets_[i] > 0) data.buckets.items.push_back({i, buckets_[i]});
    data.max_us = static_cast<std::uint64_t>(max_.count());
    return data;
}

void Histogram::add(const Data& data) {
    if (!data.buckets.items.empty() && buckets_.empty()) buckets_.resize(bucket_count);
    for (const Data::Bucket& bucket : data.buckets) {
        if (bucket.index >= bucket_count) continue;
        buckets_[bucket.index] += bucket.count;
        count_ += bucket.count;
    }
    max_ = std::max(max_, Micros{static_cast<std::int64_t>(std::min(data.max_us, value_max))});
}

}  // namespace ohm::sim
