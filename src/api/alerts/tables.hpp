// How alerts are written and read back. For the shard, and for the reads of REST.
#pragma once

#include <string_view>

#include "api/alerts/state.hpp"
#include "store/sql.hpp"

namespace ohm::api::tables {

extern const store::Write alert;
std::vector<store::Value> alert_row(const alerts::Alert& one, std::int64_t now_us);

}  // namespace ohm::api::tables

namespace ohm::api::alerts {

// What alert_of reads, of the alerts a and their stations p.
extern const std::string_view alert_columns, alert_tables;
std::unique_ptr<Alert> alert_of(const store::Row& row);

}  // namespace ohm::api::alerts
