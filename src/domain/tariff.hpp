// What a transaction costs by one price for everybody: for its energy, its time, and once. Money is
// in ten-thousandths of the currency's unit, told in hundredths. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ohm::domain {

struct Tariff {
    std::int64_t per_kwh = 0, per_minute = 0, per_session = 0;
};

// A price as people write it: "0.35", up to four decimals and a million. Nothing where it is none.
std::optional<std::int64_t> parse_price(std::string_view text);

// In hundredths, half up; nothing is negative.
std::int64_t cost_of(const Tariff& tariff, std::int64_t energy_mwh, std::int64_t duration_s);

std::string text_of_cost(std::int64_t hundredths);  // "12.30"

}  // namespace ohm::domain
