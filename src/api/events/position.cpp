#include "api/events/position.hpp"

#include <array>
#include <charconv>

#include "base/text.hpp"

namespace ohm::api::events {
namespace {
constexpr int base = 36;
}

std::string text_of(const Position& position) {
    std::string out;
    std::array<char, 24> digits{};
    for (const std::int64_t number : position.next) {
        if (!out.empty()) out += '.';
        const auto end = std::to_chars(digits.begin(), digits.end(), number, base);
        out.append(digits.data(), end.ptr);
    }
    return out;
}

std::optional<Position> read_position(std::string_view text, std::size_t partition_count) {
    constexpr std::size_t longest = 64 * 14;  // partitions and digits of one number
    if (text.size() > longest) return std::nullopt;
    Position position;
    for (const std::string_view piece : split(text, '.')) {
        std::int64_t number = 0;
        const auto end = std::from_chars(piece.data(), piece.data() + piece.size(), number, base);
        const bool whole = end.ec == std::errc{} && end.ptr == piece.data() + piece.size();
        if (!whole || number < 1) return std::nullopt;
        position.next.push_back(number);
    }
    if (position.next.size() != partition_count) return std::nullopt;
    return position;
}

Position beginning(std::size_t partition_count) {
    return {std::vector<std::int64_t>(partition_count, 1)};
}

}  // namespace ohm::api::events
