// For tests of net: an owner that records, and a bare socket driven on the same thread as the loop.
#pragma once

#include <algorithm>
#include <arpa/inet.h>
#include <functional>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "net/server.hpp"
#include "net/websocket.hpp"

namespace ohm::net::testing {

inline bool wait(Loop& loop, const std::function<bool()>& condition) {
    for (int i = 0; i < 2000; ++i) {
        if (condition()) return true;
        loop.turn(milliseconds{2});
    }
    return condition();
}

inline Server::Options test_options() {
    return {.address = "127.0.0.1",
            .header_bytes = 8192,
            .body_bytes = 1 << 20,
            .message_bytes = 256 * 1024,
            .write_buffer_bytes = 256 * 1024};
}

inline std::string upgrade_request(const std::string& headers) {
    return "GET /ocpp/CP1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
           headers + "\r\n";
}

struct TestOwner final : Server::Owner {
    Server* server = nullptr;
    bool accepts = true;
    bool echoes = false;
    bool pause_after_message = false;
    std::function<Response(const Request&)> respond_with;
    bool streams = false;
    std::string streamed;
    std::size_t pieces = 0, largest_piece = 0;
    bool stream_ended = false;
    std::function<void(SocketId)> when_drained;
    std::vector<SocketId> ids;
    std::vector<Peer> peers;
    std::vector<Request> requests, upgrades;
    std::vector<std::string> messages;
    std::vector<Closed> closings;
    std::vector<std::uint32_t> tags_at_closing;
    int pongs = 0;

    void on_request(SocketId socket, Request&& request, const Peer& peer) override {
        ids.push_back(socket);
        peers.push_back(peer);
        requests.push_back(std::move(request));
        if (respond_with) server->respond(socket, respond_with(requests.back()));
    }
    bool takes_stream(const Request&) override { return streams; }
    void on_body(SocketId, std::string&& piece, bool last) override {
        ++pieces;
        largest_piece = std::max(largest_piece, piece.size());
        streamed += piece;
        stream_ended = last;
    }
    void on_drained(SocketId socket) override {
        if (when_drained) when_drained(socket);
    }
    void on_upgrade(SocketId socket, Request&& request, const Peer& peer) override {
        ids.push_back(socket);
        peers.push_back(peer);
        upgrades.push_back(std::move(request));
        if (accepts) server->accept(socket, "");
    }
    void on_message(SocketId socket, std::string_view message, bool) override {
        messages.emplace_back(message);
        if (pause_after_message) server->read(socket, false);
        if (echoes) server->send_text(socket, message);
    }
    void on_pong(SocketId) override { ++pongs; }
    void on_closed(SocketId socket, const Closed& closed) override {
        tags_at_closing.push_back(server->tag(socket));
        closings.push_back(closed);
    }
};

class TestPeer {
public:
    TestPeer(Loop& loop, std::uint16_t port)
        : loop_{loop}, descriptor_{::socket(AF_INET, SOCK_STREAM, 0)} {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) end();
    }
    TestPeer(TestPeer&& other) noexcept
        : received{std::move(other.received)},
          loop_{other.loop_},
          descriptor_{std::exchange(other.descriptor_, -1)},
          ended_{other.ended_} {}
    ~TestPeer() { end(); }

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t count =
                ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (count < 0 && errno != EAGAIN) return;
            if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
            if (!bytes.empty()) loop_.turn(milliseconds{1});
        }
    }
    void send_masked(websocket::Opcode opcode, std::string_view payload, bool compressed = false) {
        std::string frame;
        websocket::append_masked_frame(frame, opcode, compressed, payload,
                                       {0xA1, 0x0B, 0x5C, 0x77});
        send(frame);
    }
    void poll() {
        std::string bytes(1 << 16, '\0');
        for (int i = 0; i < 64; ++i) {
            const ssize_t count = ::recv(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT);
            if (count == 0 || (count < 0 && errno != EAGAIN)) ended_ = true;
            if (count <= 0) return;
            received.append(bytes, 0, static_cast<std::size_t>(count));
        }
    }
    bool wait_for(std::string_view text) {
        return wait(loop_, [&] { return poll(), received.find(text) != std::string::npos; });
    }
    bool ended() const { return ended_; }
    bool wait_for_end() {
        return wait(loop_, [&] { return poll(), ended_; });
    }
    void reset() {
        const linger at_once{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        end();
    }
    void end() {
        if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
    }

    std::string received;

private:
    Loop& loop_;
    int descriptor_;
    bool ended_ = false;
};

}  // namespace ohm::net::testing
