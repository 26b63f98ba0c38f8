// Which proxies are believed when they say whom a request came from. Read once at start; any
// thread.
#pragma once

#include <string>
#include <string_view>

#include "api/rest/networks.hpp"
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
    Networks networks_;
};

}  // namespace ohm::api::rest
