#include "net/url.hpp"

#include <gtest/gtest.h>

namespace ohm::net {
namespace {

TEST(Url, is_host_port_and_path) {
    const Url url = parse_url("wss://csms.example:3443/ocpp", "ws", "wss");
    EXPECT_EQ(url.endpoint.host, "csms.example");
    EXPECT_EQ(url.endpoint.port, 3443);
    EXPECT_TRUE(url.endpoint.tls);
    EXPECT_EQ(url.path, "/ocpp");
    EXPECT_EQ(parse_url("http://[::1]", "http", "https").endpoint.host, "::1");
    EXPECT_EQ(parse_url("http://a", "http", "https").endpoint.port, 80);
    EXPECT_EQ(parse_url("https://a", "http", "https").endpoint.port, 443);
}

TEST(Url, what_is_none_has_no_host) {
    for (const char* text : {"", "csms", "http://x", "ws://", "ws://x:0", "ws://x:65536",
                             "ws://u@x/", "ws://[::1", "ws://x/a b", "ws://x/?q", "ws://x:1x"})
        EXPECT_EQ(parse_url(text, "ws", "wss").endpoint.host, "") << text;
}

}  // namespace
}  // namespace ohm::net
