#include "api/rest/other_origins.hpp"

#include "api/rest/test_rest.hpp"
#include "base/error.hpp"

namespace ohm::api::rest {
namespace {

class OtherOriginsTest : public RestTest {
protected:
    Reply preflight(const std::string& origin) {
        return request("OPTIONS", "/api/v1/stations", "",
                       {"Origin: " + origin, "Access-Control-Request-Method: POST"}, "");
    }
};

TEST_F(OtherOriginsTest, NoneIsLetInUnlessNamed) {
    start();
    const Reply asked = preflight("https://app.example");
    EXPECT_EQ(asked.status, 204);
    EXPECT_EQ(asked.header("allow"), "GET, HEAD, POST, OPTIONS");
    EXPECT_EQ(asked.header("access-control-allow-methods"), "");
    EXPECT_EQ(
        get("/api/v1/me", {"Origin: https://app.example"}).header("access-control-allow-origin"),
        "");
}

TEST_F(OtherOriginsTest, NamedOnesReadAndWriteWithAKey) {
    settings.origins = OtherOrigins{"https://app.example, http://localhost:5173"};
    start();
    const Reply asked = preflight("https://app.example");
    EXPECT_EQ(asked.status, 204);
    EXPECT_EQ(asked.header("access-control-allow-origin"), "https://app.example");
    EXPECT_EQ(asked.header("access-control-allow-methods"), "GET, HEAD, POST, OPTIONS");
    EXPECT_NE(asked.header("access-control-allow-headers").find("Authorization"),
              std::string::npos);
    EXPECT_EQ(asked.header("access-control-allow-credentials"), "");
    const Reply read = get("/api/v1/me", {"Origin: http://localhost:5173"});
    EXPECT_EQ(read.status, 200);
    EXPECT_EQ(read.header("access-control-allow-origin"), "http://localhost:5173");
    EXPECT_NE(read.header("access-control-expose-headers").find("ETag"), std::string::npos);
    EXPECT_EQ(read.header("vary"), "Origin");
    // A problem must be readable as well.
    const Reply refused = request("GET", "/api/v1/me", "", {"Origin: https://app.example"}, "");
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(refused.header("access-control-allow-origin"), "https://app.example");
    EXPECT_EQ(preflight("https://evil.example").header("access-control-allow-origin"), "");
    EXPECT_EQ(preflight("https://app.example.evil").header("access-control-allow-methods"), "");
}

TEST_F(OtherOriginsTest, EveryOriginByAStar) {
    settings.origins = OtherOrigins{"*"};
    start();
    EXPECT_EQ(preflight("https://any.example").header("access-control-allow-origin"), "*");
}

TEST_F(OtherOriginsTest, OptionsSayWhatIsPossible) {
    start();
    EXPECT_EQ(request("OPTIONS", "/api/v1/me", "", {}, "").header("allow"), "GET, HEAD, OPTIONS");
    EXPECT_EQ(request("OPTIONS", "/api/v1/nothing").status, 404);
    EXPECT_EQ(request("OPTIONS", "*").status, 204);
}

TEST(OtherOrigins, WhatIsNoOriginEndsTheStart) {
    for (const char* text : {"app.example", "https://", "https://app.example/", "ftp://a",
                             "https://a b", "https://a.example, nonsense"})
        EXPECT_THROW(OtherOrigins{text}, Fault) << text;
    EXPECT_NO_THROW(OtherOrigins{""});
    EXPECT_NO_THROW(OtherOrigins{" https://A.example , https://[::1]:8080"});
}

}  // namespace
}  // namespace ohm::api::rest
