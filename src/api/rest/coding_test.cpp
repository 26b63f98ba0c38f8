#include "api/rest/coding.hpp"

#include <gtest/gtest.h>

#include "base/limits_rest.hpp"

namespace ohm::api::rest {
namespace {

net::Request accepting(const std::string& codings) {
    net::Request request;
    if (!codings.empty()) request.headers.push_back({"accept-encoding", codings});
    return request;
}

std::string header(const net::Response& response, std::string_view name) {
    for (const net::Header& one : response.headers)
        if (one.name == name) return one.value;
    return "";
}

net::Response answer(const std::string& type, std::size_t bytes) {
    return {.status = 200, .headers = {{"Content-Type", type}}, .body = std::string(bytes, 'x')};
}

TEST(Coding, AClientSaysWhichItTakes) {
    EXPECT_TRUE(takes_coding(accepting("gzip"), "gzip"));
    EXPECT_TRUE(takes_coding(accepting("br, GZip ;q=0.5"), "gzip"));
    EXPECT_TRUE(takes_coding(accepting("gzip;q=1.0"), "gzip"));
    EXPECT_FALSE(takes_coding(accepting("gzip;q=0"), "gzip"));
    EXPECT_FALSE(takes_coding(accepting("gzip;Q=0.000"), "gzip"));
    EXPECT_FALSE(takes_coding(accepting("identity, *;q=0"), "gzip"));
    EXPECT_FALSE(takes_coding(accepting("xgzip"), "gzip"));
    EXPECT_FALSE(takes_coding(accepting(""), "gzip"));
    net::Request two = accepting("br");
    two.headers.push_back({"accept-encoding", "gzip"});
    EXPECT_TRUE(takes_coding(two, "gzip"));
}

TEST(Coding, LongTextIsPackedForWhoTakesIt) {
    net::Response packed = answer("application/json", 5'000);
    pack(accepting("gzip, deflate"), packed);
    EXPECT_EQ(header(packed, "Content-Encoding"), "gzip");
    EXPECT_EQ(header(packed, "Vary"), "Accept-Encoding");
    EXPECT_LT(packed.body.size(), 500u);
    EXPECT_TRUE(is_packed(packed));
    net::Response plain = answer("application/json", 5'000);
    pack(accepting(""), plain);
    EXPECT_EQ(plain.body.size(), 5'000u);
    EXPECT_EQ(header(plain, "Vary"), "Accept-Encoding");  // a cache must know all the same
}

TEST(Coding, WhatIsShortOrTaggedOrNoTextGoesAsItIs) {
    const auto stays = [](net::Response response) {
        const std::string before = response.body;
        pack(accepting("gzip"), response);
        return response.body == before && header(response, "Vary").empty();
    };
    EXPECT_TRUE(stays(answer("application/json", limits::gzip_from_bytes - 1)));
    EXPECT_FALSE(stays(answer("application/json", limits::gzip_from_bytes)));
    EXPECT_FALSE(stays(answer("text/html; charset=utf-8", 5'000)));
    EXPECT_TRUE(stays(answer("text/plain; version=0.0.4", 5'000)));
    EXPECT_TRUE(stays(answer("application/octet-stream", 5'000)));
    net::Response tagged = answer("application/json", 5'000);
    tagged.headers.push_back({"ETag", "\"1.2\""});
    EXPECT_TRUE(stays(tagged));
    net::Response refused = answer("application/json", 5'000);
    refused.status = 404;
    EXPECT_TRUE(stays(refused));
}

}  // namespace
}  // namespace ohm::api::rest
