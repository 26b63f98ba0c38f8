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

TEST_F(CommandBatches, ADryRunSaysHowManyAreOnlineAndCharging) {
    connect_station(3, "Charging");
    sql->query("insert into open_transactions (id, station_no) values ($1, 3), ($2, 3)",
               {store::Bytes{ids.next().bytes()}, store::Bytes{ids.next().bytes()}});
    const std::string counted = R"("stations":{"online":2,"offline":1,"charging":1})";
    const Reply filtered = order(
        R"({"command":"reset","select":{"filter":{"vendor":"acme"}},"only":"idle","dry_run":true})");
    EXPECT_TRUE(filtered.has(counted)) << filtered.body;
    EXPECT_EQ(filtered.member("only"), "idle");
    const Reply named = order(
        R"({"command":"reset","select":{"station_ids":["CP1","cp1","CP2","CP3","no"]},"dry_run":true})");
    EXPECT_TRUE(named.has(counted)) << named.body;
    EXPECT_TRUE(named.has(R"("station_ids":["CP1","CP2","CP3","no"])")) << "each once";
}

TEST_F(CommandBatches, FiltersAreThoseOfTheList) {
    connect_station(3, "Faulted");
    sql->query("update station_state set last_seen_at = $1", {micros(clock.utc())});
    sql->query("update station_state set last_seen_at = 1 where station_no = 2");
    sql->query("insert into open_transactions (id, station_no) values ($1, 3)",
               {store::Bytes{ids.next().bytes()}});
    const auto chosen = [&](const std::string& filter) {
        const std::string body = order(R"({"command":"clear-cache","select":{"filter":)" + filter +
                                       R"(},"dry_run":true})")
                                     .body;
        return body.substr(std::min(body.find("\"station_ids\""), body.size()));
    };
    EXPECT_EQ(chosen(R"({"q":"cp4"})"), R"("station_ids":["CP4"]})");
    EXPECT_EQ(chosen(R"({"status":["Faulted","Available"]})"), R"("station_ids":["CP1","CP3"]})");
    EXPECT_EQ(chosen(R"({"silent_min":60})"), R"("station_ids":["CP2"]})");
    EXPECT_EQ(chosen(R"({"has_active_session":true})"), R"("station_ids":["CP3"]})");
    EXPECT_EQ(chosen(R"({"has_active_session":false,"worker":"w1"})"), R"("station_ids":["CP1"]})");
    EXPECT_EQ(chosen(R"({"security_profile":2})"), "");
}

TEST_F(CommandBatches, AQueuedOrderWaitsUntilOneInstantWheneverItsTurnComes) {
    const Ulid id = ids.next();
    // Begun 100 s ago by an api that has ended since.
    const Ulid begun{id.high - (std::uint64_t{100'000} << 16), id.low};
    const std::string command =
        R"({"command":"clear-cache","action":"","parameters":{},"validate":true,"options":)"
        R"({"queue":true,"expires_in":600},"batch_id":")" +
        begun.text() + R"("})";
    sql->query(
        "insert into command_batches (id, command, concurrency, rate, state, total, seen_at, "
        "created_at, ordered, owner) values ($1, 'clear-cache', 9, 9, 'running', 1, 1, 1, $2, "
        "'gone')",
        {store::Bytes{begun.bytes()}, command});
    sql->query(
        "insert into command_batch_items (batch_id, item, station_no, station_id, state) values "
        "($1, 0, 1, 'CP1', 'waiting')",
        {store::Bytes{begun.bytes()}});
    const Mono deadline = clock.mono() + seconds{20};
    while (clock.mono() < deadline && operations.asked.empty()) loop.turn(milliseconds{20});
    ASSERT_EQ(operations.asked.size(), 1u);
    CommandCreate asked;
    wire::Decoder decoder;
    ASSERT_FALSE(
        decoder.decode(operations.asked[0].parameters, asked, {wire::Strictness::lenient}));
    EXPECT_LE(asked.options->expires_in->value, 500);
    EXPECT_GE(asked.options->expires_in->value, 450);
}

TEST_F(CommandBatches, ItemsSayWhatWaitsAndWhatHasExpired) {
    const Reply first =
        order(R"({"command":"clear-cache","select":{"station_ids":["CP1","CP3"]}})");
    const std::string id = first.member("id");
    until_ended(id);
    sql->query(
        "update commands set state = 'queued', result = null, expires_at = 1000000 where id = "
        "(select command_id from command_batch_items where item = 0)");
    sql->query(
        "update commands set state = 'expired', result = null where id = "
        "(select command_id from command_batch_items where item = 1)");
    const Reply batch = get("/api/v1/command-batches/" + id);
    EXPECT_TRUE(batch.has(
        R"("open":1,"accepted":0,"other":0,"failed":1,"percent":50,"queued":1,"expired":1)"))
        << batch.body;
    const Reply items = get("/api/v1/command-batches/" + id + "/items");
    EXPECT_TRUE(items.has(R"("expires_at":"1970-01-01T00:00:01.000Z")")) << items.body;
    EXPECT_TRUE(items.has(R"("command_state":"expired")"));
}

