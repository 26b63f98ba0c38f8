// What every answer has besides its body: how often the caller may ask, and how it is packed.
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

TEST_F(RestTest, ListsArePackedForWhoTakesIt) {
    start();
    for (int i = 1; i <= 20; ++i) add_station(i, "CP" + std::to_string(i));
    const std::string path = "/api/v1/stations";
    const Reply plain = get(path);
    EXPECT_EQ(plain.header("content-encoding"), "");
    EXPECT_EQ(plain.header("vary"), "Accept-Encoding");
    const Reply packed = request("GET", path, "", {"Accept-Encoding: gzip, deflate, br"});
    EXPECT_EQ(packed.header("content-encoding"), "gzip");
    EXPECT_EQ(packed.header("vary"), "Accept-Encoding");
    EXPECT_EQ(packed.body.substr(0, 2), "\x1f\x8b");
    EXPECT_LT(packed.body.size() * 4, plain.body.size());
    const Reply head = request("HEAD", path, "", {"Accept-Encoding: gzip"});
    EXPECT_EQ(head.header("content-length"), packed.header("content-length"));
    EXPECT_EQ(head.body, "");
}

TEST_F(RestTest, WhatHasAnETagOrIsShortGoesAsItIs) {
    start();
    add_station(1, "CP1");
    const std::string note(2 * limits::gzip_from_bytes, 'n');
    sql->query("update charge_points set note = $1 where station_no = 1", {note});
    const Reply station = get("/api/v1/stations/CP1", {"Accept-Encoding: gzip"});
    EXPECT_TRUE(station.has(note)) << station.body;
    EXPECT_EQ(station.header("content-encoding"), "");
    EXPECT_EQ(get("/api/v1/me", {"Accept-Encoding: gzip"}).header("vary"), "");
}

TEST_F(RestTest, TheDescriptionIsPacked) {
    start();
    const Reply plain = get("/openapi.json");
    const Reply packed = request("GET", "/openapi.json", "", {"Accept-Encoding: gzip"});
    EXPECT_EQ(packed.header("content-encoding"), "gzip");
    EXPECT_LT(packed.body.size() * 4, plain.body.size());
    EXPECT_EQ(get("/metrics", {"Accept-Encoding: gzip"}).header("content-encoding"), "");
}

TEST_F(RestTest, APackedListHidesTokensToo) {
    start();
    add_key("ohk_viewer", "viewer", "transactions:read");
    for (int i = 1; i <= 20; ++i) {
        add_station(i, "CP" + std::to_string(i));
        sql->query(
            "insert into orphan_stops (id, station_no, token_key, said_id, token, meter_stop, at, "
            "reason, received_at, payload) values ($1, $2, 'k', 1, '04A1B2C3D4', 0, 1, 'Local', 1, "
            "'{}')",
            {store::Bytes{ids.next().bytes()}, std::int64_t{i}});
    }
    const Reply plain = request("GET", "/api/v1/orphan-stops", "", {}, "ohk_viewer");
    EXPECT_TRUE(plain.has("****C3D4")) << plain.body;
    EXPECT_FALSE(plain.has("04A1B2C3D4"));
    const Reply packed =
        request("GET", "/api/v1/orphan-stops", "", {"Accept-Encoding: gzip"}, "ohk_viewer");
    EXPECT_EQ(packed.header("content-encoding"), "gzip");
    EXPECT_FALSE(packed.has("04A1B2C3D4"));
}

}  // namespace
}  // namespace ohm::api::rest
