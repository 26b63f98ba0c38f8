// Which pages of other origins browsers let use REST (CORS): with an API key that the page has. The
// cookie of a sign-in is never theirs to use. Read once at start; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/http.hpp"

namespace ohm::api::rest {

class OtherOrigins {
public:
    OtherOrigins() = default;  // none
    // "https://app.example, http://localhost:5173", or "*". Throws Fault{fatal} where one is no
    // origin.
    explicit OtherOrigins(std::string_view comma_list);

    // To every answer: nothing where no origin is named.
    void add_headers(const net::Request& request, net::Response& response) const;
    // To OPTIONS before a request that browsers ask about first.
    void add_preflight(const net::Request& request, std::string_view methods,
                       net::Response& response) const;

private:
    bool takes(std::string_view origin) const;

    std::vector<std::string> origins_;
    bool takes_all_ = false;
};

}  // namespace ohm::api::rest
