#include "api/held/schedules.hpp"

#include <algorithm>
#include <cmath>

#include "ocpp/v16/smart_charging.hpp"
#include "ocpp/version.hpp"

namespace ohm::api {

// The members that profiles of both versions spell differently. Not in an unnamed namespace: clang
// wants linkage of whatever FIELDS describes.
struct ProfileSpelling {
    wire::Optional<wire::Integer> chargingProfileId;  // 1.6
    FIELDS(chargingProfileId)
};
struct LimitSchedules {
    wire::Optional<wire::List<ocpp::v201::ChargingSchedule>> chargingSchedule;
    FIELDS(chargingSchedule)
};

namespace {

using domain::ChargingProfile;

constexpr std::int64_t milli = 1'000;
constexpr std::int64_t day_s = 86'400, week_s = 7 * day_s;

std::int64_t seconds_of(const wire::DateTime& time) {
    constexpr std::int64_t micro = 1'000'000;
    return micros(time.at) / micro;
}

std::optional<std::int64_t> seconds_of(const std::optional<wire::DateTime>& time) {
    if (!time || !time->known) return std::nullopt;
    return seconds_of(*time);
}

// What no cable carries is no limit that could be told apart from none.
std::int64_t thousandths(double value) {
    constexpr double most = 1e12;
    return static_cast<std::int64_t>(std::llround(std::clamp(value, 0.0, most) * milli));
}

template <class Period>
domain::SchedulePeriod period_of(const Period& said) {
    domain::SchedulePeriod period;
    period.start_s = std::max<std::int64_t>(said.startPeriod.value, 0);
    period.limit_milli = thousandths(said.limit.value);
    if (said.numberPhases) period.phases = std::clamp<std::int64_t>(said.numberPhases->value, 1, 3);
    return period;
}

template <class Schedule>
domain::ChargingSchedule schedule_of(const Schedule& said) {
    domain::ChargingSchedule schedule;
    schedule.start = seconds_of(said.startSchedule);
    if (said.duration && said.duration->value > 0) schedule.duration_s = said.duration->value;
    if (said.chargingRateUnit.is("W")) schedule.unit = domain::RateUnit::watts;
    for (const auto& period : said.chargingSchedulePeriod.items)
        schedule.periods.push_back(period_of(period));
    std::stable_sort(schedule.periods.begin(), schedule.periods.end(),
                     [](const auto& a, const auto& b) { return a.start_s < b.start_s; });
    return schedule;
}

template <class Profile>
ChargingProfile common_of(const Profile& said, std::int64_t evse) {
    ChargingProfile profile;
    profile.facts.evse = evse;
    profile.facts.stack_level = said.stackLevel.value;
    profile.facts.purpose = domain::purpose_of_name(said.chargingProfilePurpose.name());
    profile.facts.valid_from = seconds_of(said.validFrom);
    profile.facts.valid_to = seconds_of(said.validTo);
    if (said.chargingProfileKind.is("Recurring")) profile.kind = domain::ProfileKind::recurring;
    if (said.chargingProfileKind.is("Relative")) profile.kind = domain::ProfileKind::relative;
    const bool weekly = said.recurrencyKind && said.recurrencyKind->is("Weekly");
    profile.recurrence_s = weekly ? week_s : day_s;
    return profile;
}

template <class Periods>
std::vector<domain::CompositePeriod> composite_of(const Periods& said) {
    std::vector<domain::CompositePeriod> periods;
    for (const auto& one : said) {
        const domain::SchedulePeriod period = period_of(one);
        periods.push_back({.start_s = period.start_s,
                           .limit_milli = period.limit_milli,
                           .phases = period.phases.value_or(3),
                           .decided_by = {},
                           .profile = 0});
    }
    return periods;
}

}  // namespace

ChargingProfile profile_of(const ocpp::v16::ChargingProfile& said, std::int64_t evse) {
    ChargingProfile profile = common_of(said, evse);
    profile.facts.id = said.chargingProfileId.value;
    if (said.transactionId) profile.facts.transaction = std::to_string(said.transactionId->value);
    profile.schedule = schedule_of(said.chargingSchedule);
    return profile;
}

// Of several schedules the first counts: which one the vehicle will choose is not known.
ChargingProfile profile_of(const ocpp::v201::ChargingProfile& said, std::int64_t evse) {
    ChargingProfile profile = common_of(said, evse);
    profile.facts.id = said.id.value;
    if (said.transactionId) profile.facts.transaction = said.transactionId->value;
    if (!said.chargingSchedule.items.empty())
        profile.schedule = schedule_of(said.chargingSchedule.items.front());
    return profile;
}

std::optional<ChargingProfile> read_profile(wire::Decoder& decoder, std::string_view payload,
                                            std::int64_t evse) {
    constexpr wire::Rules lenient{wire::Strictness::lenient, true};
    ProfileSpelling spelling;
    if (decoder.decode(payload, spelling, lenient)) return std::nullopt;
    if (spelling.chargingProfileId) {
        ocpp::v16::ChargingProfile said;
        if (decoder.decode(payload, said, lenient)) return std::nullopt;
        return profile_of(said, evse);
    }
    ocpp::v201::ChargingProfile said;
    if (decoder.decode(payload, said, lenient)) return std::nullopt;
    return profile_of(said, evse);
}

std::vector<ChargingProfile> read_limit(wire::Decoder& decoder, std::string_view payload,
                                        std::int64_t evse, std::int64_t told_at_s) {
    LimitSchedules said;
    std::vector<ChargingProfile> profiles;
    if (decoder.decode(payload, said, {wire::Strictness::lenient, true}) || !said.chargingSchedule)
        return profiles;
    for (const ocpp::v201::ChargingSchedule& schedule : *said.chargingSchedule) {
        ChargingProfile& profile = profiles.emplace_back();
        profile.facts.evse = evse;
        profile.facts.purpose = domain::ProfilePurpose::external;
        profile.installed_at = told_at_s;
        profile.schedule = schedule_of(schedule);
    }
    return profiles;
}

std::optional<ReadComposite> read_composite(wire::Decoder& decoder, ocpp::Version version,
                                            std::string_view response, std::int64_t duration_s,
                                            std::int64_t answered_at_s) {
    constexpr wire::Rules lenient{wire::Strictness::lenient, true};
    ReadComposite out;
    if (version == ocpp::Version::v201) {
        ocpp::v201::GetCompositeSchedule::Response said;
        if (decoder.decode(response, said, lenient) || !said.schedule) return std::nullopt;
        out.start_s = seconds_of(said.schedule->scheduleStart);
        out.duration_s = said.schedule->duration.value;
        if (said.schedule->chargingRateUnit.is("W")) out.unit = domain::RateUnit::watts;
        out.periods = composite_of(said.schedule->chargingSchedulePeriod.items);
        return out;
    }
    ocpp::v16::GetCompositeSchedule::Response said;
    if (decoder.decode(response, said, lenient) || !said.chargingSchedule) return std::nullopt;
    const auto start = seconds_of(said.scheduleStart);
    out.start_s =
        start.value_or(seconds_of(said.chargingSchedule->startSchedule).value_or(answered_at_s));
    out.duration_s =
        said.chargingSchedule->duration ? said.chargingSchedule->duration->value : duration_s;
    if (said.chargingSchedule->chargingRateUnit.is("W")) out.unit = domain::RateUnit::watts;
    out.periods = composite_of(said.chargingSchedule->chargingSchedulePeriod.items);
    return out;
}

}  // namespace ohm::api
