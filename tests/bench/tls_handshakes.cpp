// TLS handshakes a second: our server beside a bare OpenSSL one that does nothing else, the same
// clients and certificate (ECDSA P-256, TLS 1.3) for both. Every client connects, shakes hands,
// closes, and begins anew. CPU is the server process's own. One JSON line a server:
//   tls_handshakes [SECONDS] [CLIENTS]
#include <algorithm>
#include <arpa/inet.h>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "base/limits.hpp"
#include "net/server.hpp"
#include "net/test_certificates.hpp"

namespace {

using namespace ohm;

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

const sockaddr* generic(const sockaddr_in& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

// At once and without TIME_WAIT: the ports are soon needed again.
void reset(int descriptor) {
    const linger at_once{1, 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(descriptor);
}

// Accepts, shakes hands, waits for the peer's end, and so on: one connection at a time.
void serve_bare(std::uint16_t port, const std::string& certificate, const std::string& key) {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate_chain_file(context, certificate.c_str());
    SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 0);
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const sockaddr_in address = loopback(port);
    if (::bind(listener, generic(address), sizeof address) != 0 || ::listen(listener, 1024) != 0)
        ::_exit(1);
    while (true) {
        const int descriptor = ::accept(listener, nullptr, nullptr);
        if (descriptor < 0) continue;
        ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        SSL* session = SSL_new(context);
        SSL_set_fd(session, descriptor);
        SSL_accept(session);
        SSL_free(session);
        ::close(descriptor);
    }
}

class Nobody final : public net::Server::Owner {
public:
    void on_request(net::SocketId, net::Request&&, const net::Peer&) override {}
    void on_upgrade(net::SocketId, net::Request&&, const net::Peer&) override {}
    void on_message(net::SocketId, std::string_view, bool) override {}
    void on_pong(net::SocketId) override {}
    void on_closed(net::SocketId, const net::Closed&) override {}
};

void serve_ours(std::uint16_t port, const std::string& certificate, const std::string& key) {
    const SystemClock clock;
    net::Loop loop{clock};
    Nobody nobody;
    net::Server server{loop,
                       nobody,
                       {.address = "127.0.0.1",
                        .port = port,
                        .header_bytes = limits::http_header_bytes,
                        .body_bytes = 0,
                        .message_bytes = limits::frame_bytes,
                        .write_buffer_bytes = limits::write_buffer_bytes}};
    server.use_tls({.certificate_file = certificate, .key_file = key, .client_ca_file = ""});
    loop.run();
}

int connect_to(std::uint16_t port) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(port);
    const timeval patience{5, 0};
    const int on = 1;
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(descriptor, generic(address), sizeof address) == 0) return descriptor;
    ::close(descriptor);
    return -1;
}

void be_client(std::uint16_t port, const std::atomic<bool>& ended, std::atomic<std::uint64_t>& done,
               std::atomic<std::uint64_t>& failed) {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
    while (!ended) {
        const int descriptor = connect_to(port);
        if (descriptor < 0) {
            ++failed;
            ::usleep(1'000);
            continue;
        }
        SSL* session = SSL_new(context);
        SSL_set_fd(session, descriptor);
        if (SSL_connect(session) == 1)
            ++done;
        else
            ++failed;
        SSL_free(session);
        reset(descriptor);
    }
    SSL_CTX_free(context);
}

void measure(const char* name, std::uint16_t port, int seconds_long, int clients,
             const std::function<void()>& serve) {
    const pid_t server = ::fork();
    if (server == 0) {
        ::alarm(static_cast<unsigned>(seconds_long) +
                20);  // never outlives a bench that was killed
        serve();
        ::_exit(0);
    }
    int probe = -1;
    for (int i = 0; i < 500 && probe < 0; ++i, ::usleep(10'000)) probe = connect_to(port);
    if (probe >= 0) reset(probe);
    std::atomic<bool> ended{false};
    std::atomic<std::uint64_t> done{0}, failed{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < clients; ++i)
        threads.emplace_back([&] { be_client(port, ended, done, failed); });
    ::sleep(static_cast<unsigned>(seconds_long));
    const auto count = static_cast<double>(done);
    ended = true;
    for (std::thread& thread : threads) thread.join();
    ::kill(server, SIGTERM);
    rusage usage{};
    ::wait4(server, nullptr, 0, &usage);
    const auto us = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
    };
    const auto all = static_cast<double>(done);
    std::printf(R"({"server":"%s","handshakes_per_s":%.0f,"server_user_us":%.1f,)"
                R"("server_system_us":%.1f,"failed":%llu})"
                "\n",
                name, count / seconds_long, us(usage.ru_utime) / all, us(usage.ru_stime) / all,
                static_cast<unsigned long long>(failed.load()));
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    const int seconds_long = argc > 1 ? std::max(1, std::atoi(argv[1])) : 5;
    const int clients = argc > 2 ? std::max(1, std::atoi(argv[2])) : 8;
    net::testing::Certificates certificates;
    certificates.make("server", "localhost", net::testing::KeyKind::ecdsa, "");
    const std::string certificate = certificates.certificate("server");
    const std::string key = certificates.key("server");
    const auto port = static_cast<std::uint16_t>(10'000 + ::getpid() % 20'000);
    for (int round = 0; round < 2; ++round) {
        measure("bare OpenSSL", port, seconds_long, clients,
                [&] { serve_bare(port, certificate, key); });
        measure("ours", static_cast<std::uint16_t>(port + 1), seconds_long, clients,
                [&] { serve_ours(static_cast<std::uint16_t>(port + 1), certificate, key); });
    }
    return 0;
}
