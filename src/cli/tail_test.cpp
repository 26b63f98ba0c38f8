#include "cli/tail.hpp"

#include <gtest/gtest.h>

namespace ohm::cli {
namespace {

TEST(Tail, waits_longer_each_time_and_starts_over_once_it_is_let_in) {
    Tail tail{Words{}, false, 0};
    const milliseconds first = tail.next_wait();
    EXPECT_GT(tail.next_wait(), first);
    for (int i = 0; i < 40; ++i) EXPECT_LE(tail.next_wait(), seconds{15});
    tail.on_message(R"({"type":"ready","sequence":"1"})");
    EXPECT_EQ(tail.next_wait(), first);
}

TEST(Tail, who_was_let_in_once_comes_again) {
    Tail tail{Words{}, false, 0};
    EXPECT_EQ(tail.on_end(0), 5) << "nobody answers";
    EXPECT_EQ(tail.on_end(403), 1);
    EXPECT_EQ(tail.on_end(410), std::nullopt) << "the place is gone, not the api";
    tail.on_message(R"({"type":"ready","sequence":"1"})");
    EXPECT_EQ(tail.on_end(0), std::nullopt);
    EXPECT_EQ(tail.on_end(503), std::nullopt);
    tail.on_message(R"({"type":"stream.unauthorized","detail":"the key is gone"})");
    EXPECT_EQ(tail.on_end(0), 1);
}

TEST(Tail, what_is_no_frame_is_passed_over) {
    Tail tail{Words{}, false, 0};
    EXPECT_EQ(tail.on_message("no json").line, "");
    EXPECT_EQ(tail.on_message("[]").line, "");
    EXPECT_EQ(tail.on_message("{}").line, "");
    EXPECT_EQ(tail.target(), "/events/ws");
}

}  // namespace
}  // namespace ohm::cli
