// The writes of what stations report: events, progress, reports, the device model. Static data.
#pragma once

#include "store/sql.hpp"

namespace ohm::api::tables {

extern const store::Write station_event;
extern const store::Write new_progress, progress;
extern const store::Write report, report_if_absent, full_report_announced, full_report;
extern const store::Write all_variables_gone;
extern const store::Write variable, new_variable, variable_value, variable_mutability;
extern const store::Write desired_variables;
extern const store::Write monitor, remove_monitor;
extern const store::Write display_message, remove_display_message;
extern const store::Write customer_part;
extern const store::Write quirk;

}  // namespace ohm::api::tables
