#include "ocpp/v201/metering.hpp"

#include <charconv>

#include "api/v201/blocks.hpp"
#include "api/v201/samples.hpp"

namespace ohm::api::v201 {
namespace {

using namespace ohm::ocpp::v201;

template <class T>
std::string_view name_of(const std::optional<T>& word) {
    return word ? word->name() : std::string_view{};
}

// The shortest decimal text of the number that came: a sum of digits, not of binary fractions.
std::string decimal_of(double value) {
    char text[64];
    const auto [end, error] = std::to_chars(std::begin(text), std::end(text), value);
    return error == std::errc{} ? std::string{text, end} : std::string{};
}

domain::Sample sample_of(const SampledValue& said) {
    const std::string value = decimal_of(said.value.value);
    domain::SaidSample neutral{.value = value,
                               .measurand = name_of(said.measurand),
                               .context = name_of(said.context),
                               .location = name_of(said.location),
                               .phase = name_of(said.phase)};
    if (said.unitOfMeasure && said.unitOfMeasure->unit)
        neutral.unit = said.unitOfMeasure->unit->value;
    if (said.unitOfMeasure && said.unitOfMeasure->multiplier)
        neutral.multiplier = said.unitOfMeasure->multiplier->value;
    domain::Sample sample = domain::normalise(neutral);
    if (!said.signedMeterValue) return sample;
    // Beside the number, byte for byte: somebody will check the signature.
    sample.is_signed = true;
    sample.raw = wire::encode(*said.signedMeterValue);
    return sample;
}

struct Metering : Handler {
    MeterValues::Response on(const MeterValues::Request& request) {
        store_meter_values(*this, {request.evseId.value, nullptr, ""},
                           elements_of(*this, request.meterValue.items));
        return {};
    }
};

}  // namespace

std::vector<MeterElement> elements_of(const Handler& handler, const std::vector<MeterValue>& said) {
    std::vector<MeterElement> elements;
    for (const MeterValue& value : said) {
        MeterElement& element = elements.emplace_back();
        element.at = handler.at(value.timestamp);
        for (const SampledValue& one : value.sampledValue)
            element.samples.push_back(sample_of(one));
    }
    return elements;
}

const Routes& metering_routes() {
    static const Routes table = routes<Metering>(MeteringActions{});
    return table;
}

}  // namespace ohm::api::v201
