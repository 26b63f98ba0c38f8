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

TEST_F(CommandBatches, WhatIsWrongIsNamed) {
    EXPECT_EQ(order(R"({"command":"dance","select":{"filter":{}}})").member("pointer"), "/command");
    EXPECT_EQ(order(R"({"command":"reset","select":{"filter":{}}})").member("pointer"),
              "/params/type");
    EXPECT_EQ(order(R"({"command":"clear-cache","select":{}})").member("pointer"), "/select");
    EXPECT_EQ(order(R"({"command":"clear-cache","select":{"filter":{}},"rate":0})").status, 400);
}

}  // namespace
}  // namespace ohm::api::rest
