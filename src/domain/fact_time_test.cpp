#include "domain/fact_time.hpp"

#include <gtest/gtest.h>

#include "base/time.hpp"

namespace ohm::domain {
namespace {

constexpr std::int64_t now = 1'767'225'600'000'000;  // 2026-01-01
constexpr std::int64_t minute = 60'000'000, day = 24 * 60 * minute;

TEST(FactTime, NowAndWhatWasKeptOfflineArePlausible) {
    EXPECT_TRUE(is_plausible_time(now, now));
    EXPECT_TRUE(is_plausible_time(now + 4 * minute, now));
    EXPECT_TRUE(is_plausible_time(now - 60 * day, now));
}

TEST(FactTime, TheFutureAndUnsetClocksAreNot) {
    EXPECT_FALSE(is_plausible_time(now + 6 * minute, now));
    EXPECT_FALSE(is_plausible_time(0, now));
    EXPECT_FALSE(is_plausible_time(946'684'800'000'000, now));  // 2000-01-01
    EXPECT_FALSE(is_plausible_time(now + 1000 * day, now));
}

}  // namespace
}  // namespace ohm::domain
