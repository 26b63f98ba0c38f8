#include "sim/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "wire/codec.hpp"

namespace ohm::sim {
namespace {

std::int64_t exact(std::vector<std::int64_t> sorted, double part) {
    const auto rank =
        static_cast<std::size_t>(std::ceil(part * static_cast<double>(sorted.size())));
    return sorted[std::max<std::size_t>(rank, 1) - 1];
}

TEST(Histogram, IsEmptyAtFirst) {
    const Histogram histogram;
    EXPECT_EQ(histogram.count(), 0u);
    EXPECT_EQ(histogram.percentile(0.99), Micros{0});
    EXPECT_EQ(histogram.max(), Micros{0});
}

TEST(Histogram, IsExactWhereValuesAreSmall) {
    Histogram histogram;
    for (int i = 1; i <= 200; ++i) histogram.record(Micros{i});
    EXPECT_EQ(histogram.percentile(0.5), Micros{100});
    EXPECT_EQ(histogram.percentile(0.995), Micros{199});
    EXPECT_EQ(histogram.percentile(1.0), Micros{200});
    EXPECT_EQ(histogram.percentile(0.0001), Micros{1});
}

TEST(Histogram, PercentilesAreWithinOnePercentOverTheWholeRange) {
    SeededRandom random{11};
    for (int round = 0; round < 20; ++round) {
        Histogram histogram;
        std::vector<std::int64_t> values;
        const std::uint64_t range = std::uint64_t{1} << (6 + round * 3 / 2);
        for (int i = 0; i < 5'000; ++i) {
            const std::uint64_t skewed = random.below(range) >> random.below(5);
            values.push_back(static_cast<std::int64_t>(skewed));
            histogram.record(Micros{values.back()});
        }
        std::sort(values.begin(), values.end());
        for (const double part : {0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
            const double truth = static_cast<double>(exact(values, part));
            const double told = static_cast<double>(histogram.percentile(part).count());
            EXPECT_GE(told, truth);
            EXPECT_LE(told, truth * 1.01 + 0.5) << "range " << range << " part " << part;
        }
        EXPECT_EQ(histogram.max().count(), values.back());
    }
}

TEST(Histogram, BoundsWhatItCannotHold) {
    Histogram histogram;
    histogram.record(Micros{-5});
    histogram.record(std::chrono::hours{1000});
    EXPECT_EQ(histogram.count(), 2u);
    EXPECT_EQ(histogram.percentile(0.5), Micros{0});
    EXPECT_EQ(histogram.max(), Micros{(std::int64_t{1} << 36) - 1});
}

TEST(Histogram, AddsUpAcrossProcesses) {
    Histogram left, right, both;
    for (int i = 0; i < 1'000; ++i) {
        left.record(Micros{i});
        right.record(Micros{i * 1'000});
        both.record(Micros{i});
        both.record(Micros{i * 1'000});
    }
    const std::string travelled = wire::encode(right.data());
    Histogram::Data arrived;
    wire::Decoder decoder;
    ASSERT_FALSE(decoder.decode(travelled, arrived));
    left.add(arrived);
    EXPECT_EQ(left.count(), both.count());
    EXPECT_EQ(left.max(), both.max());
    for (const double part : {0.1, 0.5, 0.75, 0.99, 1.0})
        EXPECT_EQ(left.percentile(part), both.percentile(part));
}

TEST(Histogram, IgnoresBucketsThatDoNotExist) {
    Histogram histogram;
    Histogram::Data data;
    data.buckets.items.push_back({1'000'000'000, 1});
    histogram.add(data);
    EXPECT_EQ(histogram.count(), 0u);
}

}  // namespace
}  // namespace ohm::sim
