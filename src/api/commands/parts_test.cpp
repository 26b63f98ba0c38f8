// Commands of several CALLs, commands that go later and rows that cannot be written, over the end
// of an owner and of a connection.
#include "api/commands/parts.hpp"

#include "api/commands/commands.hpp"
#include "api/test_shard.hpp"

namespace ohm::api {
namespace {

using testing::ShardTest;

class Portions : public ShardTest {
protected:
    bus::OperatorBody command(const std::string& name, const std::string& parameters,
                              bool queue = false) {
        CommandCreate create;
        create.command.value = name;
        create.parameters.json = parameters;
        if (queue) create.options.emplace().queue = true;
        return order(operation::send_command, "CP1", wire::encode(create));
    }
    bus::OperatorBody three_keys(bool queue = false) {
        return command("set-variables",
                       R"({"variables":[{"variable":"A","value":"1"},{"variable":"B","value":"2"},)"
                       R"({"variable":"C","value":"3"}]})",
                       queue);
    }
    bus::CommandBody last_call() {
        return bus::body_of<bus::CommandBody>(last("command")).value_or(bus::CommandBody{});
    }
    bus::Envelope answer_to_last(const std::string& payload = R"({"status":"Accepted"})") {
        const bus::CommandBody call = last_call();
        bus::AnswerBody body;
        body.command_id = call.command_id;
        body.message_id = call.message_id;
        body.frame = R"([3,")" + call.message_id + R"(",)" + payload + "]";
        return bus::make_envelope("answer", "cp1", body);
    }
    bus::Envelope news_of_last(bus::Kind kind, const std::string& reason) {
        return bus::make_envelope(kind, "cp1", bus::CommandNews{last_call().command_id, reason});
    }
    std::string state() {
        const auto rows =
            sql.query("select state, result, failed_reason from commands order by id limit 1");
        return rows.empty() ? "(none)"
                            : store::as_text(rows[0][0]) + ":" + store::as_text(rows[0][1]) + ":" +
                                  store::as_text(rows[0][2]);
    }
    std::string response() { return text("select response from commands order by id limit 1"); }
};

TEST_F(Portions, another_owner_goes_on_where_the_first_was) {
    put_online("CP1");
    do_order(three_keys());
    EXPECT_NE(last_call().frame.find(R"("key":"A")"), std::string::npos);
    handle({news_of_last("sent", ""), answer_to_last()});
    EXPECT_EQ(sent_of("command"), 1u);  // not within the same second
    pass(seconds{2});
    EXPECT_EQ(sent_of("command"), 2u);
    build(2);
    handle({worker_beat()});
    handle({answer_to_last()});  // of a CALL that the first owner sent
    pass(seconds{2});
    EXPECT_EQ(sent_of("command"), 3u);
    EXPECT_NE(last_call().frame.find(R"("key":"C")"), std::string::npos);
    handle({answer_to_last(R"({"status":"Rejected"})")});
    EXPECT_EQ(state(), "answered:partial:");
    EXPECT_EQ(response(), R"({"results":[{"key":"A","status":"Accepted"},)"
                          R"({"key":"B","status":"Accepted"},{"key":"C","status":"Rejected"}]})");
}

TEST_F(Portions, a_lost_connection_loses_what_is_left_and_no_more) {
    put_online("CP1");
    do_order(three_keys());
    handle({answer_to_last()});
    pass(seconds{2});
    handle({closed_of("CP1", 1)});
    EXPECT_EQ(state(), "answered:partial:");
    EXPECT_EQ(response(), R"({"results":[{"key":"A","status":"Accepted"}]})");
    EXPECT_NE(text("select parts from commands")
                  .find(R"("unanswered":[{"first":1,"count":2,"reason":"disconnected"}])"),
              std::string::npos)
        << text("select parts from commands");
}

TEST_F(Portions, one_that_may_wait_goes_on_with_the_next_connection) {
    put_online("CP1");
    do_order(three_keys(true));
    handle({answer_to_last()});
    pass(seconds{2});
    handle({closed_of("CP1", 1)});
    EXPECT_EQ(state(), "queued::");
    handle({connect_of("CP1", 2)});
    pass(seconds{2});
    EXPECT_EQ(sent_of("command"), 3u);
    EXPECT_NE(last_call().frame.find(R"("key":"C")"), std::string::npos);
    handle({answer_to_last()});
    EXPECT_EQ(state(), "answered:partial:");
}

TEST_F(Portions, what_waits_and_was_surely_not_delivered_waits_again) {
    put_online("CP1");
    const auto one = command("clear-cache", "{}", true);
    do_order(one);
    ASSERT_EQ(sent_of("command"), 1u);
    handle({news_of_last("undelivered", "offline")});
    EXPECT_EQ(state(), "queued::");
    handle({closed_of("CP1", 1), connect_of("CP1", 2)});
    pass(seconds{2});
    ASSERT_EQ(sent_of("command"), 2u);
    EXPECT_EQ(last("command").epoch, 2u);
    handle({answer_to_last()});
    EXPECT_EQ(state(), "answered:accepted:");
    // One that does not wait is over.
    const auto two = command("clear-cache", "{}");
    do_order(two);
    handle({news_of_last("undelivered", "offline")});
    EXPECT_EQ(text("select failed_reason from commands order by id desc"), "offline");
}

TEST_F(Portions, a_window_survives_its_owner) {
    put_online("CP1");
    CommandCreate create;
    create.command.value = "change-availability";
    create.parameters.json =
        R"({"type":"inoperative","at":")" + to_rfc3339(clock.utc() + minutes{2}, 0) + R"("})";
    const auto body = order(operation::send_command, "CP1", wire::encode(create));
    EXPECT_EQ(do_order(body), 202);
    build(2);
    handle({worker_beat()});
    pass(seconds{60});
    EXPECT_EQ(sent_of("command"), 0u);
    pass(seconds{62});
    EXPECT_EQ(sent_of("command"), 1u);
}

TEST_F(Portions, a_row_that_a_tick_cannot_write_costs_its_station_only) {
    put_online("CP1");
    add_station("CP2");
    handle({connect_of("CP2", 2)});
    handle({call_of("CP2", 1, 1, boot())});
    const auto bad = command("clear-cache", "{}");
    auto good = command("clear-cache", "{}");
    good.id = "CP2";
    bus::OperatorBody poisoned = bad;
    poisoned.requested_by = "POISON";
    do_order(poisoned);
    do_order(good);
    sql.poison = "POISON";  // from now on its row is refused: it cannot end
    pass(seconds{50});
    EXPECT_EQ(text("select failed_reason from commands where requested_by is null"), "timeout");
    EXPECT_EQ(count("commands where state in ('queued', 'sent')"), 1);
    EXPECT_TRUE(is_online("CP1"));
    sql.poison.clear();
    pass(seconds{70});
    EXPECT_EQ(count("commands where state in ('queued', 'sent')"), 0);
}

TEST_F(Portions, a_key_that_is_used_elsewhere_meanwhile_takes_effect_once) {
    put_online("CP1");
    auto body = command("clear-cache", "{}");
    CommandCreate create;
    create.command.value = "clear-cache";
    create.parameters.json = "{}";
    create.batch_id = {{Ulid{1, 1}.text()}};
    body.parameters = wire::encode(create);
    body.idempotency_key = "ops k";
    body.fingerprint = "this";
    // Another partition's owner commits it after this one has looked.
    sql.before_query = [&](std::string_view query) {
        if (query.find("from commands where id = $1") == std::string_view::npos) return;
        sql.before_query = nullptr;
        sql.query(
            "insert into idempotency_keys (key, fingerprint, status, body, at) "
            "values ('ops k', $1, 202, '{}', 1)",
            {store::Bytes{"other"}});
    };
    EXPECT_EQ(do_order(body), 422);
    EXPECT_EQ(sent_of("command"), 0u);
    EXPECT_EQ(count("commands"), 0);
}

TEST(PortionsOfParameters, some_of_the_items) {
    using namespace commands;
    wire::Decoder decoder;
    EXPECT_EQ(some_items(decoder, "clear-variable-monitoring", R"({"ids":[1,2,3]})", 1, 5),
              R"({"ids":[2,3]})");
    EXPECT_EQ(count_items(decoder, "get-variables", "{}"), 0);
    EXPECT_EQ(count_items(decoder, "reset", R"({"variables":[1]})"), 0);
    EXPECT_EQ(items_of_call("ChangeConfiguration", {100, 0}), 1);
    EXPECT_EQ(items_of_call("GetVariables", {4, 0}), 4);
    EXPECT_EQ(items_of_call("GetVariables", {}), limits::items_per_call);
}

}  // namespace
}  // namespace ohm::api
