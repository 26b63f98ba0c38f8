// URLs of what our own programs connect to. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "net/client.hpp"

namespace ohm::net {

// `ws://host:3000/path`, `https://[::1]`: empty host where its scheme is none of `plain` and `tls`,
// or where it is no such URL.
struct Url {
    Endpoint endpoint;
    std::string path;  // "/" at least
};
Url parse_url(std::string_view text, std::string_view plain, std::string_view tls);

}  // namespace ohm::net
