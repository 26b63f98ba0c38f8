// Who is let in, which connection counts, and which workers are believed to live.
#include "api/connections.hpp"

#include "api/test_shard.hpp"

namespace ohm::api {
namespace {

using testing::ShardTest;
using testing::TestWorker;
using testing::Words;

class Connecting : public ShardTest {
protected:
    // "accept ocpp1.6", "refuse 401 wrong_password" …
    std::string attempt(const bus::Envelope& connect) {
        bus.sent.clear();
        handle({connect});
        if (bus.sent.empty()) return "nothing";
        const bus::Envelope& answer = bus.sent.back().second;
        if (const auto refused = bus::body_of<bus::RefuseBody>(answer);
            answer.kind.is("refuse") && refused)
            return "refuse " + std::to_string(refused->status) + " " + refused->cause;
        const auto body = bus::body_of<bus::AcceptBody>(answer);
        return body->refusal.empty() ? "accept " + body->subprotocol : "close 1002";
    }
    bus::Envelope with(bus::Envelope connect, const std::function<void(bus::ConnectBody&)>& edit) {
        auto body = *bus::body_of<bus::ConnectBody>(connect);
        edit(body);
        connect.frame.clear();
        wire::pack(connect.frame, body);
        return connect;
    }
};

TEST_F(Connecting, every_cause_of_a_refusal_is_told_and_written_down) {
    add_station("P0", 0);
    add_station("P1", 1, "right password");
    add_station("P2", 2, "right password");
    add_station("P3", 3);
    EXPECT_EQ(attempt(connect_of("NOBODY", 1)), "refuse 404 unknown_station");
    EXPECT_EQ(attempt(connect_of("P0", 2)), "accept ocpp1.6");
    EXPECT_EQ(attempt(connect_of("P1", 3)), "refuse 401 missing_credentials");
    EXPECT_EQ(attempt(connect_of("P1", 4, "wrong")), "refuse 401 wrong_password");
    const auto other = [](bus::ConnectBody& body) { body.user_name = "P2"; };
    EXPECT_EQ(attempt(with(connect_of("P1", 5, "right password"), other)),
              "refuse 401 wrong_user_name");
    const auto hostile = [](bus::ConnectBody& body) {
        body.user_name = std::string{"\0\xFF", 2};
        body.user_agent = std::string{"\xC3\0x", 3};
    };
    EXPECT_EQ(attempt(with(connect_of("P1", 6, "right password"), hostile)),
              "refuse 401 wrong_user_name");
    EXPECT_EQ(attempt(connect_of("P1", 7, "right password")), "accept ocpp1.6");
    EXPECT_EQ(attempt(connect_of("P2", 8, "right password")), "refuse 403 tls_required");
    const auto tls = [](bus::ConnectBody& body) { body.tls = true; };
    EXPECT_EQ(attempt(with(connect_of("P2", 9, "right password"), tls)), "accept ocpp1.6");
    EXPECT_EQ(attempt(with(connect_of("P3", 10), tls)), "refuse 403 client_certificate_required");
    const auto named = [](std::string name) {
        return [name](bus::ConnectBody& body) {
            body.tls = true, body.certificate_common_name = name;
        };
    };
    EXPECT_EQ(attempt(with(connect_of("P3", 11), named("P2"))), "refuse 403 wrong_certificate");
    EXPECT_EQ(attempt(with(connect_of("P3", 12), named("p3"))), "accept ocpp1.6");
    EXPECT_EQ(count("connection_attempts"), 8);
    EXPECT_EQ(count("connection_attempts where cause = 'wrong_user_name'"), 2);
    EXPECT_EQ(count("connection_attempts where user_name like '%password%'"), 0);
}

TEST_F(Connecting, the_version_is_the_first_common_one_or_the_stations_default) {
    add_station("CP1");
    EXPECT_EQ(attempt(connect_of("CP1", 1, "", "ocpp2.0.1")), "accept ocpp2.0.1");
    EXPECT_EQ(attempt(connect_of("CP1", 2, "", "mqtt")), "close 1002");
    EXPECT_EQ(attempt(connect_of("CP1", 3, "", "")), "close 1002");
    EXPECT_EQ(do_order(order(operation::patch_station, "CP1", R"({"default_ocpp_version":"1.6"})")),
              200);
    EXPECT_EQ(attempt(connect_of("CP1", 4, "", "")), "accept ");
    EXPECT_EQ(text("select ocpp_version from station_state"), "1.6");
}

TEST_F(Connecting, hidden_stations_are_as_unknown_as_a_wrong_password) {
    options.hide_unknown_stations = true;
    EXPECT_EQ(attempt(connect_of("NOBODY", 1, "x")), "refuse 401 unknown_station");
    EXPECT_EQ(text("select cause from connection_attempts"), "unknown_station");
}

TEST_F(Connecting, the_newest_connection_wins) {
    put_online("CP1", 1);
    EXPECT_EQ(attempt(connect_of("CP1", 2)), "accept ocpp1.6");
    const bus::Envelope& kick = last("kick");
    EXPECT_EQ(kick.connection, std::uint64_t{1} << 32);
    EXPECT_EQ(kick.epoch, 1u);
    EXPECT_EQ(number("select epoch from station_state"), 2);
    handle({closed_of("CP1", 1)});  // of the one that was replaced, late
    EXPECT_TRUE(is_online("CP1"));
    handle({call_of("CP1", 1, 5, boot())});
    EXPECT_EQ(sent_of("reply"), 0u);
    handle({closed_of("CP1", 2)});
    EXPECT_FALSE(is_online("CP1"));
}

TEST_F(Connecting, an_older_attempt_that_arrives_late_does_not_win) {
    put_online("CP1", 5);
    EXPECT_EQ(attempt(connect_of("CP1", 4)), "refuse 503 replaced");
    EXPECT_EQ(number("select epoch from station_state"), 1);
    TestWorker elsewhere{.name = "v"};
    bus.sent.clear();
    deliver(elsewhere, {connect_of("CP1", 4)});  // numbers of another worker say nothing
    run();
    EXPECT_EQ(number("select epoch from station_state"), 2);
}

TEST_F(Connecting, a_redelivered_connect_is_one_connection) {
    put_online("CP1", 1);
    EXPECT_EQ(attempt(connect_of("CP1", 1)), "accept ocpp1.6");
    EXPECT_EQ(last("accept").epoch, 1u);
    EXPECT_EQ(sent_of("kick"), 0u);
    EXPECT_EQ(number("select epoch from station_state"), 1);
}

TEST_F(Connecting, a_connect_of_an_earlier_start_of_its_worker_is_no_connection) {
    put_online("CP1", 1);
    const TestWorker before = worker;
    worker.incarnation = {9, 9};
    handle({worker_up()});
    EXPECT_FALSE(is_online("CP1"));
    deliver(before, {connect_of("CP1", 2)});
    run();
    EXPECT_FALSE(is_online("CP1"));
}

// ---- workers ----

TEST_F(Connecting, a_restarted_worker_holds_nobody) {
    put_online("CP1");
    worker.incarnation = {2, 0};
    handle({worker_up()});
    EXPECT_FALSE(is_online("CP1"));
    EXPECT_EQ(text("select disconnect_reason from station_state"), "worker_restarted");
    handle({call_of("CP1", 1, 9, boot())});
    EXPECT_EQ(count("boots"), 2);  // its words still count: the epoch is the station's
}

TEST_F(Connecting, a_worker_says_whom_it_no_longer_holds_and_whom_it_never_should) {
    put_online("CP1", 1);
    add_station("CP2");
    handle({connect_of("CP2", 2)});
    bus.sent.clear();
    ++worker.n;
    handle({worker_up({{"cp2", std::uint64_t{2} << 32, 1}, {"cp9", std::uint64_t{3} << 32, 1}})});
    EXPECT_FALSE(is_online("CP1"));
    EXPECT_TRUE(is_online("CP2"));
    EXPECT_EQ(text("select disconnect_reason from station_state where connection is null"),
              "worker_lost_it");
    ASSERT_EQ(sent_of("kick"), 1u);
    EXPECT_EQ(last("kick").station, "cp9");
    EXPECT_EQ(bus.sent.back().first, worker.queue());  // the new one
}

TEST_F(Connecting, a_list_in_portions_counts_as_a_whole_even_when_a_batch_is_rolled_back) {
    put_online("CP1", 1);
    add_station("CP2");
    handle({connect_of("CP2", 2)});
    const std::vector<bus::Held> first{{"cp1", std::uint64_t{1} << 32, 1}};
    const std::vector<bus::Held> second{{"cp2", std::uint64_t{2} << 32, 1}};
    handle({worker_up(first, true)});
    EXPECT_TRUE(is_online("CP2"));
    sql.poison = "POISON";
    handle({worker_up(second), call_of("CP1", 1, 7, boot("POISON"))});
    EXPECT_TRUE(is_online("CP1"));
    EXPECT_TRUE(is_online("CP2"));
    handle({worker_up(second)});  // a new list: the old one is forgotten
    EXPECT_FALSE(is_online("CP1"));
    EXPECT_TRUE(is_online("CP2"));
}

TEST_F(Connecting, a_silent_worker_is_dead_after_eight_seconds_of_a_prompt_queue) {
    put_online("CP1");
    pass(seconds{20});
    EXPECT_TRUE(is_online("CP1"));
    pass(seconds{6}, false);
    EXPECT_TRUE(is_online("CP1"));
    pass(seconds{5}, false);
    EXPECT_FALSE(is_online("CP1"));
    EXPECT_EQ(text("select disconnect_reason from station_state"), "worker_lost");
}

TEST_F(Connecting, nobody_is_declared_dead_while_the_queue_is_late) {
    put_online("CP1");
    pass(seconds{20});
    pass(seconds{40}, false, seconds{3});
    EXPECT_TRUE(is_online("CP1"));
}

TEST_F(Connecting, who_was_cleared_wrongly_comes_back) {
    put_online("CP1", 1);
    pass(seconds{20});
    pass(seconds{20}, false);
    ASSERT_FALSE(is_online("CP1"));
    ++worker.n;
    bus.sent.clear();
    handle({worker_up({{"cp1", std::uint64_t{1} << 32, 1}})});
    EXPECT_TRUE(is_online("CP1"));
    EXPECT_EQ(sent_of("kick"), 0u);
    EXPECT_EQ(number("select epoch from station_state"), 1);
}

TEST_F(Connecting, a_worker_that_was_only_slow_gets_its_stations_back_by_its_report) {
    put_online("CP1", 1);
    pass(seconds{20});
    pass(seconds{20}, false);
    ASSERT_FALSE(is_online("CP1"));
    bus::SeenBody body;
    body.stations.items.push_back({"cp1", std::uint64_t{1} << 32, 1, micros(clock.utc())});
    handle({worker_beat(), bus::make_envelope("seen", "", body)});
    EXPECT_TRUE(is_online("CP1"));
}

TEST_F(Connecting, a_closed_connection_does_not_come_back) {
    put_online("CP1", 1);
    handle({closed_of("CP1", 1)});
    bus::SeenBody body;
    body.stations.items.push_back({"cp1", std::uint64_t{1} << 32, 1, micros(clock.utc())});
    handle({bus::make_envelope("seen", "", body)});
    EXPECT_FALSE(is_online("CP1"));
}

TEST_F(Connecting, the_death_of_a_worker_survives_a_tick_that_is_rolled_back) {
    put_online("CP1");
    pass(seconds{20});
    sql.poison = "worker_lost";
    pass(seconds{15}, false);
    EXPECT_TRUE(is_online("CP1"));
    sql.poison.clear();
    pass(seconds{2}, false);
    EXPECT_FALSE(is_online("CP1"));
}

TEST_F(Connecting, of_workers_it_is_told_once_that_they_come_and_go) {
    const auto told = [&](const std::string& type) {
        return number("select count(*) from outbox where events like '%\"worker." + type + "\"%'");
    };
    handle({worker_up()});
    handle({worker_beat()});
    EXPECT_EQ(told("joined"), 1);
    pass(seconds{20});
    EXPECT_EQ(told("left"), 0);
    pass(seconds{20}, false);
    EXPECT_EQ(told("left"), 1);
    sql.poison = "POISON";  // a batch that is rolled back, long after
    StationCreate create;
    create.id.value = "POISON";
    do_order(order(operation::create_station, "POISON", wire::encode(create)));
    sql.poison.clear();
    pass(seconds{20}, false);
    EXPECT_EQ(told("left"), 1);
    handle({worker_beat()});  // it was only slow
    pass(seconds{20});
    const auto again = told("joined");
    worker.incarnation = Ulid{1, 9};
    handle({worker_up(), worker_beat()});
    EXPECT_EQ(told("joined"), again + 1);
    build(2);  // another owner knows it from its row
    const auto before = told("joined");
    handle({worker_up(), worker_beat()});
    EXPECT_EQ(told("joined"), before);
}

TEST_F(Connecting, that_a_worker_left_survives_a_tick_that_is_rolled_back) {
    handle({worker_up(), worker_beat()});
    pass(seconds{20});
    sql.poison = "worker.left";
    pass(seconds{15}, false);
    sql.poison.clear();
    pass(seconds{2}, false);
    EXPECT_EQ(number("select count(*) from outbox where events like '%worker.left%'"), 1);
}

}  // namespace
}  // namespace ohm::api
