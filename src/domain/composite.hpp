// The schedule that comes of all profiles of a station: per purpose the profile of the highest
// stack level that says something, over purposes the lowest limit, a transaction's own profile in
// place of the default (1.6 §3.13.4; 2.0.1 K01, K08). Pure; any thread.
#pragma once

#include "domain/charging_profile.hpp"

namespace ohm::domain {

struct CompositeQuestion {
    std::int64_t evse = 0;  // 0: what the whole station takes from the grid
    std::int64_t from = 0, duration_s = 0;
    RateUnit unit = RateUnit::amperes;
    std::int64_t voltage = 230;  // of a phase; where amperes and watts meet
    std::vector<RunningTransaction> running;
};

struct CompositePeriod {
    std::int64_t start_s = 0;                 // from `from`
    std::optional<std::int64_t> limit_milli;  // nothing: unlimited
    std::int64_t phases = 3;                  // the fewest that a limit which counts here says
    std::optional<ProfilePurpose> decided_by;
    std::int64_t profile = 0;  // 0: no single one
    bool same_as(const CompositePeriod& other) const {
        return limit_milli == other.limit_milli && phases == other.phases &&
               decided_by == other.decided_by && profile == other.profile;
    }
};

// Amperes are per phase, watts in all; limits that meet are converted with the phases that may be
// used then, 3 where nothing is said. A relative profile starts with the transaction; without one,
// a default is shown for a transaction that would start at `from`. EVSE 0: the station's own caps,
// and the sum of the EVSEs that charge, where each of them has a limit.
// Nothing where there are more changes than `points_max`.
std::optional<std::vector<CompositePeriod>> composite(std::span<const ChargingProfile> profiles,
                                                      const CompositeQuestion& question,
                                                      std::size_t points_max);

// At one instant. composite() is this at every instant where it can change.
CompositePeriod limit_at(std::span<const ChargingProfile> profiles,
                         const CompositeQuestion& question, std::int64_t at);

// Where two schedules over the same time say different limits.
struct CompositeDifference {
    std::int64_t start_s = 0, end_s = 0;
    std::optional<std::int64_t> ours_milli, theirs_milli;
};
std::vector<CompositeDifference> differences(std::span<const CompositePeriod> ours,
                                             std::span<const CompositePeriod> theirs,
                                             std::int64_t duration_s, std::int64_t tolerance_milli);

}  // namespace ohm::domain
