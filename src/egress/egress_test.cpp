#include "egress/egress.hpp"

#include <cstdlib>
#include <gtest/gtest.h>
#include <optional>

#include "egress/test_server.hpp"

namespace ohm::egress {
namespace {

using testing::ok;
using testing::TestServer;

class Asking : public ::testing::Test {
protected:
    void start(Rules rules, std::vector<std::string> names = {}) {
        egress.emplace(Egress::Options{.rules = std::move(rules), .names = std::move(names)},
                       clock);
        egress->start();
    }
    Answer ask(Request request) {
        egress->ask(std::move(request),
                    [this](Answer&& answer) { box.push_always(std::move(answer)); });
        return next();
    }
    Answer next() {
        std::vector<Answer> answers;
        const Mono end = clock.mono() + seconds{20};
        while (answers.empty() && clock.mono() < end) {
            server.work(5);
            box.take(answers, 1);
        }
        if (answers.empty()) {
            ADD_FAILURE() << "no answer";
            return {};
        }
        return std::move(answers.front());
    }
    Answer ask(const std::string& url, Source source = Source::operators) {
        return ask({.url = url, .source = source, .timeout = milliseconds{3'000}});
    }
    std::string url(const std::string& path = "/") const {
        return "http://127.0.0.1:" + server.port() + path;
    }

    SystemClock clock;
    TestServer server;
    Mailbox<Answer> box{100};
    std::optional<Egress> egress;
};
constexpr Rules own_network{.webhooks_to_own_network = true, .allowed = {}};

TEST_F(Asking, PostsAndHearsTheAnswer) {
    start(own_network);
    server.answer_with(ok(R"({"accept":true})"));
    const Answer answer = ask({.url = url("/decide?x=1"),
                               .source = Source::operators,
                               .body = "{}",
                               .headers = {"webhook-id: msg_1", "Content-Type: application/json"}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, R"({"accept":true})");
    EXPECT_TRUE(answer.failure.empty());
    ASSERT_EQ(server.requests.size(), 1u);
    EXPECT_TRUE(server.requests[0].starts_with("POST /decide?x=1 HTTP/1.1\r\n"));
    EXPECT_NE(server.requests[0].find("webhook-id: msg_1\r\n"), std::string::npos);
}

TEST_F(Asking, KeepsAConnectionOfOperatorsAndNoneOfStations) {
    Rules rules = own_network;
    rules.allowed = {"127.0.0.1"};
    start(rules);
    server.answer_with(ok("x"));
    EXPECT_EQ(ask(url()).status, 200);
    EXPECT_EQ(ask(url()).status, 200);
    EXPECT_EQ(server.connections, 1u);
    EXPECT_EQ(ask(url(), Source::stations).status, 200);
    EXPECT_EQ(ask(url(), Source::stations).status, 200);
    EXPECT_EQ(server.connections, 3u);
}

TEST_F(Asking, FollowsNoRedirect) {
    start(own_network);
    server.answer_with("HTTP/1.1 302 Found\r\nLocation: " + url("/other") +
                       "\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(ask(url()).status, 302);
    EXPECT_EQ(server.requests.size(), 1u);
}

TEST_F(Asking, UsesNoProxyOfTheEnvironment) {
    ::setenv("http_proxy", url().c_str(), 1);
    ::setenv("ALL_PROXY", url().c_str(), 1);
    start(own_network, {"members.example:80:127.0.0.9"});
    EXPECT_EQ(ask("http://members.example/").failure, failure::unreachable);
    ::unsetenv("http_proxy");
    ::unsetenv("ALL_PROXY");
    EXPECT_EQ(server.connections, 0u);
}

TEST_F(Asking, IsOverAfterItsTime) {
    start(own_network);
    const Answer answer =
        ask({.url = url(), .source = Source::operators, .timeout = milliseconds{50}});
    EXPECT_EQ(answer.status, 0);
    EXPECT_EQ(answer.failure, failure::timed_out);
}

TEST_F(Asking, TakesNoLargerAnswerThanWanted) {
    start(own_network);
    server.answer_with(ok(std::string(2'000, 'x')));
    Request request{.url = url(), .source = Source::operators, .answer_bytes_max = 1'000};
    const Answer answer = ask(std::move(request));
    EXPECT_EQ(answer.failure, failure::too_large);
    EXPECT_TRUE(answer.body.empty());
    server.answer_with("HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
    EXPECT_EQ(ask(url()).failure, failure::too_large);
}

TEST_F(Asking, WhatIsNoHttpIsAFailure) {
    start(own_network);
    server.answer_with("\x16\x03\x01 no http at all\r\n\r\n");
    EXPECT_EQ(ask(url()).failure, failure::unreachable);
}

TEST_F(Asking, RefusesHeadersThatHoldLineEnds) {
    start(own_network);
    Request request{.url = url(), .source = Source::operators, .headers = {"a: b\r\nc: d"}};
    EXPECT_EQ(ask(std::move(request)).failure, failure::url_refused);
    EXPECT_EQ(server.connections, 0u);
}

TEST_F(Asking, WhoWaitsAtTheEndIsTold) {
    start(own_network);
    egress->ask({.url = url(), .source = Source::operators, .timeout = seconds{60}},
                [this](Answer&& answer) { box.push_always(std::move(answer)); });
    while (server.connections == 0) server.work(5);
    egress->stop();
    EXPECT_EQ(next().failure, failure::stopped);
    EXPECT_EQ(ask(url()).failure, failure::stopped);
}

TEST_F(Asking, OneThatIsSlowHoldsNobodyUp) {
    start(own_network);
    for (std::size_t i = 0; i < limits::egress_at_once + 10; ++i)
        egress->ask({.url = url(), .source = Source::operators, .timeout = milliseconds{300}},
                    [this](Answer&& answer) { box.push_always(std::move(answer)); });
    for (std::size_t i = 0; i < limits::egress_at_once + 10; ++i)
        EXPECT_EQ(next().failure, failure::timed_out);
}

// Every way that a station could find to a listener of ours: PORT is where it listens.
class Trap : public Asking, public ::testing::WithParamInterface<const char*> {};

TEST_P(Trap, NobodyConnects) {
    // What DNS could be made to answer.
    std::vector<std::string> names;
    for (const std::string& port : {server.port(), std::string{"80"}}) {
        names.push_back("rebound.example:" + port + ":127.0.0.1");
        names.push_back("rebound6.example:" + port + ":[::1]");
        names.push_back("both.example:" + port + ":169.254.169.254,127.0.0.1");
        names.push_back("mapped.example:" + port + ":[::ffff:127.0.0.1]");
        names.push_back("here.example:" + port + ":0.0.0.0");
    }
    Rules rules{.allowed = {"ocsp.example:" + server.port()}};
    for (const char* const host : {"rebound.example", "rebound6.example", "both.example",
                                   "mapped.example", "here.example", "localhost"})
        ASSERT_FALSE(read_url(std::string{"http://"} + host + "/")->text.empty());
    start(rules, names);
    server.answer_with(ok("trapped"));
    std::string form = GetParam();
    if (const auto at = form.find("PORT"); at != std::string::npos)
        form.replace(at, 4, server.port());
    for (const Source source : {Source::stations, Source::operators}) {
        const Answer answer = ask(form, source);
        EXPECT_EQ(answer.status, 0) << form;
        EXPECT_FALSE(answer.failure.empty());
    }
    server.work(0);
    EXPECT_EQ(server.connections, 0u) << form;
}

INSTANTIATE_TEST_SUITE_P(
    Forms, Trap,
    ::testing::Values(
        "http://127.0.0.1:PORT/", "http://127.0.0.2:PORT/", "http://127.255.255.254:PORT/",
        "http://0.0.0.0:PORT/", "http://0:PORT/", "http://127.1:PORT/", "http://127.0.1:PORT/",
        "http://2130706433:PORT/", "http://017700000001:PORT/", "http://0x7f000001:PORT/",
        "http://0x7f.0x0.0x0.0x1:PORT/", "http://0177.0.0.01:PORT/", "http://127.0.0.1.:PORT/",
        "http://[::1]:PORT/", "http://[0:0:0:0:0:0:0:1]:PORT/", "http://[::]:PORT/",
        "http://[::ffff:127.0.0.1]:PORT/", "http://[::ffff:7f00:1]:PORT/",
        "http://[::127.0.0.1]:PORT/", "http://[64:ff9b::127.0.0.1]:PORT/",
        "http://[2002:7f00:1::]:PORT/", "http://[fe80::1%25lo]:PORT/", "http://[fd00:ec2::254]/",
        "http://169.254.169.254/latest/meta-data/", "http://[::ffff:169.254.169.254]/",
        "http://localhost:PORT/", "http://LOCALHOST:PORT/", "http://localhost.:PORT/",
        "http://rebound.example:PORT/", "http://rebound6.example:PORT/",
        "http://both.example:PORT/", "http://mapped.example:PORT/", "http://here.example:PORT/",
        "http://user@127.0.0.1:PORT/", "http://8.8.8.8:80@127.0.0.1:PORT/",
        "http://8.8.8.8\\@127.0.0.1:PORT/", "http://127.0.0.1:PORT#@8.8.8.8/",
        "http://127.0.0.1:PORT\r\nX: y/", "http://rebound.example:PORT/\r\nHost: x",
        "http://%31%32%37.0.0.1:PORT/", "http://\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1:PORT/",
        "file:///etc/passwd", "gopher://127.0.0.1:PORT/_x", "ftp://127.0.0.1:PORT/x",
        "dict://127.0.0.1:PORT/x", "ldap://127.0.0.1:PORT/", "telnet://127.0.0.1:PORT",
        "//127.0.0.1:PORT/", "http:127.0.0.1:PORT/", "http:///127.0.0.1:PORT/",
        "ws://127.0.0.1:PORT/", "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
        "jar:http://127.0.0.1/"));

// That the trap would hold: with the rules the other way, the same names lead there.
TEST_F(Asking, TheTrapIsOpen) {
    start({.allowed = {"rebound.example", "localhost"}},
          {"rebound.example:" + server.port() + ":127.0.0.1"});
    server.answer_with(ok("trapped"));
    EXPECT_EQ(ask("http://rebound.example:" + server.port() + "/", Source::stations).status, 200);
    EXPECT_EQ(ask("http://localhost:" + server.port() + "/", Source::stations).status, 200);
    EXPECT_EQ(server.connections, 2u);
}

}  // namespace
}  // namespace ohm::egress
