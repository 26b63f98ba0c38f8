#include "domain/meter.hpp"

#include <algorithm>
#include <limits>

#include "base/text.hpp"

namespace ohm::domain {
namespace {

constexpr std::string_view energy_register = "Energy.Active.Import.Register";

struct Unit {
    std::string_view said, base;
    std::int64_t power;
};
constexpr Unit units[] = {
    {"Wh", "Wh", 0},
    {"kWh", "Wh", 3},
    {"MWh", "Wh", 6},
    {"varh", "varh", 0},
    {"kvarh", "varh", 3},
    {"VAh", "VAh", 0},
    {"kVAh", "VAh", 3},
    {"W", "W", 0},
    {"kW", "W", 3},
    {"MW", "W", 6},
    {"VA", "VA", 0},
    {"kVA", "VA", 3},
    {"var", "var", 0},
    {"kvar", "var", 3},
    {"A", "A", 0},
    {"mA", "A", -3},
    {"V", "V", 0},
    {"kV", "V", 3},
    {"K", "K", 0},
    {"Celsius", "Celsius", 0},
    {"Celcius", "Celsius", 0},
    {"Fahrenheit", "Fahrenheit", 0},
    {"Percent", "Percent", 0},
    {"%", "Percent", 0},
    {"Hertz", "Hertz", 0},
    {"Hz", "Hertz", 0},
    {"RPM", "RPM", 0},
};

// What a station means that says no unit: 1.6 §7.43 and 2.0.1 give a default for energy only.
struct DefaultUnit {
    std::string_view prefix, unit;
};
constexpr DefaultUnit default_units[] = {
    {"Energy.Reactive", "varh"},
    {"Energy.Apparent", "VAh"},
    {"Energy", "Wh"},
    {"Power.Factor", ""},
    {"Power.Reactive", "var"},
    {"Power", "W"},
    {"Current", "A"},
    {"Voltage", "V"},
    {"Frequency", "Hertz"},
    {"SoC", "Percent"},
    {"Temperature", "Celsius"},
    {"RPM", "RPM"},
};

std::string_view default_unit(std::string_view measurand) {
    for (const DefaultUnit& row : default_units)
        if (measurand.starts_with(row.prefix)) return row.unit;
    return "";
}

const Unit* find_unit(std::string_view said) {
    const auto* found = std::find_if(std::begin(units), std::end(units),
                                     [&](const Unit& unit) { return unit.said == said; });
    return found == std::end(units) ? nullptr : found;
}

// A decimal number taken apart: digits × 10^exponent.
struct Decimal {
    bool negative = false;
    std::uint64_t digits = 0;
    std::int64_t exponent = 0;
};

constexpr std::uint64_t digits_max = std::numeric_limits<std::uint64_t>::max() / 10 - 1;

bool take_digits(std::string_view& text, Decimal& out, bool is_fraction) {
    const std::size_t before = text.size();
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        const auto digit = static_cast<std::uint64_t>(text.front() - '0');
        text.remove_prefix(1);
        if (out.digits <= digits_max) {
            out.digits = out.digits * 10 + digit;
            out.exponent -= is_fraction;
        } else {
            out.exponent += !is_fraction;  // beyond 19 digits nothing is measured
        }
    }
    return text.size() < before;
}

std::optional<Decimal> take_apart(std::string_view text) {
    Decimal out;
    text = trim(text);
    if (text.starts_with('-') || text.starts_with('+')) {
        out.negative = text.front() == '-';
        text.remove_prefix(1);
    }
    bool any = take_digits(text, out, false);
    if (text.starts_with('.') || text.starts_with(',')) {
        text.remove_prefix(1);
        any = take_digits(text, out, true) || any;
    }
    if (!any) return std::nullopt;
    if (text.starts_with('e') || text.starts_with('E')) {
        text.remove_prefix(1);
        if (text.starts_with('+')) text.remove_prefix(1);
        const auto exponent = parse_int(text);
        if (!exponent || *exponent < -400 || *exponent > 400) return std::nullopt;
        out.exponent += *exponent;
        text = {};
    }
    if (!text.empty()) return std::nullopt;
    return out;
}

// False where the sum is no number any more.
bool add(std::optional<std::int64_t>& sum, std::int64_t more) {
    std::int64_t out = 0;
    if (__builtin_add_overflow(sum.value_or(0), more, &out)) return false;
    sum = out;
    return true;
}

}  // namespace

