// Commands from the order to their end: at most once, one at a time, each with a final state.
#include "api/commands/commands.hpp"

#include "api/test_shard.hpp"

namespace ohm::api {
namespace {

using testing::ShardTest;
using testing::Words;

class Commanding : public ShardTest {
protected:
    bus::OperatorBody reset(Micros wait = {}) {
        CommandCreate create;
        create.command.value = "reset";
        create.parameters.json = R"({"type":"graceful"})";
        auto body = order(operation::send_command, "CP1", wire::encode(create));
        body.wait_us = wait.count();
        return body;
    }
    bus::Envelope news(bus::Kind kind, const bus::OperatorBody& of, const std::string& reason) {
        return bus::make_envelope(kind, "cp1", bus::CommandNews{of.operation_id, reason});
    }
    bus::Envelope answer_of(const bus::OperatorBody& of, const std::string& payload) {
        bus::AnswerBody body;
        body.command_id = of.operation_id;
        body.message_id = Ulid::from_bytes(of.operation_id)->text();
        body.frame = R"([3,")" + body.message_id + R"(",)" + payload + "]";
        return bus::make_envelope("answer", "cp1", body);
    }
    static constexpr const char* accepted = R"({"status":"Accepted"})";
    std::string state(const bus::OperatorBody& of) {
        const auto rows = sql.query("select state, failed_reason from commands where id = $1",
                                    {store::Bytes{of.operation_id}});
        if (rows.empty()) return "(none)";
        const std::string reason = store::as_text(rows[0][1]);
        return store::as_text(rows[0][0]) + (reason.empty() ? "" : ":" + reason);
    }
};

TEST_F(Commanding, the_row_is_committed_before_the_command_leaves) {
    put_online("CP1");
    const auto one = reset();
    EXPECT_EQ(do_order(one), 202);
    EXPECT_EQ(*events, (Words{"commit", "send command", "answer 202"}));
    EXPECT_EQ(state(one), "queued");
    const auto body = bus::body_of<bus::CommandBody>(last("command"));
    EXPECT_EQ(body->command_id, one.operation_id);
    EXPECT_EQ(last("command").epoch, 1u);
    handle({news("sent", one, "")});
    EXPECT_EQ(state(one), "sent");
    handle({answer_of(one, R"({"status":"Accepted"})")});
    EXPECT_EQ(state(one), "answered");
    EXPECT_EQ(text("select result from commands"), "accepted");
    handle({answer_of(one, R"({"status":"Accepted"})")});  // redelivered: nothing more
    EXPECT_EQ(state(one), "answered");
}

TEST_F(Commanding, one_at_a_time_and_in_order) {
    put_online("CP1");
    const auto one = reset(), two = reset(), three = reset();
    do_order(one), do_order(two), do_order(three);
    EXPECT_EQ(sent_of("command"), 1u);
    handle({news("sent", one, ""), answer_of(one, accepted)});
    ASSERT_EQ(sent_of("command"), 2u);
    EXPECT_EQ(bus::body_of<bus::CommandBody>(last("command"))->command_id, two.operation_id);
    handle({news("undelivered", two, "timeout")});
    EXPECT_EQ(state(two), "failed:timeout");
    EXPECT_EQ(sent_of("command"), 3u);
}

TEST_F(Commanding, a_station_that_is_away_is_told_at_once) {
    add_station("CP1");
    EXPECT_EQ(do_order(reset()), 409);
    EXPECT_EQ(count("commands"), 0);
}

TEST_F(Commanding, the_queue_of_a_station_is_bounded) {
    put_online("CP1");
    for (std::size_t i = 0; i < limits::commands_queued_per_station; ++i)
        ASSERT_EQ(do_order(reset()), 202) << i;
    EXPECT_EQ(do_order(reset()), 429);
    EXPECT_EQ(count("commands"), static_cast<std::int64_t>(limits::commands_queued_per_station));
}

TEST_F(Commanding, who_waits_gets_202_at_its_time_and_200_at_the_end) {
    put_online("CP1");
    const auto patient = reset(seconds{20}), short_of_time = reset(seconds{2});
    EXPECT_EQ(do_order(patient), 0);
    EXPECT_EQ(do_order(short_of_time), 0);
    pass(seconds{1});
    EXPECT_EQ(answer_to(short_of_time), 0);
    pass(seconds{2});
    EXPECT_EQ(answer_to(short_of_time), 202);
    EXPECT_EQ(answer_to(patient), 0);
    handle({news("sent", patient, ""), answer_of(patient, R"({"status":"Rejected"})")});
    EXPECT_EQ(answer_to(patient), 200);
    handle({answer_of(short_of_time, accepted)});
    EXPECT_EQ(answer_to(short_of_time), 202);  // it is not told twice
}

TEST_F(Commanding, who_waits_is_told_once_though_the_batch_was_rolled_back) {
    put_online("CP1");
    const auto one = reset(seconds{20});
    do_order(one);
    handle({news("sent", one, "")});
    sql.poison = "POISON";
    handle({answer_of(one, accepted), call_of("CP1", 1, 3, boot("POISON"))});
    EXPECT_EQ(answer_to(one), 200);
    EXPECT_EQ(state(one), "answered");
    const auto two = reset(seconds{20});
    ask(two);
    deliver({call_of("CP1", 1, 4, boot("POISON"))});
    run();
    EXPECT_EQ(sent_of("command"), 2u);
    handle({answer_of(two, accepted)});
    EXPECT_EQ(answer_to(two), 200);
}

TEST_F(Commanding, the_apis_own_deadline_catches_a_silent_worker) {
    put_online("CP1");
    const auto one = reset();
    do_order(one);
    pass(seconds{38});
    EXPECT_EQ(state(one), "queued");
    pass(seconds{5});
    EXPECT_EQ(state(one), "failed:timeout");
    handle({answer_of(one, R"({"status":"Accepted"})")});
    EXPECT_EQ(state(one), "failed:timeout");
    EXPECT_EQ(count("commands where late_response is not null"), 1);
}

TEST_F(Commanding, a_worker_that_stays_busy_does_not_move_the_deadline) {
    put_online("CP1");
    const auto one = reset();
    do_order(one);
    for (int i = 0; i < 45; ++i) {
        handle({news("undelivered", one, "busy")});
        pass(seconds{1});
    }
    EXPECT_GT(sent_of("command"), 10u);
    EXPECT_EQ(state(one).substr(0, 6), "failed");
}

TEST_F(Commanding, the_end_of_the_connection_ends_its_commands) {
    put_online("CP1", 1);
    const auto handed_over = reset(seconds{20}), queued = reset();
    do_order(handed_over), do_order(queued);
    handle({closed_of("CP1", 1)});
    EXPECT_EQ(state(handed_over), "failed:disconnected");
    EXPECT_EQ(state(queued), "failed:offline");
    EXPECT_EQ(answer_to(handed_over), 200);
    EXPECT_EQ(sent_of("command"), 1u);
}

TEST_F(Commanding, a_new_owner_sends_nothing_a_second_time) {
    put_online("CP1");
    const auto one = reset(), two = reset();
    do_order(one), do_order(two);
    bus.sent.clear();
    build(2);
    pass(seconds{5});
    EXPECT_EQ(sent_of("command"), 0u);
    handle({answer_of(one, accepted)});
    EXPECT_EQ(state(one), "answered");
    EXPECT_EQ(sent_of("command"), 1u);
}

TEST_F(Commanding, an_order_that_the_bus_repeats_is_one_command) {
    put_online("CP1");
    auto one = reset();
    one.reply_queue = "q.other-api";
    const auto envelope = bus::make_envelope("operator", "cp1", one);
    deliver({.name = "other-api"}, {envelope});
    deliver({.name = "other-api"}, {envelope});
    run();
    handle({answer_of(one, accepted)});
    deliver({.name = "other-api"}, {envelope});
    run();
    EXPECT_EQ(count("commands"), 1);
    EXPECT_EQ(sent_of("command"), 1u);
    EXPECT_EQ(sent_of("operator_answer"), 3u);
}

TEST_F(Commanding, a_broken_answer_is_a_failure_with_its_reason) {
    put_online("CP1");
    const auto one = reset();
    do_order(one);
    handle({answer_of(one, R"({"status":"Sideways"})")});
    EXPECT_EQ(state(one), "failed:invalid_response");
    const auto two = reset();
    do_order(two);
    bus::AnswerBody body;
    body.command_id = two.operation_id;
    body.frame = R"([4,"x","NotSupported","no\u0000pe",{}])";
    handle({bus::make_envelope("answer", "cp1", body)});
    EXPECT_EQ(state(two), "failed:call_error");
}

class MissingBoots : public Commanding {
protected:
    MissingBoots() { options.inventory_on_boot = true; }
    void connect_unbooted() {
        add_station("CP1");
        handle({worker_beat(), connect_of("CP1", 1)});
    }
};

// Quirk C1: asked once, and only where stations are asked for anything.
TEST_F(MissingBoots, are_asked_for_once) {
    connect_unbooted();
    pass(seconds{29});
    EXPECT_EQ(sent_of("command"), 0u);
    pass(seconds{3});
    ASSERT_EQ(sent_of("command"), 1u);
    EXPECT_NE(bus::body_of<bus::CommandBody>(last("command"))
                  ->frame.find(R"("TriggerMessage",{"requestedMessage":"BootNotification"})"),
              std::string::npos);
    pass(seconds{200});
    EXPECT_EQ(sent_of("command"), 1u);
}
TEST_F(MissingBoots, are_not_asked_for_where_one_came) {
    connect_unbooted();
    handle({call_of("CP1", 1, 1, boot())});
    pass(seconds{60});
    EXPECT_EQ(number("select count(*) from commands where command = 'trigger-message'"), 0);
}
TEST_F(Commanding, a_missing_boot_is_not_asked_for_unless_wanted) {
    add_station("CP1");
    handle({worker_beat(), connect_of("CP1", 1)});
    pass(seconds{60});
    EXPECT_EQ(sent_of("command"), 0u);
}

}  // namespace
}  // namespace ohm::api
