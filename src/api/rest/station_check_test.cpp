#include "api/rest/test_rest.hpp"

namespace ohm::api::rest {
namespace {

class StationCheckTest : public RestTest {
protected:
    void SetUp() override {
        RestTest::SetUp();
        start();
        add_station(1, "CP1");
    }
    std::string look(const std::string& id) {
        const Reply reply = get("/api/v1/stations/CP1/check");
        EXPECT_EQ(reply.status, 200) << reply.body;
        const auto at = reply.body.find("{\"id\":\"" + id + "\",\"state\"");
        EXPECT_NE(at, std::string::npos) << reply.body;
        return reply.body.substr(at, reply.body.find("\"remedy\"", at) - at);
    }
    void attempt(const std::string& cause, std::int64_t at) {
        sql->query(
            "insert into connection_attempts (id, id_key, at, cause, subprotocols, detail) values "
            "($1, 'cp1', $2, $3, 'ocpp1.6', 'said so')",
            {store::Bytes{ids.next().bytes()}, at, cause});
    }
    void connector(std::int64_t number, std::int64_t said_at, std::int64_t received_at) {
        sql->query(
            "insert into connectors (station_no, evse, connector, status, status_at, received_at) "
            "values (1, $1, 1, 'Available', $2, $3)",
            {number, said_at, received_at});
    }
    void variable(const std::string& name, const std::string& value) {
        sql->query(
            "insert into variables (station_no, name_key, component, variable, attribute, value, "
            "reported_at) values (1, $1, 'OCPP16', $1, 'Actual', $2, 7000000)",
            {name, value});
    }
    void trigger(const std::string& state, const std::string& result) {
        sql->query(
            "insert into commands (id, station_no, command, state, result, created_at, "
            "answered_at) values ($1, 1, 'trigger-message', $2, $3, 8000000, 9000000)",
            {store::Bytes{ids.next().bytes()}, state, result});
    }
};

TEST_F(StationCheckTest, FollowsAStationIntoService) {
    EXPECT_EQ(get("/api/v1/stations/NONE/check").status, 404);
    EXPECT_NE(look("connection").find(R"("cause":"never_seen")"), std::string::npos);
    attempt("wrong_password", 2'000'000);
    attempt("tls_required", 3'000'000);
    EXPECT_NE(look("authentication").find(R"("failed","since":"1970-01-01T00:00:03.000Z")"),
              std::string::npos);
    EXPECT_NE(look("authentication").find(R"("cause":"tls_required","detail":"said so")"),
              std::string::npos);
    connect_station(1, "Available");
    EXPECT_NE(look("subprotocol").find(R"("ok","since":"1970-01-01T00:00:05.000Z")"),
              std::string::npos);
    sql->query("update station_state set boot_status = 'Accepted' where station_no = 1");
    sql->query("update charge_points set booted_at = 6000000 where station_no = 1");
    variable("NumberOfConnectors", "2");
    connector(1, 6'000'000, 6'000'000);
    EXPECT_NE(look("status").find(R"("connectors_missing","detail":"1/2")"), std::string::npos);
    connector(2, 6'000'000, 6'000'000);
    EXPECT_NE(look("configuration").find(R"("ok","since":"1970-01-01T00:00:07.000Z")"),
              std::string::npos);
    trigger("answered", "rejected");
    trigger("answered", "accepted");
    EXPECT_NE(look("trigger").find(R"("ok","since":"1970-01-01T00:00:09.000Z","cause":null)"),
              std::string::npos);
    const Reply all = get("/api/v1/stations/CP1/check");
    EXPECT_TRUE(all.has(R"("state":"ok","steps_ok":8)")) << all.body;
}

TEST_F(StationCheckTest, TellsALateWordFromALateClock) {
    connect_station(1, "Available");
    connector(1, 1'000'000, 100'000'000);  // kept while it was offline
    EXPECT_NE(look("clock").find(R"("state":"ok")"), std::string::npos);
    connector(2, 200'000'000, 300'000'000);
    EXPECT_NE(look("clock").find(R"("clock_drift","detail":"-100 s")"), std::string::npos);
    connector(3, 500'000'000, 400'000'000);
    EXPECT_NE(look("clock").find(R"("clock_drift","detail":"+100 s")"), std::string::npos);
}

TEST_F(StationCheckTest, BelievesNoHostileNumberOfConnectors) {
    connect_station(1, "Available");
    variable("NumberOfConnectors", "9223372036854775807");
    connector(1, 0, 6'000'000);
    EXPECT_NE(look("status").find(R"("detail":)"), std::string::npos);
    sql->query("update variables set value = '-5; drop table' where station_no = 1");
    EXPECT_NE(look("status").find(R"("state":"ok")"), std::string::npos);
}

}  // namespace
}  // namespace ohm::api::rest
