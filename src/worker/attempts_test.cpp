#include "worker/attempts.hpp"

#include <gtest/gtest.h>

namespace ohm::worker {
namespace {

TEST(RefusedAttempts, blocks_after_the_burst_and_lets_one_through_each_interval) {
    RefusedAttempts attempts;
    Mono now{};
    for (std::int64_t i = 0; i < limits::refused_attempts_burst; ++i) {
        EXPECT_FALSE(attempts.is_blocked(1, now)) << i;
        attempts.note_refused(1, now);
    }
    EXPECT_TRUE(attempts.is_blocked(1, now));
    now += limits::refused_attempt_every;
    EXPECT_FALSE(attempts.is_blocked(1, now));
    attempts.note_refused(1, now);
    EXPECT_TRUE(attempts.is_blocked(1, now));
}

TEST(RefusedAttempts, another_source_is_not_blocked) {
    RefusedAttempts attempts;
    for (int i = 0; i < 100; ++i) attempts.note_refused(1, Mono{});
    EXPECT_TRUE(attempts.is_blocked(1, Mono{}));
    EXPECT_FALSE(attempts.is_blocked(2, Mono{}));
}

TEST(RefusedAttempts, forgets_in_time) {
    RefusedAttempts attempts;
    for (std::int64_t i = 0; i < limits::refused_attempts_burst; ++i)
        attempts.note_refused(1, Mono{});
    const Mono later{limits::refused_attempt_every * limits::refused_attempts_burst};
    for (std::int64_t i = 0; i + 1 < limits::refused_attempts_burst; ++i)
        attempts.note_refused(1, later);
    EXPECT_FALSE(attempts.is_blocked(1, later));
}

}  // namespace
}  // namespace ohm::worker
