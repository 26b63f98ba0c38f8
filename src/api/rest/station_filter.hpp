// Which stations are meant: the same words in the list of stations and in batches of commands. On a
// reader's thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/rest/station_rows.hpp"
#include "base/time.hpp"

namespace ohm::api::rest {

// What is heard of a quiet station is written every five minutes: less could not be told.
constexpr std::int64_t silent_min_least = 10, silent_min_most = 525'600;

struct StationFilter {
    std::optional<std::string> q, location_id, ocpp_version, vendor, model, firmware_version,
        worker;
    std::vector<std::string> statuses;  // shown ones; empty: any
    std::optional<bool> is_online, has_active_session;
    std::optional<std::int64_t> security_profile;
    std::optional<std::int64_t> silent_min;  // nothing was heard of it for so many minutes
};

// Of p, s and l, the tables of read_stations(). May read which stations are meant, where they are
// few.
void add_filter(store::Sql& sql, const StationFilter& filter, Utc now, Conditions& where);

}  // namespace ohm::api::rest
