// Charging profiles as both versions mean them (1.6 §3.13, 2.0.1 block K), what a station holds of
// them, and what must be right before one is sent. Times are seconds UTC, limits thousandths of an
// ampere or a watt. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ohm::domain {

enum class ProfilePurpose : std::uint8_t { external, max, tx_default, tx };
// As OCPP 2.0.1 spells it; of_name takes 1.6's spelling as well.
std::string_view name_of(ProfilePurpose purpose);
ProfilePurpose purpose_of_name(std::string_view name);

enum class ProfileKind : std::uint8_t { absolute, recurring, relative };
enum class RateUnit : std::uint8_t { amperes, watts };

struct SchedulePeriod {
    std::int64_t start_s = 0, limit_milli = 0;
    std::optional<std::int64_t> phases;
};
struct ChargingSchedule {
    std::optional<std::int64_t> start, duration_s;
    RateUnit unit = RateUnit::amperes;
    std::vector<SchedulePeriod> periods;  // by start_s
};

// What is known of a profile without its schedule.
struct ProfileFacts {
    std::int64_t id = 0, evse = 0, stack_level = 0;
    ProfilePurpose purpose = ProfilePurpose::tx_default;
    std::string transaction;  // of a tx profile; "": whichever runs there
    std::optional<std::int64_t> valid_from, valid_to;
    std::string source = "CSO";
};

struct ChargingProfile {
    ProfileFacts facts;
    ProfileKind kind = ProfileKind::absolute;
    std::int64_t recurrence_s = 86'400;  // of a recurring one
    std::int64_t installed_at = 0;
    ChargingSchedule schedule;
};

enum class ProfileRules : std::uint8_t { v16, v201 };

// Whether the station forgets `held` when it accepts `added`. 1.6: the same id, or the same purpose
// and stack level at the same place; 2.0.1: the same id.
bool replaces(const ProfileFacts& added, const ProfileFacts& held, ProfileRules rules);

// The criteria of ClearChargingProfile and GetChargingProfiles: all that are given must fit.
struct ProfileCriteria {
    std::vector<std::int64_t> ids;
    std::optional<std::int64_t> evse, stack_level;
    std::optional<ProfilePurpose> purpose;
    std::vector<std::string> sources;
};
bool fits(const ProfileFacts& held, const ProfileCriteria& criteria);

// What a station says that it can take, as far as it is known.
struct ProfileBounds {
    std::optional<std::int64_t> stack_level, periods, profiles;
    bool takes_amperes = true, takes_watts = true;
};
struct RunningTransaction {
    std::int64_t evse = 0;
    std::string id;
    std::int64_t started_at = 0;
};
struct ProfileOrder {
    ProfileRules rules = ProfileRules::v16;
    std::span<const ProfileFacts> held;
    ProfileBounds bounds;
    std::span<const RunningTransaction> running;
    std::int64_t now = 0;
};
struct ProfileRefusal {
    std::string detail, member;  // JSON Pointer within the profile
    bool is_bound = false;       // the station cannot hold it at all
};
std::optional<ProfileRefusal> refused(const ChargingProfile& wanted, const ProfileOrder& order);

}  // namespace ohm::domain
