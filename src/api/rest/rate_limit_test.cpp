#include "api/rest/rate_limit.hpp"

#include <gtest/gtest.h>

namespace ohm::api::rest {
namespace {

std::string header(const RateLimit& limit, const std::string& credential, std::string_view name) {
    net::Response response;
    limit.add_headers(credential, response);
    for (const net::Header& one : response.headers)
        if (one.name == name) return one.value;
    return "";
}

TEST(RateLimit, TakesAsManyAtOnceAndThenAsTheyComeBack) {
    ManualClock clock{Utc{}};
    RateLimit limit{clock, 6};  // one in ten seconds
    for (int i = 0; i < 6; ++i) EXPECT_TRUE(limit.takes("a")) << i;
    EXPECT_FALSE(limit.takes("a"));
    EXPECT_EQ(limit.until_next("a"), seconds{10});
    EXPECT_TRUE(limit.takes("b"));  // who has a bucket of its own
    clock.advance(seconds{9});
    EXPECT_FALSE(limit.takes("a"));
    EXPECT_EQ(limit.until_next("a"), seconds{1});
    clock.advance(seconds{1});
    EXPECT_TRUE(limit.takes("a"));
    EXPECT_FALSE(limit.takes("a"));
}

TEST(RateLimit, SaysWhatIsLeftAndWhenAllIsBack) {
    ManualClock clock{Utc{}};
    RateLimit limit{clock, 6};
    EXPECT_EQ(header(limit, "a", "RateLimit-Policy"), R"("default";q=6;w=60)");
    EXPECT_EQ(header(limit, "a", "RateLimit"), R"("default";r=6;t=0)");
    EXPECT_TRUE(limit.takes("a"));
    EXPECT_TRUE(limit.takes("a"));
    EXPECT_EQ(header(limit, "a", "RateLimit"), R"("default";r=4;t=20)");
    clock.advance(seconds{12});
    EXPECT_EQ(header(limit, "a", "RateLimit"), R"("default";r=5;t=8)");
    clock.advance(seconds{600});
    EXPECT_EQ(header(limit, "a", "RateLimit"), R"("default";r=6;t=0)");
}

TEST(RateLimit, WhatIsGivenBackMayBeAskedAgain) {
    ManualClock clock{Utc{}};
    RateLimit limit{clock, 1};
    EXPECT_TRUE(limit.takes("a"));
    EXPECT_FALSE(limit.takes("a"));
    limit.give_back("a");
    EXPECT_TRUE(limit.takes("a"));
    limit.give_back("nobody");
}

TEST(RateLimit, ZeroIsNoBoundAndSaysNothing) {
    ManualClock clock{Utc{}};
    RateLimit limit{clock, 0};
    for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(limit.takes("a"));
    limit.give_back("a");
    EXPECT_EQ(limit.until_next("a"), seconds{0});
    EXPECT_EQ(header(limit, "a", "RateLimit"), "");
}

TEST(RateLimit, AFullBucketIsForgottenAndAnEmptyOneIsNot) {
    ManualClock clock{Utc{}};
    RateLimit limit{clock, 1};
    for (std::size_t i = 1; i < limits::rate_buckets_unswept; ++i)
        EXPECT_TRUE(limit.takes("early " + std::to_string(i)));
    clock.advance(seconds{60});
    EXPECT_TRUE(limit.takes("late"));  // sweeps the others
    EXPECT_FALSE(limit.takes("late"));
    for (std::size_t i = 1; i < limits::rate_buckets_unswept; ++i)
        EXPECT_TRUE(limit.takes("early " + std::to_string(i)));
}

}  // namespace
}  // namespace ohm::api::rest
