#include "api/rest/batch_runner.hpp"
#include "api/rest/test_rest.hpp"

namespace ohm::api::rest {
namespace {

class CommandBatches : public RestTest {
protected:
    void SetUp() override {
        RestTest::SetUp();
        for (int i = 1; i <= 4; ++i) add_station(i, "CP" + std::to_string(i));
        sql->query("update charge_points set vendor = 'acme' where station_no <= 3");
        connect_station(1, "Available");
        operations.answer_to = [this](const bus::OperatorBody& body) {
            if (fold(body.id) == "cp2")
                return OperationAnswer{
                    409, R"({"code":"station_offline","detail":"away","pointer":""})"};
            const Ulid id = ids.next();
            sql->query(
                "insert into commands (id, station_no, command, state, result, created_at) "
                "values ($1, 1, 'clear-cache', 'answered', 'accepted', 1)",
                {store::Bytes{id.bytes()}});
            return OperationAnswer{200,
                                   R"({"command_id":")" + id.text() + R"(","replayed":false})"};
        };
        start();
    }
    Reply order(const std::string& body) {
        return request("POST", "/api/v1/command-batches", body);
    }
    Reply until_ended(const std::string& id) {
        Reply reply;
        const Mono deadline = clock.mono() + seconds{20};
        while (clock.mono() < deadline) {
            loop.turn(milliseconds{10});
            reply = get("/api/v1/command-batches/" + id);
            if (reply.member("state") != "running" && reply.member("state") != "cancelling")
                return reply;
        }
        return reply;
    }
};

TEST_F(CommandBatches, ADryRunSaysWhomItMeans) {
    const Reply reply =
        order(R"({"command":"clear-cache","select":{"filter":{"vendor":"acme"}},"dry_run":true})");
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_TRUE(reply.has(R"("station_ids":["CP1","CP2","CP3"])")) << reply.body;
    EXPECT_TRUE(operations.asked.empty());
    const Reply online = order(
        R"({"command":"clear-cache","select":{"filter":{"connectivity":"online"}},"dry_run":true})");
    EXPECT_TRUE(online.has(R"("station_ids":["CP1"])")) << online.body;
    EXPECT_EQ(sql->query("select 1 from command_batches").size(), 0u);
}

TEST_F(CommandBatches, EachStationGetsItsCommandAndTheRowsSayHowItWent) {
    const Reply reply =
        order(R"({"command":"reset","params":{"type":"graceful","queue":true},)"
              R"("select":{"station_ids":["CP1","cp2","CP3","nobody"]},"rate":100})");
    EXPECT_EQ(reply.status, 202) << reply.body;
    const std::string id = reply.member("id");
    EXPECT_EQ(reply.header("location"), "/api/v1/command-batches/" + id);
    const Reply ended = until_ended(id);
    EXPECT_EQ(ended.member("state"), "finished") << ended.body;
    EXPECT_TRUE(ended.has(
        R"("progress":{"total":4,"waiting":0,"refused":2,"cancelled":0,"open":0,"accepted":2,)"))
        << ended.body;
    EXPECT_EQ(operations.asked.size(), 3u);
    EXPECT_NE(operations.asked.front().parameters.find(R"("options":{"queue":true})"),
              std::string::npos);
    EXPECT_NE(operations.asked.front().parameters.find(id.substr(4)), std::string::npos);
    const Reply items = get("/api/v1/command-batches/" + id + "/items?limit=3");
    EXPECT_TRUE(items.has(R"("station_id":"cp2","state":"refused","command_id":null)"))
        << items.body;
    EXPECT_TRUE(items.has(R"("code":"station_offline")"));
    const Reply rest_of_them =
        get("/api/v1/command-batches/" + id + "/items?cursor=" + items.member("next_cursor"));
    EXPECT_TRUE(rest_of_them.has(R"("code":"not_found")")) << rest_of_them.body;
    EXPECT_EQ(request("POST", "/api/v1/command-batches/" + id + "/cancel").member("code"),
              "batch_not_running");
    EXPECT_TRUE(get("/api/v1/command-batches").has(id));
}

TEST_F(CommandBatches, AskedForTwiceWithOneKeyItRunsOnce) {
    const std::string body =
        R"({"command":"clear-cache","select":{"station_ids":["CP1","CP3"]},"rate":100})";
    const auto again = [&](const std::string& wanted) {
        return request("POST", "/api/v1/command-batches", wanted, {"Idempotency-Key: b"});
    };
    const Reply first = again(body);
    ASSERT_EQ(first.status, 202) << first.body;
    const std::string id = first.member("id");
    (void)until_ended(id);
    const std::size_t ordered = operations.asked.size();
    const Reply second = again(body);
    EXPECT_EQ(second.status, 202) << second.body;
    EXPECT_EQ(second.member("id"), id);
    EXPECT_EQ(second.header("idempotency-replayed"), "true");
    EXPECT_EQ(second.header("location"), "/api/v1/command-batches/" + id);
    for (int turn = 0; turn < 50; ++turn) loop.turn(milliseconds{1});
    EXPECT_EQ(operations.asked.size(), ordered);
    EXPECT_EQ(sql->query("select 1 from command_batches").size(), 1u);
    EXPECT_EQ(again(R"({"command":"reset","select":{"station_ids":["CP1"]}})").member("code"),
              "idempotency_mismatch");
    EXPECT_EQ(order(body).status, 202);  // without the key it is another one
    EXPECT_EQ(sql->query("select 1 from command_batches").size(), 2u);
}

TEST_F(CommandBatches, ACancelledOneOrdersNothingMore) {
    const Reply reply =
        order(R"({"command":"clear-cache","select":{"filter":{}},"rate":1,"concurrency":1})");
    EXPECT_EQ(reply.status, 202) << reply.body;
    const std::string id = reply.member("id");
    EXPECT_EQ(request("POST", "/api/v1/command-batches/" + id + "/cancel").status, 202);
    const Reply ended = until_ended(id);
    EXPECT_EQ(ended.member("state"), "cancelled") << ended.body;
    EXPECT_LT(operations.asked.size(), 4u);
}

TEST_F(CommandBatches, OneWhoseApiHasEndedIsInterrupted) {
    const Ulid id = ids.next();
    sql->query(
        "insert into command_batches (id, command, concurrency, rate, state, total, seen_at, "
        "created_at) values ($1, 'reset', 1, 1, 'running', 1, 1, 1)",
        {store::Bytes{id.bytes()}});
    EXPECT_EQ(get("/api/v1/command-batches/bat_" + id.text()).member("state"), "interrupted");
    EXPECT_EQ(get("/api/v1/command-batches/bat_x").status, 404);
}

TEST_F(CommandBatches, OneWhoseApiHasEndedIsGoneOnWith) {
    const Ulid id = ids.next();
    const std::string command =
        R"({"command":"clear-cache","action":"","parameters":{},"validate":true,"batch_id":")" +
        id.text() + R"("})";
    sql->query(
        "insert into command_batches (id, command, concurrency, rate, state, total, seen_at, "
        "created_at, ordered, owner) values ($1, 'clear-cache', 9, 9, 'running', 3, 1, 1, $2, "
        "'gone')",
        {store::Bytes{id.bytes()}, command});
    const std::vector<std::string> states{"ordered", "waiting", "waiting"};
    for (std::size_t i = 0; i < states.size(); ++i)
        sql->query(
            "insert into command_batch_items (batch_id, item, station_no, station_id, state) "
            "values ($1, $2, $3, $4, $5)",
            {store::Bytes{id.bytes()}, static_cast<std::int64_t>(i),
             static_cast<std::int64_t>(i + 1), "CP" + std::to_string(i + 1), states[i]});
    const std::string path = "/api/v1/command-batches/bat_" + id.text();
    const Mono deadline = clock.mono() + seconds{20};
    while (clock.mono() < deadline && get(path).member("state") != "finished")
        loop.turn(milliseconds{20});
    EXPECT_EQ(get(path).member("state"), "finished") << get(path).body;
    ASSERT_EQ(operations.asked.size(), 2u);  // what was ordered is not ordered again
    EXPECT_EQ(operations.asked[0].id, "CP2");
    EXPECT_EQ(operations.asked[1].id, "CP3");
    // Whoever orders it, the command is the same.
    EXPECT_EQ(operations.asked[1].operation_id, command_of_item(id, 2).bytes());
    EXPECT_NE(command_of_item(id, 1), command_of_item(id, 2));
}

