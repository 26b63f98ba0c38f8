#include "base/error.hpp"

#include <gtest/gtest.h>

namespace ohm {
namespace {

Result<int> half(int whole) {
    if (whole % 2 != 0) return tl::unexpected(Refusal{"odd", "an odd number has no half"});
    return whole / 2;
}

TEST(Error, EnsureNamesTheConditionAndThePlace) {
    ENSURE(1 + 1 == 2);
    try {
        ENSURE(1 + 1 == 3);
        FAIL() << "ENSURE must throw";
    } catch (const Bug& bug) {
        const std::string what = bug.what();
        EXPECT_NE(what.find("1 + 1 == 3"), std::string::npos) << what;
        EXPECT_NE(what.find("error_test.cpp:"), std::string::npos) << what;
    }
}

TEST(Error, AFaultKeepsItsKind) {
    const Fault fault{Fault::Kind::fenced, "another owner"};
    EXPECT_EQ(fault.kind(), Fault::Kind::fenced);
    EXPECT_STREQ(fault.what(), "another owner");
}

TEST(Error, ARefusalIsAValue) {
    EXPECT_EQ(half(8), 4);
    ASSERT_FALSE(half(7));
    EXPECT_EQ(half(7).error().code, "odd");
}

}  // namespace
}  // namespace ohm
