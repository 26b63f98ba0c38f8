#include "api/rest/test_rest.hpp"

namespace ohm::api::rest {
namespace {

class Facts : public RestTest {
protected:
    void add_event(std::int64_t station, const std::string& kind, std::int64_t at,
                   const std::string& name, std::int64_t severity = 7) {
        sql->query(
            "insert into station_events (station_no, kind, said_at, hash, at, received_at, "
            "ocpp_version, name, severity, monitor_id, payload) values ($1, $2, $3, $4, $3, $3, "
            "'2.0.1', $5, $6, $7, $8)",
            {station, kind, at, ++hash_, name,
             kind == "event" ? store::Value{store::Null{}} : store::Value{severity},
             kind == "event" ? store::Value{std::int64_t{5}} : store::Value{store::Null{}},
             std::string{R"({"a":1})"}});
    }
    std::int64_t hash_ = 0;
};

TEST_F(Facts, EventsNewestFirstByKindAndTime) {
    add_station(1, "CP1");
    add_station(2, "CP2");
    for (int i = 1; i <= 5; ++i)
        add_event(1, i % 2 ? "firmware" : "log", std::int64_t{1'000'000} * i,
                  "e" + std::to_string(i));
    add_event(2, "firmware", 9'000'000, "other");
    start();
    const Reply page = get("/api/v1/stations/CP1/events?limit=2&total=exact");
    EXPECT_TRUE(page.has("\"total\":5"));
    EXPECT_TRUE(page.body.starts_with(
        R"({"data":[{"kind":"firmware","name":"e5","at":"1970-01-01T00:00:05.000Z")"))
        << page.body;
    EXPECT_TRUE(page.has(R"("payload":{"a":1})"));
    EXPECT_FALSE(page.has("other"));
    const Reply next =
        get("/api/v1/stations/cp1/events?limit=9&cursor=" + page.member("next_cursor"));
    EXPECT_TRUE(next.has("\"e3\"") && next.has("\"e1\"") && !next.has("\"e4\"")) << next.body;
    EXPECT_EQ(next.member("next_cursor"), "null");
    EXPECT_FALSE(get("/api/v1/stations/CP1/events?kind=log").has("firmware"));
    EXPECT_TRUE(
        get("/api/v1/stations/CP1/events?kind=log,firmware&total=exact").has("\"total\":5"));
    const Reply between =
        get("/api/v1/stations/CP1/"
            "events?from=1970-01-01T00:00:02Z&to=1970-01-01T00:00:03Z&total=exact");
    EXPECT_TRUE(between.has("\"total\":1") && between.has("\"e2\"")) << between.body;
    EXPECT_EQ(get("/api/v1/stations/CP9/events").status, 404);
    EXPECT_EQ(get("/api/v1/stations/CP1/events?cursor=x").status, 400);
    EXPECT_EQ(get("/api/v1/stations/CP1/events?from=noon").status, 400);
}

TEST_F(Facts, AnEventHasTheSeverityOfItsMonitor) {
    add_station(1, "CP1");
    add_event(1, "event", 1'000'000, "EVSE/Power");
    start();
    EXPECT_TRUE(get("/api/v1/stations/CP1/events").has("\"severity\":null"));
    sql->query(
        "insert into variable_monitors (station_no, monitor_id, component, variable, type, value, "
        "severity, in_transaction, reported_at) values (1, 5, 'EVSE', 'Power', 'Delta', '1', 2, 0, "
        "1)");
    EXPECT_TRUE(get("/api/v1/stations/CP1/events").has("\"severity\":2"));
}

TEST_F(Facts, SecurityEvents) {
    add_station(1, "CP1");
    add_event(1, "security", 1'000'000, "TamperDetectionActivated", 3);
    add_event(1, "security", 2'000'000, "AttemptedReplayAttacks");
    add_event(1, "firmware", 3'000'000, "Installed");
    start();
    const Reply all = get("/api/v1/stations/CP1/security-events?total=exact");
    EXPECT_TRUE(all.has("\"total\":2") && !all.has("Installed")) << all.body;
    const Reply critical = get("/api/v1/stations/CP1/security-events?critical=true&total=exact");
    EXPECT_TRUE(critical.has("\"total\":1") && critical.has("\"critical\":true")) << critical.body;
    EXPECT_TRUE(get("/api/v1/stations/CP1/security-events?type=AttemptedReplayAttacks&total=exact")
                    .has("\"total\":1"));
}

TEST_F(Facts, ProgressOfFirmwareAndLogs) {
    add_station(1, "CP1");
    for (const char* kind : {"firmware", "publish_firmware", "log", "diagnostics"})
        sql->query(
            "insert into station_progress (station_no, kind, request_id, status, at, started_at) "
            "values (1, $1, $2, 'Going', 2000000, 1000000)",
            {std::string{kind}, std::string{kind} == "diagnostics" ? std::int64_t{-1} : 7});
    start();
    const Reply firmware = get("/api/v1/stations/CP1/firmware?total=exact");
    EXPECT_TRUE(firmware.has("\"total\":2") && firmware.has("publish_firmware")) << firmware.body;
    const Reply logs = get("/api/v1/stations/CP1/logs?total=exact");
    EXPECT_TRUE(
        logs.has("\"total\":2") &&
        logs.has(R"("kind":"diagnostics","type":null,"state":"elsewhere","request_id":null)"))
        << logs.body;
}

TEST_F(Facts, ReportsAndWhatTheyTellOfCustomers) {
    add_station(1, "CP1");
    const auto report = [this](const char* kind, std::int64_t request, const char* state) {
        sql->query(
            "insert into reports (station_no, kind, request_id, state, parts, seen, last_seq, "
            "started_at, updated_at) values (1, $1, $2, $3, 2, '0-1', 1, 1000000, 2000000)",
            {std::string{kind}, request, std::string{state}});
    };
    report("variables", 7, "gap");
    report("customer_information", 8, "complete");
    for (const std::int64_t seq : {1, 0})
        sql->query("insert into customer_information values (1, 8, $1, $2, 1500000)",
                   {seq, std::string{seq ? "Driver" : "A. "}});
    add_key("ohk_reader", "reader", "stations:read");
    start();
    EXPECT_TRUE(get("/api/v1/stations/CP1/reports?state=gap").has(R"("kind":"variables")"));
    EXPECT_FALSE(get("/api/v1/stations/CP1/reports?kind=variables").has("customer"));
    const Reply told = get("/api/v1/stations/CP1/customer-information");
    EXPECT_EQ(told.member("data\":[{\"request_id"), "8") << told.body;
    EXPECT_TRUE(told.has(R"("data":"A. Driver")")) << told.body;
    EXPECT_EQ(
        request("GET", "/api/v1/stations/CP1/customer-information", "", {}, "ohk_reader").status,
        403);
}

TEST_F(Facts, RequestsAndQuirks) {
    add_station(1, "CP1");
    sql->query(
        "insert into certificate_requests (station_no, csr_hash, id, certificate_type, csr, "
        "common_name, state, received_at) values (1, 1, $1, 'V2GCertificate', 'PEM', 'SN', "
        "'pending', 1000000)",
        {store::Bytes{ids.next().bytes()}});
    for (const char* quirk : {"wrapped_in_list", "enum_respelled"})
        sql->query("insert into station_quirks values (1, $1, 3, 1000000, 2000000, 'Act', '/a')",
                   {std::string{quirk}});
    start();
    const Reply csrs = get("/api/v1/stations/CP1/certificates/csrs");
    EXPECT_TRUE(csrs.body.starts_with(R"({"data":[{"id":"csr_)") &&
                csrs.has(R"("state":"pending")"))
        << csrs.body;
    const Reply quirks = get("/api/v1/stations/CP1/quirks?limit=1");
    EXPECT_TRUE(quirks.body.starts_with(R"({"data":[{"quirk":"enum_respelled","count":3)"));
    EXPECT_TRUE(get("/api/v1/stations/CP1/quirks?cursor=" + quirks.member("next_cursor"))
                    .has("wrapped_in_list"));
}

}  // namespace
}  // namespace ohm::api::rest
