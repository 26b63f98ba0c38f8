// Bodies in pieces, both ways, over real loopback sockets.
#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "net/server.hpp"
#include "net/test_peer.hpp"

namespace ohm::net {
namespace {

using testing::test_options;
using testing::TestOwner;
using testing::TestPeer;

class ServerStream : public ::testing::Test {
protected:
    ServerStream() {
        owner.server = &server;
        owner.streams = true;
    }
    bool wait(const std::function<bool()>& condition) { return testing::wait(loop, condition); }
    void turn(int rounds) {
        for (int i = 0; i < rounds; ++i) loop.turn(milliseconds{1});
    }

    SystemClock clock;
    Loop loop{clock};
    TestOwner owner;
    Server server{loop, owner, test_options()};
};

TEST_F(ServerStream, ABodyWaitsUntilItsOwnerReads) {
    TestPeer peer{loop, server.port()};
    peer.send("PUT /f HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel");
    ASSERT_TRUE(wait([&] { return owner.requests.size() == 1; }));
    turn(5);
    EXPECT_EQ(owner.streamed, "");
    EXPECT_EQ(owner.requests[0].header("content-length"), "5");
    server.read(owner.ids[0], true);
    ASSERT_TRUE(wait([&] { return owner.streamed == "hel"; }));
    EXPECT_FALSE(owner.stream_ended);
    peer.send("loGET /next HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(wait([&] { return owner.stream_ended; }));
    EXPECT_EQ(owner.streamed, "hello");
    EXPECT_EQ(owner.requests.size(), 1u);
    server.respond(owner.ids[0], {.status = 201});
    ASSERT_TRUE(wait([&] { return owner.requests.size() == 2; })) << "the connection goes on";
    EXPECT_EQ(owner.requests[1].path(), "/next");
}

TEST_F(ServerStream, AStreamIsNotBoundedByTheSizeOfGatheredBodies) {
    const std::size_t size = 3 * test_options().body_bytes;
    TestPeer peer{loop, server.port()};
    peer.send("PUT /f HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n");
    ASSERT_TRUE(wait([&] { return owner.requests.size() == 1; }));
    server.read(owner.ids[0], true);
    peer.send(std::string(size, 'a'));
    ASSERT_TRUE(wait([&] { return owner.stream_ended; }));
    EXPECT_EQ(owner.streamed.size(), size);
    EXPECT_LE(owner.largest_piece, limits::receive_buffer_bytes);
}

TEST_F(ServerStream, ABodyThatNobodyStreamsIsBoundedAsEver) {
    owner.streams = false;
    TestPeer peer{loop, server.port()};
    peer.send("PUT /f HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n");
    ASSERT_TRUE(peer.wait_for("HTTP/1.1 413 "));
    EXPECT_TRUE(owner.requests.empty());
}

TEST_F(ServerStream, ChunksComeWithoutTheirFraming) {
    TestPeer peer{loop, server.port()};
    peer.send("POST /f HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    ASSERT_TRUE(wait([&] { return owner.requests.size() == 1; }));
    server.read(owner.ids[0], true);
    peer.send("2;x=y\r\nde\r\n0\r\n\r\n");
    ASSERT_TRUE(wait([&] { return owner.stream_ended; }));
    EXPECT_EQ(owner.streamed, "abcde");
}

TEST_F(ServerStream, APausedBodyStaysInTheKernel) {
    TestPeer peer{loop, server.port()};
    peer.send("PUT /f HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n");
    ASSERT_TRUE(wait([&] { return owner.requests.size() == 1; }));
    server.read(owner.ids[0], true);
    peer.send("ab");
    ASSERT_TRUE(wait([&] { return owner.streamed == "ab"; }));
    server.read(owner.ids[0], false);
    peer.send("cd");
    turn(10);
    EXPECT_EQ(owner.streamed, "ab");
    server.read(owner.ids[0], true);
    EXPECT_TRUE(wait([&] { return owner.streamed == "abcd"; }));
}

TEST_F(ServerStream, SendsContinueOnlyWhenTheOwnerReads) {
    TestPeer peer{loop, server.port()};
    peer.send("PUT /f HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    ASSERT_TRUE(wait([&] { return owner.requests.size() == 1; }));
    turn(5);
    peer.poll();
    EXPECT_EQ(peer.received, "");
    server.read(owner.ids[0], true);
    EXPECT_TRUE(peer.wait_for("100 Continue"));
}

TEST_F(ServerStream, AnAnswerBeforeTheEndOfTheBodyEndsTheConnection) {
    TestPeer peer{loop, server.port()};
    peer.send("PUT /f HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc");
    ASSERT_TRUE(wait([&] { return owner.requests.size() == 1; }));
    server.respond(owner.ids[0], {.status = 413, .body = "no"});
    ASSERT_TRUE(peer.wait_for("\r\n\r\nno"));
    EXPECT_NE(peer.received.find("Connection: close"), std::string::npos);
    peer.send(std::string(50'000, 'b'));
    turn(10);
    EXPECT_EQ(owner.streamed, "");
    ASSERT_EQ(owner.closings.size(), 1u);
    EXPECT_EQ(owner.closings[0].cause, CloseCause::we_closed);
}

TEST_F(ServerStream, TheOwnerHearsOfAPeerThatGoes) {
    TestPeer peer{loop, server.port()};
    peer.send("PUT /f HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc");
    ASSERT_TRUE(wait([&] { return owner.requests.size() == 1; }));
    server.read(owner.ids[0], true);
    ASSERT_TRUE(wait([&] { return owner.streamed == "abc"; }));
    peer.end();
    ASSERT_TRUE(wait([&] { return owner.closings.size() == 1; }));
    EXPECT_FALSE(owner.stream_ended);
}

TEST_F(ServerStream, AnAnswerInPiecesGoesAsFastAsItIsRead) {
    owner.streams = false;
    constexpr std::size_t piece = 64 * 1024, pieces = 200;
    std::size_t sent = 0;
    owner.when_drained = [&](SocketId socket) {
        server.send_body(socket, std::string(piece, static_cast<char>('a' + sent % 26)));
        ++sent;
    };
    TestPeer peer{loop, server.port()};
    peer.send("GET /f HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(wait([&] { return owner.requests.size() == 1; }));
    server.begin(owner.ids[0], {.headers = {{"X-File", "1"}}}, piece * pieces);
    turn(200);
    EXPECT_LT(sent, pieces) << "a peer that does not read stops the owner";
    EXPECT_LE(server.unsent_bytes(owner.ids[0]), piece);
    ASSERT_TRUE(wait([&] { return peer.poll(), sent == pieces; }));
    const auto head = peer.received.find("\r\n\r\n");
    ASSERT_TRUE(
        wait([&] { return peer.poll(), peer.received.size() >= head + 4 + piece * pieces; }));
    EXPECT_NE(peer.received.find("Content-Length: " + std::to_string(piece * pieces)),
              std::string::npos);
    peer.send("GET /g HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(wait([&] { return owner.requests.size() == 2; }));
}

TEST_F(ServerStream, HeadGetsTheLengthOfWhatIsNotSent) {
    owner.streams = false;
    bool asked = false;
    owner.when_drained = [&](SocketId) { asked = true; };
    TestPeer peer{loop, server.port()};
    peer.send("HEAD /f HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    ASSERT_TRUE(wait([&] { return owner.requests.size() == 1; }));
    server.begin(owner.ids[0], {}, 12345);
    ASSERT_TRUE(peer.wait_for_end());
    EXPECT_NE(peer.received.find("Content-Length: 12345\r\n"), std::string::npos);
    EXPECT_FALSE(asked);
}

}  // namespace
}  // namespace ohm::net
