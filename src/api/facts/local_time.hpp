// Times that a station says without an offset: what is learnt of its zone, and what they mean.
// Called by dispatch and handlers.
#pragma once

#include "api/dispatch.hpp"

namespace ohm::api {

// Of a message that tells one fact, at its receipt.
void learn_local_time(Handler& handler, const wire::DateTime& said);
std::int64_t utc_of_local_time(const Station& station, std::int64_t said_us);

}  // namespace ohm::api
