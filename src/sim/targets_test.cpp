#include "sim/targets.hpp"

#include <gtest/gtest.h>
#include <map>

#include "base/limits.hpp"

namespace ohm::sim {
namespace {

TEST(Targets, TakeUnbrokenRunsOfTheStations) {
    Targets targets;
    targets.all.resize(3);
    for (std::uint16_t i = 0; i < 3; ++i) targets.all[i].endpoint.port = i;
    std::map<std::uint16_t, int> counts;
    std::uint16_t before = 0;
    for (std::size_t number = 0; number < 100; ++number) {
        const std::uint16_t port = target_of(targets, number, 100).endpoint.port;
        EXPECT_GE(port, before);
        before = port;
        ++counts[port];
    }
    EXPECT_EQ(counts, (std::map<std::uint16_t, int>{{0, 34}, {1, 33}, {2, 33}}));
}

TEST(Targets, GiveAStationItsSourceAndCertificate) {
    Targets targets;
    targets.sources = {"127.0.0.2", "127.0.0.3"};
    targets.certificate_file = "certs/{id}.pem";
    targets.key_file = "one.key";
    const std::size_t block = limits::sim_connections_per_source;
    EXPECT_EQ(endpoint_of(targets, block - 1, 3 * block, "A").source_address, "127.0.0.2");
    EXPECT_EQ(endpoint_of(targets, block, 3 * block, "A").source_address, "127.0.0.3");
    EXPECT_EQ(endpoint_of(targets, 2 * block, 3 * block, "A").source_address, "127.0.0.2");
    const net::Endpoint endpoint = endpoint_of(targets, 0, 1, "CP7");
    EXPECT_EQ(endpoint.certificate_file, "certs/CP7.pem");
    EXPECT_EQ(endpoint.key_file, "one.key");
    targets = {};
    EXPECT_EQ(endpoint_of(targets, 0, 1, "CP7").source_address, "");
    EXPECT_EQ(endpoint_of(targets, 0, 1, "CP7").certificate_file, "");
}

TEST(Sources, AreAddressesAndRanges) {
    using List = std::vector<std::string>;
    EXPECT_EQ(parse_sources("127.0.0.254-127.0.1.1, 10.1.2.3"),
              (List{"127.0.0.254", "127.0.0.255", "127.0.1.0", "127.0.1.1", "10.1.2.3"}));
    EXPECT_EQ(parse_sources("127.0.0.1"), List{"127.0.0.1"});
    for (const char* mistake : {"", "localhost", "127.0.0.2-127.0.0.1", "1.2.3.4-", "-1.2.3.4",
                                "10.0.0.0-11.0.0.0", "0.0.0.0-255.255.255.255", "1.2.3.4,"})
        EXPECT_EQ(parse_sources(mistake), List{}) << mistake;
}

TEST(Sources, OfLoopbackAreEnough) {
    EXPECT_EQ(loopback_sources(10).size(), 1u);
    const auto many = loopback_sources(1'000'000);
    EXPECT_GE(many.size() * limits::sim_connections_per_source, 1'000'000u);
    EXPECT_EQ(many.front(), "127.0.0.1");
}

}  // namespace
}  // namespace ohm::sim
