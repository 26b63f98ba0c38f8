// What there can be alerts about, each kind declared once: what it is, its parameters, how grave it
// is, what to do about it, and the question to the database that finds it. Static; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "store/sql.hpp"
#include "wire/fields.hpp"

namespace ohm::api::alerts {

using Severity = wire::OneOf<"critical", "warning", "info">;

struct Parameter {
    std::string_view name;  // a member of Parameters; its unit is its name
    std::string_view meaning;
    std::int64_t otherwise, min, max;
};

struct Kind {
    std::string_view name;
    std::string_view title;  // {station}, {connector}, {what}, {count}, {worker} become its own
    std::string_view advice;
    std::string_view severity;
    std::span<const Parameter> parameters;
    bool is_about_stations;        // may be narrowed to a station, location or vendor
    bool counts;                   // what has happened, and is counted; else a state that lasts
    std::string_view refers;       // prefix of the id in `ref`: cmd_, tx_ …; "": none
    std::string_view sql;          // see found_sql
    std::string_view group_title;  // of many at once; "": they are never put together
    bool listens = false;          // of a silence: found only by who has listened for as long
};

std::span<const Kind> kinds();
const Kind* find_kind(std::string_view name);  // null where there is none of that name

// What a rule sets otherwise than its kind.
struct Parameters {
    wire::Optional<std::int64_t> seconds, minutes, hours, days, count, level, group_from;
    FIELDS(seconds, minutes, hours, days, count, level, group_from)
};
std::int64_t value_of(const Kind& kind, const Parameters& parameters, std::string_view name);
// The first member that the kind does not have, or that is out of its bounds, said as a sentence.
struct ParameterFault {
    std::string name, detail;
};
std::optional<ParameterFault> check(const Kind& kind, const Parameters& parameters);
std::string complete_json(const Kind& kind, const Parameters& parameters);

// A select of station_no, evse, connector, subject, since_at, last_at, n, what, worker, ref,
// due_at: one row for each subject that the kind finds now. `subject` is null where station, EVSE
// and connector say it.
std::string found_sql(store::Dialect dialect, const Kind& kind, const Parameters& parameters,
                      Utc now);

std::int64_t duration_us(const Kind& kind, const Parameters& parameters);  // of its one; else 0

struct Facts {
    std::string_view station, what, worker;
    std::int64_t evse = 0, connector = 0, count = 1, members = 0;
    bool is_group = false;
};
std::string title_of(const Kind& kind, const Facts& facts);

}  // namespace ohm::api::alerts
