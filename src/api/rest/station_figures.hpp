// What a list shows of its stations from other tables: read for the stations of a page together. On
// a reader's thread.
#pragma once

#include <vector>

#include "api/rest/station_rows.hpp"
#include "base/time.hpp"

namespace ohm::api::rest {

// Of the last 30 days, as docs/STATISTICS.md defines it: the days that are counted, and what each
// connector does since.
void add_uptime(store::Sql& sql, std::vector<StationRead>& stations, Utc now);
// Alerts that are not closed, of rules that stand alone and members of groups alike.
void add_open_alerts(store::Sql& sql, std::vector<StationRead>& stations);

}  // namespace ohm::api::rest
