// Migration 26: what a list of stations shows of each, found by the station. For migrations.cpp
// alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

// Open alerts are few; those of a station that flaps lie among many closed ones.
inline constexpr std::string_view fleet = R"sql(
create index alerts_open_station on alerts (station_no)
    where closed_at is null and station_no is not null;
)sql";

}  // namespace ohm::store::schema
