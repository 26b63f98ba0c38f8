#include "wire/repair.hpp"

#include <gtest/gtest.h>

namespace ohm::wire {
namespace {

std::string mended(std::string_view json) {
    return without_stray_commas(json).value_or("(as it was)");
}

TEST(StrayCommas, AreDropped) {
    EXPECT_EQ(mended(R"({"a":[,{"b":1}]})"), R"({"a":[{"b":1}]})");
    EXPECT_EQ(mended(R"({,"a":1})"), R"({"a":1})");
    EXPECT_EQ(mended(R"({"a":1,})"), R"({"a":1})");
    EXPECT_EQ(mended(R"({"a":1,,"b":2})"), R"({"a":1,"b":2})");
    EXPECT_EQ(mended(R"([1,2,])"), "[1,2]");
    EXPECT_EQ(mended(R"(,{"a":1})"), R"({"a":1})");
    EXPECT_EQ(mended(R"({"a":1},)"), R"({"a":1})");
    EXPECT_EQ(mended(R"([ , , 1 , ])"), "[1 ]");
}

TEST(StrayCommas, AMemberWithoutValueIsNull) {
    EXPECT_EQ(mended(R"({"transactionId":,"b":2})"), R"({"transactionId":null,"b":2})");
    EXPECT_EQ(mended(R"({"b":2,"transactionId": })"), R"({"b":2,"transactionId":null})");
}

TEST(StrayCommas, TextsStayAsTheyAre) {
    EXPECT_EQ(mended(R"({"a":",,[,]:,"})"), "(as it was)");
    EXPECT_EQ(mended(R"({"a":"\",,",})"), R"({"a":"\",,"})");
    EXPECT_EQ(mended(R"({"a":"\\",})"), R"({"a":"\\"})");
}

TEST(StrayCommas, ProperJsonIsLeftAlone) {
    EXPECT_EQ(mended(R"({"a": [1, 2, {"b": null}], "c": "x"})"), "(as it was)");
    EXPECT_EQ(mended("{}"), "(as it was)");
    EXPECT_EQ(mended(""), "(as it was)");
}

TEST(StrayCommas, BrokenTextDoesNotRunAway) {
    EXPECT_EQ(mended(R"({"a":"no end)"), "(as it was)");
    EXPECT_EQ(mended(R"({"a":"\)"), "(as it was)");
    EXPECT_EQ(mended(",,,,"), "");
    EXPECT_EQ(mended("[[[["), "(as it was)");
    EXPECT_EQ(mended("[1 2,]"), "[1 2]");
}

}  // namespace
}  // namespace ohm::wire