TEST_F(CommandBatches, WhereItFailedItIsSentAgain) {
    const Reply first = order(
        R"({"command":"clear-cache","select":{"station_ids":["CP1","CP2","nobody"]},"only":"idle"})");
    const std::string id = first.member("id");
    EXPECT_EQ(request("POST", "/api/v1/command-batches/" + id + "/retry-failed").member("code"),
              "batch_not_repeatable");  // it runs
    EXPECT_EQ(until_ended(id).member("percent"), "100");
    EXPECT_NE(operations.asked.front().parameters.find(R"("only_idle":true)"), std::string::npos);
    operations.asked.clear();
    const Reply again = request("POST", "/api/v1/command-batches/" + id + "/retry-failed");
    EXPECT_EQ(again.status, 202) << again.body;
    EXPECT_EQ(again.member("retry_of"), id);
    EXPECT_EQ(again.member("only"), "idle");
    until_ended(again.member("id"));
    ASSERT_EQ(operations.asked.size(), 1u);
    EXPECT_EQ(operations.asked.front().id, "CP2");
    EXPECT_NE(operations.asked.front().parameters.find(again.member("id").substr(4)),
              std::string::npos);
}

TEST_F(CommandBatches, WithoutItsSecretItIsNotSentAgain) {
    const Reply first =
        order(R"({"command":"set-variables","params":{"variables":[{"component":"SecurityCtrlr",)"
              R"("variable":"BasicAuthPassword","value":"a-chosen-password"}]},)"
              R"("select":{"station_ids":["CP1","CP2"]}})");
    ASSERT_EQ(first.status, 202) << first.body;
    const std::string id = first.member("id");
    until_ended(id);
    // The owner need not hash it.
    ASSERT_EQ(operations.asked.front().password_hashes.items.size(), 1u);
    EXPECT_TRUE(
        secret::verify(operations.asked.front().password_hashes.items[0], "a-chosen-password"));
    EXPECT_TRUE(store::is_null(sql->query("select ordered from command_batches").at(0)[0]));
    EXPECT_EQ(request("POST", "/api/v1/command-batches/" + id + "/retry-failed").member("code"),
              "batch_not_repeatable");
}

