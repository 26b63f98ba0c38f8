#include "api/rest/networks.hpp"

#include <gtest/gtest.h>

namespace ohm::api::rest {
namespace {

Networks of(std::initializer_list<const char*> list) {
    Networks networks;
    for (const char* one : list) EXPECT_TRUE(networks.add(one)) << one;
    return networks;
}

TEST(Networks, hold_what_is_in_them_and_nothing_else) {
    const Networks networks = of({"10.1.0.0/16", "192.0.2.7", "2001:db8::/33", "198.51.100.0/25"});
    for (const char* address : {"10.1.0.0", "10.1.255.255", "192.0.2.7", "2001:db8:7fff::1",
                                "::ffff:10.1.2.3", "198.51.100.127"})
        EXPECT_TRUE(networks.contains(std::string_view{address})) << address;
    for (const char* address : {"10.2.0.0", "192.0.2.8", "2001:db8:8000::1", "198.51.100.128",
                                "::10.1.2.3", "", "local", "10.1.0.0/16"})
        EXPECT_FALSE(networks.contains(std::string_view{address})) << address;
}

TEST(Networks, of_no_bits_hold_every_address_of_their_kind) {
    const Networks v4 = of({"0.0.0.0/0"}), v6 = of({"::/0"});
    EXPECT_TRUE(v4.contains(std::string_view{"203.0.113.9"}));
    EXPECT_FALSE(v4.contains(std::string_view{"2001:db8::1"}));
    EXPECT_TRUE(v6.contains(std::string_view{"2001:db8::1"}));
    EXPECT_FALSE(Networks{}.contains(std::string_view{"203.0.113.9"}));
}

TEST(Networks, what_is_none_is_not_taken) {
    Networks networks;
    for (const char* text : {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0", "host",
                             "::1/129", "10.0.0.0/8/8", "10.0.0.0 /8"})
        EXPECT_FALSE(networks.add(text)) << text;
    EXPECT_TRUE(networks.empty());
}

}  // namespace
}  // namespace ohm::api::rest
