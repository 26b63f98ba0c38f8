// The network between stations and workers without a network: links that delay, break on one side
// or both, or swallow everything in silence. To a worker it looks like net::Server (worker::Sockets
// and the calls of its owner), to a station like a WebSocket client. One thread; nobody is called
// back from inside a call of his own.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/server.hpp"
#include "schedule.hpp"
#include "worker/sockets.hpp"

namespace ohm::world {

using LinkId = Id<struct LinkTag, std::uint64_t>;

class SimNet {
public:
    // The station's end of a link.
    class Client {
    public:
        virtual ~Client() = default;
        virtual void on_open(LinkId link, std::string_view subprotocol) = 0;
        virtual void on_message(LinkId link, std::string_view text) = 0;
        // Also where the upgrade was refused: then with the HTTP status and the body.
        virtual void on_closed(LinkId link, std::uint16_t code, std::string_view reason) = 0;
        virtual void on_refused(LinkId link, const net::Response& response) = 0;
    };
    // The worker's end of all its links: what net::Server::Owner is told.
    class Host {
    public:
        virtual ~Host() = default;
        virtual void on_upgrade(net::SocketId socket, const net::Request& request,
                                const net::Peer& peer) = 0;
        virtual void on_message(net::SocketId socket, std::string_view text) = 0;
        virtual void on_pong(net::SocketId socket) = 0;
        virtual void on_closed(net::SocketId socket, const net::Closed& closed) = 0;
    };

    SimNet(Schedule& schedule, Delay delay) : schedule_{schedule}, delay_{delay} {}

    // ---- the stations' side ----
    // `host` null: refused by TCP. `peer`: what the host hears of TLS and a certificate.
    LinkId connect(Client& client, Host* host, net::Request&& request, net::Peer peer = {});
    void send(LinkId link, std::string_view text);
    void close(LinkId link, std::uint16_t code, std::string_view reason);

    // ---- the worker's side ----
    std::unique_ptr<worker::Sockets> sockets_of();
    void host_died(Host& host);  // its sockets are reset by the kernel

    // ---- faults ----
    void cut(LinkId link);                   // a reset that both sides see
    void lose_station_side(LinkId link);     // the station sees a reset, the worker nothing
    void fall_silent(LinkId link);           // nothing passes any more, nobody is told
    std::vector<LinkId> open_links() const;  // open at both ends and not silent
    bool is_sound(LinkId link) const;

    std::size_t link_count() const { return links_.size(); }
    std::uint64_t silences() const { return silences_; }

private:
    class Sockets;
    struct Link {
        LinkId id;
        Client* client = nullptr;
        Host* host = nullptr;
        bool client_open = true, client_upgraded = false;  // the station believes in it
        bool host_open = true, accepted = false;           // the worker does
        bool silent = false, reading = true, closing = false, dying = false;
        Mono to_client{}, to_host{};  // when the last thing sent arrives: order is kept
        Mono last_byte{};
        std::uint32_t tag = 0;
        std::vector<std::string> unread;
        net::Closed host_verdict{net::CloseCause::we_closed, 0, ""};
    };
    Link* find(LinkId link);
    const Link* find(LinkId link) const;
    void to_client(Link& link, std::function<void(Link&)> what);
    void to_host(Link& link, std::function<void(Link&)> what);
    void end_at_client(Link& link, std::uint16_t code, std::string_view reason);
    void end_at_host(LinkId link, net::CloseCause cause, std::uint16_t code,
                     std::string_view detail);
    void forget_if_over(LinkId link);
    void worker_wrote(Link& link);
    void deliver(Link& link, std::string_view text);
    void read_again(Link& link);

    Schedule& schedule_;
    Delay delay_;
    std::map<LinkId, std::unique_ptr<Link>> links_;
    std::uint64_t last_link_ = 0;
    std::uint64_t silences_ = 0;
};

}  // namespace ohm::world
