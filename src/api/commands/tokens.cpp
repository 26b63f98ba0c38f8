#include "api/commands/tokens.hpp"

#include "base/text.hpp"

namespace ohm::api::commands {
namespace {

using ProfileV16 = ocpp::v16::ChargingProfile;
using ProfileV201 = ocpp::v201::ChargingProfile;

std::string_view kind_of(const ProfileWritten& written) {
    if (written.kind) {
        if (written.kind->is("absolute")) return "Absolute";
        return written.kind->is("recurring") ? "Recurring" : "Relative";
    }
    if (written.recurrency) return "Recurring";
    return written.start ? "Absolute" : "Relative";
}

template <class Profile>
void fill_common(const ProfileWritten& written, Profile& profile) {
    profile.stackLevel = {written.stack_level ? written.stack_level->value : 0};
    profile.chargingProfileKind =
        decltype(profile.chargingProfileKind)::of(kind_of(written)).value();
    if (written.recurrency)
        profile.recurrencyKind = decltype(profile.recurrencyKind)::value_type::of(
            written.recurrency->is("daily") ? "Daily" : "Weekly");
    profile.validFrom = written.valid_from;
    profile.validTo = written.valid_to;
}

template <class Schedule>
void fill_schedule(const ProfileWritten& written, Schedule& schedule) {
    schedule.startSchedule = written.start;
    schedule.duration = integer(written.duration_s);
    schedule.chargingRateUnit =
        decltype(schedule.chargingRateUnit)::of(written.unit.name()).value();
    if (written.min_rate) schedule.minChargingRate.emplace().value = written.min_rate->value;
    for (const PeriodWritten& period : written.periods) {
        auto& one = schedule.chargingSchedulePeriod.items.emplace_back();
        one.startPeriod = {period.start_s.value};
        one.limit.value = period.limit.value;
        one.numberPhases = integer(period.phases);
    }
}

// What no version allows (1.6 §3.13, 2.0.1 K01).
std::optional<OperationRefused> broken_rule(const ProfileWritten& written) {
    if (written.periods.items.front().start_s.value != 0)
        return OperationRefused{"validation_failed", "the first period must start at 0",
                                "/periods/0/start_s"};
    for (std::size_t i = 1; i < written.periods.items.size(); ++i)
        if (written.periods.items[i].start_s.value <= written.periods.items[i - 1].start_s.value)
            return OperationRefused{"validation_failed", "periods must start one after the other",
                                    "/periods/" + std::to_string(i) + "/start_s"};
    const std::string_view kind = kind_of(written);
    if (kind == "Relative" && written.start)
        return OperationRefused{"validation_failed", "a relative profile has no start", "/start"};
    if (kind != "Relative" && !written.start)
        return OperationRefused{"validation_failed",
                                "an absolute or recurring profile needs a start", "/start"};
    if (kind != "Recurring" && written.recurrency)
        return OperationRefused{"validation_failed", "only a recurring profile has a recurrency",
                                "/recurrency"};
    if (kind == "Recurring" && !written.recurrency)
        return OperationRefused{"validation_failed", "a recurring profile needs a recurrency",
                                "/recurrency"};
    if (kind == "Relative" && written.purpose.is("max"))  // K01.FR.38
        return OperationRefused{"validation_failed",
                                "the limit of the whole station is not relative to a transaction",
                                "/kind"};
    return std::nullopt;
}

}  // namespace

ocpp::v201::IdToken id_token(const TokenWritten& token) {
    ocpp::v201::IdToken out;
    out.idToken = {token.uid.value};
    out.type = "ISO14443";
    if (token.type) out.type = *decltype(out.type)::of(token.type->name());
    return out;
}

std::optional<OperationRefused> refused_connector(const Optional<Positive>& connector_id) {
    if (!connector_id || connector_id->value == 1) return std::nullopt;
    return OperationRefused{"not_supported_by_protocol",
                            "an EVSE of OCPP 1.6 has one connector, number 1", "/connector_id"};
}

tl::expected<ocpp::v16::ChargingProfilePurpose, OperationRefused> purpose_v16(Purpose purpose) {
    using Purpose16 = ocpp::v16::ChargingProfilePurpose;
    static constexpr Purpose16 max{"ChargePointMaxProfile"}, by_default{"TxDefaultProfile"},
        of_transaction{"TxProfile"};
    if (purpose.is("max")) return max;
    if (purpose.is("default")) return by_default;
    if (purpose.is("transaction")) return of_transaction;
    return not_in_protocol("OCPP 1.6 has no external constraints", "/purpose");
}

ocpp::v201::ChargingProfilePurpose purpose_v201(Purpose purpose) {
    if (purpose.is("max")) return "ChargingStationMaxProfile";
    if (purpose.is("default")) return "TxDefaultProfile";
    if (purpose.is("transaction")) return "TxProfile";
    return "ChargingStationExternalConstraints";
}

tl::expected<std::int64_t, OperationRefused> transaction_number(std::string_view id) {
    constexpr std::int64_t most = 2147483647;
    const auto number = parse_int(id);
    if (number && *number <= most && *number >= -most) return *number;
    return refusal("validation_failed", "an OCPP 1.6 transaction has an integer as its id",
                   "/transaction_id");
}

tl::expected<ProfileV16, OperationRefused> profile_v16(Preparing& preparing,
                                                       const ProfileWritten& written) {
    if (const auto broken = broken_rule(written)) return tl::unexpected{*broken};
    const auto purpose = purpose_v16(written.purpose);
    if (!purpose) return tl::unexpected{purpose.error()};
    ProfileV16 profile;
    profile.chargingProfileId = {written.id ? written.id->value : preparing.next_number()};
    profile.chargingProfilePurpose = *purpose;
    if (written.transaction_id) {
        const auto number = transaction_number(written.transaction_id->value);
        if (!number) return tl::unexpected{number.error()};
        profile.transactionId = wire::Integer{*number};
    }
    fill_common(written, profile);
    fill_schedule(written, profile.chargingSchedule);
    return profile;
}

tl::expected<ProfileV201, OperationRefused> profile_v201(Preparing& preparing,
                                                         const ProfileWritten& written) {
    if (const auto broken = broken_rule(written)) return tl::unexpected{*broken};
    ProfileV201 profile;
    profile.id = {written.id ? written.id->value : preparing.next_number()};
    profile.chargingProfilePurpose = purpose_v201(written.purpose);
    if (written.transaction_id) profile.transactionId = {{written.transaction_id->value}};
    fill_common(written, profile);
    auto& schedule = profile.chargingSchedule.items.emplace_back();
    schedule.id = {1};
    fill_schedule(written, schedule);
    return profile;
}

}  // namespace ohm::api::commands
