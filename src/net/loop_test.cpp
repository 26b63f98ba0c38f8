#include "net/loop.hpp"

#include <gtest/gtest.h>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ohm::net {
namespace {

TEST(Loop, RunsPostedWorkInOrderAndStops) {
    const SystemClock clock;
    Loop loop{clock};
    std::string order;
    loop.post([&] { order += 'a'; });
    loop.post([&] {
        order += 'b';
        loop.post([&] {
            order += 'c';
            loop.stop();
        });
    });
    loop.run();
    EXPECT_EQ(order, "abc");
    EXPECT_FALSE(loop.turn(milliseconds{0}));
}

TEST(Loop, FiresTimersByItsClock) {
    ManualClock clock{utc_from_micros(0)};
    Loop loop{clock};
    std::string order;
    loop.after(seconds{2}, [&] { order += '2'; });
    loop.after(seconds{1}, [&] { order += '1'; });
    const TimerId never = loop.after(seconds{1}, [&] { order += 'x'; });
    const TimerId beat = loop.every(seconds{1}, [&] { order += '.'; });
    loop.cancel(never);
    loop.turn(milliseconds{0});
    EXPECT_EQ(order, "");
    clock.advance(seconds{1});
    loop.turn(milliseconds{0});
    EXPECT_EQ(order, "1.");
    clock.advance(seconds{1});
    loop.turn(milliseconds{0});
    EXPECT_EQ(order, "1.2.");
    clock.advance(seconds{100});
    loop.turn(milliseconds{0});
    EXPECT_EQ(order, "1.2..") << "missed ticks are dropped";
    loop.cancel(beat);
    clock.advance(seconds{100});
    loop.turn(milliseconds{0});
    EXPECT_EQ(order, "1.2..");
}

TEST(Loop, LetsATimerCancelItselfAndOthers) {
    ManualClock clock{utc_from_micros(0)};
    Loop loop{clock};
    int fired = 0;
    TimerId self = 0;
    TimerId other = 0;
    self = loop.every(seconds{1}, [&] {
        ++fired;
        loop.cancel(self);
        loop.cancel(other);
    });
    other = loop.every(seconds{1}, [&] { fired += 100; });
    clock.advance(seconds{1});
    loop.turn(milliseconds{0});
    clock.advance(seconds{1});
    loop.turn(milliseconds{0});
    EXPECT_EQ(fired, 1);
}

TEST(Loop, RunsATimerOfZeroOnlyInTheNextRound) {
    ManualClock clock{utc_from_micros(0)};
    Loop loop{clock};
    int fired = 0;
    std::function<void()> again = [&] {
        ++fired;
        loop.after(Micros{0}, again);
    };
    loop.after(Micros{0}, again);
    loop.turn(milliseconds{0});
    EXPECT_EQ(fired, 1);
    loop.turn(milliseconds{0});
    EXPECT_EQ(fired, 2);
}

TEST(Loop, RepeatsTheRoundsEndWhileThereIsWork) {
    const SystemClock clock;
    Loop loop{clock};
    int left = 3;
    int runs = 0;
    const TimerId end = loop.at_round_end([&] {
        ++runs;
        return left-- > 0;
    });
    loop.turn(milliseconds{0});
    EXPECT_EQ(runs, 4);
    loop.cancel(end);
    loop.turn(milliseconds{0});
    EXPECT_EQ(runs, 4);
}

struct Counter final : Loop::Watcher {
    int count = 0;
    std::function<void()> then;
    void on_ready(std::uint32_t) override {
        ++count;
        if (then) then();
    }
};

TEST(Loop, ForgetsADescriptorWithinARound) {
    const SystemClock clock;
    Loop loop{clock};
    int pair[2];
    int other[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, other), 0);
    Counter first;
    Counter second;
    first.then = [&] { loop.forget(other[0]), loop.forget(pair[0]); };
    second.then = first.then;
    loop.watch(pair[0], EPOLLIN, first);
    loop.watch(other[0], EPOLLIN, second);
    ASSERT_EQ(::write(pair[1], "x", 1), 1);
    ASSERT_EQ(::write(other[1], "x", 1), 1);
    loop.turn(milliseconds{100});
    loop.turn(milliseconds{0});
    EXPECT_EQ(first.count + second.count, 1) << "the other event was already fetched, yet dropped";
    for (const int descriptor : {pair[0], pair[1], other[0], other[1]}) ::close(descriptor);
}

TEST(Loop, LetsAnExceptionLeave) {
    const SystemClock clock;
    Loop loop{clock};
    loop.post([] { throw std::runtime_error{"out"}; });
    EXPECT_THROW(loop.run(), std::runtime_error);
}

}  // namespace
}  // namespace ohm::net
