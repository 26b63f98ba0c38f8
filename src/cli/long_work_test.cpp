#include "cli/long_work.hpp"

#include <gtest/gtest.h>
#include <sstream>

namespace ohm::cli {
namespace {

TEST(LongWork, a_csv_goes_in_portions_and_its_reports_are_one) {
    EXPECT_EQ(portions_of_csv("a\n1\n2\n", 2).size(), 1u);
    const auto portions = portions_of_csv("a,b\n1,\"x\ny\"\n2,\"\"\"\"\n3,z", 2);
    EXPECT_EQ(portions, (std::vector<std::string>{"a,b\n1,\"x\ny\"\n2,\"\"\"\"\n", "a,b\n3,z"}));
    wire::Decoder decoder;
    ImportReport report;
    EXPECT_FALSE(report.add("{}", decoder));
    EXPECT_TRUE(report.add(R"({"dry_run":false,"total":2,"created":2,"refused":0,)"
                           R"("items":[{"row":1,"uid":"A"},{"row":2,"uid":"B"}]})",
                           decoder));
    EXPECT_TRUE(report.add(R"({"dry_run":false,"total":1,"created":0,"refused":1,)"
                           R"("items":[{"row":1,"uid":"C"}]})",
                           decoder));
    EXPECT_EQ(report.text(), R"({"dry_run":false,"total":3,"created":2,"refused":1,"items":[)"
                             R"({"row":1,"uid":"A"},{"row":2,"uid":"B"},{"row":3,"uid":"C"}]})");
}

TEST(LongWork, a_bar_says_how_far_and_how_long_and_leaves_nothing) {
    std::ostringstream err;
    Bar bar{err, true, Mono{}};
    bar.draw(10, 40, "2 refused", Mono{} + seconds{5});
    EXPECT_NE(err.str().find("[#######"), std::string::npos) << err.str();
    EXPECT_NE(err.str().find("10/40, 2/s, 15 s left, 2 refused"), std::string::npos) << err.str();
    bar.end();
    EXPECT_TRUE(err.str().ends_with("\r\x1b[K"));
    std::ostringstream unseen;
    Bar silent{unseen, false, Mono{}};
    silent.draw(1, 2, "", Mono{});
    silent.end();
    EXPECT_EQ(unseen.str(), "");
}

}  // namespace
}  // namespace ohm::cli
