#include "api/commands/limit_effect.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.hpp"

namespace ohm::api::commands {

// As much of the messages of both versions as matters here. Not in an unnamed namespace: clang
// wants linkage of whatever FIELDS describes.
namespace partly {

using wire::Integer;
using wire::List;
using wire::Number;
using wire::Optional;
using wire::Text;

struct Period {
    Optional<Integer> startPeriod;
    Number limit;
    FIELDS(startPeriod, limit)
};
struct Schedule {
    Text<> chargingRateUnit;
    List<Period> chargingSchedulePeriod;
    FIELDS(chargingRateUnit, chargingSchedulePeriod)
};
struct Profile {
    List<Schedule> chargingSchedule;  // 1.6 writes one object: it is wrapped
    FIELDS(chargingSchedule)
};
struct ProfileSet {
    Optional<Integer> connectorId, evseId;
    Optional<Profile> csChargingProfiles, chargingProfile;
    FIELDS(connectorId, evseId, csChargingProfiles, chargingProfile)
};
struct Unit {
    Optional<Text<>> unit;
    Optional<Integer> multiplier;
    FIELDS(unit, multiplier)
};
struct Sampled {
    Optional<Text<>> value, measurand, unit, phase;
    Optional<Unit> unitOfMeasure;
    FIELDS(value, measurand, unit, phase, unitOfMeasure)
};
struct Metered {
    Optional<List<Sampled>> sampledValue;
    FIELDS(sampledValue)
};
struct SampledEvse {
    Optional<Integer> id;
    FIELDS(id)
};
struct Samples {
    Optional<Integer> connectorId, evseId;
    Optional<SampledEvse> evse;
    Optional<List<Metered>> meterValue;
    FIELDS(connectorId, evseId, evse, meterValue)
};

}  // namespace partly

namespace {

constexpr wire::Rules lenient{wire::Strictness::lenient, true};
constexpr seconds settles_in{60}, looked_at_for{300};
constexpr double milli = 1000;

double value_of(const partly::Sampled& sample) {
    double value = sample.value ? std::strtod(sample.value->value.c_str(), nullptr) : 0;
    std::string unit = sample.unit ? sample.unit->value : "";
    if (sample.unitOfMeasure && sample.unitOfMeasure->unit)
        unit = sample.unitOfMeasure->unit->value;
    if (sample.unitOfMeasure && sample.unitOfMeasure->multiplier)
        value *= std::pow(10, static_cast<double>(sample.unitOfMeasure->multiplier->value));
    return unit == "kW" ? value * 1000 : value;
}

// What one element says: current a phase, power of all of them.
struct Reading {
    std::optional<double> amperes, watts;
};
Reading reading_of(const partly::Metered& element) {
    Reading reading;
    if (!element.sampledValue) return reading;
    std::optional<double> total, by_phase;
    for (const partly::Sampled& sample : *element.sampledValue) {
        const std::string measurand = sample.measurand ? sample.measurand->value : "";
        const double value = value_of(sample);
        if (measurand == "Current.Import" || measurand == "Current.Offered")
            reading.amperes = std::max(reading.amperes.value_or(0), value);
        if (measurand == "Power.Offered") total = std::max(total.value_or(0), value);
        if (measurand != "Power.Active.Import") continue;
        if (sample.phase)
            by_phase = by_phase.value_or(0) + value;
        else
            total = std::max(total.value_or(0), value);
    }
    reading.watts = total ? total : by_phase;
    return reading;
}

bool is_above(double value, double limit, bool is_watts) {
    const double tolerance = std::max(limit * 0.1, is_watts ? 230.0 : 1.0);
    return value > limit + tolerance;
}

std::string as_text(double value) {
    std::string text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
}

}  // namespace

std::optional<Expectation> limit_of(wire::Decoder& decoder, std::string_view request, Utc now) {
    partly::ProfileSet set;
    if (decoder.decode(request, set, lenient)) return std::nullopt;
    const auto& profile = set.csChargingProfiles ? set.csChargingProfiles : set.chargingProfile;
    const auto& evse = set.connectorId ? set.connectorId : set.evseId;
    if (!profile || profile->chargingSchedule.items.empty()) return std::nullopt;
    const partly::Schedule& schedule = profile->chargingSchedule.items.front();
    double limit = 0;
    for (const partly::Period& period : schedule.chargingSchedulePeriod) {
        const std::int64_t starts_s = period.startPeriod ? period.startPeriod->value : 0;
        if (starts_s <= looked_at_for.count()) limit = std::max(limit, period.limit.value);
    }
    Expectation e;
    e.kind = Expectation::Kind::limit;
    e.action = "MeterValues";
    e.timeout = looked_at_for;
    e.text = schedule.chargingRateUnit.value;
    e.number = static_cast<std::int64_t>(limit * milli);
    e.evse = evse && evse->value > 0 ? evse->value : -1;
    e.settles_at = micros(now) + Micros{settles_in}.count();
    e.words = "samples of no more than " + as_text(limit) + " " + e.text;
    return e;
}

Verdict judge_limit(wire::Decoder& decoder, const Expectation& e, std::string_view action,
                    std::string_view payload) {
    if (action != "MeterValues" && action != "TransactionEvent") return Verdict::nothing;
    partly::Samples said;
    if (decoder.decode(payload, said, lenient) || !said.meterValue) return Verdict::nothing;
    const auto& evse = said.evse ? said.evse->id : said.evseId ? said.evseId : said.connectorId;
    if (e.evse > 0 && evse && evse->value != e.evse) return Verdict::nothing;
    const bool is_watts = e.text == "W";
    Verdict verdict = Verdict::nothing;
    for (const partly::Metered& element : *said.meterValue) {
        const Reading reading = reading_of(element);
        const auto& value = is_watts ? reading.watts : reading.amperes;
        if (!value) continue;
        if (is_above(*value, static_cast<double>(e.number) / milli, is_watts))
            return Verdict::contradicted;
        verdict = Verdict::confirmed;
    }
    return verdict;
}

}  // namespace ohm::api::commands