TEST_F(CommandBatches, OurIdsOfTransactionsAreResolved) {
    const Ulid id = ids.next();
    sql->query(
        "insert into transactions (id, station_no, ocpp_version, ocpp_id, state, received_at, "
        "has_start, has_end, event_count, seq_min, seq_max, end_seq, decided_by, incomplete, "
        "suspect, version, updated_at) values ($1, 1, '1.6', '77', 'active', 1, 1, 0, 1, 0, 0, 0, "
        "'', 0, 0, 1, 1)",
        {store::Bytes{id.bytes()}});
    const Reply reply = order(R"({"command":"stop-transaction","params":{"transaction_id":"tx_)" +
                              id.text() + R"("},"select":{"station_ids":["CP1","CP3"]}})");
    EXPECT_EQ(reply.status, 202) << reply.body;
    until_ended(reply.member("id"));
    ASSERT_EQ(operations.asked.size(), 1u);
    EXPECT_EQ(operations.asked.front().id, "CP1");
    EXPECT_NE(operations.asked.front().parameters.find(R"("transaction_id":"77")"),
              std::string::npos);
}

TEST_F(CommandBatches, WhatIsWrongIsNamed) {
    EXPECT_EQ(order(R"({"command":"dance","select":{"filter":{}}})").member("pointer"), "/command");
    EXPECT_EQ(order(R"({"command":"unlock-connector","select":{"filter":{}}})").member("pointer"),
              "/params/evse_id");
    EXPECT_EQ(order(R"({"command":"clear-cache","select":{}})").member("pointer"), "/select");
    EXPECT_EQ(order(R"({"command":"clear-cache","select":{"filter":{}},"rate":0})").status, 400);
}

}  // namespace
}  // namespace ohm::api::rest
