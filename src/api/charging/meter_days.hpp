// Meter values by the day: PostgreSQL keeps a partition a day, made ahead and dropped whole; what
// is of no such day (a clock of 1970 or 2038) lies in one more and goes by its receipt, as all do
// on SQLite. Called by the keeper, on its thread.
#pragma once

#include "base/time.hpp"
#include "store/sql.hpp"

namespace ohm::api {

// Throws Fault.
void keep_meter_days(store::Sql& sql, Utc now, std::int64_t days_kept);

}  // namespace ohm::api
