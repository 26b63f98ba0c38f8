// The rows of statistics, declared.
#pragma once

#include "store/sql.hpp"

namespace ohm::api::tables {

extern const store::Write statistics_day, statistics_hour, statistics_place_day,
    statistics_place_hour;
extern const store::Write statistics_fault;
extern const store::Write statistics_latency, statistics_minute;
extern const store::Write statistics_connector, statistics_connector_gone;
extern const store::Write statistics_transaction;
extern const store::Write statistics_position;

}  // namespace ohm::api::tables
