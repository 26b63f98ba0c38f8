// What is asked of statistics, and the sums that answer it: read from rows of days and hours, never
// from messages, samples or transactions. On a reader's thread.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "api/rest/handlers.hpp"
#include "api/statistics/figures.hpp"

namespace ohm::api::rest::statistics_query {

using statistics::Figures;

enum class Interval : std::uint8_t { day, hour, total };
struct Bucket {
    std::int64_t key = 0;  // the day's number, the hour's begin, or 0
    std::int64_t from = 0, to = 0;
};
struct Asked {
    Interval interval = Interval::day;
    std::int64_t from = 0, to = 0, now = 0;  // whole buckets
    std::int64_t first_day = 0, last_day = 0;
    std::optional<std::int64_t> station_no, location_no;
    std::string station_id, location_id, zone_name, group_by;
    const domain::TimeZone* zone = nullptr;
    std::vector<Bucket> buckets;
};

struct Offered {
    bool has_hours = true;
    bool has_station = true;
    std::vector<std::string_view> groups;
    bool is_whole_first = false;  // without an interval: the whole range
    bool has_few_groups = false;  // those with the most, and no more than an answer has rows
};
Wanted<Asked> read_asked(const Exchange& exchange, store::Sql& sql, const Offered& offered);

using Sums = std::map<std::pair<std::string, std::int64_t>, Figures>;  // by group and bucket
Sums read_sums(store::Sql& sql, const Asked& asked);
// Time that goes on: what connectors have done since they last changed.
void add_open_time(store::Sql& sql, const Asked& asked, Sums& sums);
// Since when some connector is heard without a break; nothing where none is.
std::optional<std::int64_t> heard_since(store::Sql& sql, const Asked& asked);
// Connectors by group; those that are known now.
std::map<std::string, std::int64_t> count_connectors(store::Sql& sql, const Asked& asked);

struct FaultSum {
    std::string group;
    std::int64_t key = 0, count = 0, lasted_us = 0;
};
std::vector<FaultSum> read_faults(store::Sql& sql, const Asked& asked);

using LatencySums = std::map<std::pair<std::string, std::int64_t>, statistics::LatencyClasses>;
LatencySums read_latency(store::Sql& sql, const Asked& asked);  // by direction and bucket

std::optional<std::int64_t> counted_until(store::Sql& sql);

}  // namespace ohm::api::rest::statistics_query
