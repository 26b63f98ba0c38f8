#include "net/listener.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.hpp"

namespace ohm::net {
namespace {

constexpr int listen_backlog = 4096;

void set(int descriptor, int level, int option, int value) {
    ::setsockopt(descriptor, level, option, &value, sizeof value);
}

// Numeric addresses only; size 0 where it is none.
Address numeric(const std::string& host, std::uint16_t port) {
    Address address;
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        std::memcpy(&address.bytes, &v4, sizeof v4);
        address.size = sizeof v4;
    } else if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        std::memcpy(&address.bytes, &v6, sizeof v6);
        address.size = sizeof v6;
    }
    return address;
}

int open_socket(int family) {
    return ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

int bind_socket(const Address& address, bool share_port) {
    const int descriptor = open_socket(address.bytes.ss_family);
    if (descriptor < 0) return -1;
    set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
    if (share_port) set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1);
    if (address.bytes.ss_family == AF_INET6) set(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&address.bytes), address.size) == 0 &&
        ::listen(descriptor, listen_backlog) == 0)
        return descriptor;
    const int error = errno;
    ::close(descriptor);
    errno = error;
    return -1;
}

[[noreturn]] void away(const std::string& what, const std::string& why) {
    throw Fault{Fault::Kind::away, what + ": " + why};
}

}  // namespace

int listen_on(const std::string& address, std::uint16_t port, bool share_port) {
    const Address wanted = numeric(address, port);
    if (wanted.size == 0)
        throw Fault{Fault::Kind::fatal, "cannot listen on " + address + ": not an IP address"};
    int descriptor = bind_socket(wanted, share_port);
    const bool no_ipv6 = descriptor < 0 && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL);
    if (no_ipv6 && address == "::") descriptor = bind_socket(numeric("0.0.0.0", port), share_port);
    if (descriptor >= 0) return descriptor;
    throw Fault{Fault::Kind::fatal, "cannot listen on " + address + " port " +
                                        std::to_string(port) + ": " + std::strerror(errno)};
}

void check_port_is_free(const std::string& address, std::uint16_t port) {
    if (port != 0) ::close(listen_on(address, port, false));
}

std::uint16_t bound_port(int descriptor) {
    Address address;
    address.size = sizeof address.bytes;
    ENSURE(::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address.bytes), &address.size) ==
           0);
    if (address.bytes.ss_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &address.bytes, sizeof v6);
        return ntohs(v6.sin6_port);
    }
    sockaddr_in v4{};
    std::memcpy(&v4, &address.bytes, sizeof v4);
    return ntohs(v4.sin_port);
}

Peer peer_of(int descriptor) {
    Address address;
    address.size = sizeof address.bytes;
    Peer peer;
    if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&address.bytes), &address.size) != 0)
        return peer;
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.bytes.ss_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &address.bytes, sizeof v6);
        // An IPv4 peer of a dual-stack listener is shown as what it is.
        if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr))
            ::inet_ntop(AF_INET, v6.sin6_addr.s6_addr + 12, text.data(), text.size());
        else
            ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
        peer.port = ntohs(v6.sin6_port);
    } else {
        sockaddr_in v4{};
        std::memcpy(&v4, &address.bytes, sizeof v4);
        ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
        peer.port = ntohs(v4.sin_port);
    }
    peer.address = text.data();
    return peer;
}

void tune_connection(int descriptor, seconds user_timeout) {
    set(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
    const milliseconds timeout = user_timeout;
    set(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(timeout.count()));
}

std::size_t raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

Address resolve(const std::string& host, std::uint16_t port) {
    const Address address = numeric(host, port);
    if (address.size != 0) return address;
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    if (error != 0 || found == nullptr) away("cannot resolve " + host, ::gai_strerror(error));
    Address first;
    std::memcpy(&first.bytes, found->ai_addr, found->ai_addrlen);
    first.size = found->ai_addrlen;
    ::freeaddrinfo(found);
    return first;
}

int start_connecting(const Address& to, const std::string& source_address) {
    const int descriptor = open_socket(to.bytes.ss_family);
    if (descriptor < 0) away("socket", std::strerror(errno));
    tune_connection(descriptor, seconds{20});
    bool good = true;
    if (!source_address.empty()) {
        // The port is chosen at connect, by destination: otherwise ports run out per address.
        set(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
        const Address source = numeric(source_address, 0);
        good =
            source.size != 0 &&
            ::bind(descriptor, reinterpret_cast<const sockaddr*>(&source.bytes), source.size) == 0;
    }
    if (good)
        good = ::connect(descriptor, reinterpret_cast<const sockaddr*>(&to.bytes), to.size) == 0 ||
               errno == EINPROGRESS;
    if (good) return descriptor;
    const int error = errno;
    ::close(descriptor);
    away("cannot connect", std::strerror(error));
}

}  // namespace ohm::net