TEST_F(CommandBatches, WhatWaitsForItsStationIsWithdrawn) {
    const Reply first =
        order(R"({"command":"clear-cache","select":{"station_ids":["CP1","CP3"]}})");
    const std::string path = "/api/v1/command-batches/" + first.member("id");
    until_ended(first.member("id"));
    EXPECT_EQ(request("POST", path + "/cancel").member("code"), "batch_not_running");
    sql->query(
        "update commands set state = 'queued', result = null where id = "
        "(select command_id from command_batch_items where item = 1)");
    operations.asked.clear();
    EXPECT_EQ(request("POST", path + "/cancel").status, 202);
    const Mono deadline = clock.mono() + seconds{20};
    while (clock.mono() < deadline && operations.asked.empty()) loop.turn(milliseconds{10});
    ASSERT_EQ(operations.asked.size(), 1u);
    EXPECT_EQ(operations.asked[0].operation, operation::cancel_command);
    EXPECT_EQ(operations.asked[0].id, "CP3");
    EXPECT_EQ(get(path).member("state"), "finished");
}

TEST_F(CommandBatches, ARawCallGoesToStationsOfOneVersion) {
    const Reply reply =
        order(R"({"command":"call","params":{"action":"TriggerMessage","ocpp_version":"1.6",)"
              R"("payload":{"requestedMessage":"Heartbeat"}},"select":{"station_ids":["CP1"]}})");
    ASSERT_EQ(reply.status, 202) << reply.body;
    until_ended(reply.member("id"));
    ASSERT_EQ(operations.asked.size(), 1u);
    const std::string& asked = operations.asked[0].parameters;
    EXPECT_NE(asked.find(R"("command":"call","action":"TriggerMessage")"), std::string::npos);
    EXPECT_NE(asked.find(R"("parameters":{"requestedMessage":"Heartbeat"})"), std::string::npos);
    EXPECT_NE(asked.find(R"("ocpp_version":"1.6")"), std::string::npos) << asked;
    sql->query(
        "update commands set status = 'Accepted', response = '{\"status\":\"Accepted\"}', "
        "sent_at = 1000000, answered_at = 1042000");
    const std::string path = "/api/v1/command-batches/" + reply.member("id") + "/items";
    const Reply items = get(path + "?expand=response");
    EXPECT_TRUE(items.has(R"("rtt_ms":42)")) << items.body;
    EXPECT_TRUE(items.has(R"("response":{"status":"Accepted"})")) << items.body;
    EXPECT_TRUE(get(path).has(R"("response":null)"));
    EXPECT_EQ(get(path + "?expand=all").status, 400);
}

TEST_F(CommandBatches, ARawCallNeedsItsScopeAndWhatItsVersionAllows) {
    const auto call = [&](const std::string& params, std::string_view token = key) {
        return request(
            "POST", "/api/v1/command-batches",
            R"({"command":"call","params":)" + params + R"(,"select":{"station_ids":["CP1"]}})", {},
            token);
    };
    add_key("ohk_few", "few", "commands:execute commands:configure");
    const std::string good = R"({"action":"ClearCache","ocpp_version":"1.6"})";
    EXPECT_EQ(call(good, "ohk_few").member("scope"), "commands:raw");
    EXPECT_EQ(call(R"({"action":"ClearCache"})").member("pointer"), "/params/ocpp_version");
    EXPECT_EQ(call(R"({"action":"Dance","ocpp_version":"1.6"})").member("pointer"),
              "/params/action");
    EXPECT_EQ(call(R"({"action":"Heartbeat","ocpp_version":"1.6"})").member("pointer"),
              "/params/action");
    EXPECT_EQ(call(R"({"action":"Reset","ocpp_version":"1.6","payload":{"type":"Warm"}})")
                  .member("pointer"),
              "/params/payload/type");
    EXPECT_EQ(call(R"({"action":"Reset","ocpp_version":"1.6","payload":[]})").member("pointer"),
              "/params/payload");
    EXPECT_EQ(call(R"({"action":"Dance","ocpp_version":"1.6","validate":false})").status, 202);
    const Reply hidden = call(R"({"action":"ChangeConfiguration","ocpp_version":"1.6","payload":)"
                              R"({"key":"AuthorizationKey","value":"0123456789abcdef"}})");
    EXPECT_EQ(hidden.status, 202) << hidden.body;
    EXPECT_FALSE(hidden.has("0123456789abcdef")) << hidden.body;
    EXPECT_EQ(sql->query("select 1 from command_batches where params like '%0123456789abcdef%' or "
                         "ordered like '%0123456789abcdef%'")
                  .size(),
              0u);
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
