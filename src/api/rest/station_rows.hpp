// Stations as they are read: from rows to what is shown. On a reader's thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/rest/problem.hpp"
#include "api/rest/resources.hpp"
#include "api/unless_empty.hpp"
#include "store/sql.hpp"

namespace ohm::api::rest {

struct StationRead {
    std::int64_t station_no = 0;
    std::string id_key;
    std::int64_t state_version = 0;
    std::int64_t connectors_at = 0;  // when the newest report came; read with the EVSEs
    Nullable<std::int64_t> security_profile_in_use;
    StationShown shown;
};

// Conditions of a where clause: texts of ours, values bound.
class Conditions {
public:
    // Each `?` of `text` becomes the placeholder of the next value.
    void add(std::string_view text, std::vector<store::Value> values);
    std::string bind(store::Value value);              // "$3"
    const std::string& text() const { return text_; }  // " and … and …"
    const std::vector<store::Value>& values() const { return values_; }

private:
    std::string text_;
    std::vector<store::Value> values_;
};

// For `like ? escape '!'`, which both databases have: the text anywhere, whatever is a wildcard in
// it.
std::string like_pattern(std::string_view text);

// What the shown status is, in SQL: the same as domain::shown_status of the station.
extern const std::string_view shown_status_sql;

// `order` follows `order by`; 0: no limit.
std::vector<StationRead> read_stations(store::Sql& sql, const Conditions& where,
                                       std::string_view order, std::size_t limit);
std::int64_t count_stations(store::Sql& sql, const Conditions& where);

// By identity in any spelling; not archived ones. With its EVSEs.
std::optional<StationRead> find_station(store::Sql& sql, std::string_view id);
// By our number, archived or not. With its EVSEs.
std::optional<StationRead> find_station(store::Sql& sql, std::int64_t station_no);
// Of a station with its EVSEs. What its connectors report has no version but the time when it came;
// both only grow, and so does their sum.
std::string etag_of(const StationRead& station);
// Two reads for any number of stations.
void add_evses(store::Sql& sql, std::vector<StationRead>& stations);
// One read: the sum of what their running sessions draw.
void add_power(store::Sql& sql, std::vector<StationRead>& stations, Utc now);

// ---- columns ----

NullableText text_or_null(const store::Value& value);
Nullable<std::int64_t> int_or_null(const store::Value& value);
Nullable<Instant> time_or_null(const store::Value& value);
Instant time_of(const store::Value& value);
// A text that holds JSON; a broken one is shown as text, so that the answer stays JSON.
Nullable<Any> json_or_null(const store::Value& value);

}  // namespace ohm::api::rest
