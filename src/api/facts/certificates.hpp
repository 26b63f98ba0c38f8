// Certificate requests of stations: those that can be read wait for a certificate authority, the
// others are refused. Called by handlers.
#pragma once

#include <string_view>

#include "api/dispatch.hpp"

namespace ohm::api {

// Whether it was taken. The same request again is one row.
bool take_certificate_request(Handler& handler, std::string_view csr,
                              std::string_view certificate_type);

}  // namespace ohm::api
