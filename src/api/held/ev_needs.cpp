#include "api/held/ev_needs.hpp"

#include <algorithm>

#include "api/charging/record.hpp"
#include "api/commands/questions.hpp"
#include "api/held/profiles.hpp"

namespace ohm::api {
namespace {

using ocpp::v201::SetChargingProfile;

// High, where operators seldom give ids: a profile of theirs under such an id would be taken for
// ours, and replaced.
constexpr std::int64_t first_id = 2'000'000'000, evse_max = 100'000'000;
constexpr seconds waited_for{60};

std::int64_t id_on(std::int64_t evse) { return first_id + evse; }

struct Draw {
    std::string_view unit;
    double most = 0;
    std::int64_t least = 0, phases = 0;
};

Draw draw_of(const EvNeeds::ChargingNeeds& needs) {
    if (const auto& dc = needs.dcChargingParameters; needs.requestedEnergyTransfer.is("DC") && dc) {
        const double of_both = static_cast<double>(dc->evMaxCurrent.value) *
                               static_cast<double>(dc->evMaxVoltage.value);
        return {.unit = "W",
                .most = dc->evMaxPower ? static_cast<double>(dc->evMaxPower->value) : of_both};
    }
    const auto& ac = needs.acChargingParameters;
    if (!ac || needs.requestedEnergyTransfer.is("DC")) return {};
    const bool one = needs.requestedEnergyTransfer.is("AC_single_phase");
    const bool two = needs.requestedEnergyTransfer.is("AC_two_phase");
    return {.unit = "A",
            .most = static_cast<double>(ac->evMaxCurrent.value),
            .least = ac->evMinCurrent.value,
            .phases = one   ? 1
                      : two ? 2
                            : 3};
}

const TransactionRecord* running_on(const Station& station, std::int64_t evse) {
    if (!station.transactions) return nullptr;
    for (const auto& record : station.transactions->list)
        if (record->is_active() && record->superseded_at == 0 && record->facts.evse == evse)
            return record.get();
    return nullptr;
}

// A profile of the transaction stands above the defaults: it would lift what somebody has ordered
// for this place. What limits the whole station stays in force beside it.
bool is_limited_already(const Station& station, std::int64_t evse, std::string_view transaction) {
    if (!station.held) return false;
    const auto limits = [&](const HeldProfile& held) {
        const domain::ProfileFacts& facts = held.facts;
        if (facts.purpose == domain::ProfilePurpose::tx_default)
            return facts.evse == 0 || facts.evse == evse;
        return facts.purpose == domain::ProfilePurpose::tx && facts.evse == evse &&
               facts.id != id_on(evse) &&
               (facts.transaction.empty() || facts.transaction == transaction);
    };
    const auto& all = station.held->profiles;
    return std::any_of(all.begin(), all.end(), limits);
}

// K15.FR.05: the vehicle charges by the profiles that the station has.
EvNeeds::Response rejected(std::string_view reason, std::string_view detail) {
    ocpp::v201::StatusInfo info;
    info.reasonCode.value = reason;
    info.additionalInfo.emplace().value = detail;
    return {.status = "Rejected", .statusInfo = info};
}

}  // namespace

std::optional<ocpp::v201::ChargingProfile> profile_of_needs(const EvNeeds::Request& request,
                                                            std::string_view transaction) {
    const Draw draw = draw_of(request.chargingNeeds);
    const std::int64_t evse = request.evseId.value;
    const bool has_room = !request.maxScheduleTuples || request.maxScheduleTuples->value > 0;
    if (draw.most <= 0 || !has_room || evse <= 0 || evse > evse_max) return std::nullopt;
    ocpp::v201::ChargingProfile profile;
    profile.id = {id_on(evse)};
    profile.stackLevel = {0};
    profile.chargingProfilePurpose = "TxProfile";
    profile.chargingProfileKind = "Relative";
    profile.transactionId.emplace().value = transaction;
    auto& schedule = profile.chargingSchedule.items.emplace_back();
    schedule.id = {1};
    schedule.chargingRateUnit = *ocpp::v201::ChargingRateUnit::of(draw.unit);
    if (draw.least > 0 && static_cast<double>(draw.least) <= draw.most)
        schedule.minChargingRate = wire::Number{static_cast<double>(draw.least)};
    auto& period = schedule.chargingSchedulePeriod.items.emplace_back();
    period.startPeriod = {0};
    period.limit.value = draw.most;
    if (draw.phases > 0) period.numberPhases = wire::Integer{draw.phases};
    return profile;
}

void need_profiles_of(const Station& station, Needs& needs) {
    needs.open_transactions.push_back(station.no.value);
    needs.bounds_of.push_back(station.no.value);
}

EvNeeds::Response take_ev_needs(Handler& handler, const EvNeeds::Request& request) {
    Station& station = handler.station;
    const std::int64_t evse = request.evseId.value;
    const TransactionRecord* record = running_on(station, evse);
    if (!record) return rejected("TxNotFound", "no transaction is known to run on this EVSE");
    const auto profile = profile_of_needs(request, record->station_id());
    if (!profile) return rejected("InvalidSchedule", "the needs leave no schedule to be made");
    if (is_limited_already(station, evse, record->station_id()))
        return rejected("NoProfile", "the profiles that the station holds stay in force");
    const SetChargingProfile::Request wanted{{evse}, *profile};
    commands::Prepared call = commands::call_of<SetChargingProfile>(wanted);
    if (const auto refused = refused_profile(handler.work, station, call.payload))
        return rejected("InvalidProfile", refused->detail);
    // Behind our answer, and within the time that the station waits for it (K15.FR.03).
    const std::int64_t now = handler.work.now_us();
    commands::Question question{.command = "call", .parameters = call.payload};
    question.call = std::move(call);
    question.not_before_at = now + 1;
    question.expires_at = now + Micros{waited_for}.count();
    if (!commands::ask(handler.work.shard, handler.work.batch, station, std::move(question)))
        return rejected("OutOfMemory", "too many commands wait for this station");
    return {.status = "Accepted"};
}

}  // namespace ohm::api
