#include "worker/loop.hpp"

#include <algorithm>
#include <optional>

#include "base/limits.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "base/thread.hpp"
#include "net/served.hpp"

namespace ohm::worker {
namespace {

// Two listeners share one space of socket ids: the TLS one's carry the highest bit.
constexpr std::uint64_t tls_bit = std::uint64_t{1} << 63;
constexpr milliseconds tick_interval{250};
constexpr seconds certificates_noted_every{86'400};

bool is_tls(net::SocketId socket) { return (socket.value & tls_bit) != 0; }
net::SocketId inner(net::SocketId socket) { return {socket.value & ~tls_bit}; }
net::SocketId outer(net::SocketId socket) { return {socket.value | tls_bit}; }

}  // namespace

// Passes the TLS listener's events on under their outer ids.
class WorkerLoop::TlsOwner final : public net::Server::Owner {
public:
    explicit TlsOwner(WorkerLoop& to) : to_{to} {}
    void on_request(net::SocketId socket, net::Request&& request, const net::Peer& peer) override {
        to_.on_request(outer(socket), std::move(request), peer);
    }
    void on_upgrade(net::SocketId socket, net::Request&& request, const net::Peer& peer) override {
        to_.on_upgrade(outer(socket), std::move(request), peer);
    }
    void on_arrival(std::uint32_t tag) override { to_.on_arrival(tag); }
    void on_message(net::SocketId socket, std::string_view message, bool text) override {
        to_.on_message(outer(socket), message, text);
    }
    void on_pong(net::SocketId socket) override { to_.on_pong(outer(socket)); }
    void on_closed(net::SocketId socket, const net::Closed& closed) override {
        to_.on_closed(outer(socket), closed);
    }

private:
    WorkerLoop& to_;
};

WorkerLoop::WorkerLoop(const LoopOptions& options, const ListenOptions& listen, const Clock& clock,
                       bus::WorkerBus& bus)
    : listen_{listen},
      is_first_{options.loop == 0},
      clock_{clock},
      loop_{clock},
      stations_{options, clock, *this, bus} {
    make_server(plain_, *this, listen.port);
    if (listen.tls.certificate_file.empty()) return;
    tls_owner_ = std::make_unique<TlsOwner>(*this);
    make_server(tls_, *tls_owner_, listen.tls_port);
    tls_->use_tls(listen.tls);
    note_certificates();
}

WorkerLoop::~WorkerLoop() { stop(); }

// Stations that cannot build the chain stay away for good (quirk A10): it is said ahead of time.
void WorkerLoop::note_certificates() {
    const auto served = net::served_certificates(listen_.tls);
    const auto first =
        std::min_element(served.begin(), served.end(),
                         [](const auto& a, const auto& b) { return a.expires_at < b.expires_at; });
    if (first == served.end()) return;
    stations_.serve(first->subject, micros(first->expires_at));
    const auto left = first->expires_at - clock_.utc();
    if (!is_first_ || left > limits::certificate_warning) return;
    const auto days = std::chrono::duration_cast<std::chrono::hours>(left).count() / 24;
    log::warn("certificate_expires", {{"subject", first->subject},
                                      {"expires_at", to_rfc3339(first->expires_at, 0)},
                                      {"days_left", days}});
}

void WorkerLoop::make_server(std::unique_ptr<net::Server>& server, net::Server::Owner& owner,
                             std::uint16_t port) {
    net::Server::Options options;
    options.address = listen_.address;
    options.port = port;
    options.share_port = true;
    options.http = false;
    options.header_bytes = limits::http_header_bytes;
    options.body_bytes = 0;
    options.message_bytes = listen_.frame_bytes > 0 ? listen_.frame_bytes : limits::frame_bytes;
    options.write_buffer_bytes = limits::write_buffer_bytes;
    server = std::make_unique<net::Server>(loop_, owner, options);
}

void WorkerLoop::start() {
    thread_ = std::thread{[this] {
        name_thread("stations");
        try {
            loop_.every(tick_interval, [this] { stations_.on_tick(); });
            if (tls_) loop_.every(certificates_noted_every, [this] { note_certificates(); });
            loop_.run();
        } catch (const std::exception& error) {
            log::error("station_loop_died", {{"detail", error.what()}});
            log::stop();
            std::abort();  // its stations would hang; the process is restarted by whoever watches
                           // it
        }
    }};
}

void WorkerLoop::stop() {
    loop_.stop();
    if (thread_.joinable()) thread_.join();
}

void WorkerLoop::stop_accepting() {
    plain_->stop_accepting();
    if (tls_) tls_->stop_accepting();
}

void WorkerLoop::reload_certificates() {
    if (!tls_) return;
    try {
        tls_->use_tls(listen_.tls);
        note_certificates();
        log::info("certificates_reloaded", {{"file", listen_.tls.certificate_file}});
    } catch (const Fault& fault) {
        log::error("certificates_not_reloaded", {{"detail", fault.what()}});
    }
}

// ---- from the network ----

void WorkerLoop::on_request(net::SocketId socket, net::Request&&, const net::Peer&) {
    server_of(socket).respond(inner(socket),
                              {.status = 426, .headers = {{"upgrade", "websocket"}}});
}
void WorkerLoop::on_upgrade(net::SocketId socket, net::Request&& request, const net::Peer& peer) {
    stations_.on_upgrade(socket, request, peer);
}
void WorkerLoop::on_arrival(std::uint32_t tag) { stations_.fetch_ahead(tag); }
void WorkerLoop::on_message(net::SocketId socket, std::string_view message, bool text) {
    if (text) return stations_.on_message(socket, message);
    stations_.on_binary(socket, message);
}
void WorkerLoop::on_pong(net::SocketId socket) { stations_.on_pong(socket); }
void WorkerLoop::on_closed(net::SocketId socket, const net::Closed& closed) {
    stations_.on_closed(socket, closed);
}

// ---- Sockets ----

net::Server& WorkerLoop::server_of(net::SocketId socket) const {
    return is_tls(socket) ? *tls_ : *plain_;
}

void WorkerLoop::accept(net::SocketId socket, std::string_view subprotocol) {
    server_of(socket).accept(inner(socket), subprotocol);
}
void WorkerLoop::refuse(net::SocketId socket, net::Response&& response) {
    server_of(socket).refuse(inner(socket), std::move(response));
}
void WorkerLoop::send_text(net::SocketId socket, std::string_view text) {
    server_of(socket).send_text(inner(socket), text);
}
void WorkerLoop::ping(net::SocketId socket) { server_of(socket).ping(inner(socket)); }
void WorkerLoop::close(net::SocketId socket, std::uint16_t code, std::string_view reason) {
    server_of(socket).close(inner(socket), code, reason);
}
void WorkerLoop::reset(net::SocketId socket) { server_of(socket).reset(inner(socket)); }
void WorkerLoop::read(net::SocketId socket, bool on) { server_of(socket).read(inner(socket), on); }
void WorkerLoop::set_tag(net::SocketId socket, std::uint32_t tag) {
    server_of(socket).set_tag(inner(socket), tag);
}
std::uint32_t WorkerLoop::tag(net::SocketId socket) const {
    return server_of(socket).tag(inner(socket));
}
Mono WorkerLoop::last_byte_at(net::SocketId socket) const {
    return server_of(socket).last_byte_at(inner(socket));
}

}  // namespace ohm::worker
