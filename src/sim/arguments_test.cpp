#include "sim/arguments.hpp"

#include <cstdlib>  // unsetenv
#include <gtest/gtest.h>

namespace ohm::sim {
namespace {

Parsed parse(std::vector<std::string> arguments) {
    ::unsetenv("OHM_ADMIN_KEY");  // of whoever runs the test
    return parse_arguments(arguments);
}

TEST(SimArguments, HaveDefaults) {
    const Parsed parsed = parse({"--no-provision"});
    ASSERT_TRUE(parsed.proceeds) << parsed.text;
    const FleetSettings& fleet = parsed.arguments.run.fleet;
    EXPECT_EQ(fleet.targets.all[0].endpoint.host, "127.0.0.1");
    EXPECT_EQ(fleet.targets.all[0].endpoint.port, 3000);
    EXPECT_FALSE(fleet.targets.all[0].endpoint.tls);
    EXPECT_EQ(fleet.targets.all[0].path, "/");
    EXPECT_EQ(fleet.targets.sources.size(), 1u);
    EXPECT_EQ(fleet.count, 10u);
    EXPECT_EQ(parsed.arguments.run.processes, 1u);
    EXPECT_EQ(fleet.population.version(0), ocpp::Version::v16);
    EXPECT_EQ(fleet.population.version(1), ocpp::Version::v201);
}

TEST(SimArguments, AreRead) {
    const Parsed parsed = parse({"--stations", "40000", "--url", "wss://csms.example:3443/ocpp",
                                 "--rest", "https://[::1]", "--versions", "2.0.1", "--mix",
                                 "status", "--rate", "5000", "--key", "ohk_x", "--json"});
    ASSERT_TRUE(parsed.proceeds) << parsed.text;
    const Arguments& all = parsed.arguments;
    EXPECT_EQ(all.run.processes, 3u);
    EXPECT_EQ(all.run.fleet.targets.all[0].endpoint.host, "csms.example");
    EXPECT_EQ(all.run.fleet.targets.all[0].path, "/ocpp/");
    EXPECT_TRUE(all.run.fleet.targets.all[0].endpoint.tls);
    EXPECT_TRUE(all.run.fleet.targets.sources.empty());
    EXPECT_EQ(all.run.fleet.population.security_profile, 2);
    EXPECT_EQ(all.provision.rest.host, "::1");
    EXPECT_EQ(all.provision.rest.port, 443);
    EXPECT_EQ(all.provision.api_key, "ohk_x");
    EXPECT_TRUE(all.json);
}

TEST(SimArguments, OfTargetsAreRead) {
    const Parsed parsed =
        parse({"--no-provision", "--url", "wss://a:1/x,wss://b:2", "--source", "10.0.0.1-10.0.0.3",
               "--certificate", "c/{id}.pem", "--certificate-key", "c/{id}.key", "--arrival",
               "storm", "--tls-ca", "-"});
    ASSERT_TRUE(parsed.proceeds) << parsed.text;
    const FleetSettings& fleet = parsed.arguments.run.fleet;
    ASSERT_EQ(fleet.targets.all.size(), 2u);
    EXPECT_EQ(fleet.targets.all[0].path, "/x/");
    EXPECT_EQ(fleet.targets.all[1].endpoint.port, 2);
    EXPECT_EQ(fleet.targets.all[1].endpoint.ca_file, "-");
    EXPECT_EQ(fleet.targets.sources.size(), 3u);
    EXPECT_EQ(fleet.targets.key_file, "c/{id}.key");
    EXPECT_EQ(fleet.population.security_profile, 3);
    EXPECT_FALSE(fleet.population.has_password());
    EXPECT_EQ(fleet.arrival, Arrival::storm);
}

TEST(SimArguments, OneFleetMixMakesItsTokens) {
    EXPECT_TRUE(parse({"--key", "k", "--mix", "transactions"}).arguments.provision.tokens.empty());
    EXPECT_EQ(parse({"--key", "k", "--mix", "fleet"}).arguments.provision.tokens,
              std::vector<std::string>{"SIM"});
    const auto many =
        parse({"--key", "k", "--mix", "transactions", "--token", "T", "--tokens", "12"});
    ASSERT_EQ(many.arguments.provision.tokens.size(), 12u);
    EXPECT_EQ(many.arguments.provision.tokens[11], "T0012");
}

TEST(SimArguments, HelpIsNoError) {
    const Parsed parsed = parse({"--help"});
    EXPECT_FALSE(parsed.proceeds);
    EXPECT_EQ(parsed.exit_code, 0);
    EXPECT_NE(parsed.text.find("--connect-rate"), std::string::npos);
}

struct Mistake {
    std::vector<std::string> arguments;
    std::string names;  // what the complaint must speak of
};
class SimMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(SimMistakes, AreNamed) {
    std::vector<std::string> arguments = GetParam().arguments;
    const Parsed parsed = parse(arguments);
    EXPECT_FALSE(parsed.proceeds);
    EXPECT_EQ(parsed.exit_code, 2);
    EXPECT_NE(parsed.text.find(GetParam().names), std::string::npos) << parsed.text;
}

INSTANTIATE_TEST_SUITE_P(
    All, SimMistakes,
    testing::Values(
        Mistake{{"--stations", "0"}, "--stations"}, Mistake{{"--stations", "many"}, "--stations"},
        Mistake{{"--no-provision", "--url", "http://x"}, "--url"},
        Mistake{{"--no-provision", "--url", "ws://"}, "--url"},
        Mistake{{"--no-provision", "--url", "ws://x:0"}, "--url"},
        Mistake{{"--no-provision", "--url", "ws://u@x/"}, "--url"},
        Mistake{{"--no-provision", "--rest", "ws://x"}, "--rest"},
        Mistake{{"--no-provision", "--versions", "1.5"}, "--versions"},
        Mistake{{"--no-provision", "--rate", "5"}, "--rate"},
        Mistake{{"--no-provision", "--mix", "all"}, "--mix"},
        Mistake{{"--no-provision", "--profile", "3"}, "--profile"},
        Mistake{{"--no-provision", "--prefix", ""}, "--prefix"},
        Mistake{{"--no-provision", "--mix", "status", "--rate", "5", "--active", "2"}, "--active"},
        Mistake{{"--no-provision", "--stations", "5", "--processes", "6"}, "--processes"},
        Mistake{{"--no-provision", "--stations", "40000", "--processes", "2"}, "--processes"},
        Mistake{{"--no-provision", "--provision-only"}, "--provision-only"},
        Mistake{{"--no-provision", "--url", "ws://a,wss://b"}, "--url"},
        Mistake{{"--no-provision", "--source", "localhost"}, "--source"},
        Mistake{{"--no-provision", "--certificate", "a", "--certificate-key", "b"}, "wss://"},
        Mistake{{"--no-provision", "--url", "wss://a", "--certificate", "a"}, "--certificate-key"},
        Mistake{{"--no-provision", "--arrival", "late"}, "--arrival"},
        Mistake{{"--data-dir", "/nonexistent"}, "--key"},
        Mistake{{"--such-a-thing"}, "--such-a-thing"}));

TEST(Population, FollowsFromItsNumber) {
    const Population population{.prefix = "X", .seed = 5};
    EXPECT_EQ(population.id(0), "X000001");
    EXPECT_EQ(population.id(9'999'999), "X10000000");
    const std::string password = population.password(0);
    EXPECT_EQ(password.size(), 40u);
    EXPECT_EQ(password.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_EQ(password, population.password(0));
    EXPECT_NE(password, population.password(1));
    EXPECT_NE(password, (Population{.prefix = "X", .seed = 6}.password(0)));
}

TEST(Population, IsProvisionedAsTheApiWantsIt) {
    const Population open{.prefix = "X", .security_profile = 0};
    EXPECT_EQ(import_body(open, 0, 2),
              R"({"stations":[{"id":"X000001","security_profile":0,"default_ocpp_version":"1.6"},)"
              R"({"id":"X000002","security_profile":0,"default_ocpp_version":"2.0.1"}],)"
              R"("update":true})");
    const Population closed{.prefix = "X", .versions = {ocpp::Version::v16}};
    EXPECT_EQ(import_body(closed, 0, 1),
              R"({"stations":[{"id":"X000001","password":")" + closed.password(0) +
                  R"(","security_profile":1,"default_ocpp_version":"1.6"}],"update":true})");
}

TEST(Shares, AddUpToTheWhole) {
    ProcessSettings whole{.fleet = {}, .processes = 7};
    whole.fleet.count = 100'003;
    whole.fleet.connect_rate = 700;
    whole.fleet.load.rate = 5'000;
    std::size_t next = 0;
    double connects = 0, rate = 0;
    for (std::size_t i = 0; i < whole.processes; ++i) {
        const FleetSettings share = share_of(whole, i);
        EXPECT_EQ(share.first, next);
        EXPECT_LE(share.count, 14'287u);
        next += share.count;
        connects += share.connect_rate;
        rate += share.load.rate;
    }
    EXPECT_EQ(next, 100'003u);
    EXPECT_NEAR(connects, 700, 0.001);
    EXPECT_NEAR(rate, 5'000, 0.001);
}

}  // namespace
}  // namespace ohm::sim
