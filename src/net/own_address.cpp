#include "net/own_address.hpp"

#include <arpa/inet.h>
#include <array>
#include <ifaddrs.h>
#include <memory>
#include <net/if.h>
#include <netinet/in.h>

namespace ohm::net {
namespace {

struct Free {
    void operator()(ifaddrs* first) const { ::freeifaddrs(first); }
};

bool is_of_link_only(const in_addr& address) {
    return (ntohl(address.s_addr) >> 16) == 0xA9FE;  // 169.254/16
}

}  // namespace

std::string own_address() {
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0) return "localhost";
    const std::unique_ptr<ifaddrs, Free> owned{first};
    for (const ifaddrs* one = first; one != nullptr; one = one->ifa_next) {
        const bool is_ipv4 = one->ifa_addr != nullptr && one->ifa_addr->sa_family == AF_INET;
        const bool is_up = (one->ifa_flags & IFF_UP) != 0 && (one->ifa_flags & IFF_LOOPBACK) == 0;
        if (!is_ipv4 || !is_up) continue;
        const in_addr& address = reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr;
        std::array<char, INET_ADDRSTRLEN> text{};
        if (is_of_link_only(address)) continue;
        if (::inet_ntop(AF_INET, &address, text.data(), text.size()) != nullptr) return text.data();
    }
    return "localhost";
}

}  // namespace ohm::net
