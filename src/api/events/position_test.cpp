#include "api/events/position.hpp"

#include <gtest/gtest.h>

namespace ohm::api::events {
namespace {

TEST(Position, IsReadAsItWasWritten) {
    const Position position{{1, 36, 1'000'000'007, INT64_MAX}};
    EXPECT_EQ(text_of(position), "1.10.gjdgxz.1y2p0ij32e8e7");
    EXPECT_EQ(read_position(text_of(position), 4), position);
}

TEST(Position, OfAnotherNumberOfPartitionsIsNone) {
    EXPECT_FALSE(read_position("1.2.3", 4));
    EXPECT_FALSE(read_position("1.2.3.4.5", 4));
    EXPECT_TRUE(read_position("1.2.3.4", 4));
}

TEST(Position, NonsenseIsNone) {
    for (const char* text : {"", ".", "0", "-1", "1 ", "+1", "1,", "1y2p0ij32e8e8", "é"})
        EXPECT_FALSE(read_position(text, 1)) << text;
    EXPECT_FALSE(read_position(std::string(1'000'000, '1'), 1));
}

TEST(Position, BeginsWithTheFirstNumberOfEach) { EXPECT_EQ(text_of(beginning(3)), "1.1.1"); }

}  // namespace
}  // namespace ohm::api::events
