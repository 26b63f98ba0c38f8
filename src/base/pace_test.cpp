#include "base/pace.hpp"

#include <gtest/gtest.h>

namespace ohm {
namespace {

TEST(Pace, LetsThreeGoAtOnceAndThenOneAnInterval) {
    Pace pace{milliseconds{5}};
    const Mono begin{seconds{1}};
    for (int i = 0; i < 3; ++i) {
        EXPECT_LE(pace.next(), begin);
        pace.went(begin);
    }
    EXPECT_EQ(pace.next(), begin + milliseconds{5});
    pace.went(begin + milliseconds{5});
    EXPECT_EQ(pace.next(), begin + milliseconds{10});
}

TEST(Pace, ForgetsWhatIsLongAgo) {
    Pace pace{milliseconds{5}};
    const Mono begin{seconds{1}}, later = begin + seconds{1};
    for (int i = 0; i < 10; ++i) pace.went(begin);
    for (int i = 0; i < 3; ++i) {
        EXPECT_LE(pace.next(), later);
        pace.went(later);
    }
    EXPECT_GT(pace.next(), later);
}

}  // namespace
}  // namespace ohm
