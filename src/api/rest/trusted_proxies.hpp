// Which proxies are believed when they say whom a request came from. Read once at start; any
// thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.hpp"

namespace ohm::api::rest {

class TrustedProxies {
public:
    TrustedProxies() = default;  // none
    // "10.0.0.0/8, ::1": addresses and networks. Throws Fault{fatal} where one is neither.
    explicit TrustedProxies(std::string_view comma_list);

    // The peer, or where that is one of them, the last address of X-Forwarded-For that is none:
    // what stands before that one anybody may have written.
    std::string client_of(const std::string& peer, const net::Request& request) const;

private:
    using Bytes = std::array<std::uint8_t, 16>;  // IPv4 as IPv6 maps it
    struct Network {
        Bytes first{};
        std::size_t bits = 0;
    };
    static bool read(std::string_view text, Bytes& bytes);
    static bool read(std::string_view text, Network& network);
    bool contains(const Bytes& address) const;

    std::vector<Network> networks_;
};

}  // namespace ohm::api::rest
