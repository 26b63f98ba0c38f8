// A REST side over loopback with a database in a file and owners that only note what they are
// asked. Tests only; everything runs on the test's thread.
#pragma once

#include <arpa/inet.h>
#include <cstring>
#include <deque>
#include <gtest/gtest.h>
#include <memory>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "api/rest/rest.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"
#include "store/migrations.hpp"
#include "store/test_database.hpp"
#include "wire/codec.hpp"

namespace ohm::api::rest {

struct Reply {
    int status = 0;
    std::string head;
    std::string body;

    std::string header(std::string_view name) const {
        for (const std::string_view line : split(head, '\n')) {
            const auto colon = line.find(':');
            if (colon == std::string_view::npos) continue;
            if (equals_ignoring_case(line.substr(0, colon), name))
                return std::string{trim(line.substr(colon + 1))};
        }
        return "";
    }
    bool has(std::string_view text) const { return body.find(text) != std::string::npos; }
    // The text of a member that stands once, `"name":"…"` or `"name":…`.
    std::string member(const std::string& name) const {
        const auto at = body.find("\"" + name + "\":");
        if (at == std::string::npos) return "(absent)";
        const auto begin = at + name.size() + 3;
        if (body[begin] != '"') return body.substr(begin, body.find_first_of(",}]", begin) - begin);
        return body.substr(begin + 1, body.find('"', begin + 1) - begin - 1);
    }
};

struct NotedOperations final : Operations {
    explicit NotedOperations(net::Loop& l) : loop{l} {}
    void submit(bus::OperatorBody&& body, std::function<void(OperationAnswer&&)> done) override {
        asked.push_back(body);
        OperationAnswer answer = answer_to(body);
        loop.post([done = std::move(done), answer]() mutable { done(std::move(answer)); });
    }
    net::Loop& loop;
    std::deque<bus::OperatorBody> asked;
    std::function<OperationAnswer(const bus::OperatorBody&)> answer_to =
        [](const bus::OperatorBody&) {
            return OperationAnswer{200,
                                   R"({"station_no":1,"id":"CP1","password":"","replayed":false})"};
        };
};

struct NotedHealth final : Health {
    bool alive() override { return true; }
    bool started() override { return has_started; }
    std::vector<Check> checks() override {
        return {{"database", true, "answers"}, {"queue", queue, queue ? "answers" : "away"}};
    }
    bool has_started = true;
    bool queue = true;
};

class RestTest : public testing::Test {
protected:
    static constexpr std::string_view key = "ohk_test";

    void SetUp() override {
        sql = database.open();
        store::migrate(*sql, clock.utc());
        add_key(key, "ops", "admin:*");
        settings.version = "0.1.0";
    }
    void start() { start(readers); }
    void start(Readers& writers) {
        rest = std::make_unique<Rest>(Parts{loop, operations, readers, writers, clock, ids, health,
                                            [] { return "ohm_up 1\n"; }},
                                      settings);
        net::Server::Options options{.address = "127.0.0.1",
                                     .header_bytes = limits::http_header_bytes,
                                     .body_bytes = limits::http_body_bytes,
                                     .message_bytes = limits::frame_bytes,
                                     .write_buffer_bytes = 64 * 1024 * 1024};
        port = rest->listen(options).port();
    }

