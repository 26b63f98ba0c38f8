#include "api/rest/test_rest.hpp"

namespace ohm::api::rest {
namespace {

using Lists = RestTest;

TEST_F(Lists, ConnectionAttemptsNewestFirst) {
    add_station(1, "CP1");
    for (int i = 0; i < 5; ++i)
        sql->query(
            "insert into connection_attempts (id, station_no, id_text, id_key, at, cause, "
            "http_status, tls) values ($1, $2, $3, $4, $5, $6, 401, 0)",
            {store::Bytes{ids.next().bytes()},
             i == 0 ? store::Value{std::int64_t{1}} : store::Null{}, "Cp" + std::to_string(i),
             "cp" + std::to_string(i), std::int64_t{1'000'000} * i,
             std::string{i % 2 ? "bad_password" : "unknown"}});
    start();
    const Reply page = get("/api/v1/connection-attempts?limit=2&total=exact");
    EXPECT_TRUE(page.has("\"total\":5"));
    EXPECT_TRUE(page.body.starts_with("{\"data\":[{\"id\":\"att_"));
    EXPECT_TRUE(page.has("\"identity\":\"Cp4\"") && page.has("\"identity\":\"Cp3\""));
    const Reply next = get("/api/v1/connection-attempts?cursor=" + page.member("next_cursor"));
    EXPECT_TRUE(next.has("\"identity\":\"Cp2\"") && next.has("\"identity\":\"Cp0\""));
    EXPECT_TRUE(next.has("\"station_id\":\"CP1\""));
    EXPECT_FALSE(next.has("\"identity\":\"Cp3\""));
    EXPECT_FALSE(get("/api/v1/connection-attempts?cause=unknown").has("bad_password"));
    EXPECT_TRUE(get("/api/v1/connection-attempts?station_id=CP3").has("\"Cp3\""));
    const Reply between =
        get("/api/v1/"
            "connection-attempts?from=1970-01-01T00:00:02Z&to=1970-01-01T00:00:03Z&total=exact");
    EXPECT_TRUE(between.has("\"total\":1") && between.has("\"Cp2\"")) << between.body;
}

TEST_F(Lists, Workers) {
    for (const char* name : {"w1", "w2", "w3"})
        sql->query(
            "insert into bus_worker (worker, incarnation, n, queue, connections, seen_at) "
            "values ($1, $2, 1, 'q', 12, 5000)",
            {std::string{name}, store::Bytes{"0123456789abcdef"}});
    start();
    const Reply page = get("/api/v1/workers?limit=2");
    EXPECT_TRUE(page.has(R"({"id":"w1","seen_at":"1970-01-01T00:00:00.005Z","started_at":null)"))
        << page.body;
    EXPECT_TRUE(get("/api/v1/workers?cursor=" + page.member("next_cursor"))
                    .body.starts_with(R"({"data":[{"id":"w3")"));
    EXPECT_EQ(get("/api/v1/workers/w2").member("connections"), "12");
    EXPECT_EQ(get("/api/v1/workers/w9").status, 404);
}

TEST_F(Lists, MessagesAsTextOrBytes) {
    add_station(1, "CP1");
    add_station(2, "CP2");
    const auto log = store::open_sqlite_message_log(log_path, false);
    std::vector<store::LoggedFrame> frames;
    for (int i = 0; i < 4; ++i)
        frames.push_back({.station = {1},
                          .at = utc_from_micros(1'700'000'000'000'000 + i),
                          .direction = i % 2 ? store::Direction::out : store::Direction::in,
                          .connection = {9},
                          .message_type = "CALL",
                          .message_id = "m" + std::to_string(i),
                          .action = "Heartbeat",
                          .frame = i == 3 ? "\xFF\xFE" : "[2,\"m\",\"Heartbeat\",{}]",
                          .error_code = i == 2 ? "FormatViolation" : "",
                          .bytes = 20});
    frames.push_back(frames.front());
    frames.back().station = {2};
    log->append(frames);
    start();
    const std::string path = "/api/v1/stations/cp1/messages";
    const Reply page = get(path + "?limit=3");
    EXPECT_TRUE(
        page.body.starts_with(R"({"data":[{"station_id":"CP1","at":"2023-11-14T22:13:20.000Z")"))
        << page.body;
    EXPECT_TRUE(page.has(R"("frame":null,"frame_base64":"//4=")")) << page.body;
    EXPECT_TRUE(page.has(R"("frame":"[2,\"m\",\"Heartbeat\",{}]","frame_base64":null)"));
    EXPECT_FALSE(page.has("\"m0\""));
    const Reply next = get(path + "?limit=3&cursor=" + page.member("next_cursor"));
    EXPECT_TRUE(next.has("\"m0\"") && next.has(R"("next_cursor":null)")) << next.body;
    EXPECT_TRUE(get(path + "?errors_only=true").has("\"m2\""));
    EXPECT_FALSE(get(path + "?errors_only=true").has("\"m1\""));
    EXPECT_FALSE(get(path + "?direction=in").has("\"m1\""));
    EXPECT_TRUE(get(path + "?message_id=m1").has("\"m1\""));
    EXPECT_EQ(get(path + "?action=None").body, R"({"data":[],"next_cursor":null})");
    EXPECT_EQ(get(path + "?cursor=bWVzc2FnZXMgeA").status, 400) << "messages x";
    EXPECT_EQ(get(path + "?direction=up").status, 400);
    EXPECT_EQ(get("/api/v1/stations/none/messages").status, 404);
    EXPECT_TRUE(get(path + "?text=%22m%22").has("\"m1\""));
    EXPECT_EQ(get(path + "?text=nowhere").body, R"({"data":[],"next_cursor":null})");
    // Of all: whose each is, and of which station nobody knows nothing is known.
    const Reply all = get("/api/v1/messages?message_id=m0");
    EXPECT_TRUE(all.has(R"("station_id":"CP1")") && all.has(R"("station_id":"CP2")")) << all.body;
    const Reply own = get("/api/v1/messages?station_id=cp2");
    EXPECT_TRUE(own.has(R"("station_id":"CP2")") && !own.has(R"("station_id":"CP1")")) << own.body;
    EXPECT_EQ(get("/api/v1/messages?station_id=none").body, R"({"data":[],"next_cursor":null})");
}

}  // namespace
}  // namespace ohm::api::rest
