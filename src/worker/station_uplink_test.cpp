// How a station loop lives with its bus: back-pressure, broken connections, reports.
#include "worker/test_loop.hpp"

namespace ohm::worker {
namespace {

using testing::LoopTest;
using testing::Words;
using StationUplink = LoopTest;

TEST_F(StationUplink, a_full_bus_stops_the_reading_and_keeps_the_order) {
    bring_up();
    const auto one = connect("CP1");
    const auto two = connect("CP2");
    bus.posted.clear();
    bus.full = true;
    say(one, call("1"));
    EXPECT_FALSE(sockets.at(one).reading);
    EXPECT_TRUE(sockets.at(two).reading);
    say(two, call("2"));
    bus.full = false;
    say(one, call("3"));  // had arrived already: must not overtake
    EXPECT_EQ(frames_up(), Words{});
    loop->on_room();
    EXPECT_EQ(frames_up(), (Words{call("1"), call("2"), call("3")}));
    EXPECT_TRUE(sockets.at(one).reading);
    EXPECT_TRUE(sockets.at(two).reading);
}

TEST_F(StationUplink, first_the_worker_says_whom_it_holds_then_what_was_not_answered) {
    bring_up();
    const auto socket = connect("CP1", 9);
    say(socket, call("1"));
    say(socket, call("2"));
    reply(socket, 1, R"([3,"1",{}])");
    loop->on_down();
    bus.up = false;
    say(socket, call("3"));  // without a bus it is only kept
    bus.up = true;
    bus.posted.clear();
    loop->on_up(2);
    EXPECT_EQ(kinds(), (Words{"worker_up", "worker_up", "worker_up", "worker_up", "call", "call"}));
    EXPECT_EQ(frames_up(), (Words{call("2"), call("3")}));
    std::size_t held = 0;
    for (const auto& [partition, envelope] : bus.posted) {
        if (!envelope.kind.is("worker_up")) continue;
        const auto body = bus::body_of<bus::WorkerUpBody>(envelope);
        for (const auto& one : body->held.items) {
            EXPECT_EQ(one.station, "cp1");
            EXPECT_EQ(one.epoch, 9u);
            EXPECT_EQ(partition, partition_of("cp1", 4));
            ++held;
        }
    }
    EXPECT_EQ(held, 1u);
    reply(socket, 2, "two");
    reply(socket, 2, "two");  // was posted twice, is answered twice
    EXPECT_EQ(sockets.at(socket).sent, (Words{R"([3,"1",{}])", "two"}));
}

TEST_F(StationUplink, what_is_said_once_survives_a_broken_bus) {
    bring_up();
    const auto socket = connect("CP1");
    command(socket, reset_command("a"));
    loop->on_down();
    bus.up = false;
    say(socket, R"([3,"m-a",{}])");
    end(socket);
    bus.up = true;
    bus.posted.clear();
    loop->on_up(2);
    EXPECT_EQ(kinds(), (Words{"worker_up", "worker_up", "worker_up", "worker_up", "answer",
                              "closed:closed"}));
}

TEST_F(StationUplink, nothing_overtakes_the_announcement) {
    bring_up();
    const auto socket = connect("CP1");
    loop->on_down();
    bus.up = false;
    end(socket);
    bus.up = true;
    bus.posted.clear();
    loop->on_room();  // of the connection that is gone
    EXPECT_EQ(kinds(), Words{});
    loop->on_up(2);
    EXPECT_EQ(kinds().front(), "worker_up");
    EXPECT_EQ(kinds().back(), "closed:closed");
}

TEST_F(StationUplink, a_call_is_not_in_the_backlog_and_among_the_unanswered) {
    bring_up();
    const auto socket = connect("CP1");
    bus.full = true;
    say(socket, call("1"));
    bus.full = false;
    bus.posted.clear();
    loop->on_up(2);  // a new connection, without word of the end of the old one
    EXPECT_EQ(frames_up(), Words{call("1")});
    EXPECT_TRUE(sockets.at(socket).reading);
}

TEST_F(StationUplink, a_bus_that_stays_full_lets_nobody_in) {
    bring_up();
    bus.full = true;
    std::size_t let_wait = 0;
    for (std::size_t i = 0; i < 2 * limits::worker_backlog; ++i) {
        const auto socket = upgrade("/CP" + std::to_string(i));
        if (sockets.at(socket).refused != 0) break;
        end(socket);
        ++let_wait;
    }
    EXPECT_LE(let_wait, limits::worker_backlog);
    EXPECT_GT(let_wait, 0u);
}

TEST_F(StationUplink, many_connections_are_announced_in_portions) {
    bring_up();
    const std::size_t count = 9'000;
    for (std::size_t i = 0; i < count; ++i) {
        const auto socket = connect("CP" + std::to_string(i));
        ASSERT_TRUE(sockets.at(socket).accepted) << i;
    }
    loop->on_down();
    bus.posted.clear();
    loop->on_up(2);
    std::map<std::uint32_t, bool> ended;
    std::size_t held = 0;
    for (const auto& [partition, envelope] : bus.posted) {
        if (!envelope.kind.is("worker_up")) continue;
        const auto body = bus::body_of<bus::WorkerUpBody>(envelope);
        EXPECT_FALSE(ended[partition.value]) << "after the last portion";
        ended[partition.value] = !body->more;
        EXPECT_LE(body->held.items.size(), 1'000u);
        held += body->held.items.size();
    }
    EXPECT_EQ(held, count);
    for (std::uint32_t p = 0; p < 4; ++p) EXPECT_TRUE(ended[p]);
}

TEST_F(StationUplink, the_worker_beats_and_tells_who_was_heard) {
    bring_up();
    connect("CP1", 4);
    bus.posted.clear();
    pass(seconds{20});
    std::size_t beats = 0, seen = 0;
    for (const auto& [partition, envelope] : bus.posted) {
        beats += envelope.kind.is("worker_beat");
        if (!envelope.kind.is("seen")) continue;
        const auto body = bus::body_of<bus::SeenBody>(envelope);
        ASSERT_EQ(body->stations.items.size(), 1u);
        EXPECT_EQ(body->stations.items[0].epoch, 4u);
        ++seen;
    }
    EXPECT_GE(beats, 4u * 9);
    EXPECT_LE(beats, 4u * 11);
    EXPECT_EQ(seen, 1u);  // heard once: told once
}

// Its time is what the api said when it left, and it may have waited in the broker.
TEST_F(StationUplink, a_late_beat_does_not_set_the_clock_back) {
    bring_up();
    const auto socket = connect("CP1");
    const auto right = micros(clock.utc());
    bus.posted.clear();
    bus::BeatBody late;
    late.at = right - Micros{seconds{7}}.count();
    late.partition_count = 4;
    late.heartbeat_interval_s = heartbeat_interval;
    loop->on_envelope(bus::make_envelope("beat", "", late));
    say(socket, call("1"));
    ASSERT_EQ(bus.posted.size(), 1u);
    EXPECT_EQ(bus.posted[0].second.received_at, right);
    // One that goes on saying so is right.
    for (int i = 0; i < 8; ++i) loop->on_envelope(bus::make_envelope("beat", "", late));
    say(socket, call("2"));
    EXPECT_EQ(bus.posted.back().second.received_at, late.at);
}

}  // namespace
}  // namespace ohm::worker
