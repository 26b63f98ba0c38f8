// What the worker needs of a network: implemented over net::Server (loop.cpp) and by the simulated
// world. Same contract as net/server.hpp; all calls on the loop's thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "net/server.hpp"

namespace ohm::worker {

class Sockets {
public:
    virtual ~Sockets() = default;
    virtual void accept(net::SocketId socket, std::string_view subprotocol) = 0;
    virtual void refuse(net::SocketId socket, net::Response&& response) = 0;
    virtual void send_text(net::SocketId socket, std::string_view text) = 0;
    virtual void ping(net::SocketId socket) = 0;
    virtual void close(net::SocketId socket, std::uint16_t code, std::string_view reason) = 0;
    virtual void reset(net::SocketId socket) = 0;
    virtual void read(net::SocketId socket, bool on) = 0;
    virtual void set_tag(net::SocketId socket, std::uint32_t tag) = 0;
    virtual std::uint32_t tag(net::SocketId socket) const = 0;
    virtual Mono last_byte_at(net::SocketId socket) const = 0;
};

}  // namespace ohm::worker
