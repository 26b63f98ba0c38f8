// Writes that are to make something, and to change nothing that is there (RFC 9110 §13.1.2).
#pragma once

#include "api/rest/exchange.hpp"

namespace ohm::api::rest {

// A PUT with If-None-Match: *.
bool must_be_new(const Exchange& exchange);
Problem exists_already(std::string_view what);

}  // namespace ohm::api::rest
