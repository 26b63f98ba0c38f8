// What a station is told that a transaction costs (2.0.1 I02, I03): nothing where the installation
// has no prices. Called by handlers.
#pragma once

#include <optional>

#include "api/charging/record.hpp"
#include "api/dispatch.hpp"

namespace ohm::api {

// In the answer to its end.
std::optional<wire::Number> final_cost(Handler& handler, TransactionRecord& record);
// While it runs, by a command of its own, as often as the installation wants it.
void tell_cost(Handler& handler, TransactionRecord& record);

}  // namespace ohm::api
