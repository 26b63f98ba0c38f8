// Where requests of ours may go: which URLs are read at all, which ports and addresses are open to
// whom. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace ohm::egress {

// Who named the URL: an operator, or a station, of which anything may come.
enum class Source : std::uint8_t { operators, stations };

struct Url {
    std::string text;    // as it is asked for
    std::string scheme;  // http or https
    std::string host;    // lower case, without brackets
    std::uint16_t port = 0;
    std::string address;  // 4 or 16 bytes, where the host is an address and no name
};
// Strictly: what two readers of URLs could take in two ways is refused, and so is every spelling of
// an address but the usual one.
Result<Url> read_url(std::string_view text);

enum class Reach : std::uint8_t {
    open,         // the internet
    own_network,  // loopback and private ranges
    never,        // link-local and metadata services, multicast, reserved
};
Reach reach_of(std::span<const std::uint8_t> address);  // 4 or 16 bytes; others: never

struct Rules {
    bool webhooks_to_own_network = false;  // OHM_WEBHOOK_ALLOW_PRIVATE
    std::vector<std::string> allowed;      // OHM_EGRESS_ALLOW: `host` or `host:port`
};
std::vector<std::string> allowed_hosts(std::string_view comma_list);

// What a permitted URL may be connected to.
struct Permit {
    bool own_network = false;
    bool opens(Reach reach) const {
        return reach == Reach::open || (reach == Reach::own_network && own_network);
    }
};
Result<Permit> check(const Url& url, Source source, const Rules& rules);

}  // namespace ohm::egress
