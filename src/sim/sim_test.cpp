#include "sim/sim.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "sim/arguments.hpp"
#include "sim/report.hpp"
#include "sim/test_csms.hpp"
#include "wire/codec.hpp"

namespace ohm::sim {
namespace {

TEST(RunSim, SaysWhatIsWrongAndEndsWith2) {
    const std::vector<std::string> arguments{"--mix", "everything"};
    EXPECT_EQ(run_sim(arguments), 2);
}

TEST(RunSim, HelpEndsWith0) {
    const std::vector<std::string> arguments{"--help"};
    EXPECT_EQ(run_sim(arguments), 0);
}

TEST(RunSim, WithoutAnApiItEndsWith1) {
    // Port 1 of loopback: nobody listens there.
    const std::vector<std::string> arguments{"--rest", "http://127.0.0.1:1", "--key", "k"};
    EXPECT_EQ(run_sim(arguments), 1);
}

TEST(Report, AddsUpAndShowsItself) {
    Report left{.stations = 2, .online = 1, .measured_us = 2'000'000, .cpu_us = 30};
    left.measured.sent = 10;
    left.measured.answered = 8;
    left.measured.call_errors = 2;
    count_failure(left.failures, "HTTP 401", 2);
    Report right = left;
    Report sum;
    add(sum, left);
    add(sum, right);
    EXPECT_EQ(sum.stations, 4u);
    EXPECT_EQ(sum.measured.sent, 20u);
    ASSERT_EQ(sum.failures.items.size(), 1u);
    EXPECT_EQ(sum.failures.items[0].count, 4u);
    const std::string json = to_json(sum);
    EXPECT_NE(json.find(R"("messages_per_s":10,)"), std::string::npos) << json;
    EXPECT_NE(json.find(R"("cpu_us_per_message":3,)"), std::string::npos) << json;
    EXPECT_TRUE(wire::minify(json));
    EXPECT_NE(to_table(sum).find("4 × HTTP 401"), std::string::npos);
}

TEST(Report, BoundsTheCausesOfFailure) {
    wire::List<Failure> failures;
    for (int i = 0; i < 1'000; ++i) count_failure(failures, std::to_string(i), 1);
    EXPECT_EQ(failures.items.size(), limits::sim_failure_causes);
    EXPECT_EQ(failures.items.back().cause, "other");
    EXPECT_EQ(failures.items.back().count, 1'000 - limits::sim_failure_causes + 1);
}

}  // namespace
}  // namespace ohm::sim
