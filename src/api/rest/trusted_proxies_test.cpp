#include "api/rest/trusted_proxies.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace ohm::api::rest {
namespace {

std::string client(std::string_view trusted, const std::string& peer,
                   const std::vector<std::string>& forwarded) {
    net::Request request;
    for (const std::string& line : forwarded) request.headers.push_back({"x-forwarded-for", line});
    return TrustedProxies{trusted}.client_of(peer, request);
}

TEST(TrustedProxies, NobodyIsBelievedUnlessNamed) {
    EXPECT_EQ(client("", "10.0.0.1", {"192.0.2.1"}), "10.0.0.1");
    EXPECT_EQ(client("10.0.0.2", "10.0.0.1", {"192.0.2.1"}), "10.0.0.1");
    EXPECT_EQ(client("10.0.0.1", "10.0.0.1", {}), "10.0.0.1");
}

TEST(TrustedProxies, TheLastThatIsNoneIsTheClient) {
    EXPECT_EQ(client("10.0.0.1", "10.0.0.1", {"192.0.2.1"}), "192.0.2.1");
    EXPECT_EQ(client("10.0.0.0/8", "10.0.0.1", {"198.51.100.7, 192.0.2.1, 10.9.9.9"}), "192.0.2.1");
    EXPECT_EQ(client("10.0.0.0/8", "10.0.0.1", {"198.51.100.7", "192.0.2.1"}), "192.0.2.1");
    EXPECT_EQ(client("10.0.0.0/8", "10.0.0.1", {"10.0.0.3, 10.0.0.2"}), "10.0.0.3");
}

TEST(TrustedProxies, NetworksEndAtTheirBits) {
    EXPECT_EQ(client("10.0.0.128/25", "10.0.0.129", {"192.0.2.1"}), "192.0.2.1");
    EXPECT_EQ(client("10.0.0.128/25", "10.0.0.127", {"192.0.2.1"}), "10.0.0.127");
    EXPECT_EQ(client("2001:db8::/33", "2001:db8:7fff::1", {"192.0.2.1"}), "192.0.2.1");
    EXPECT_EQ(client("2001:db8::/33", "2001:db8:8000::1", {"192.0.2.1"}), "2001:db8:8000::1");
    EXPECT_EQ(client("10.0.0.1", "::ffff:10.0.0.1", {"192.0.2.1"}), "192.0.2.1");
    EXPECT_EQ(client("0.0.0.0/0", "2001:db8::1", {"192.0.2.1"}), "2001:db8::1");
}

TEST(TrustedProxies, PortsAreLeftOutAndNonsenseIsNotBelieved) {
    EXPECT_EQ(client("::1", "::1", {"192.0.2.1:4711"}), "192.0.2.1");
    EXPECT_EQ(client("::1", "::1", {"[2001:db8::2]:4711"}), "2001:db8::2");
    EXPECT_EQ(client("::1", "::1", {"192.0.2.1, unknown"}), "::1");
    EXPECT_EQ(client("::1", "::1", {"192.0.2.1, "}), "::1");
    EXPECT_EQ(client("::1", "::1", {"["}), "::1");
}

TEST(TrustedProxies, WhatIsNoAddressIsRefused) {
    for (const char* list : {"proxy.example", "10.0.0.0/33", "10.0.0.0/", "::1/129", "10.0.0.0/-1"})
        EXPECT_THROW(TrustedProxies{std::string_view{list}}, Fault) << list;
}

}  // namespace
}  // namespace ohm::api::rest