    void add_key(std::string_view token, const std::string& name, const std::string& scopes) {
        sql->query(
            "insert into api_keys (id, name, digest, scopes, created_at) "
            "values ($1, $2, $3, $4, 1)",
            {store::Bytes{ids.next().bytes()}, name, store::Bytes{secret::digest(token)}, scopes});
    }
    void add_station(std::int64_t number, const std::string& id, std::int64_t created_at = 1000) {
        sql->query(
            "insert into charge_points (station_no, id, id_key, partition_no, "
            "security_profile, version, created_at, updated_at) "
            "values ($1, $2, $3, 0, 1, 1, $4, $4)",
            {number, id, fold(id).value_or(""), created_at});
        sql->query("insert into station_state (station_no, version) values ($1, 0)", {number});
    }
    void add_location(std::int64_t number, const std::string& id) {
        sql->query(
            "insert into locations (location_no, id, name, created_at, updated_at) values ($1, $2, "
            "'n', 1, 1)",
            {number, id});
    }
    void connect_station(std::int64_t number, const std::string& reported) {
        sql->query(
            "update station_state set worker = 'w1', connection = 7, epoch = 3, "
            "ocpp_version = '1.6', address = '::1', tls = 1, subprotocol = 'ocpp1.6', "
            "connected_at = 5000000, reported_status = $2, version = 4 "
            "where station_no = $1",
            {number, reported});
    }

    Reply send(const std::string& raw) {
        const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
        std::string received;
        std::size_t sent = 0;
        for (int turn = 0; turn < 20'000; ++turn) {
            if (sent < raw.size()) {
                const auto n = ::send(socket, raw.data() + sent, raw.size() - sent,
                                      MSG_DONTWAIT | MSG_NOSIGNAL);
                if (n > 0) sent += static_cast<std::size_t>(n);
            }
            loop.turn(milliseconds{1});
            char bytes[65536];
            const auto n = ::recv(socket, bytes, sizeof bytes, MSG_DONTWAIT);
            if (n > 0) received.append(bytes, static_cast<std::size_t>(n));
            if (n == 0) break;
        }
        ::close(socket);
        Reply reply;
        const auto end = received.find("\r\n\r\n");
        if (end == std::string::npos) return reply;
        reply.head = received.substr(0, end);
        reply.body = received.substr(end + 4);
        reply.status = static_cast<int>(parse_int(received.substr(9, 3)).value_or(0));
        return reply;
    }
    // `headers` as lines without their ends.
    Reply request(const std::string& method, const std::string& target, std::string body = "",
                  std::vector<std::string> headers = {}, std::string_view token = key) {
        std::string raw =
            method + " " + target + " HTTP/1.1\r\nHost: here\r\nConnection: close\r\n";
        if (!token.empty()) raw += "Authorization: Bearer " + std::string{token} + "\r\n";
        bool typed = false;
        for (const std::string& line : headers) {
            raw += line + "\r\n";
            typed = typed || to_lower(line).starts_with("content-type:");
        }
        if (!body.empty() && !typed) raw += "Content-Type: application/json\r\n";
        if (!body.empty()) raw += "Content-Length: " + std::to_string(body.size()) + "\r\n";
        return send(raw + "\r\n" + body);
    }
    Reply get(const std::string& target, std::vector<std::string> headers = {}) {
        Reply reply = request("GET", target, "", std::move(headers));
        EXPECT_TRUE(reply.body.empty() || reply.body.front() != '{' || wire::minify(reply.body))
            << reply.body;
        return reply;
    }

    SystemClock clock;
    SeededRandom random{7};
    IdSource ids{clock, random};
    net::Loop loop{clock};
    // OHM_TEST_REST_DATABASE=postgres runs the same cases on the server that OHM_TEST_PG_PORT
    // names.
    static store::Dialect dialect() {
        const bool postgres = store::environment("OHM_TEST_REST_DATABASE", "") == "postgres";
        return postgres ? store::Dialect::postgres : store::Dialect::sqlite;
    }
    store::TestDatabase database{dialect()};
    std::unique_ptr<store::Sql> sql;
    const std::string log_path = database.path() + ".log";
    Readers readers{
        loop,
        0,
        {.sql = [this] { return database.open(); },
         .messages = [this] { return store::open_sqlite_message_log(log_path, false); }}};
    NotedOperations operations{loop};
    NotedHealth health;
    Settings settings;
    std::unique_ptr<Rest> rest;
    std::uint16_t port = 0;

    void TearDown() override {
        rest.reset();
        for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(log_path + suffix);
    }
};

}  // namespace ohm::api::rest
