// What a station loop does as time goes by (architecture: death of a link, paced closing, drain).
#include "worker/test_loop.hpp"

namespace ohm::worker {
namespace {

using testing::LoopTest;
using testing::Words;

class StationTime : public LoopTest {
protected:
    // Until the loop resets the socket; the time that took, or a day.
    Micros until_reset(net::SocketId socket) {
        const Mono start = clock.mono();
        while (!sockets.at(socket).was_reset && clock.mono() - start < minutes{24 * 60})
            pass(milliseconds{250});
        return clock.mono() - start;
    }
    void pong(net::SocketId socket) {
        sockets.at(socket).last_byte = clock.mono();
        loop->on_pong(socket);
    }
};

TEST_F(StationTime, a_silent_connection_is_pinged_and_kept_while_it_pongs) {
    bring_up();
    const auto socket = connect("CP1");
    std::size_t answered = 0;
    for (int i = 0; i < 4 * 600; ++i) {
        pass(milliseconds{250});
        if (sockets.at(socket).pings == answered) continue;
        answered = sockets.at(socket).pings;
        pong(socket);
    }
    EXPECT_FALSE(sockets.at(socket).was_reset);
    EXPECT_GE(answered, 600u / 22);
    EXPECT_LE(answered, 600u / 20);
}

TEST_F(StationTime, a_peer_that_ponged_and_falls_silent_is_dead_within_45_seconds) {
    bring_up();
    const auto socket = connect("CP1");
    while (sockets.at(socket).pings == 0) pass(milliseconds{250});
    pong(socket);
    const Micros took = until_reset(socket);
    EXPECT_GE(took, seconds{39});
    EXPECT_LE(took, seconds{45});
    EXPECT_EQ(sockets.at(socket).pings, 3u);
    bus.posted.clear();
    end(socket, net::CloseCause::we_closed);
    EXPECT_EQ(kinds(), Words{"closed:ping_timeout"});
}

TEST_F(StationTime, a_peer_that_never_pongs_is_kept_for_two_heartbeats_and_a_minute) {
    heartbeat_interval = 120;
    bring_up();
    const auto socket = connect("CP1");
    const Micros took = until_reset(socket);
    EXPECT_GE(took, seconds{2 * 120 + 60});
    EXPECT_LE(took, seconds{2 * 120 + 60 + 22});
}

TEST_F(StationTime, any_byte_is_life) {
    bring_up();
    const auto socket = connect("CP1");
    while (sockets.at(socket).pings == 0) pass(milliseconds{250});
    pong(socket);
    for (int i = 0; i < 20; ++i) {  // never answers a ping again, but speaks
        pass(seconds{31});
        sockets.at(socket).last_byte = clock.mono();
    }
    EXPECT_FALSE(sockets.at(socket).was_reset);
    EXPECT_LE(until_reset(socket), seconds{45});
}

TEST_F(StationTime, no_pings_where_the_station_is_set_to_none) {
    ping_interval = 0;
    bring_up();
    const auto socket = connect("CP1");
    const Micros took = until_reset(socket);
    EXPECT_EQ(sockets.at(socket).pings, 0u);
    EXPECT_GE(took, seconds{2 * 300 + 60});
    EXPECT_LE(took, seconds{2 * 300 + 60 + 62});
}

// A loop that is late, whenever in the second it comes round, loses nobody out of sight.
TEST_F(StationTime, a_late_loop_still_finds_the_dead) {
    bring_up();
    for (int phase = 0; phase < 10; ++phase) {
        const auto socket = connect("CP" + std::to_string(phase));
        bool has_ponged = false;
        for (int i = 0; i < 100 && !sockets.at(socket).was_reset; ++i) {
            clock.advance(milliseconds{900 + 17 * phase});
            beat();
            loop->on_tick();
            if (!has_ponged && sockets.at(socket).pings > 0) has_ponged = (pong(socket), true);
        }
        EXPECT_TRUE(sockets.at(socket).was_reset) << phase;
    }
}

TEST_F(StationTime, a_peer_that_is_not_read_is_not_called_silent) {
    bring_up();
    const auto socket = connect("CP1");
    while (sockets.at(socket).pings == 0) pass(milliseconds{250});
    pong(socket);
    bus.full = true;
    say(socket, call("1"));
    ASSERT_FALSE(sockets.at(socket).reading);
    pass(minutes{3});
    EXPECT_FALSE(sockets.at(socket).was_reset);
    bus.full = false;
    pass(seconds{1});
    EXPECT_TRUE(sockets.at(socket).reading);
    EXPECT_LE(until_reset(socket), seconds{60});
}

TEST_F(StationTime, without_beats_sockets_are_closed_at_a_pace) {
    bring_up();
    std::vector<net::SocketId> all;
    for (int i = 0; i < 400; ++i) all.push_back(connect("CP" + std::to_string(i)));
    const auto closed = [&] {
        std::size_t count = 0;
        for (const auto socket : all) count += sockets.at(socket).close_code == 1013;
        return count;
    };
    pass(seconds{14}, false);
    EXPECT_EQ(closed(), 0u);
    pass(seconds{6}, false);
    EXPECT_GT(closed(), 100u);
    EXPECT_LT(closed(), 300u);
    pass(seconds{7}, false);
    EXPECT_EQ(closed(), 400u);
}

TEST_F(StationTime, a_beat_in_time_ends_the_closing) {
    bring_up();
    for (int i = 0; i < 400; ++i) connect("CP" + std::to_string(i));
    pass(seconds{16}, false);
    beat();
    const auto before = loop->figures();
    pass(seconds{20});
    std::size_t closed = 0;
    for (std::uint64_t i = 1; i <= 400; ++i) closed += sockets.at({i}).close_code != 0;
    EXPECT_GT(closed, 0u);
    EXPECT_LT(closed, 100u);
    EXPECT_EQ(before.connections, loop->figures().connections);
}

TEST_F(StationTime, a_drain_refuses_newcomers_and_closes_all_in_time) {
    bring_up();
    std::vector<net::SocketId> all;
    for (int i = 0; i < 100; ++i) all.push_back(connect("CP" + std::to_string(i)));
    const auto waiting = upgrade("/LATE");
    say(all[0], call("1"));  // in flight: it is waited for, but not for ever
    loop->drain();
    EXPECT_EQ(sockets.at(waiting).refused, 503);
    EXPECT_EQ(sockets.at(upgrade("/NEW")).refused, 503);
    EXPECT_FALSE(loop->drained());
    pass(seconds{5});
    std::size_t closed = 0;
    for (const auto socket : all) closed += sockets.at(socket).close_code == 1001;
    EXPECT_GT(closed, 30u);
    EXPECT_LT(closed, 80u);
    pass(seconds{20});
    for (const auto socket : all) EXPECT_EQ(sockets.at(socket).close_code, 1001);
    for (const auto socket : all) end(socket, net::CloseCause::we_closed);
    EXPECT_TRUE(loop->drained());
}

TEST_F(StationTime, an_ordered_drain_closes_a_few_a_second_by_turns) {
    bring_up();
    constexpr std::size_t count = 600;
    for (std::size_t i = 0; i < count; ++i) connect("CP" + std::to_string(i));
    const auto closed = [&] {
        std::size_t sum = 0;
        for (std::uint64_t i = 1; i <= count; ++i) sum += sockets.at({i}).close_code == 1001;
        return sum;
    };
    loop->drain(true);
    EXPECT_EQ(sockets.at(upgrade("/NEW")).refused, 503);
    std::set<std::size_t> steps;
    for (int i = 0; i < 24; ++i) {  // of a quarter of a second each, at 50 a second
        const std::size_t before = closed();
        pass(milliseconds{250});
        steps.insert(closed() - before);
    }
    EXPECT_GT(closed(), 200u);
    EXPECT_LE(closed(), 300u);
    EXPECT_GT(steps.size(), 5u);  // not the same number each time
    loop->drain(true);            // once more changes nothing
    pass(seconds{2});
    EXPECT_LE(closed(), 400u);
    loop->drain();  // SIGTERM
    pass(seconds{10});
    EXPECT_EQ(closed(), count);
}

TEST_F(StationTime, an_ordered_drain_closes_a_single_one_as_well) {
    bring_up();
    const auto only = connect("CP1");
    loop->drain(true);
    pass(seconds{5});
    EXPECT_EQ(sockets.at(only).close_code, 1001);
}

TEST_F(StationTime, a_quick_drain_is_not_slowed_by_an_order) {
    bring_up();
    for (int i = 0; i < 1'000; ++i) connect("CP" + std::to_string(i));
    loop->drain();
    loop->drain(true);
    pass(seconds{10});
    for (std::uint64_t i = 1; i <= 1'000; ++i) ASSERT_EQ(sockets.at({i}).close_code, 1001);
}

TEST_F(StationTime, without_an_api_an_ordered_drain_is_quick) {
    bring_up();
    for (int i = 0; i < 2'000; ++i) connect("CP" + std::to_string(i));
    loop->drain(true);
    pass(seconds{15} + seconds{12}, false);
    for (std::uint64_t i = 1; i <= 2'000; ++i) ASSERT_EQ(sockets.at({i}).close_code, 1001);
}

}  // namespace
}  // namespace ohm::worker
