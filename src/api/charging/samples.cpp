#include "api/charging/samples.hpp"

#include <algorithm>

#include "wire/binary.hpp"

namespace ohm::api {
namespace {

// Words that stand for themselves as one byte. Only ever appended to: rows hold the numbers.
constexpr std::string_view words[] = {
    "",
    "Energy.Active.Import.Register",
    "Energy.Active.Export.Register",
    "Energy.Reactive.Import.Register",
    "Energy.Reactive.Export.Register",
    "Energy.Active.Import.Interval",
    "Energy.Active.Export.Interval",
    "Energy.Reactive.Import.Interval",
    "Energy.Reactive.Export.Interval",
    "Energy.Active.Net",
    "Energy.Reactive.Net",
    "Energy.Apparent.Net",
    "Energy.Apparent.Import",
    "Energy.Apparent.Export",
    "Power.Active.Import",
    "Power.Active.Export",
    "Power.Offered",
    "Power.Reactive.Import",
    "Power.Reactive.Export",
    "Power.Factor",
    "Current.Import",
    "Current.Export",
    "Current.Offered",
    "Voltage",
    "Frequency",
    "Temperature",
    "SoC",
    "RPM",
    "L1",
    "L2",
    "L3",
    "N",
    "L1-N",
    "L2-N",
    "L3-N",
    "L1-L2",
    "L2-L3",
    "L3-L1",
    "Outlet",
    "Cable",
    "EV",
    "Inlet",
    "Body",
    "Sample.Periodic",
    "Sample.Clock",
    "Transaction.Begin",
    "Transaction.End",
    "Interruption.Begin",
    "Interruption.End",
    "Trigger",
    "Other",
    "Wh",
    "varh",
    "VAh",
    "W",
    "VA",
    "var",
    "A",
    "V",
    "K",
    "Celsius",
    "Fahrenheit",
    "Percent",
    "Hertz",
    "(other)",
};
static_assert(std::size(words) < 128);

// A byte below 128 for a known word, else 0xff and the text.
constexpr char verbatim = static_cast<char>(0xff);

std::string shortened(const std::string& word) {
    const auto* found = std::find(std::begin(words), std::end(words), word);
    if (found == std::end(words)) return verbatim + word;
    return std::string(1, static_cast<char>(found - std::begin(words)));
}
std::string full(const std::string& stored) {
    if (stored.empty()) return {};
    if (stored.front() == verbatim) return stored.substr(1);
    const auto index = static_cast<std::size_t>(static_cast<unsigned char>(stored.front()));
    return index < std::size(words) ? std::string{words[index]} : std::string{};
}

struct PackedSample {
    std::string measurand, phase, location, context, unit;
    std::uint64_t flags = 0;
    bool has_number = false;
    std::int64_t milli = 0;
    std::string raw;
    FIELDS(measurand, phase, location, context, unit, flags, has_number, milli, raw)
};
struct PackedSamples {
    wire::List<PackedSample> samples;
    FIELDS(samples)
};

std::int64_t flags_of_one(const domain::Sample& sample) {
    return (sample.unreadable ? has_unreadable : 0) | (sample.unknown_unit ? has_unknown_unit : 0) |
           (sample.is_signed ? has_signed : 0);
}

}  // namespace

std::int64_t flags_of(std::span<const domain::Sample> samples) {
    std::int64_t flags = 0;
    for (const domain::Sample& sample : samples) flags |= flags_of_one(sample);
    return flags;
}

std::string pack_samples(std::span<const domain::Sample> samples) {
    PackedSamples packed;
    packed.samples.items.reserve(samples.size());
    for (const domain::Sample& sample : samples)
        packed.samples.items.push_back({.measurand = shortened(sample.measurand),
                                        .phase = shortened(sample.phase),
                                        .location = shortened(sample.location),
                                        .context = shortened(sample.context),
                                        .unit = shortened(sample.unit),
                                        .flags = static_cast<std::uint64_t>(flags_of_one(sample)),
                                        .has_number = sample.milli.has_value(),
                                        .milli = sample.milli.value_or(0),
                                        .raw = sample.raw});
    return wire::packed(packed);
}

std::vector<domain::Sample> unpack_samples(std::string_view bytes) {
    PackedSamples packed;
    std::vector<domain::Sample> samples;
    if (!wire::unpack(bytes, packed)) return samples;
    for (const PackedSample& stored : packed.samples) {
        domain::Sample& sample = samples.emplace_back();
        sample.measurand = full(stored.measurand);
        sample.phase = full(stored.phase);
        sample.location = full(stored.location);
        sample.context = full(stored.context);
        sample.unit = full(stored.unit);
        if (stored.has_number) sample.milli = stored.milli;
        sample.raw = stored.raw;
        const auto flags = static_cast<std::int64_t>(stored.flags);
        sample.unreadable = (flags & has_unreadable) != 0;
        sample.unknown_unit = (flags & has_unknown_unit) != 0;
        sample.is_signed = (flags & has_signed) != 0;
    }
    return samples;
}

}  // namespace ohm::api
