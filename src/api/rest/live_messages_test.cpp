#include "api/rest/live_messages.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"

namespace ohm::api::rest {
namespace {

struct Nobody final : net::Server::Owner {
    void on_request(net::SocketId, net::Request&&, const net::Peer&) override {}
    void on_upgrade(net::SocketId, net::Request&&, const net::Peer&) override {}
    void on_message(net::SocketId, std::string_view, bool) override {}
    void on_pong(net::SocketId) override {}
    void on_closed(net::SocketId, const net::Closed&) override {}
};

TEST(LiveMessages, ASocketThatHasClosedTakesNoPlace) {
    SystemClock clock;
    net::Loop loop{clock};
    Readers readers{loop, 0, {}};
    Nobody nobody;
    net::Server server{loop, nobody,
                       net::Server::Options{.address = "127.0.0.1",
                                            .header_bytes = limits::http_header_bytes,
                                            .body_bytes = limits::http_body_bytes,
                                            .message_bytes = limits::frame_bytes,
                                            .write_buffer_bytes = 1024}};
    bool is_watched = false;
    LiveMessages live{
        loop, readers, {[&](bool on) { is_watched = on; }, [](Partition) { return true; }}};
    Exchange exchange;
    exchange.server = &server;
    exchange.socket = net::SocketId{12'345};
    live.add(exchange, {StationNo{1}, "CP1", Partition{0}}, "digest");
    EXPECT_EQ(live.count(), 0u);
    EXPECT_FALSE(is_watched);
}

}  // namespace
}  // namespace ohm::api::rest
