// One event loop of a worker: its listeners (plain and TLS), its stations, its timer. Runs on a
// thread that Worker starts.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "base/random.hpp"
#include "net/loop.hpp"
#include "net/server.hpp"
#include "worker/station_loop.hpp"

namespace ohm::worker {

struct ListenOptions {
    std::string address = "::";
    std::uint16_t port = 3000;
    std::uint16_t tls_port = 3443;
    net::Server::Tls tls;  // without certificate file: no TLS listener
    std::size_t frame_bytes = 0;
};

class WorkerLoop final : private net::Server::Owner, private Sockets {
public:
    WorkerLoop(const LoopOptions& options, const ListenOptions& listen, const Clock& clock,
               bus::WorkerBus& bus);
    ~WorkerLoop() override;

    void start();
    void stop();
    net::Loop& loop() { return loop_; }
    StationLoop& stations() { return stations_; }  // on the loop's thread
    std::uint16_t port() const { return plain_->port(); }
    std::uint16_t tls_port() const { return tls_ ? tls_->port() : 0; }
    void stop_accepting();  // on the loop's thread
    void reload_certificates();

private:
    class TlsOwner;
    net::Server& server_of(net::SocketId socket) const;
    void note_certificates();
    void make_server(std::unique_ptr<net::Server>& server, net::Server::Owner& owner,
                     std::uint16_t port);

    // net::Server::Owner, of the plain listener
    void on_request(net::SocketId socket, net::Request&& request, const net::Peer& peer) override;
    void on_upgrade(net::SocketId socket, net::Request&& request, const net::Peer& peer) override;
    void on_arrival(std::uint32_t tag) override;
    void on_message(net::SocketId socket, std::string_view message, bool text) override;
    void on_pong(net::SocketId socket) override;
    void on_closed(net::SocketId socket, const net::Closed& closed) override;

    // Sockets
    void accept(net::SocketId socket, std::string_view subprotocol) override;
    void refuse(net::SocketId socket, net::Response&& response) override;
    void send_text(net::SocketId socket, std::string_view text) override;
    void ping(net::SocketId socket) override;
    void close(net::SocketId socket, std::uint16_t code, std::string_view reason) override;
    void reset(net::SocketId socket) override;
    void read(net::SocketId socket, bool on) override;
    void set_tag(net::SocketId socket, std::uint32_t tag) override;
    std::uint32_t tag(net::SocketId socket) const override;
    Mono last_byte_at(net::SocketId socket) const override;

    const ListenOptions listen_;
    const bool is_first_;  // of the worker's loops: it warns
    const Clock& clock_;
    net::Loop loop_;
    StationLoop stations_;
    std::unique_ptr<net::Server> plain_;
    std::unique_ptr<TlsOwner> tls_owner_;
    std::unique_ptr<net::Server> tls_;
    std::thread thread_;
};

}  // namespace ohm::worker
