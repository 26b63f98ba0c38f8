#include "domain/local_time.hpp"

#include <gtest/gtest.h>

#include "base/time.hpp"

namespace ohm::domain {
namespace {

constexpr std::int64_t second = 1'000'000, hour = 3600 * second, start = 1'800'000'000 * second;

TEST(LocalTime, IsLearntFromThreeLiveMessagesThatAreApart) {
    LocalTime local;
    EXPECT_FALSE(learn(local, start + 2 * hour, start));
    EXPECT_FALSE(learn(local, start + 2 * hour + 70 * second, start + 71 * second));
    EXPECT_EQ(local.offset_us, 0);
    EXPECT_TRUE(learn(local, start + 2 * hour + 140 * second, start + 142 * second));
    EXPECT_EQ(local.offset_us, 2 * hour);
    EXPECT_FALSE(learn(local, start + 2 * hour + 300 * second, start + 300 * second));
}

// After an outage a station says in one rush what it kept.
TEST(LocalTime, IsNotLearntFromWhatWasQueued) {
    LocalTime local;
    for (int i = 0; i < 20; ++i)
        EXPECT_FALSE(learn(local, start - hour + i * second, start + i * second));
    EXPECT_EQ(local.offset_us, 0);
}

TEST(LocalTime, OtherDistancesTeachNothing) {
    LocalTime local;
    for (int i = 0; i < 10; ++i) {
        const std::int64_t now = start + i * hour;
        EXPECT_FALSE(learn(local, now + 7 * 60 * second, now));  // between two quarters
        EXPECT_FALSE(learn(local, now + 15 * hour, now));        // no zone is that far
        EXPECT_FALSE(learn(local, INT64_MIN, now));
        EXPECT_FALSE(learn(local, INT64_MAX, now));
    }
    EXPECT_EQ(local.agreeing, 0);
}

TEST(LocalTime, FollowsTheEndOfSummerTimeAndGoesBackToUtc) {
    LocalTime local;
    std::int64_t now = start;
    const auto say = [&](std::int64_t offset, int times) {
        for (int i = 0; i < times; ++i) learn(local, now + offset, now), now += 100 * second;
    };
    say(-2 * hour, 3);
    EXPECT_EQ(local.offset_us, -2 * hour);
    say(-hour, 2);
    EXPECT_EQ(local.offset_us, -2 * hour);
    say(-hour, 1);
    EXPECT_EQ(local.offset_us, -hour);
    say(0, 3);
    EXPECT_EQ(local.offset_us, 0);
    say(5 * hour + hour / 2, 3);  // half hours are offsets too
    EXPECT_EQ(local.offset_us, 5 * hour + hour / 2);
}

}  // namespace
}  // namespace ohm::domain
