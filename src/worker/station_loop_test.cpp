// Upgrades, messages and commands of a station loop; what time does is in station_time_test.cpp,
// what the bus does in station_uplink_test.cpp.
#include "worker/test_loop.hpp"

namespace ohm::worker {
namespace {

using testing::LoopTest;
using testing::Words;
using StationLoopTest = LoopTest;

const std::string heartbeat = R"([2,"h","Heartbeat",{}])";

TEST_F(StationLoopTest, an_upgrade_is_held_until_the_api_has_decided) {
    bring_up();
    const auto socket = upgrade("/ocpp/CP1");
    EXPECT_EQ(kinds(), Words{"connect"});
    EXPECT_EQ(bus.posted[0].second.station, "cp1");
    EXPECT_FALSE(sockets.at(socket).accepted);
    EXPECT_EQ(sockets.at(socket).refused, 0);
    EXPECT_EQ(loop->figures().upgrades_waiting, 1u);
    accept(socket);
    EXPECT_TRUE(sockets.at(socket).accepted);
    EXPECT_EQ(sockets.at(socket).subprotocol, "ocpp1.6");
    EXPECT_EQ(loop->figures().upgrades_waiting, 0u);
    EXPECT_EQ(loop->figures().connections, 1u);
}

TEST_F(StationLoopTest, a_refusal_of_the_api_reaches_the_station) {
    bring_up();
    const auto socket = upgrade("/CP1");
    loop->on_envelope(directed(socket, "refuse", bus::RefuseBody{401, "wrong_password", "no"}));
    EXPECT_EQ(sockets.at(socket).refused, 401);
    EXPECT_NE(sockets.at(socket).refusal.find("wrong_password"), std::string::npos);
    EXPECT_FALSE(sockets.at(socket).accepted);
}

TEST_F(StationLoopTest, where_the_last_segment_names_nobody_earlier_ones_are_asked_for) {
    bring_up();
    const auto socket = upgrade("/ocpp/CP0/CP1/SN7");
    const auto asked = [&] {
        const auto& envelope = bus.posted.back().second;
        const auto body = bus::body_of<bus::ConnectBody>(envelope);
        return envelope.station + " " + body->id + " " + body->last_segment + " " +
               (body->has_more ? "more" : "last");
    };
    EXPECT_EQ(asked(), "sn7 SN7  more");
    const bus::RefuseBody unknown{404, "unknown_station", "no"};
    loop->on_envelope(directed(socket, "refuse", unknown));
    EXPECT_EQ(sockets.at(socket).refused, 0);
    EXPECT_EQ(asked(), "cp1 CP1 SN7 more");
    connections[socket.value] = bus.posted.back().second;
    loop->on_envelope(directed(socket, "refuse", unknown));
    EXPECT_EQ(asked(), "cp0 CP0 SN7 last");
    connections[socket.value] = bus.posted.back().second;
    loop->on_envelope(directed(socket, "refuse", unknown));
    EXPECT_EQ(sockets.at(socket).refused, 404);

    const auto other = upgrade("/CP1/SN7");
    const auto before = bus.posted.size();
    loop->on_envelope(directed(other, "refuse", bus::RefuseBody{401, "wrong_password", "no"}));
    EXPECT_EQ(sockets.at(other).refused, 401) << "it is that one, and no other";
    EXPECT_EQ(bus.posted.size(), before);
}

// Quirk B2.
TEST_F(StationLoopTest,
       binary_frames_that_hold_text_are_taken_and_noticed_but_strictly_they_end_it) {
    bring_up();
    const auto lenient = connect("CP1");
    bus.posted.clear();
    loop->on_binary(lenient, call("1"));
    EXPECT_EQ(kinds(), (Words{"noticed", "call"}));
    EXPECT_EQ(bus::body_of<bus::NoticedBody>(bus.posted[0].second)->quirk, "binary_frame");
    loop->on_binary(lenient, "\xff\xfe");
    EXPECT_EQ(sockets.at(lenient).close_code, 1003);

    const auto strict = upgrade("/CP2");
    loop->on_envelope(directed(strict, "accept", bus::AcceptBody{.strict = true}));
    bus.posted.clear();
    loop->on_binary(strict, call("1"));
    EXPECT_EQ(sockets.at(strict).close_code, 1003);
    EXPECT_EQ(kinds(), Words{});
}

// Quirk D7.
TEST_F(StationLoopTest, heartbeats_are_answered_with_the_digits_that_the_station_wants) {
    bring_up();
    const auto socket = upgrade("/CP1");
    loop->on_envelope(
        directed(socket, "accept", bus::AcceptBody{.boot_accepted = true, .milliseconds = true}));
    say(socket, heartbeat);
    ASSERT_FALSE(sockets.at(socket).sent.empty());
    EXPECT_NE(sockets.at(socket).sent.back().find(".000Z"), std::string::npos)
        << sockets.at(socket).sent.back();
}

TEST_F(StationLoopTest, an_upgrade_that_nobody_decides_gets_503_and_a_late_accept_changes_nothing) {
    bring_up();
    const auto socket = upgrade("/CP1");
    pass(limits::upgrade_deadline - seconds{1});
    EXPECT_EQ(sockets.at(socket).refused, 0);
    pass(seconds{2});
    EXPECT_EQ(sockets.at(socket).refused, 503);
    accept(socket);
    EXPECT_FALSE(sockets.at(socket).accepted);
    EXPECT_EQ(loop->figures().connections, 0u);
    bus.posted.clear();
    end(socket, net::CloseCause::we_closed);
    EXPECT_EQ(kinds(), Words{"closed:closed_by_us"});  // the api may believe that it let it in
    EXPECT_EQ(loop->figures().upgrades_waiting, 0u);
}

TEST_F(StationLoopTest, who_would_be_let_in_too_late_is_turned_away_at_once) {
    bring_up();
    const auto first = upgrade("/CP1");
    pass(limits::upgrade_late);
    const auto second = upgrade("/CP2");
    EXPECT_EQ(sockets.at(second).refused, 0);
    pass(seconds{1});
    EXPECT_EQ(sockets.at(upgrade("/CP3")).refused, 503);
    EXPECT_EQ(sockets.at(first).refused, 0) << "it still has time";
    accept(first);
    EXPECT_EQ(sockets.at(upgrade("/CP4")).refused, 0);
}

TEST_F(StationLoopTest, without_a_beat_nobody_is_let_in) {
    loop->on_up(1);
    EXPECT_EQ(sockets.at(upgrade("/CP1")).refused, 503);
    beat();
    EXPECT_EQ(sockets.at(upgrade("/CP1")).refused, 0);
    clock.advance(limits::beat_fresh);
    const auto late = upgrade("/CP1");
    EXPECT_EQ(sockets.at(late).refused, 503);
    bool has_retry_after = false;
    for (const auto& header : sockets.at(late).headers)
        has_retry_after = has_retry_after || header.name == "retry-after";
    EXPECT_TRUE(has_retry_after);
}

TEST_F(StationLoopTest, a_bad_identity_is_refused_and_told) {
    bring_up();
    EXPECT_EQ(sockets.at(upgrade("/a%00b")).refused, 400);
    EXPECT_EQ(kinds(), Words{"refused"});
}

TEST_F(StationLoopTest, guessing_is_slowed_down_for_one_address_and_station_only) {
    bring_up();
    const auto guess = [&](const std::string& id) {
        const auto socket = upgrade("/" + id);
        if (sockets.at(socket).refused != 0) return sockets.at(socket).refused;
        loop->on_envelope(directed(socket, "refuse", bus::RefuseBody{401, "wrong_password", ""}));
        end(socket, net::CloseCause::we_closed);
        return 401;
    };
    for (std::int64_t i = 0; i < limits::refused_attempts_burst; ++i) EXPECT_EQ(guess("CP1"), 401);
    EXPECT_EQ(guess("CP1"), 429);
    EXPECT_EQ(guess("CP2"), 401);
}

TEST_F(StationLoopTest, a_heartbeat_is_answered_here) {
    bring_up();
    const auto socket = connect("CP1");
    bus.posted.clear();
    say(socket, heartbeat);
    ASSERT_EQ(sockets.at(socket).sent.size(), 1u);
    EXPECT_EQ(sockets.at(socket).sent[0],
              R"([3,"h",{"currentTime":")" + to_rfc3339(clock.utc(), 0) + R"("}])");
    EXPECT_EQ(kinds(), Words{});
}

TEST_F(StationLoopTest, a_heartbeat_travels_when_a_condition_is_missing) {
    bring_up();
    const auto not_booted = upgrade("/CP1");
    accept(not_booted, 1, false);
    const auto with_payload = connect("CP2");
    const auto with_call = connect("CP3");
    const auto without_beat = connect("CP4");
    bus.posted.clear();
    say(not_booted, heartbeat);
    say(with_payload, R"([2,"h","Heartbeat",{"x":1}])");
    say(with_call, call("1"));
    say(with_call, heartbeat);
    EXPECT_EQ(kinds(), (Words{"call", "call", "call", "call"}));
    reply(with_call, 1, R"([3,"1",{}])");
    reply(with_call, 2, R"([3,"h",{}])");
    say(with_call, heartbeat);
    EXPECT_EQ(sockets.at(with_call).sent.size(), 3u);
    EXPECT_EQ(bus.posted.size(), 4u);
    clock.advance(limits::beat_fresh);
    say(without_beat, heartbeat);
    EXPECT_EQ(bus.posted.size(), 5u);
}

TEST_F(StationLoopTest, news_of_an_accepted_boot_let_heartbeats_be_answered_here) {
    bring_up();
    const auto socket = upgrade("/CP1");
    accept(socket, 1, false);
    accept(socket, 1, true);
    say(socket, heartbeat);
    EXPECT_EQ(sockets.at(socket).sent.size(), 1u);
    EXPECT_EQ(loop->figures().connections, 1u);
}

TEST_F(StationLoopTest, a_reply_goes_out_once_and_only_with_its_epoch) {
    bring_up();
    const auto socket = connect("CP1", 7);
    say(socket, call("1"));
    epochs[socket.value] = 6;
    reply(socket, 1, "old");
    epochs[socket.value] = 7;
    reply(socket, 1, "new");
    reply(socket, 1, "again");
    EXPECT_EQ(sockets.at(socket).sent, Words{"new"});
}

TEST_F(StationLoopTest, too_many_unanswered_calls_stop_the_reading) {
    bring_up();
    const auto socket = connect("CP1");
    for (std::size_t i = 0; i < limits::calls_queued_per_station; ++i)
        say(socket, call(std::to_string(i)));
    EXPECT_FALSE(sockets.at(socket).reading);
    reply(socket, 1, "x");
    EXPECT_TRUE(sockets.at(socket).reading);
}

TEST_F(StationLoopTest, a_station_with_too_many_calls_delays_no_other) {
    bring_up();
    const auto greedy = connect("CP1");
    const auto other = connect("CP2");
    for (std::size_t i = 0; i < limits::calls_queued_per_station; ++i)
        say(greedy, call(std::to_string(i)));
    ASSERT_FALSE(sockets.at(greedy).reading);
    bus.posted.clear();
    say(other, call("1"));
    EXPECT_EQ(kinds(), Words{"call"});
    reply(other, 1, R"([3,"1",{}])");
    EXPECT_EQ(sockets.at(other).sent.size(), 1u);
    EXPECT_TRUE(sockets.at(other).reading);
    EXPECT_FALSE(sockets.at(greedy).reading);
}

TEST_F(StationLoopTest, unreadable_frames_are_told_and_at_last_the_connection_is_closed) {
    bring_up();
    const auto socket = connect("CP1");
    bus.posted.clear();
    say(socket, "nonsense");
    EXPECT_EQ(kinds(), Words{"unreadable"});
    EXPECT_TRUE(sockets.at(socket).sent.empty());  // 1.6 says nothing to it
    for (std::size_t i = 1; i < limits::unreadable_frames_in_a_row; ++i) say(socket, "nonsense");
    EXPECT_EQ(sockets.at(socket).close_code, 1008);
}

// ---- commands ----

TEST_F(StationLoopTest, a_command_runs_once) {
    bring_up();
    const auto socket = connect("CP1");
    bus.posted.clear();
    command(socket, reset_command("a"));
    command(socket, reset_command("a"));
    EXPECT_EQ(sockets.at(socket).sent, Words{R"([2,"m-a","Reset",{"type":"Soft"}])"});
    EXPECT_EQ(kinds(), Words{"sent"});
    say(socket, R"([3,"m-a",{"status":"Accepted"}])");
    EXPECT_EQ(kinds(), (Words{"sent", "answer"}));
    command(socket, reset_command("a"));  // redelivered after all
    EXPECT_EQ(sockets.at(socket).sent.size(), 1u);
    EXPECT_EQ(kinds(), (Words{"sent", "answer"}));
}

TEST_F(StationLoopTest, a_repeated_command_is_never_called_undelivered) {
    bring_up();
    const auto socket = connect("CP1");
    const auto body = reset_command("a");
    command(socket, body);
    bus.posted.clear();
    clock.advance(seconds{60});  // beyond its deadline
    command(socket, body);
    EXPECT_EQ(kinds(), Words{});
}

TEST_F(StationLoopTest, a_second_command_meanwhile_is_busy) {
    bring_up();
    const auto socket = connect("CP1");
    bus.posted.clear();
    command(socket, reset_command("a"));
    command(socket, reset_command("b"));
    EXPECT_EQ(kinds(), (Words{"sent", "undelivered:busy"}));
    EXPECT_EQ(sockets.at(socket).sent.size(), 1u);
    say(socket, R"([3,"m-a",{}])");
    command(socket, reset_command("b"));
    EXPECT_EQ(sockets.at(socket).sent.size(), 2u);
}

TEST_F(StationLoopTest, a_command_for_another_connection_or_too_late_is_offline) {
    bring_up();
    const auto socket = connect("CP1", 3);
    bus.posted.clear();
    epochs[socket.value] = 2;
    command(socket, reset_command("a"));
    epochs[socket.value] = 3;
    auto late = reset_command("b");
    late.deadline_at = micros(clock.utc());
    command(socket, late);
    end(socket);
    command(socket, reset_command("c"));
    EXPECT_EQ(kinds(), (Words{"undelivered:offline", "undelivered:offline", "closed:closed",
                              "undelivered:offline"}));
    EXPECT_TRUE(sockets.at(socket).sent.empty());
}

TEST_F(StationLoopTest, orders_of_an_owner_that_lost_the_partition_are_dropped) {
    bring_up();
    const auto socket = connect("CP1");
    auto newer = reset_command("a");
    newer.partition_epoch = 5;
    command(socket, newer);
    say(socket, R"([3,"m-a",{}])");
    bus.posted.clear();
    command(socket, reset_command("b"));  // of partition epoch 1
    loop->on_envelope(directed(socket, "kick", bus::KickBody{"kicked", 1000, 0, 4, ""}));
    EXPECT_EQ(kinds(), Words{});
    EXPECT_EQ(sockets.at(socket).close_code, 0);
    EXPECT_EQ(sockets.at(socket).sent.size(), 1u);
    loop->on_envelope(directed(socket, "kick", bus::KickBody{"kicked", 1000, 0, 5, ""}));
    EXPECT_EQ(sockets.at(socket).close_code, 1000);
}

TEST_F(StationLoopTest, a_kick_with_another_epoch_is_ignored) {
    bring_up();
    const auto socket = connect("CP1", 3);
    epochs[socket.value] = 2;
    loop->on_envelope(directed(socket, "kick", bus::KickBody{"replaced", 1001, 0, 1, ""}));
    EXPECT_EQ(sockets.at(socket).close_code, 0);
    epochs[socket.value] = 3;
    loop->on_envelope(directed(socket, "kick", bus::KickBody{"replaced", 1001, 0, 1, ""}));
    EXPECT_EQ(sockets.at(socket).close_code, 1001);
    bus.posted.clear();
    end(socket, net::CloseCause::we_closed);
    EXPECT_EQ(kinds(), Words{"closed:replaced"});
}

TEST_F(StationLoopTest, a_command_times_out_and_its_late_answer_is_still_attributed) {
    bring_up();
    const auto socket = connect("CP1");
    command(socket, reset_command("a"));
    bus.posted.clear();
    pass(seconds{29});
    EXPECT_EQ(kinds(), Words{});
    pass(seconds{3});
    EXPECT_EQ(kinds(), Words{"undelivered:timeout"});
    say(socket, R"([3,"m-a",{"status":"Accepted"}])");
    ASSERT_EQ(kinds().back(), "answer");
    const auto body = bus::body_of<bus::AnswerBody>(bus.posted.back().second);
    EXPECT_TRUE(body->late);
    EXPECT_EQ(body->command_id, "a");
}

TEST_F(StationLoopTest, a_connection_that_ends_under_a_command_says_so_first) {
    bring_up();
    const auto socket = connect("CP1");
    command(socket, reset_command("a"));
    bus.posted.clear();
    end(socket, net::CloseCause::peer_gone);
    EXPECT_EQ(kinds(), (Words{"closed:reset", "undelivered:disconnected"}));
}

// ---- numbers ----

TEST_F(StationLoopTest, a_connection_number_is_never_given_again) {
    bring_up();
    std::set<std::uint64_t> seen;
    std::uint64_t before = 0;
    for (int i = 0; i < 1'000; ++i) {
        const auto socket = connect("CP1");
        const std::uint64_t number = connections.at(socket.value).connection;
        EXPECT_TRUE(seen.insert(number).second);
        EXPECT_GT(number >> 32, before);  // the api tells by it which is newer
        before = number >> 32;
        end(socket);
    }
}

TEST_F(StationLoopTest, refusals_do_not_use_up_connection_numbers) {
    bring_up();
    const auto socket = upgrade("/CP1");
    const auto first = connections.at(socket.value).connection >> 32;
    accept(socket);
    clock.advance(limits::beat_fresh);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(sockets.at(upgrade("/CP2")).refused, 503);
    beat();
    EXPECT_EQ(connections.at(upgrade("/CP3").value).connection >> 32, first + 1);
}

TEST_F(StationLoopTest, what_is_meant_for_an_ended_connection_never_reaches_its_successor) {
    bring_up();
    const auto first = connect("CP1", 1);
    say(first, call("1"));
    end(first);
    const auto second = connect("CP1", 2);
    say(second, call("2"));
    reply(first, 1, "for the first");
    EXPECT_TRUE(sockets.at(second).sent.empty());
    bus.posted.clear();
    accept(first, 1);  // redelivered: the api must hear that it is gone
    EXPECT_EQ(kinds(), Words{"closed:reset"});
    EXPECT_EQ(bus.posted[0].second.connection, connections.at(first.value).connection);
}

}  // namespace
}  // namespace ohm::worker
