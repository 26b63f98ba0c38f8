#include "net/own_address.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

namespace ohm::net {
namespace {

TEST(OwnAddress, IsAnAddressThatOthersMayUse) {
    const std::string address = own_address();
    in_addr parsed{};
    if (address == "localhost") GTEST_SKIP() << "this machine has no address but its own";
    ASSERT_EQ(::inet_pton(AF_INET, address.c_str(), &parsed), 1) << address;
    EXPECT_FALSE(address.starts_with("127.") || address.starts_with("169.254."));
}

}  // namespace
}  // namespace ohm::net
