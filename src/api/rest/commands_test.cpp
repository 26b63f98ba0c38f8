#include "api/rest/test_rest.hpp"

namespace ohm::api::rest {
namespace {

class Commands : public RestTest {
protected:
    void SetUp() override {
        RestTest::SetUp();
        add_station(1, "CP1");
        connect_station(1, "Available");
        start();
    }
    // A command as its owner has left it; answers with it.
    Ulid add_command(const std::string& state, const std::string& command = "reset") {
        const Ulid id = ids.next();
        const bool answered = state == "answered";
        sql->query(
            "insert into commands (id, station_no, command, action, ocpp_version, "
            "message_id, request, state, result, response, created_at, sent_at, "
            "answered_at, deadline_at, requested_by, parameters) values ($1, 1, $2, 'Reset', "
            "'1.6', 'm-1', '{\"type\":\"Hard\"}', $3, $4, $5, 1000000, 1003000, $6, 9000000, "
            "'key:ops', '{\"type\":\"immediate\"}')",
            {store::Bytes{id.bytes()}, command, state,
             answered ? store::Value{std::string{"accepted"}} : store::Null{},
             answered ? store::Value{std::string{R"({"status":"Accepted"})"}} : store::Null{},
             answered ? store::Value{std::int64_t{1'187'000}} : store::Null{}});
        operations.answer_to = [id](const bus::OperatorBody&) {
            return OperationAnswer{200,
                                   R"({"command_id":")" + id.text() + R"(","replayed":false})"};
        };
        return id;
    }
    Reply reset(std::vector<std::string> headers = {},
                const std::string& body = R"({"type":"immediate"})") {
        return request("POST", "/api/v1/stations/CP1/commands/reset", body, std::move(headers));
    }
};

TEST_F(Commands, AResetWaitsForItsEndAndShowsTheStation) {
    const Ulid id = add_command("answered");
    sql->query("update station_state set override_status = 'Unavailable'");
    const Reply reply = reset();
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_TRUE(reply.body.starts_with("{\"id\":\"cmd_" + id.text() +
                                       "\",\"station_id\":\"CP1\",\"command\":\"reset\""))
        << reply.body;
    EXPECT_TRUE(
        reply.has(R"("request":{"type":"Hard"},"response":{"status":"Accepted"},"error":null)"));
    EXPECT_TRUE(reply.has(R"("state":"answered","result":"accepted","failed":null)"));
    EXPECT_TRUE(reply.has(R"("timing":{"queued_ms":3,"sent_ms":3,"rtt_ms":184})")) << reply.body;
    EXPECT_TRUE(reply.has(R"("effect":{"state":"none")"));
    EXPECT_TRUE(reply.has(R"("station":{"id":"CP1")"));
    EXPECT_TRUE(reply.has(R"("connectivity":"online","status":"Unavailable")"));
    EXPECT_EQ(operations.asked.back().wait_us, 35'000'000);
    EXPECT_EQ(operations.asked.back().operation, "send_command");
    EXPECT_EQ(
        operations.asked.back().parameters,
        R"({"command":"reset","action":"","parameters":{"type":"immediate"},"validate":true})");
}

TEST_F(Commands, PreferDecidesHowLongToWait) {
    add_command("sent");
    const Reply at_once = reset({"Prefer: respond-async"});
    EXPECT_EQ(at_once.status, 202);
    EXPECT_EQ(at_once.header("preference-applied"), "respond-async");
    EXPECT_TRUE(at_once.header("location").starts_with("/api/v1/commands/cmd_"));
    EXPECT_EQ(at_once.header("retry-after"), "2");
    EXPECT_EQ(operations.asked.back().wait_us, 0);
    const Reply some = reset({"Prefer: handling=lenient, wait=7"});
    EXPECT_EQ(some.header("preference-applied"), "wait=7");
    EXPECT_EQ(operations.asked.back().wait_us, 7'000'000);
    EXPECT_GT(operations.asked.back().deadline_at, micros(clock.utc()) + 7'000'000);
    EXPECT_EQ(reset({"Prefer: respond-async, wait=3"}).header("preference-applied"), "wait=3");
    EXPECT_EQ(reset({"Prefer: wait=100000"}).header("preference-applied"), "wait=60");
    EXPECT_EQ(reset({"Prefer: wait=soon"}).header("preference-applied"), "");
    EXPECT_EQ(operations.asked.back().wait_us, 35'000'000);
}

TEST_F(Commands, SpellingsOfBothVersionsAreHandedOn) {
    add_command("answered");
    for (const char* written : {"Hard", "Soft", "Immediate", "OnIdle", "on_idle"}) {
        EXPECT_EQ(reset({}, R"({"type":")" + std::string{written} + R"("})").status, 200);
        EXPECT_NE(operations.asked.back().parameters.find(written), std::string::npos) << written;
    }
    EXPECT_EQ(reset({}, R"({"type":"hard"})").status, 400);
    EXPECT_EQ(reset({}, "{}").status, 200);  // graceful
    EXPECT_EQ(reset({}, R"({"type":"Soft","evse_id":-1})").status, 400);
}

TEST_F(Commands, OfflineAndUnknownAreRefusals) {
    operations.answer_to = [](const bus::OperatorBody& body) {
        if (body.id == "CP1")
            return OperationAnswer{409,
                                   R"({"code":"station_offline","detail":"away","pointer":""})"};
        return OperationAnswer{404, R"({"code":"not_found","detail":"no station","pointer":""})"};
    };
    EXPECT_EQ(reset().status, 409);
    EXPECT_EQ(reset().member("code"), "station_offline");
    EXPECT_EQ(request("POST", "/api/v1/stations/x/commands/reset", R"({"type":"Soft"})").status,
              404);
    EXPECT_EQ(request("POST", "/api/v1/stations/CP1/commands/dance", "{}").status, 404);
}

TEST_F(Commands, AFailureIsAnAnswer) {
    const Ulid id = add_command("failed");
    sql->query(
        "update commands set failed_reason = 'call_error', error_code = 'InternalError', "
        "error_description = 'no', error_details = '{broken' where id = $1",
        {store::Bytes{id.bytes()}});
    const Reply reply = reset();
    EXPECT_EQ(reply.status, 200);
    EXPECT_TRUE(reply.has(R"("failed":{"reason":"call_error"},"failed_reason":"call_error")"));
    EXPECT_TRUE(
        reply.has(R"("error":{"code":"InternalError","description":"no","details":"{broken"})"))
        << reply.body;
    EXPECT_TRUE(wire::minify(reply.body));
}

TEST_F(Commands, UnlockAndRawCallsAreHandedOn) {
    add_command("answered", "unlock-connector");
    const Reply unlock = request("POST", "/api/v1/stations/CP1/commands/unlock-connector",
                                 R"({"evse_id":1,"connector_id":1})");
    EXPECT_EQ(unlock.status, 200);
    EXPECT_NE(
        operations.asked.back().parameters.find(R"("parameters":{"evse_id":1,"connector_id":1})"),
        std::string::npos);
    const auto call = [&](const std::string& body) {
        return request("POST", "/api/v1/stations/CP1/ocpp/call", body,
                       {"Prefer: respond-async", "Idempotency-Key: k"});
    };
    EXPECT_EQ(call(R"({"action":"ClearCache","payload":{"a":[1]},"validate":false})").status, 200);
    EXPECT_EQ(
        operations.asked.back().parameters,
        R"({"command":"call","action":"ClearCache","parameters":{"a":[1]},"validate":false})");
    EXPECT_EQ(operations.asked.back().idempotency_key, "key:ops k");
    EXPECT_EQ(call(R"({"action":"ClearCache"})").status, 200);
    EXPECT_EQ(call(R"({"action":"ClearCache","payload":[]})").member("pointer"), "/payload");
    EXPECT_EQ(call(R"({"action":""})").status, 400);
}

TEST_F(Commands, OptionsStandBesideTheParameters) {
    add_command("queued", "stop-transaction");
    const Reply reply =
        request("POST", "/api/v1/stations/CP1/commands/stop-transaction",
                R"({"transaction_id":"7","queue":true,"expires_in":60,"effect_timeout_s":90})");
    EXPECT_EQ(reply.status, 202) << reply.body;
    EXPECT_EQ(operations.asked.back().parameters,
              R"({"command":"stop-transaction","action":"","parameters":{"transaction_id":"7"},)"
              R"("validate":true,"options":{"queue":true,"expires_in":60,"effect_timeout_s":90}})");
    EXPECT_EQ(request("POST", "/api/v1/stations/CP1/commands/clear-cache", R"({"que":true})")
                  .member("pointer"),
              "/que");
    EXPECT_EQ(request("POST", "/api/v1/stations/CP1/commands/clear-cache").status, 202);
}

TEST_F(Commands, ATransactionIsStoppedByOurIdAsWell) {
    add_command("answered", "stop-transaction");
    const Ulid id = ids.next();
    sql->query(
        "insert into transactions (id, station_no, ocpp_version, ocpp_id, state, received_at, "
        "has_start, has_end, event_count, seq_min, seq_max, end_seq, decided_by, incomplete, "
        "suspect, version, updated_at) values ($1, 1, '1.6', '4711', 'active', 1, 1, 0, 1, 0, 0, "
        "0, '', 0, 0, 1, 1)",
        {store::Bytes{id.bytes()}});
    const std::string tx = "tx_" + id.text();
    const auto stop = [&](const std::string& station, const std::string& transaction) {
        return request("POST", "/api/v1/stations/" + station + "/commands/stop-transaction",
                       R"({"transaction_id":")" + transaction + "\"}");
    };
    EXPECT_EQ(stop("cp1", tx).status, 200);
    EXPECT_NE(operations.asked.back().parameters.find(R"({"transaction_id":"4711"})"),
              std::string::npos)
        << operations.asked.back().parameters;
    add_station(2, "CP2");
    EXPECT_EQ(stop("CP2", tx).status, 404);
    EXPECT_EQ(stop("CP1", "tx_01ARZ3NDEKTSV4RRFFQ69G5FAV").status, 404);
    EXPECT_EQ(request("POST", "/api/v1/transactions/" + tx + "/stop").status, 200);
    EXPECT_EQ(operations.asked.back().id, "CP1");
    EXPECT_NE(operations.asked.back().parameters.find("4711"), std::string::npos);
    EXPECT_EQ(request("POST", "/api/v1/transactions/tx_x/stop").status, 404);
}

TEST_F(Commands, EachActionHasAnOperationOfItsOwn) {
    add_command("answered", "call");
    const auto send = [&](const std::string& rest_of_path, const std::string& body) {
        return request("POST", "/api/v1/stations/CP1/ocpp/" + rest_of_path, body);
    };
    EXPECT_EQ(send("1.6/Reset?queue=true&expires_in=9", R"({"type":"Soft"})").status, 200);
    EXPECT_EQ(operations.asked.back().parameters,
              R"({"command":"call","action":"Reset","parameters":{"type":"Soft"},)"
              R"("validate":true,"options":{"queue":true,"expires_in":9},"ocpp_version":"1.6"})");
    EXPECT_EQ(send("2.0.1/Reset", R"({"type":"OnIdle","customData":{"vendorId":"v"}})").status,
              200);
    EXPECT_EQ(send("1.6/Reset", R"({"type":"OnIdle"})").member("pointer"), "/type");
    EXPECT_EQ(send("1.6/Reset?queue=perhaps", R"({"type":"Soft"})").status, 400);
    EXPECT_EQ(send("1.6/Heartbeat", "{}").member("code"), "not_supported_by_protocol");
    EXPECT_EQ(send("1.6/GetVariables", "{}").status, 404);
    EXPECT_EQ(send("3.0/Reset", "{}").status, 404);
    EXPECT_EQ(send("1.6/VendorThing?unchecked=true", R"({"a":1})").status, 200);
    EXPECT_NE(operations.asked.back().parameters.find(R"("validate":false,"ocpp_version":"1.6")"),
              std::string::npos);
}

TEST_F(Commands, OneThatWaitsIsCancelledByItsStationsOwner) {
    const Ulid id = add_command("queued");
    const std::string path = "/api/v1/commands/cmd_" + id.text();
    EXPECT_EQ(request("POST", path + "/cancel").status, 200);
    EXPECT_EQ(operations.asked.back().operation, "cancel_command");
    EXPECT_EQ(operations.asked.back().id, "CP1");
    EXPECT_EQ(operations.asked.back().parameters, R"({"command_id":")" + id.text() + "\"}");
    operations.answer_to = [](const bus::OperatorBody&) {
        return OperationAnswer{409, R"({"code":"command_not_waiting","detail":"","pointer":""})"};
    };
    EXPECT_EQ(request("POST", path + "/cancel").member("code"), "command_not_waiting");
    EXPECT_EQ(request("POST", "/api/v1/commands/cmd_x/cancel").status, 404);
}

TEST_F(Commands, AreListedNewestFirst) {
    std::vector<std::string> made;
    for (int i = 0; i < 5; ++i) made.push_back("cmd_" + add_command("answered").text());
    const Reply page = get("/api/v1/stations/CP1/commands?limit=3&total=exact");
    EXPECT_TRUE(page.body.starts_with("{\"data\":[{\"id\":\"" + made[4] + "\"")) << page.body;
    EXPECT_TRUE(page.has("\"total\":5"));
    EXPECT_FALSE(page.has("\"station\":")) << "only where one command is shown";
    const Reply rest_of_them =
        get("/api/v1/commands?station_id=cp1&cursor=" + page.member("next_cursor"));
    EXPECT_TRUE(rest_of_them.body.starts_with("{\"data\":[{\"id\":\"" + made[1] + "\""));
    EXPECT_TRUE(rest_of_them.has(R"("next_cursor":null)"));
    EXPECT_EQ(get("/api/v1/commands?state=queued").body, R"({"data":[],"next_cursor":null})");
    EXPECT_EQ(get("/api/v1/commands/" + made[2]).member("id"), made[2]);
    EXPECT_TRUE(get("/api/v1/commands/" + made[2]).has("\"station\":{"));
    for (const char* id : {"cmd_x", "cmd_00000000000000000000000000", "x"})
        EXPECT_EQ(get(std::string{"/api/v1/commands/"} + id).status, 404);
    EXPECT_EQ(get("/api/v1/stations/none/commands").status, 404);
}

}  // namespace
}  // namespace ohm::api::rest
