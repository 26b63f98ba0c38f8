// What every answer has besides its body: how often the caller may ask.
#include "api/rest/test_rest.hpp"
#include "base/limits_rest.hpp"

namespace ohm::api::rest {
namespace {

TEST_F(RestTest, ACallerIsToldHowOftenItMayAsk) {
    settings.rate_limit = 3;
    add_key("ohk_other", "other", "admin:*");
    start();
    const Reply first = get("/api/v1/me");
    EXPECT_EQ(first.header("ratelimit-policy"), R"("default";q=3;w=60)");
    EXPECT_EQ(first.header("ratelimit"), R"("default";r=2;t=20)");
    EXPECT_EQ(get("/api/v1/stations/none").header("ratelimit"), R"("default";r=1;t=40)");
    EXPECT_EQ(get("/api/v1/me").status, 200);
    const Reply refused = get("/api/v1/me");
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.member("code"), "rate_limited");
    EXPECT_EQ(refused.header("content-type"), "application/problem+json");
    EXPECT_EQ(refused.header("ratelimit"), R"("default";r=0;t=60)");
    const auto wait = parse_int(refused.header("retry-after"));
    ASSERT_TRUE(wait);
    EXPECT_TRUE(*wait > 15 && *wait <= 20) << *wait;
    EXPECT_EQ(request("GET", "/api/v1/me", "", {}, "ohk_other").status, 200);
}

TEST_F(RestTest, WhoIsNobodyHasNoRate) {
    settings.rate_limit = 2;
    start();
    for (int i = 0; i < 3; ++i) {
        const Reply reply = request("GET", "/api/v1/me", "", {}, "ohk_wrong");
        EXPECT_EQ(reply.status, 401);
        EXPECT_EQ(reply.header("ratelimit"), "");
        EXPECT_EQ(get("/livez").status, 200);
    }
    EXPECT_EQ(get("/api/v1/me").status, 200);
}

TEST_F(RestTest, WithoutABoundNothingIsSaidOfIt) {
    start();
    const Reply reply = get("/api/v1/me");
    EXPECT_EQ(reply.header("ratelimit"), "");
    EXPECT_EQ(reply.header("ratelimit-policy"), "");
}

TEST_F(RestTest, WhatHasNotChangedIsNotCounted) {
    settings.rate_limit = 2;
    start();
    add_station(1, "CP1");
    const std::string etag = get("/api/v1/stations/CP1").header("etag");
    for (int i = 0; i < 5; ++i) {
        const Reply same = get("/api/v1/stations/CP1", {"If-None-Match: " + etag});
        EXPECT_EQ(same.status, 304);
        EXPECT_EQ(same.header("ratelimit").substr(0, 13), R"("default";r=1)");
    }
}

}  // namespace
}  // namespace ohm::api::rest
