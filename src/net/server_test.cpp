// The server over real loopback sockets; the peer is a bare socket that sends what it is told.
#include "net/server.hpp"

#include <gtest/gtest.h>
#include <map>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "net/test_peer.hpp"
#include "net/websocket.hpp"

namespace ohm::net {
namespace {

using testing::test_options;
using testing::TestOwner;
using testing::TestPeer;
using testing::upgrade_request;

class ServerTest : public ::testing::Test {
protected:
    void start(const Server::Options& options = test_options()) {
        server = std::make_unique<Server>(loop, owner, options);
        owner.server = server.get();
    }
    TestPeer connect() { return TestPeer{loop, server->port()}; }
    // A peer whose upgrade was accepted.
    TestPeer connect_websocket(const std::string& headers = "") {
        TestPeer peer = connect();
        peer.send(upgrade_request(headers));
        EXPECT_TRUE(peer.wait_for("\r\n\r\n"));
        return peer;
    }
    bool wait(const std::function<bool()>& condition) { return testing::wait(loop, condition); }

    SystemClock clock;
    Loop loop{clock};
    TestOwner owner;
    std::unique_ptr<Server> server;
};

TEST_F(ServerTest, AnswersARequest) {
    start();
    owner.respond_with = [](const Request& request) {
        return Response{.body = request.method + " " + std::string{request.path()}};
    };
    TestPeer peer = connect();
    peer.send("GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(peer.wait_for("GET /a"));
    EXPECT_TRUE(peer.received.starts_with("HTTP/1.1 200 OK\r\n"));
    EXPECT_NE(peer.received.find("Content-Length: 6\r\n"), std::string::npos);
    EXPECT_NE(peer.received.find(" GMT\r\n"), std::string::npos);
    EXPECT_EQ(owner.peers.back().address, "127.0.0.1");
    EXPECT_FALSE(owner.peers.back().tls);
    EXPECT_EQ(server->connection_count(), 1u);
}

TEST_F(ServerTest, AnswersPipelinedRequestsOneAtATimeAndInOrder) {
    start();
    TestPeer peer = connect();
    peer.send(
        "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n"
        "hiGET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    ASSERT_TRUE(wait([&] { return owner.requests.size() == 1; }));
    for (int i = 0; i < 5; ++i) loop.turn(milliseconds{1});
    EXPECT_EQ(owner.requests.size(), 1u) << "the second waits for the answer to the first";
    server->respond(owner.ids.back(), {.body = "one"});
    ASSERT_TRUE(wait([&] { return owner.requests.size() == 2; }));
    EXPECT_EQ(owner.requests.back().body, "hi");
    server->respond(owner.ids.back(), {.body = "two"});
    ASSERT_TRUE(wait([&] { return owner.requests.size() == 3; }));
    server->respond(owner.ids.back(), {.body = "three"});
    ASSERT_TRUE(peer.wait_for_end());
    const auto one = peer.received.find("\r\n\r\none");
    const auto two = peer.received.find("\r\n\r\ntwo");
    const auto three = peer.received.find("\r\n\r\nthree");
    EXPECT_LT(one, two);
    EXPECT_LT(two, three);
    EXPECT_NE(three, std::string::npos);
    peer.end();
    ASSERT_TRUE(wait([&] { return server->connection_count() == 0; }));
    ASSERT_EQ(owner.closings.size(), 1u);
    EXPECT_EQ(owner.closings[0].cause, CloseCause::we_closed);
}

TEST_F(ServerTest, RefusesABrokenRequestAndCloses) {
    start();
    TestPeer peer = connect();
    peer.send("GET / HTTP/1.1\nHost: x\r\n\r\n");
    ASSERT_TRUE(peer.wait_for_end());
    EXPECT_TRUE(peer.received.starts_with("HTTP/1.1 400 "));
    peer.end();
    ASSERT_TRUE(wait([&] { return server->connection_count() == 0; }));
    EXPECT_TRUE(owner.closings.empty()) << "the owner never knew it";
}

TEST_F(ServerTest, SendsContinueBeforeTheBody) {
    start();
    owner.respond_with = [](const Request& request) { return Response{.body = request.body}; };
    TestPeer peer = connect();
    peer.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    ASSERT_TRUE(peer.wait_for("HTTP/1.1 100 Continue\r\n\r\n"));
    peer.send("abc");
    EXPECT_TRUE(peer.wait_for("\r\n\r\nabc"));
}

TEST_F(ServerTest, SendsNoBodyToHead) {
    start();
    owner.respond_with = [](const Request&) { return Response{.body = "hidden"}; };
    TestPeer peer = connect();
    peer.send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    ASSERT_TRUE(peer.wait_for_end());
    EXPECT_NE(peer.received.find("Content-Length: 6\r\n"), std::string::npos);
    EXPECT_EQ(peer.received.find("hidden"), std::string::npos);
}

TEST_F(ServerTest, KeepsHostileTextOutOfTheHeaders) {
    start();
    owner.respond_with = [](const Request&) {
        return Response{.headers = {{"X-Echo", "a\r\nSet-Cookie: b"}}};
    };
    TestPeer peer = connect();
    peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(peer.wait_for("\r\n\r\n"));
    EXPECT_NE(peer.received.find("X-Echo: aSet-Cookie: b\r\n"), std::string::npos);
}

TEST_F(ServerTest, SendsALargeResponseToASlowReader) {
    start();
    const std::string body(8 * 1024 * 1024, 'b');
    owner.respond_with = [&](const Request&) { return Response{.body = body}; };
    TestPeer peer = connect();
    peer.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    for (int i = 0; i < 20; ++i) loop.turn(milliseconds{1});
    ASSERT_TRUE(peer.wait_for_end());
    EXPECT_TRUE(peer.received.ends_with(body));
}

TEST_F(ServerTest, HoldsAnUpgradeUntilItIsAcceptedAndKeepsEarlyBytes) {
    start();
    owner.accepts = false;
    TestPeer peer = connect();
    std::string bytes = upgrade_request("");
    websocket::append_masked_frame(bytes, websocket::Opcode::text, false, "early", {1, 2, 3, 4});
    peer.send(bytes);
    ASSERT_TRUE(wait([&] { return owner.upgrades.size() == 1; }));
    peer.send_masked(websocket::Opcode::text, "late");
    for (int i = 0; i < 5; ++i) loop.turn(milliseconds{1});
    EXPECT_TRUE(owner.messages.empty());
    EXPECT_TRUE(peer.received.empty());
    server->accept(owner.ids.back(), "ocpp1.6");
    ASSERT_TRUE(wait([&] { return owner.messages.size() == 2; }));
    EXPECT_EQ(owner.messages[0], "early");
    EXPECT_EQ(owner.messages[1], "late");
    ASSERT_TRUE(peer.wait_for("\r\n\r\n"));
    EXPECT_TRUE(peer.received.starts_with("HTTP/1.1 101 "));
    // The example of RFC 6455 §1.3.
    EXPECT_NE(peer.received.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
              std::string::npos);
    EXPECT_NE(peer.received.find("Sec-WebSocket-Protocol: ocpp1.6\r\n"), std::string::npos);
}

TEST_F(ServerTest, RefusesAnUpgradeWithTheOwnersAnswer) {
    start();
    owner.accepts = false;
    TestPeer peer = connect();
    peer.send(upgrade_request(""));
    ASSERT_TRUE(wait([&] { return owner.upgrades.size() == 1; }));
    server->refuse(owner.ids.back(),
                   {.status = 401, .headers = {{"WWW-Authenticate", "Basic realm=\"x\""}}});
    ASSERT_TRUE(peer.wait_for_end());
    EXPECT_TRUE(peer.received.starts_with("HTTP/1.1 401 "));
    EXPECT_NE(peer.received.find("WWW-Authenticate: Basic"), std::string::npos);
    ASSERT_EQ(owner.closings.size(), 1u);
    EXPECT_EQ(owner.closings[0].cause, CloseCause::we_closed);
    server->accept(owner.ids.back(), "");  // an answer too late is none
    peer.end();
    EXPECT_TRUE(wait([&] { return server->connection_count() == 0; }));
}

TEST_F(ServerTest, TellsOfAPeerThatLeavesWhileItsUpgradeIsHeld) {
    start();
    owner.accepts = false;
    TestPeer peer = connect();
    peer.send(upgrade_request(""));
    ASSERT_TRUE(wait([&] { return owner.upgrades.size() == 1; }));
    peer.end();
    ASSERT_TRUE(wait([&] { return owner.closings.size() == 1; }));
    EXPECT_EQ(owner.closings[0].cause, CloseCause::peer_gone);
    EXPECT_FALSE(server->is_open(owner.ids.back()));
}

TEST_F(ServerTest, ChecksTheUpgradesHeaders) {
    start();
    const std::string host = "Host: x\r\nUpgrade: websocket\r\n";
    const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    const std::string version = "Sec-WebSocket-Version: 13\r\n";
    const std::map<std::string, std::string> rows = {
        {"GET / HTTP/1.1\r\n" + host + version + "\r\n", "400"},
        {"GET / HTTP/1.1\r\n" + host + version + "Sec-WebSocket-Key: AAAA\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\n" + host + version + "Sec-WebSocket-Key: !!!!\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\n" + host + version + key + key + "\r\n", "400"},
        {"GET / HTTP/1.1\r\n" + host + key + "\r\n", "426"},
        {"GET / HTTP/1.1\r\n" + host + key + "Sec-WebSocket-Version: 8\r\n\r\n", "426"},
        {"POST / HTTP/1.1\r\n" + host + key + version + "\r\n", "405"},
        {"GET / HTTP/1.0\r\n" + host + key + version + "\r\n", "400"},
        {"GET / HTTP/1.1\r\n" + host + key + version + "Content-Length: 1\r\n\r\nx", "400"},
        {"GET / HTTP/1.1\r\n" + host + key + version + "\r\n", "101"},  // no `Connection: Upgrade`
    };
    for (const auto& [request, status] : rows) {
        TestPeer peer = connect();
        peer.send(request);
        ASSERT_TRUE(peer.wait_for("\r\n\r\n")) << request;
        EXPECT_EQ(peer.received.substr(9, 3), status) << request;
        const bool named = peer.received.find("Sec-WebSocket-Version: 13") != std::string::npos;
        EXPECT_EQ(named, status == "426") << request;
    }
}

TEST_F(ServerTest, WantsAnUpgradeWhereHttpIsOff) {
    Server::Options options = test_options();
    options.http = false;
    start(options);
    TestPeer peer = connect();
    peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(peer.wait_for_end());
    EXPECT_TRUE(peer.received.starts_with("HTTP/1.1 426 "));
}

TEST_F(ServerTest, EchoesMessagesOfAllLengths) {
    start();
    owner.echoes = true;
    TestPeer peer = connect_websocket();
    for (const std::size_t size : {0u, 1u, 125u, 126u, 65535u, 65536u, 200'000u}) {
        peer.received.clear();
        const std::string message(size, 'm');
        peer.send_masked(websocket::Opcode::text, message);
        std::string expected;
        websocket::append_frame(expected, websocket::Opcode::text, false, message);
        ASSERT_TRUE(wait([&] { return peer.poll(), peer.received.size() >= expected.size(); }));
        EXPECT_TRUE(peer.received == expected) << size;
    }
}

TEST_F(ServerTest, ReadsAFrameThatComesByteByByte) {
    start();
    TestPeer peer = connect_websocket();
    std::string frame;
    websocket::append_masked_frame(frame, websocket::Opcode::text, false, "slowly", {9, 8, 7, 6});
    for (const char c : frame) {
        peer.send({&c, 1});
        loop.turn(milliseconds{1});
    }
    ASSERT_TRUE(wait([&] { return owner.messages.size() == 1; }));
    EXPECT_EQ(owner.messages[0], "slowly");
}

TEST_F(ServerTest, AnswersPingsAndReportsPongs) {
    start();
    TestPeer peer = connect_websocket();
    peer.received.clear();
    peer.send_masked(websocket::Opcode::ping, "p");
    ASSERT_TRUE(peer.wait_for(std::string{"\x8a\x01p"}));
    server->ping(owner.ids.back());
    ASSERT_TRUE(peer.wait_for(std::string{"\x89\x00", 2}));
    peer.send_masked(websocket::Opcode::pong, "");
    EXPECT_TRUE(wait([&] { return owner.pongs == 1; }));
}

TEST_F(ServerTest, AnswersACloseFrameAndEnds) {
    start();
    TestPeer peer = connect_websocket();
    peer.received.clear();
    peer.send_masked(websocket::Opcode::close, websocket::close_payload(4001, "bye"));
    ASSERT_TRUE(peer.wait_for_end());
    EXPECT_EQ(peer.received, std::string("\x88\x02\x0f\xa1", 4));
    ASSERT_EQ(owner.closings.size(), 1u);
    EXPECT_EQ(owner.closings[0].cause, CloseCause::peer_closed);
    EXPECT_EQ(owner.closings[0].code, 4001);
    EXPECT_EQ(owner.closings[0].detail, "bye");
    peer.end();
    EXPECT_TRUE(wait([&] { return server->connection_count() == 0; }));
}

TEST_F(ServerTest, ClosesWithAHandshake) {
    start();
    TestPeer peer = connect_websocket();
    peer.received.clear();
    server->close(owner.ids.back(), 1001, "off");
    server->send_text(owner.ids.back(), "too late");
    ASSERT_TRUE(peer.wait_for(std::string{"\x88\x05\x03\xe9off"}));
    EXPECT_TRUE(owner.closings.empty());
    peer.send_masked(websocket::Opcode::close, websocket::close_payload(1001, ""));
    ASSERT_TRUE(peer.wait_for_end());
    ASSERT_EQ(owner.closings.size(), 1u);
    EXPECT_EQ(owner.closings[0].cause, CloseCause::we_closed);
    EXPECT_EQ(peer.received.find("too late"), std::string::npos);
}

TEST_F(ServerTest, TellsOfAResetAndForgetsTheId) {
    start();
    TestPeer peer = connect_websocket();
    const SocketId id = owner.ids.back();
    server->set_tag(id, 7);
    EXPECT_EQ(server->tag(id), 7u);
    EXPECT_TRUE(server->is_open(id));
    peer.reset();
    ASSERT_TRUE(wait([&] { return owner.closings.size() == 1; }));
    EXPECT_EQ(owner.closings[0].cause, CloseCause::peer_gone);
    EXPECT_EQ(owner.tags_at_closing.back(), 7u);
    EXPECT_FALSE(server->is_open(id));
    EXPECT_EQ(server->tag(id), 0u);
    TestPeer next = connect_websocket();
    EXPECT_NE(owner.ids.back(), id) << "the slot is the same, the id is not";
    server->send_text(id, "to the dead");
    EXPECT_FALSE(server->is_open(id));
}

TEST_F(ServerTest, TellsOfOurOwnResetAfterTheCall) {
    start();
    TestPeer peer = connect_websocket();
    server->reset(owner.ids.back());
    EXPECT_TRUE(owner.closings.empty()) << "no callback from inside a call";
    ASSERT_TRUE(wait([&] { return owner.closings.size() == 1; }));
    EXPECT_EQ(owner.closings[0].cause, CloseCause::we_closed);
    EXPECT_TRUE(peer.wait_for_end());
}

TEST_F(ServerTest, ResetsAReaderThatDoesNotRead) {
    start();
    TestPeer peer = connect_websocket();
    const std::string message(64 * 1024, 'x');
    const SocketId id = owner.ids.back();
    for (int i = 0; i < 1000 && owner.closings.empty(); ++i) {
        server->send_text(id, message);
        EXPECT_LE(server->unsent_bytes(id),
                  test_options().write_buffer_bytes + message.size() + 16);
        loop.turn(milliseconds{0});
    }
    ASSERT_EQ(owner.closings.size(), 1u);
    EXPECT_EQ(owner.closings[0].cause, CloseCause::slow_reader);
}

TEST_F(ServerTest, WhoDoesNotReadDelaysNobody) {
    start();
    owner.echoes = true;
    TestPeer blocked = connect_websocket();
    const SocketId id = owner.ids.back();
    TestPeer other = connect_websocket();
    for (int i = 0; i < 1000 && server->unsent_bytes(id) == 0; ++i) {
        server->send_text(id, std::string(64 * 1024, 'x'));
        loop.turn(milliseconds{0});
    }
    ASSERT_GT(server->unsent_bytes(id), 0u);
    other.received.clear();
    other.send_masked(websocket::Opcode::text, "still here");
    EXPECT_TRUE(other.wait_for("still here"));
    EXPECT_GT(server->unsent_bytes(id), 0u);
    EXPECT_TRUE(owner.closings.empty());
}

TEST_F(ServerTest, LeavesBytesInTheKernelWhileReadingIsOff) {
    start();
    TestPeer peer = connect_websocket();
    const SocketId id = owner.ids.back();
    owner.pause_after_message = true;
    peer.send_masked(websocket::Opcode::text, "one");
    ASSERT_TRUE(wait([&] { return owner.messages.size() == 1; }));
    peer.send_masked(websocket::Opcode::text, "two");
    peer.send_masked(websocket::Opcode::text, "three");
    for (int i = 0; i < 10; ++i) loop.turn(milliseconds{1});
    EXPECT_EQ(owner.messages.size(), 1u);
    server->read(id, true);
    ASSERT_TRUE(wait([&] { return owner.messages.size() == 2; }));
    for (int i = 0; i < 10; ++i) loop.turn(milliseconds{1});
    EXPECT_EQ(owner.messages.size(), 2u) << "paused again, with a frame already read";
    owner.pause_after_message = false;
    server->read(id, true);
    EXPECT_TRUE(wait([&] { return owner.messages.size() == 3; }));
}

TEST_F(ServerTest, ClosesABrokenWebSocketWithItsCode) {
    start();
    const std::map<std::string, int> rows = {
        {std::string{"\x81\x01x"}, 1002},                        // unmasked
        {std::string{"\xc1\x80\x01\x02\x03\x04"}, 1002},         // RSV1, not negotiated
        {std::string{"\x83\x80\x01\x02\x03\x04"}, 1002},         // reserved opcode
        {std::string{"\x81\x81\x00\x00\x00\x00\xff", 7}, 1007},  // not UTF-8
        {std::string{"\x81\xff\x00\x00\x00\x00\x7f\xff\xff\xff\x01\x01\x01\x01", 14}, 1009},
    };
    for (const auto& [bytes, code] : rows) {
        TestPeer peer = connect_websocket();
        peer.received.clear();
        peer.send(bytes);
        ASSERT_TRUE(peer.wait_for_end()) << code;
        ASSERT_GE(peer.received.size(), 4u);
        EXPECT_EQ(static_cast<std::uint8_t>(peer.received[2]) << 8 |
                      static_cast<std::uint8_t>(peer.received[3]),
                  code);
        ASSERT_FALSE(owner.closings.empty());
        EXPECT_EQ(owner.closings.back().cause, CloseCause::protocol_error);
        EXPECT_EQ(owner.closings.back().code, code);
    }
}

TEST_F(ServerTest, CompressesWhereItWasOffered) {
    start();
    owner.echoes = true;
    TestPeer peer = connect_websocket("Sec-WebSocket-Extensions: permessage-deflate\r\n");
    EXPECT_NE(peer.received.find("Sec-WebSocket-Extensions: permessage-deflate; "
                                 "server_no_context_takeover; client_no_context_takeover\r\n"),
              std::string::npos);
    peer.received.clear();
    const std::string message(1000, 'z');
    Deflater deflater;
    const auto smaller = deflater.deflate(message, 15);
    ASSERT_TRUE(smaller);
    peer.send_masked(websocket::Opcode::text, *smaller, true);
    ASSERT_TRUE(wait([&] { return peer.poll(), peer.received.size() > 2; }));
    ASSERT_EQ(owner.messages.size(), 1u);
    EXPECT_EQ(owner.messages[0], message);
    EXPECT_EQ(static_cast<std::uint8_t>(peer.received[0]), 0xC1);
    EXPECT_LT(peer.received.size(), 100u);
}

TEST_F(ServerTest, ClosesWhatIsBeyondTheConnectionsAllowed) {
    Server::Options options = test_options();
    options.connections_max = 1;
    start(options);
    TestPeer first = connect_websocket();
    TestPeer second = connect();
    ASSERT_TRUE(second.wait_for_end());
    EXPECT_TRUE(second.received.starts_with("HTTP/1.1 503 "));
    EXPECT_EQ(server->connection_count(), 1u);
}

TEST_F(ServerTest, SaysWhichPortIsTaken) {
    start();
    Server::Options options = test_options();
    options.port = server->port();
    try {
        const Server second{loop, owner, options};
        FAIL() << "two listeners on one port";
    } catch (const Fault& fault) {
        EXPECT_EQ(fault.kind(), Fault::Kind::fatal);
        EXPECT_NE(std::string{fault.what()}.find(std::to_string(options.port)), std::string::npos);
    }
}

TEST_F(ServerTest, FindsAPortTakenThatWouldBeShared) {
    Server::Options options = test_options();
    options.share_port = true;
    start(options);
    EXPECT_THROW(check_port_is_free(options.address, server->port()), Fault);
    EXPECT_NO_THROW(check_port_is_free(options.address, 0));
    const std::uint16_t port = server->port();
    server.reset();
    EXPECT_NO_THROW(check_port_is_free(options.address, port));
}

TEST_F(ServerTest, KeepsConnectionsWhenItStopsAccepting) {
    start();
    owner.echoes = true;
    TestPeer peer = connect_websocket();
    server->stop_accepting();
    peer.received.clear();
    peer.send_masked(websocket::Opcode::text, "still");
    EXPECT_TRUE(peer.wait_for("still"));
}

// Deadlines go by the loop's clock, so a clock that is moved by hand shows them at once.
class ServerDeadlineTest : public ServerTest {
protected:
    ~ServerDeadlineTest() override { server.reset(); }  // before its loop

    ManualClock hand{utc_from_micros(1'000'000'000'000'000)};
    Loop slow_loop{hand};
    void start_slow() {
        server = std::make_unique<Server>(slow_loop, owner, test_options());
        owner.server = server.get();
    }
    void pass(seconds time) {
        for (seconds i{0}; i < time; ++i) {
            hand.advance(seconds{1});
            slow_loop.turn(milliseconds{1});
        }
    }
};

TEST_F(ServerDeadlineTest, EndsASlowHeader) {
    start_slow();
    TestPeer peer{slow_loop, server->port()};
    peer.send("GET / HT");
    pass(limits::http_header_deadline - seconds{2});
    EXPECT_EQ(server->connection_count(), 1u);
    peer.send("TP/1.1\r\nHost: x\r\n");
    pass(seconds{4});
    EXPECT_EQ(server->connection_count(), 0u);
}

TEST_F(ServerDeadlineTest, EndsASilentConnectionAndAnIdleOne) {
    start_slow();
    owner.respond_with = [](const Request&) { return Response{}; };
    TestPeer silent{slow_loop, server->port()};
    TestPeer idle{slow_loop, server->port()};
    idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(idle.wait_for("\r\n\r\n"));
    pass(limits::http_header_deadline + seconds{2});
    EXPECT_EQ(server->connection_count(), 1u) << "the silent one ended, the idle one may wait";
    pass(limits::http_idle_deadline);
    EXPECT_EQ(server->connection_count(), 0u);
    ASSERT_EQ(owner.closings.size(), 1u);
    EXPECT_EQ(owner.closings[0].cause, CloseCause::deadline);
}

TEST_F(ServerDeadlineTest, WaitsForACloseFrameFiveSecondsOnly) {
    start_slow();
    TestPeer peer{slow_loop, server->port()};
    peer.send(upgrade_request(""));
    ASSERT_TRUE(peer.wait_for("\r\n\r\n"));
    pass(minutes{2});
    EXPECT_EQ(server->connection_count(), 1u) << "an idle WebSocket has no deadline of ours";
    server->close(owner.ids.back(), 1000, "");
    pass(limits::close_handshake_deadline + seconds{2});
    ASSERT_EQ(owner.closings.size(), 1u);
    EXPECT_EQ(owner.closings[0].cause, CloseCause::deadline);
    EXPECT_EQ(server->connection_count(), 0u);
}

TEST_F(ServerDeadlineTest, DrainsFiveSecondsOnly) {
    start_slow();
    TestPeer peer{slow_loop, server->port()};
    peer.send(upgrade_request(""));
    ASSERT_TRUE(peer.wait_for("\r\n\r\n"));
    peer.send_masked(websocket::Opcode::close, "");
    ASSERT_TRUE(peer.wait_for_end());
    EXPECT_EQ(owner.closings.size(), 1u);
    EXPECT_EQ(server->connection_count(), 1u) << "the peer has not ended its side";
    pass(limits::close_handshake_deadline + seconds{2});
    EXPECT_EQ(server->connection_count(), 0u);
    EXPECT_EQ(owner.closings.size(), 1u);
}

}  // namespace
}  // namespace ohm::net
