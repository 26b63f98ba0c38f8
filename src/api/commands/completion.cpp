#include "api/commands/completion.hpp"

#include <cmath>

#include "api/commands/tokens.hpp"
#include "api/compatibility.hpp"
#include "api/facts/quirks.hpp"
#include "api/held/bounds.hpp"
#include "base/text.hpp"

namespace ohm::api::commands {

// The parameters of a start and of a charging profile. Not in an unnamed namespace: clang wants
// linkage of whatever FIELDS describes.
namespace partly {
struct OrderToComplete {
    Optional<Any> evse_id, token, group_token, charging_profile, profile, fallback;
    FIELDS(evse_id, token, group_token, charging_profile, profile, fallback)
};
struct TokenOfUid {
    std::string uid;
    FIELDS(uid)
};
}  // namespace partly

namespace {

constexpr wire::Rules lenient{wire::Strictness::lenient};

bool is_strict(const ShardState& shard, const Station& station) {
    return station.strict.value_or(shard.options.strict);
}

// Of mains; three phases where the period names none.
double watts_of_ampere(const PeriodWritten& period) {
    constexpr double volts = 230;
    constexpr std::int64_t usual_phases = 3;
    return volts * static_cast<double>(period.phases ? period.phases->value : usual_phases);
}

double in_tenths(double value) { return std::floor(value * 10 + 0.001) / 10; }

// Nothing where the station takes the unit, or does not say.
std::optional<std::string> in_known_unit(wire::Decoder& decoder, const std::string& json,
                                         const domain::ProfileBounds& bounds) {
    ProfileWritten profile;
    if (decoder.decode(json, profile, lenient)) return std::nullopt;
    const bool is_watts = profile.unit.is("W");
    const bool is_taken = is_watts ? bounds.takes_watts : bounds.takes_amperes;
    const bool other_is_taken = is_watts ? bounds.takes_amperes : bounds.takes_watts;
    if (is_taken || !other_is_taken) return std::nullopt;
    for (PeriodWritten& period : profile.periods.items) {
        const double factor = watts_of_ampere(period);
        double& limit = period.limit.value;
        limit = in_tenths(is_watts ? limit / factor : limit * factor);
    }
    if (profile.min_rate) {
        const double factor = watts_of_ampere({});
        double& rate = profile.min_rate->value;
        rate = in_tenths(is_watts ? rate / factor : rate * factor);
    }
    profile.unit = *decltype(profile.unit)::of(is_watts ? "A" : "W");
    return wire::encode(profile);
}

bool take_known_unit(ShardState& shard, Station& station, ocpp::Version version,
                     Optional<Any>& profile) {
    const auto bounds = shard.held.bounds.find(station.no.value);
    if (!profile || bounds == shard.held.bounds.end()) return false;
    auto converted =
        in_known_unit(shard.decoder, profile->json, profile_bounds(bounds->second, version));
    if (!converted) return false;
    profile->json = std::move(*converted);
    return true;
}

}  // namespace

void complete_order(ShardState& shard, Batch& batch, Station& station, ocpp::Version version,
                    CommandCreate& wanted) {
    const bool starts = wanted.command.value == "start-transaction";
    if (!starts && wanted.command.value != "set-charging-profile") return;
    std::string& parameters = wanted.parameters.json;
    partly::OrderToComplete order;
    wire::Repairs repairs;  // what is none of them is refused with the order itself
    if (shard.decoder.decode(parameters.empty() ? "{}" : parameters, order, lenient, &repairs) ||
        !repairs.empty())
        return;
    const auto& usual = compatibility_of(station).remote_start_token;
    const bool lacks_token = starts && usual && !order.token;
    if (lacks_token) order.token = {wire::encode(partly::TokenOfUid{usual->value})};
    const bool is_converted =
        !is_strict(shard, station) &&
        take_known_unit(shard, station, version, starts ? order.charging_profile : order.profile);
    if (is_converted)
        note_quirk(batch, station, "SetChargingProfile", "rate_unit_converted", "",
                   micros(batch.now));
    if (lacks_token || is_converted) parameters = wire::encode(order);
}

void name_only_connector(const ShardState& shard, const Station& station,
                         const CommandCreate& wanted, Prepared& prepared) {
    const bool is_ours = wanted.command.value == "start-transaction" &&
                         !is_strict(shard, station) && prepared.action == "RemoteStartTransaction";
    const auto only = is_ours ? station.only_evse() : std::nullopt;
    if (!only || prepared.payload.find(R"("connectorId":)") != std::string::npos) return;
    prepared.payload.insert(1, R"("connectorId":)" + std::to_string(*only) + ",");
}

}  // namespace ohm::api::commands
