#include "domain/tariff.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace ohm::domain {
namespace {

constexpr std::int64_t mwh_per_kwh = 1'000'000;
constexpr std::int64_t seconds_per_minute = 60;
constexpr std::int64_t energy_max_mwh = 1'000'000 * mwh_per_kwh;
constexpr std::int64_t duration_max_s = 10'000'000'000;

// price × amount / unit, without the product of two large numbers.
std::int64_t times(std::int64_t price, std::int64_t amount, std::int64_t unit) {
    return price * (amount / unit) + price * (amount % unit) / unit;
}

}  // namespace

std::optional<std::int64_t> parse_price(std::string_view text) {
    constexpr std::size_t decimals_max = 4, digits_max = 6;
    const auto point = std::min(text.find('.'), text.size());
    std::string digits{text.substr(0, point)};
    std::string decimals{text.substr(std::min(point + 1, text.size()))};
    const auto all_digits = [](const std::string& part) {
        return std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    const bool is_price = !digits.empty() && digits.size() <= digits_max &&
                          decimals.size() <= decimals_max && all_digits(digits) &&
                          all_digits(decimals) && (point == text.size() || !decimals.empty());
    if (!is_price) return std::nullopt;
    decimals.resize(decimals_max, '0');
    return parse_int(digits + decimals);
}

std::int64_t cost_of(const Tariff& tariff, std::int64_t energy_mwh, std::int64_t duration_s) {
    const std::int64_t energy = std::clamp<std::int64_t>(energy_mwh, 0, energy_max_mwh);
    const std::int64_t duration = std::clamp<std::int64_t>(duration_s, 0, duration_max_s);
    const std::int64_t cost = tariff.per_session + times(tariff.per_kwh, energy, mwh_per_kwh) +
                              times(tariff.per_minute, duration, seconds_per_minute);
    constexpr std::int64_t per_hundredth = 100;
    return (cost + per_hundredth / 2) / per_hundredth;
}

std::string text_of_cost(std::int64_t hundredths) {
    const std::string rest = std::to_string(hundredths % 100);
    return std::to_string(hundredths / 100) + (rest.size() < 2 ? ".0" : ".") + rest;
}

}  // namespace ohm::domain
