#include "api/files/range.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace ohm::api::files {
namespace {

std::optional<std::int64_t> position(std::string_view text) {
    const auto number = parse_int(text);
    if (!number || *number < 0 || !text.front() || text.front() == '+') return std::nullopt;
    return *number;
}

}  // namespace

Range read_range(std::string_view header, std::int64_t bytes) {
    const Range whole{.kind = Range::Kind::whole, .first = 0, .count = bytes};
    const Range not_there{.kind = Range::Kind::not_there};
    header = trim(header);
    constexpr std::string_view unit = "bytes=";
    if (!equals_ignoring_case(header.substr(0, unit.size()), unit)) return whole;
    const std::string_view set = trim(header.substr(unit.size()));
    const auto dash = set.find('-');
    if (dash == std::string_view::npos || set.find(',') != std::string_view::npos) return whole;
    const std::string_view from = trim(set.substr(0, dash)), to = trim(set.substr(dash + 1));
    const auto first = from.empty() ? std::nullopt : position(from);
    const auto last = to.empty() ? std::nullopt : position(to);
    if ((!from.empty() && !first) || (!to.empty() && !last) || (!first && !last)) return whole;
    if (!first) {  // so many at the end
        const std::int64_t count = std::min(*last, bytes);
        if (count == 0) return not_there;
        return {.kind = Range::Kind::part, .first = bytes - count, .count = count};
    }
    if (last && *last < *first) return whole;
    if (*first >= bytes) return not_there;
    const std::int64_t end = last ? std::min(*last, bytes - 1) : bytes - 1;
    return {.kind = Range::Kind::part, .first = *first, .count = end - *first + 1};
}

}  // namespace ohm::api::files
