// A listener on loopback that counts who connects and answers with what it was told. It has no
// thread: a test lets it work while it waits. Tests only.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "base/error.hpp"

namespace ohm::egress::testing {

class TestServer {
public:
    TestServer() {
        listener_ = ::socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        const int off = 0;
        ::setsockopt(listener_, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
        sockaddr_in6 any{};
        any.sin6_family = AF_INET6;  // [::], so that every address of this machine leads here
        ENSURE(::bind(listener_, reinterpret_cast<sockaddr*>(&any), sizeof any) == 0);
        ENSURE(::listen(listener_, 64) == 0);
        socklen_t size = sizeof any;
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&any), &size);
        port_ = ntohs(any.sin6_port);
    }
    ~TestServer() {
        for (const Peer& peer : peers_) ::close(peer.socket);
        ::close(listener_);
    }
    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;

    std::string port() const { return std::to_string(port_); }
    // For each request one; with none it stays silent.
    void answer_with(std::string raw) { answer_ = std::move(raw); }

    void work(int wait_ms) {
        std::vector<pollfd> polled{{listener_, POLLIN, 0}};
        for (const Peer& peer : peers_) polled.push_back({peer.socket, POLLIN, 0});
        ::poll(polled.data(), polled.size(), wait_ms);
        for (int one = 0;
             (one = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;)
            peers_.push_back({one, ""}), ++connections;
        for (Peer& peer : peers_) read(peer);
    }

    std::size_t connections = 0;
    std::vector<std::string> requests;  // head and body

private:
    struct Peer {
        int socket;
        std::string text;
    };
    void read(Peer& peer) {
        char buffer[4096];
        for (ssize_t n = 0; (n = ::recv(peer.socket, buffer, sizeof buffer, 0)) > 0;)
            peer.text.append(buffer, static_cast<std::size_t>(n));
        const auto head = peer.text.find("\r\n\r\n");
        if (head == std::string::npos) return;
        const auto length = peer.text.find("Content-Length: ");
        const std::size_t body =
            length < head ? std::stoul(peer.text.substr(length + 16)) : std::size_t{0};
        if (peer.text.size() < head + 4 + body) return;
        requests.push_back(std::exchange(peer.text, {}));
        if (!answer_.empty()) ::send(peer.socket, answer_.data(), answer_.size(), MSG_NOSIGNAL);
    }

    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::string answer_;
    std::vector<Peer> peers_;
};

inline std::string ok(const std::string& body, const std::string& headers = "") {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers +
           "\r\n" + body;
}

}  // namespace ohm::egress::testing
