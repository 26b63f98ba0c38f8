// Local days: when a date of a place begins. Made of a compiled time zone (TZif, RFC 8536), its
// rule for the years behind its table included. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace ohm::domain {

class TimeZone {
public:
    TimeZone() = default;  // UTC
    static std::optional<TimeZone> from_tzif(std::string_view bytes);

    std::int64_t offset_s(std::int64_t at_s) const;  // local time less UTC
    // A date is its number of days since 1970-01-01. It begins once, at the first instant that
    // shows it or a later one, and ends where the next begins: 23 or 25 hours where the clock
    // moves.
    std::int64_t day_of(std::int64_t at_us) const;
    std::int64_t begin_of(std::int64_t day) const;  // µs UTC

private:
    // "M3.5.0/3": the fifth (last) Sunday of March, and a time of that day.
    struct Turn {
        std::int64_t month = 0, week = 0, weekday = 0, at_s = 7'200;
    };
    struct Rule {
        std::int64_t standard_s = 0, summer_s = 0;
        bool has_summer = false;
        Turn to_summer, to_standard;
    };
    class RuleText;
    static std::int64_t when(const Turn& turn, std::int64_t year, std::int64_t offset_s);
    std::int64_t offset_by_rule(std::int64_t at_s) const;

    std::vector<std::int64_t> changes_;  // seconds UTC, ascending
    std::vector<std::int64_t> offsets_;  // from each of them on
    std::int64_t first_s_ = 0;           // before all of them
    Rule rule_;                          // behind the last
};

}  // namespace ohm::domain
