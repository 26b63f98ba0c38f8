// What is looked at before a handler sees a request: its query, its body, its Idempotency-Key.
// Pure; on the HTTP loop.
#pragma once

#include <optional>

#include "api/rest/exchange.hpp"

namespace ohm::api::rest {

std::optional<Problem> check_query(Exchange& exchange);  // and takes it apart
std::optional<Problem> check_body(const Exchange& exchange);
std::optional<Problem> check_idempotency_key(const net::Request& request);

}  // namespace ohm::api::rest