std::optional<std::int64_t> parse_milli(std::string_view text, std::int64_t power) {
    constexpr std::int64_t thousandths = 3, power_max = 100;
    if (power < -power_max || power > power_max) return std::nullopt;
    const auto decimal = take_apart(text);
    if (!decimal) return std::nullopt;
    std::uint64_t value = decimal->digits;
    std::int64_t shift = decimal->exponent + power + thousandths;
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    for (; shift > 0 && value != 0; --shift) {
        if (value > most / 10) return std::nullopt;
        value *= 10;
    }
    for (; shift < -1 && value != 0; ++shift) value /= 10;
    if (shift < 0 && value != 0) value = (value + 5) / 10;
    if (value > most) return std::nullopt;
    const auto number = static_cast<std::int64_t>(value);
    return decimal->negative ? -number : number;
}

Sample normalise(const SaidSample& said) {
    const auto or_default = [](std::string_view text, std::string_view otherwise) {
        return std::string{text.empty() ? otherwise : text};
    };
    Sample sample;
    sample.measurand = or_default(said.measurand, energy_register);
    sample.context = or_default(said.context, "Sample.Periodic");
    sample.location = or_default(said.location, "Outlet");
    sample.phase = said.phase;
    const std::string unit = or_default(said.unit, default_unit(sample.measurand));
    const Unit* known = find_unit(unit);
    sample.unit = known ? std::string{known->base} : unit;
    sample.unknown_unit = !known && !unit.empty();
    if (said.is_signed) {
        sample.is_signed = true;
        sample.raw = said.value;
        return sample;
    }
    sample.milli = parse_milli(said.value, said.multiplier + (known ? known->power : 0));
    sample.unreadable = !sample.milli;
    if (sample.unreadable) sample.raw = said.value;
    return sample;
}

namespace {
// The total of one measurand, or the sum of its phases.
std::optional<std::int64_t> sum_of(std::span<const Sample> samples, std::string_view measurand,
                                   std::string_view unit, Moment& moment) {
    std::optional<std::int64_t> total, phases;
    for (const Sample& sample : samples) {
        const bool counts = sample.measurand == measurand && sample.unit == unit &&
                            sample.location == "Outlet" && sample.milli;
        if (!counts) continue;
        if (sample.context == "Transaction.Begin") moment = Moment::begin;
        if (sample.context == "Transaction.End") moment = Moment::end;
        const bool is_phase = sample.phase == "L1" || sample.phase == "L2" ||
                              sample.phase == "L3" || sample.phase == "L1-N" ||
                              sample.phase == "L2-N" || sample.phase == "L3-N";
        if (sample.phase.empty())
            total = total ? std::max(*total, *sample.milli) : *sample.milli;
        else if (is_phase && !add(phases, *sample.milli))
            return std::nullopt;
    }
    return total ? total : phases;
}
}  // namespace

std::optional<RegisterReading> register_of(std::span<const Sample> samples) {
    Moment moment = Moment::between;
    const auto mwh = sum_of(samples, energy_register, "Wh", moment);
    if (!mwh) return std::nullopt;
    return RegisterReading{*mwh, moment};
}

std::optional<std::int64_t> interval_of(std::span<const Sample> samples) {
    Moment moment = Moment::between;
    return sum_of(samples, "Energy.Active.Import.Interval", "Wh", moment);
}

std::optional<std::int64_t> power_of(std::span<const Sample> samples) {
    Moment moment = Moment::between;
    const auto mw = sum_of(samples, "Power.Active.Import", "W", moment);
    return mw && *mw >= 0 && *mw <= power_mw_max ? mw : std::nullopt;
}

}  // namespace ohm::domain
