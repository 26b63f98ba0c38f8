#include "api/rest/test_rest.hpp"

namespace ohm::api::rest {
namespace {

class PingTest : public RestTest {
protected:
    void SetUp() override {
        RestTest::SetUp();
        add_station(1, "CP1");
        start();
    }
    Reply ping(const std::string& state, const std::string& reason, const std::string& result,
               std::vector<std::string> headers = {}) {
        const Ulid id = ids.next();
        sql->query(
            "insert into commands (id, station_no, command, state, failed_reason, result, "
            "created_at, sent_at, answered_at) values ($1, 1, 'trigger-message', $2, $3, $4, "
            "1000000, 2000000, 2087000)",
            {store::Bytes{id.bytes()}, state, reason, result});
        operations.answer_to = [id](const bus::OperatorBody&) {
            return OperationAnswer{200, wire::encode(CommandWritten{id.text(), false})};
        };
        return request("POST", "/api/v1/stations/CP1/ping", "", std::move(headers));
    }
};

TEST_F(PingTest, SaysHowLongTheAnswerTook) {
    const Reply reply = ping("answered", "", "accepted");
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_TRUE(reply.has(R"("station_id":"CP1","answered":true,"rtt_ms":87,"result":"accepted")"))
        << reply.body;
    EXPECT_EQ(operations.asked.back().operation, operation::send_command);
    EXPECT_NE(operations.asked.back().parameters.find(R"({"message":"Heartbeat"})"),
              std::string::npos);
    EXPECT_EQ(operations.asked.back().wait_us, 10'000'000);
    ping("answered", "", "accepted", {"Prefer: wait=3"});
    EXPECT_EQ(operations.asked.back().wait_us, 3'000'000);
}

TEST_F(PingTest, ARefusalIsAnAnswer) {
    EXPECT_TRUE(ping("failed", "call_error", "not_supported")
                    .has(R"("answered":true,"rtt_ms":87,"result":"not_supported")"));
}

TEST_F(PingTest, NoAnswerHasNoTime) {
    EXPECT_TRUE(
        ping("failed", "timeout", "").has(R"("answered":false,"rtt_ms":null,"result":"timeout")"));
    EXPECT_TRUE(ping("sent", "", "").has(R"("answered":false,"rtt_ms":null)"));
}

TEST_F(PingTest, TheOwnersRefusalIsHandedOn) {
    operations.answer_to = [](const bus::OperatorBody&) {
        return OperationAnswer{
            409, R"({"code":"station_offline","detail":"it is not connected","pointer":""})"};
    };
    const Reply reply = request("POST", "/api/v1/stations/CP1/ping");
    EXPECT_EQ(reply.status, 409);
    EXPECT_EQ(reply.member("code"), "station_offline");
}

TEST_F(PingTest, UptimeIsThatOfTheStationInThePath) {
    const Reply reply = get("/api/v1/stations/CP1/uptime");
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_TRUE(reply.has(R"("interval":"total")")) << reply.body;
    EXPECT_TRUE(reply.has(R"("station_id":"CP1")")) << reply.body;
    EXPECT_TRUE(reply.has("uptime_percent") && reply.has("connected_percent"));
    EXPECT_TRUE(get("/api/v1/stations/CP1/uptime?interval=day").has(R"("interval":"day")"));
    EXPECT_EQ(get("/api/v1/stations/NONE/uptime").status, 404);
    EXPECT_EQ(get("/api/v1/stations/CP1/uptime?station_id=CP2").status, 400);
}

}  // namespace
}  // namespace ohm::api::rest
