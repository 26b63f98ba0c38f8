// Meter values of both versions in one form: base units (Wh, W, A, V …) in thousandths, defaults
// filled in, and nothing lost: what cannot be read is kept as it came. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ohm::domain {

// As a station says it; "" is absent.
struct SaidSample {
    std::string_view value;
    std::string_view measurand, unit, context, location, phase;
    std::int64_t multiplier = 0;  // 2.0.1 unitOfMeasure: value × 10^multiplier
    bool is_signed = false;       // 1.6 format SignedData: no number
};

struct Sample {
    std::string measurand, phase, location, context;
    std::string unit;  // the base unit; as said where it is not known
    std::optional<std::int64_t> milli;
    std::string raw;  // the text, where there is no number or it is signed
    bool unreadable = false, unknown_unit = false, is_signed = false;
    friend bool operator==(const Sample&, const Sample&) = default;
};

Sample normalise(const SaidSample& said);

// A decimal text × 10^power in thousandths; half away from zero. Blanks around and a comma instead
// of the point are taken (quirk G1). Nothing where it is no number or does not fit.
std::optional<std::int64_t> parse_milli(std::string_view text, std::int64_t power);

// Where a register reading stands in a transaction.
enum class Moment : std::uint8_t { begin, between, end };
struct RegisterReading {
    std::int64_t mwh = 0;
    Moment moment = Moment::between;
    friend bool operator==(const RegisterReading&, const RegisterReading&) = default;
};
// The imported energy among samples of one instant: the total, or the sum of phases where a station
// gives no total (quirk G6).
std::optional<RegisterReading> register_of(std::span<const Sample> samples);

// Likewise what was counted since the instant before, in mWh.
std::optional<std::int64_t> interval_of(std::span<const Sample> samples);

constexpr std::int64_t power_mw_max = 4'000'000'000;  // 4 MW: beyond any station's

// Likewise the imported power, in mW; nothing where it is beyond any station's.
std::optional<std::int64_t> power_of(std::span<const Sample> samples);

}  // namespace ohm::domain
