// What one step adds to the rows of statistics: collected first, then added to what is stored, each
// row once. One thread, that of the counting.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "api/statistics/figures.hpp"
#include "store/sql.hpp"

namespace ohm::api::statistics {

// Where something was counted; location_no 0: the station stood at none.
struct Spot {
    std::int64_t station_no = 0, evse = 0, connector = 0, location_no = 0;
    friend auto operator<=>(const Spot&, const Spot&) = default;
};

struct FaultKind {
    std::string error_code, model, firmware_version;
    friend auto operator<=>(const FaultKind&, const FaultKind&) = default;
};

class Delta {
public:
    explicit Delta(std::int64_t partition_no) : partition_no_{partition_no} {}

    void add(const Spot& spot, const Buckets& buckets, std::int64_t times = 1);
    void add_fault(const Spot& spot, std::int64_t day, const FaultKind& kind, std::int64_t count,
                   std::int64_t lasted_us);
    void add_latency(std::string_view source, std::string_view direction, std::int64_t at,
                     const LatencyClasses& classes);
    // Of the partition as a whole, in the minute of that time.
    void add_connection(std::int64_t at, bool is_begun);
    void set_power(std::int64_t at, std::int64_t power_mw, std::int64_t sessions);
    // Reads what is there; the partition's owner alone writes it. Throws Fault.
    void write(store::Sql& sql, store::Unit& unit) const;

private:
    using Key = std::array<std::int64_t, 4>;
    using Rows = std::map<Key, Figures>;
    struct FaultSum {
        std::int64_t location_no = 0, count = 0, lasted_us = 0;
    };
    using FaultRows =
        std::map<std::pair<std::int64_t, std::int64_t>, std::map<FaultKind, FaultSum>>;

    struct Minute {
        std::int64_t connects = 0, disconnects = 0;
        std::optional<std::int64_t> power_mw;
        std::int64_t sessions = 0;
    };

    static void add_stored(store::Sql& sql, const store::Write& write, std::span<const Key> keys,
                           Rows& rows);
    static void write_rows(store::Sql& sql, store::Unit& unit, const store::Write& write,
                           Rows rows);
    void write_faults(store::Sql& sql, store::Unit& unit) const;
    void write_latency(store::Sql& sql, store::Unit& unit) const;
    void write_minutes(store::Sql& sql, store::Unit& unit) const;

    const std::int64_t partition_no_;
    Rows days_, hours_, place_days_, place_hours_;
    FaultRows faults_;  // by station and day
    std::map<std::int64_t, Minute> minutes_;
    std::map<std::tuple<std::string, std::string, std::int64_t>, LatencyClasses> latency_;
};

}  // namespace ohm::api::statistics
