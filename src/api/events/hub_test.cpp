#include "api/events/hub.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.hpp"

namespace ohm::api::events {
namespace {

// A server whose sockets are the followers', and a client that only stays.
class HubTest : public testing::Test, public net::Server::Owner {
protected:
    void on_request(net::SocketId socket, net::Request&&, const net::Peer&) override {
        server_.begin_stream(socket, {.status = 200, .headers = {}, .body = {}});
        asked_.push_back(socket);
    }
    void on_upgrade(net::SocketId, net::Request&&, const net::Peer&) override {}
    void on_message(net::SocketId, std::string_view, bool) override {}
    void on_pong(net::SocketId) override {}
    void on_closed(net::SocketId socket, const net::Closed&) override {
        hub_.forget(server_, socket);
    }

    net::SocketId connect() {
        const std::size_t before = asked_.size();
        const int client = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(server_.port());
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(client, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
        constexpr std::string_view head = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        EXPECT_EQ(::send(client, head.data(), head.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(head.size()));
        for (int i = 0; i < 2'000 && asked_.size() == before; ++i) loop_.turn(milliseconds{1});
        clients_.push_back(client);
        return asked_.size() > before ? asked_.back() : net::SocketId{};
    }
    void follow(net::SocketId socket, bool hides_tokens) {
        Follower follower;
        follower.server = &server_;
        follower.socket = socket;
        follower.form = Form::server_sent;
        follower.key_digest = "k";
        follower.hides_tokens = hides_tokens;
        hub_.add(std::move(follower));
    }
    void TearDown() override {
        for (const int client : clients_) ::close(client);
    }

    SystemClock clock_;
    net::Loop loop_{clock_};
    Readers readers_{loop_, 0, {}};
    Hub hub_{loop_, readers_, 1, {[](bool) {}}};
    net::Server server_{loop_, *this,
                        net::Server::Options{.address = "127.0.0.1",
                                             .header_bytes = limits::http_header_bytes,
                                             .body_bytes = limits::http_body_bytes,
                                             .message_bytes = limits::frame_bytes,
                                             .write_buffer_bytes = 1024 * 1024}};
    std::vector<net::SocketId> asked_;
    std::vector<int> clients_;
};

TEST_F(HubTest, ASocketThatHasClosedTakesNoPlace) {
    follow(net::SocketId{12'345}, false);
    EXPECT_EQ(hub_.count(), 0u);
    follow(connect(), false);
    EXPECT_EQ(hub_.count(), 1u);
}

TEST_F(HubTest, EndsWhoIsToldMoreThanTheCallerMaySee) {
    follow(connect(), false);
    follow(connect(), true);
    ASSERT_EQ(hub_.count(), 2u);
    hub_.end_without_key([](const Follower& follower) { return follower.hides_tokens; });
    for (int i = 0; i < 2'000 && hub_.count() == 2; ++i) loop_.turn(milliseconds{1});
    EXPECT_EQ(hub_.count(), 1u);
}

}  // namespace
}  // namespace ohm::api::events
