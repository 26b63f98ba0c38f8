// Addresses and descriptors of the system: listening, connecting, and who the peer is. Internal to
// net.
#pragma once

#include <cstdint>
#include <string>
#include <sys/socket.h>
#include <vector>

#include "base/time.hpp"
#include "net/server.hpp"

namespace ohm::net {

// Throw Fault{fatal} with one sentence.
int listen_on(const std::string& address, std::uint16_t port, bool share_port);
std::uint16_t bound_port(int descriptor);
Peer peer_of(int descriptor);
void tune_connection(int descriptor, seconds user_timeout);

// Raises the soft descriptor limit to the hard one; returns it.
std::size_t raise_descriptor_limit();

struct Address {
    sockaddr_storage bytes{};
    socklen_t size = 0;
};
// Throws Fault{away}: a name that does not resolve now may do so later. Blocks.
Address resolve(const std::string& host, std::uint16_t port);
// A non-blocking socket on its way; throws Fault{away}.
int start_connecting(const Address& to, const std::string& source_address);

}  // namespace ohm::net
