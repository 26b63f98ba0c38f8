#include "api/labels.hpp"

#include <gtest/gtest.h>

namespace ohm::api {
namespace {

TEST(Labels, AreAnObjectOfWhateverIsWanted) {
    for (const char* good : {"{}", R"({"floor":"2"})", R"({"a":{"x":1},"b":{"x":2}})",
                             R"({"a":"\\u0000","b\"c":[1,{"a":2}]})", R"({"a":"a","b":"a"})"})
        EXPECT_EQ(wrong_with_labels(good), std::nullopt) << good;
    for (const char* bad : {"[]", "1", R"("x")", R"({"a":1,"a":2})", R"({"a":{"b":1},"a":2})",
                            R"({"a":"\u0000"})", R"({"\u0000":1})", R"({"a":"\\\u0000"})"})
        EXPECT_NE(wrong_with_labels(bad), std::nullopt) << bad;
}

TEST(Labels, AreBounded) {
    EXPECT_EQ(wrong_with_labels(R"({"a":")" + std::string(8'000, 'x') + "\"}"), std::nullopt);
    EXPECT_NE(wrong_with_labels(R"({"a":")" + std::string(9'000, 'x') + "\"}"), std::nullopt);
}

}  // namespace
}  // namespace ohm::api
