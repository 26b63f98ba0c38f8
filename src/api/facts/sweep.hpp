// Keeps what stations report within its bounds: oldest rows go. Called by the keeper now and then,
// on its thread.
#pragma once

#include "base/time.hpp"
#include "store/sql.hpp"

namespace ohm::api {

// One portion of the stations, from number `after` on; where the next one begins, 0 after the last.
// Throws Fault.
std::int64_t sweep_facts(store::Sql& sql, Utc now, std::int64_t after);

}  // namespace ohm::api
