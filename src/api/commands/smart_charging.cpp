// Charging profiles: 1.6 Smart Charging, 2.0.1 block K.
#include "ocpp/v16/smart_charging.hpp"

#include "api/commands/tokens.hpp"
#include "ocpp/v201/smart_charging.hpp"

namespace ohm::api::commands {

struct SetProfileParameters {
    NotNegative evse_id;  // 0: the whole station
    ProfileWritten profile;
    Optional<bool> fallback;  // refused: a simpler one is tried, down to a plain default
    FIELDS(evse_id, profile, fallback)
};
struct ClearProfileParameters {  // the profile of that id, or all that fit
    Optional<Positive> profile_id;
    Optional<NotNegative> evse_id;
    Optional<Purpose> purpose;
    Optional<NotNegative> stack_level;
    FIELDS(profile_id, evse_id, purpose, stack_level)
};
struct GetProfilesParameters {
    Optional<NotNegative> evse_id;
    Optional<Purpose> purpose;
    Optional<NotNegative> stack_level;
    Optional<List<Positive, 1, 1000>> profile_ids;
    Optional<List<OneOf<"EMS", "Other", "SO", "CSO">, 1, 4>> limit_sources;
    FIELDS(evse_id, purpose, stack_level, profile_ids, limit_sources)
};
struct CompositeParameters {
    NotNegative evse_id;
    Positive duration_s;
    Optional<OneOf<"A", "W">> unit;
    FIELDS(evse_id, duration_s, unit)
};

namespace {

// 1.6 §3.13.1, 2.0.1 K01.FR.03, .16, .22, .38.
std::optional<OperationRefused> misplaced(const SetProfileParameters& wanted) {
    const bool on_station = wanted.evse_id.value == 0;
    const Purpose purpose = wanted.profile.purpose;
    if (purpose.is("external"))
        return OperationRefused{"validation_failed",
                                "external constraints are set by others, not by a CSMS",
                                "/profile/purpose"};
    if (purpose.is("max") && !on_station)
        return OperationRefused{"validation_failed",
                                "the limit of the whole station stands at evse_id 0", "/evse_id"};
    if (purpose.is("transaction") && on_station)
        return OperationRefused{"validation_failed", "a transaction's profile needs its EVSE",
                                "/evse_id"};
    return std::nullopt;
}

OperationRefused inside_profile(OperationRefused refused) {
    if (!refused.pointer.empty()) refused.pointer = "/profile" + refused.pointer;
    return refused;
}

PreparedOrRefusal set_v16(Preparing& preparing, const SetProfileParameters& wanted) {
    if (const auto refused = misplaced(wanted)) return tl::unexpected{*refused};
    const auto profile = profile_v16(preparing, wanted.profile);
    if (!profile) return tl::unexpected{inside_profile(profile.error())};
    return call_of<ocpp::v16::SetChargingProfile>({{wanted.evse_id.value}, *profile});
}

PreparedOrRefusal set_v201(Preparing& preparing, const SetProfileParameters& wanted) {
    if (const auto refused = misplaced(wanted)) return tl::unexpected{*refused};
    if (wanted.profile.purpose.is("transaction") && !wanted.profile.transaction_id)
        return refusal("validation_failed", "a transaction's profile names the transaction",
                       "/profile/transaction_id");
    const auto profile = profile_v201(preparing, wanted.profile);
    if (!profile) return tl::unexpected{inside_profile(profile.error())};
    return call_of<ocpp::v201::SetChargingProfile>({{wanted.evse_id.value}, *profile});
}

PreparedOrRefusal clear_v16(Preparing&, const ClearProfileParameters& wanted) {
    ocpp::v16::ClearChargingProfile::Request request;
    request.id = integer(wanted.profile_id);
    request.connectorId = integer(wanted.evse_id);
    request.stackLevel = integer(wanted.stack_level);
    if (wanted.purpose) {
        const auto purpose = purpose_v16(*wanted.purpose);
        if (!purpose) return tl::unexpected{purpose.error()};
        request.chargingProfilePurpose = *purpose;
    }
    return call_of<ocpp::v16::ClearChargingProfile>(request);
}

PreparedOrRefusal clear_v201(Preparing&, const ClearProfileParameters& wanted) {
    ocpp::v201::ClearChargingProfile::Request request;
    request.chargingProfileId = integer(wanted.profile_id);
    const bool has_criteria = wanted.evse_id || wanted.purpose || wanted.stack_level;
    if (!has_criteria && !wanted.profile_id)
        return refusal("validation_failed",
                       "name profile_id, or at least one of evse_id, purpose and stack_level");
    if (has_criteria && wanted.profile_id)
        return refusal("validation_failed",
                       "name profile_id, or evse_id, purpose and stack_level, not both",
                       "/profile_id");
    if (wanted.purpose && wanted.purpose->is("external"))  // K10.FR.06
        return refusal("validation_failed", "external constraints are set by others, not by a CSMS",
                       "/purpose");
    if (has_criteria) {
        auto& criteria = request.chargingProfileCriteria.emplace();
        criteria.evseId = integer(wanted.evse_id);
        criteria.stackLevel = integer(wanted.stack_level);
        if (wanted.purpose) criteria.chargingProfilePurpose = purpose_v201(*wanted.purpose);
    }
    return call_of<ocpp::v201::ClearChargingProfile>(request);
}

// K09.FR.03: ids, or something else to choose by.
PreparedOrRefusal get_v201(Preparing& preparing, const GetProfilesParameters& wanted) {
    ocpp::v201::GetChargingProfiles::Request request;
    request.requestId = {preparing.next_number()};
    request.evseId = integer(wanted.evse_id);
    auto& criterion = request.chargingProfile;
    if (wanted.purpose) criterion.chargingProfilePurpose = purpose_v201(*wanted.purpose);
    criterion.stackLevel = integer(wanted.stack_level);
    if (wanted.profile_ids)
        for (const Positive& id : *wanted.profile_ids) {
            if (!criterion.chargingProfileId) criterion.chargingProfileId.emplace();
            criterion.chargingProfileId->items.push_back({id.value});
        }
    if (wanted.limit_sources) criterion.chargingLimitSource = {{wanted.limit_sources->items}};
    const bool chooses =
        wanted.purpose || wanted.stack_level || wanted.profile_ids || wanted.limit_sources;
    if (wanted.profile_ids && (wanted.purpose || wanted.stack_level || wanted.limit_sources))
        return refusal("validation_failed",
                       "name profile_ids, or purpose, stack_level and limit_sources, not both",
                       "/profile_ids");
    if (!chooses)  // all of them
        criterion.chargingLimitSource = {{{"EMS", "Other", "SO", "CSO"}}};
    return call_of<ocpp::v201::GetChargingProfiles>(request);
}

PreparedOrRefusal composite_v16(Preparing&, const CompositeParameters& wanted) {
    ocpp::v16::GetCompositeSchedule::Request request;
    request.connectorId = {wanted.evse_id.value};
    request.duration = {wanted.duration_s.value};
    if (wanted.unit)
        request.chargingRateUnit = ocpp::v16::ChargingRateUnit::of(wanted.unit->name());
    return call_of<ocpp::v16::GetCompositeSchedule>(request);
}

PreparedOrRefusal composite_v201(Preparing&, const CompositeParameters& wanted) {
    ocpp::v201::GetCompositeSchedule::Request request;
    request.evseId = {wanted.evse_id.value};
    request.duration = {wanted.duration_s.value};
    if (wanted.unit)
        request.chargingRateUnit = ocpp::v201::ChargingRateUnit::of(wanted.unit->name());
    return call_of<ocpp::v201::GetCompositeSchedule>(request);
}

constexpr NeutralCommand table[] = {
    neutral<SetProfileParameters, set_v16, set_v201>(
        {.name = "set-charging-profile",
         .tag = "commands",
         .summary = "Install a charging profile",
         .example = R"({"evse_id":1,"profile":{"purpose":"default","stack_level":0,"unit":"A",)"
                    R"("periods":[{"start_s":0,"limit":16}]}})"}),
    neutral<ClearProfileParameters, clear_v16, clear_v201>(
        {.name = "clear-charging-profile",
         .tag = "commands",
         .summary = "Remove charging profiles",
         .example = R"({"evse_id":1,"purpose":"default"})"}),
    neutral<GetProfilesParameters, nullptr, get_v201>(
        {.name = "get-charging-profiles",
         .tag = "commands",
         .summary = "Ask for the installed charging profiles",
         .example = R"({"purpose":"default"})",
         .instead = "get-composite-schedule asks for what comes of them"}),
    neutral<CompositeParameters, composite_v16, composite_v201>(
        {.name = "get-composite-schedule",
         .tag = "commands",
         .summary = "Ask for the schedule that comes of all profiles",
         .example = R"({"evse_id":1,"duration_s":3600,"unit":"A"})"}),
};

}  // namespace

Part smart_charging_commands() { return table; }

}  // namespace ohm::api::commands
