// What is counted of stations, and in which buckets: data that the counting, its tables and REST
// share. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "domain/time_zone.hpp"

namespace ohm::api::statistics {

// Columns of the tables, in this order. Times in µs.
enum class Figure : std::uint8_t {
    energy_mwh,
    sessions_started,
    sessions_ended,
    sessions_charged,  // of those that ended: with 0.1 kWh or more
    session_us,        // a session was open
    delivering_us,     // its register rose
    available_us,
    occupied_us,
    charging_us,
    faulted_us,
    unavailable_us,
    unknown_us,
    connects,
    disconnects,
    accepted,
    refused,
    first_tries,          // of sessions that ended: none failed there just before
    first_tries_charged,  // of these: with 0.1 kWh or more
};
inline constexpr std::array<std::string_view, 18> figure_names{
    "energy_mwh",     "sessions_started", "sessions_ended",     "sessions_charged", "session_us",
    "delivering_us",  "available_us",     "occupied_us",        "charging_us",      "faulted_us",
    "unavailable_us", "unknown_us",       "connects",           "disconnects",      "accepted",
    "refused",        "first_tries",      "first_tries_charged"};
std::string figure_sums(std::string_view prefix);  // "cast(sum(t.energy_mwh) as bigint), …"

struct Figures {
    std::array<std::int64_t, figure_names.size()> values{};
    std::int64_t& operator[](Figure figure) { return values[static_cast<std::size_t>(figure)]; }
    std::int64_t operator[](Figure figure) const {
        return values[static_cast<std::size_t>(figure)];
    }
    void add(const Figures& other, std::int64_t times = 1);
    bool is_zero() const { return values == decltype(values){}; }
    friend bool operator==(const Figures&, const Figures&) = default;
};

inline constexpr std::int64_t hour_us = std::int64_t{3'600} * 1'000'000;
inline constexpr std::int64_t minute_us = std::int64_t{60} * 1'000'000;
std::int64_t hour_of(std::int64_t at_us);  // when it began
std::int64_t minute_of(std::int64_t at_us);

// Figures of one connector, cut at hours and at local midnights.
class Buckets {
public:
    void count(const domain::TimeZone& zone, std::int64_t at, Figure figure, std::int64_t n = 1);
    // `amount` evenly over that time; the parts add up to it.
    void spread(const domain::TimeZone& zone, std::int64_t from, std::int64_t to, Figure figure,
                std::int64_t amount);
    void last(const domain::TimeZone& zone, std::int64_t from, std::int64_t to, Figure figure) {
        spread(zone, from, to, figure, to - from);
    }
    // By days alone: there are many more hours.
    void last_in_days(const domain::TimeZone& zone, std::int64_t from, std::int64_t to,
                      Figure figure);
    void add(const Buckets& other, std::int64_t times = 1);

    std::string text() const;
    static Buckets from_text(std::string_view text);

    std::map<std::int64_t, Figures> days, hours;  // by number of the day; by begin of the hour
};

// ---- status ----

// Which of the six a connector's time counts as.
Figure figure_of(std::string_view status, bool is_online, bool is_charging);
// What is wrong with it; "" is nothing.
std::string fault_of(std::string_view status, std::string_view error_code);

// ---- sessions ----

struct Reading {
    std::int64_t at = 0, mwh = 0;
};
struct Session {
    std::int64_t from = 0, to = 0;
    bool has_ended = false;
    std::optional<std::int64_t> energy_mwh;  // as its record says
    std::vector<Reading> readings;           // of a register, by time
    bool is_first_try = true;                // none failed at its EVSE just before
};
inline constexpr std::int64_t charged_mwh = 100'000;  // 0.1 kWh: with less it did not charge
Buckets count_session(const domain::TimeZone& zone, const Session& session);

// ---- answer times ----

// Upper bounds of classes in ms; what is longer is in one more.
inline constexpr std::array<std::int64_t, 13> latency_bounds_ms{
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1'000, 2'000, 5'000, 10'000};
using LatencyClasses = std::array<std::int64_t, latency_bounds_ms.size() + 1>;
void count_latency(LatencyClasses& classes, std::int64_t took_us);
std::string text_of(const LatencyClasses& classes);
LatencyClasses latency_of_text(std::string_view text);
// The bound of the class in which that share lies, in ms; nothing where nothing was counted.
std::optional<std::int64_t> quantile_ms(const LatencyClasses& classes, double share);

}  // namespace ohm::api::statistics
