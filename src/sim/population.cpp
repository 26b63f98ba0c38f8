#include "sim/population.hpp"

#include "base/secret.hpp"
#include "base/text.hpp"

namespace ohm::sim {
namespace {

constexpr std::size_t digits = 6;
constexpr std::size_t password_bytes = 20;

}  // namespace

std::string Population::id(std::size_t number) const {
    const std::string text = std::to_string(number + 1);
    return prefix + std::string(text.size() < digits ? digits - text.size() : 0, '0') + text;
}

std::string Population::password(std::size_t number) const {
    if (!same_password.empty()) return same_password;
    const std::string hash = secret::digest(std::to_string(seed) + "/" + id(number));
    return to_hex(std::string_view{hash}.substr(0, password_bytes));
}

}  // namespace ohm::sim
