#include "domain/variable.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/text.hpp"

namespace ohm::domain {
namespace {

std::string folded(std::string_view name) { return fold(trim(name)).value_or(std::string{name}); }

std::optional<double> number_of(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_number =
        error == std::errc{} && end == text.data() + text.size() && std::isfinite(number);
    return is_number ? std::optional{number} : std::nullopt;
}

bool is_boolean(std::string_view text) {
    return equals_ignoring_case(text, "true") || equals_ignoring_case(text, "false");
}

}  // namespace

std::string key_of(const VariableName& name) {
    std::string key = folded(name.component);
    key += '|' + folded(name.component_instance) + '|';
    if (name.evse >= 0) key += std::to_string(name.evse);
    key += '|';
    if (name.connector >= 0) key += std::to_string(name.connector);
    key += '|' + folded(name.variable) + '|' + folded(name.instance);
    return key += '|' + folded(name.attribute);
}

bool is_secret(std::string_view variable) {
    const std::string name = folded(variable);
    constexpr std::string_view secrets[] = {"authorizationkey", "vpnkey", "simpin"};
    return name.ends_with("password") ||
           std::find(std::begin(secrets), std::end(secrets), name) != std::end(secrets);
}

bool same_value(std::string_view a, std::string_view b) {
    a = trim(a);
    b = trim(b);
    if (a == b) return true;
    if (is_boolean(a) && is_boolean(b)) return equals_ignoring_case(a, b);
    const auto number = number_of(a), other = number_of(b);
    return number && other && *number == *other;
}

}  // namespace ohm::domain
