// A neutral command that is ordered by another path than its own. On the HTTP loop.
#pragma once

#include <string_view>

#include "api/rest/route.hpp"

namespace ohm::api::rest {

// `body` as the command's own operation takes it; answers as that one does.
void send_neutral_as(const SharedExchange& exchange, Service& service, std::string_view name,
                     std::string_view body);

}  // namespace ohm::api::rest
