#include "domain/charging_profile.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace ohm::domain {
namespace {

constexpr std::array<std::string_view, 4> purposes{"ChargingStationExternalConstraints",
                                                   "ChargingStationMaxProfile", "TxDefaultProfile",
                                                   "TxProfile"};

std::string number(std::int64_t value) { return std::to_string(value); }

bool valid_together(const ProfileFacts& a, const ProfileFacts& b) {
    constexpr auto first = std::numeric_limits<std::int64_t>::min();
    constexpr auto last = std::numeric_limits<std::int64_t>::max();
    return a.valid_from.value_or(first) < b.valid_to.value_or(last) &&
           b.valid_from.value_or(first) < a.valid_to.value_or(last);
}

// 2.0.1 K01.FR.06, .39, .52, .53: one of another id that would claim the same moment.
bool competes(const ProfileFacts& wanted, const ProfileFacts& held) {
    if (held.id == wanted.id || held.purpose != wanted.purpose ||
        held.stack_level != wanted.stack_level)
        return false;
    if (wanted.purpose == ProfilePurpose::tx) return held.transaction == wanted.transaction;
    const bool everywhere =
        wanted.purpose == ProfilePurpose::tx_default && (held.evse == 0 || wanted.evse == 0);
    return (everywhere || held.evse == wanted.evse) && valid_together(wanted, held);
}

std::optional<ProfileRefusal> beyond_bounds(const ChargingProfile& wanted,
                                            const ProfileOrder& order) {
    const ProfileBounds& bounds = order.bounds;
    const ChargingSchedule& schedule = wanted.schedule;
    if (bounds.stack_level && wanted.facts.stack_level > *bounds.stack_level)
        return ProfileRefusal{"the station's highest stack level is " + number(*bounds.stack_level),
                              "/stack_level", true};
    const auto periods = static_cast<std::int64_t>(schedule.periods.size());
    if (bounds.periods && periods > *bounds.periods)
        return ProfileRefusal{
            "the station takes at most " + number(*bounds.periods) + " periods a schedule",
            "/periods", true};
    const bool in_amperes = schedule.unit == RateUnit::amperes;
    if (in_amperes ? !bounds.takes_amperes : !bounds.takes_watts)
        return ProfileRefusal{
            std::string{"the station takes limits in "} + (in_amperes ? "W" : "A") + " only",
            "/unit", true};
    if (!bounds.profiles) return std::nullopt;
    const auto stay = std::count_if(order.held.begin(), order.held.end(), [&](const auto& held) {
        return held.purpose != ProfilePurpose::external &&
               !replaces(wanted.facts, held, order.rules);
    });
    if (stay < *bounds.profiles) return std::nullopt;
    return ProfileRefusal{"the station holds at most " + number(*bounds.profiles) + " profiles", "",
                          true};
}

std::optional<ProfileRefusal> impossible_times(const ChargingProfile& wanted, std::int64_t now) {
    const ProfileFacts& facts = wanted.facts;
    if (facts.valid_to && *facts.valid_to <= now)
        return ProfileRefusal{"the profile's validity is over", "/valid_to", false};
    if (facts.valid_from && facts.valid_to && *facts.valid_from >= *facts.valid_to)
        return ProfileRefusal{"the profile is valid at no time", "/valid_to", false};
    const auto& duration = wanted.schedule.duration_s;
    const auto& periods = wanted.schedule.periods;
    if (duration && !periods.empty() && periods.back().start_s >= *duration)
        return ProfileRefusal{
            "the last period starts when the schedule is over",
            "/periods/" + number(static_cast<std::int64_t>(periods.size()) - 1) + "/start_s",
            false};
    return std::nullopt;
}

// 1.6 §5.16.1, 2.0.1 K01.FR.03, .16: only for a transaction that runs there.
std::optional<ProfileRefusal> without_transaction(const ProfileFacts& wanted,
                                                  std::span<const RunningTransaction> running) {
    if (wanted.purpose != ProfilePurpose::tx) return std::nullopt;
    const auto found = std::find_if(running.begin(), running.end(), [&](const auto& one) {
        return one.evse == wanted.evse &&
               (wanted.transaction.empty() || one.id == wanted.transaction);
    });
    if (found != running.end()) return std::nullopt;
    if (wanted.transaction.empty())
        return ProfileRefusal{"no transaction runs on EVSE " + number(wanted.evse), "/purpose",
                              false};
    return ProfileRefusal{"this transaction does not run on EVSE " + number(wanted.evse),
                          "/transaction_id", false};
}

}  // namespace

std::string_view name_of(ProfilePurpose purpose) {
    return purposes[static_cast<std::size_t>(purpose)];
}

ProfilePurpose purpose_of_name(std::string_view name) {
    if (name == "ChargePointMaxProfile") return ProfilePurpose::max;
    const auto* const found = std::find(purposes.begin(), purposes.end(), name);
    return found == purposes.end() ? ProfilePurpose::tx_default
                                   : static_cast<ProfilePurpose>(found - purposes.begin());
}

bool replaces(const ProfileFacts& added, const ProfileFacts& held, ProfileRules rules) {
    if (held.purpose == ProfilePurpose::external) return false;
    if (added.id == held.id) return true;
    return rules == ProfileRules::v16 && added.purpose == held.purpose &&
           added.stack_level == held.stack_level && added.evse == held.evse;
}

bool fits(const ProfileFacts& held, const ProfileCriteria& criteria) {
    const auto has = [](const auto& list, const auto& one) {
        return list.empty() || std::find(list.begin(), list.end(), one) != list.end();
    };
    return has(criteria.ids, held.id) && has(criteria.sources, held.source) &&
           criteria.evse.value_or(held.evse) == held.evse &&
           criteria.stack_level.value_or(held.stack_level) == held.stack_level &&
           criteria.purpose.value_or(held.purpose) == held.purpose;
}

std::optional<ProfileRefusal> refused(const ChargingProfile& wanted, const ProfileOrder& order) {
    if (const auto broken = impossible_times(wanted, order.now)) return broken;
    if (const auto broken = without_transaction(wanted.facts, order.running)) return broken;
    if (order.rules == ProfileRules::v201)
        for (const ProfileFacts& held : order.held)
            if (competes(wanted.facts, held))
                return ProfileRefusal{"profile " + number(held.id) +
                                          " has this purpose and stack level there already",
                                      "/stack_level", false};
    return beyond_bounds(wanted, order);
}

}  // namespace ohm::domain
