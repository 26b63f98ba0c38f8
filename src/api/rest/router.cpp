#include <algorithm>

#include "api/rest/route.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

// A segment may hold text around its parameter: "{Action}.request".
struct Segment {
    std::string_view before, after;
    explicit Segment(std::string_view segment)
        : before{segment.substr(0, segment.find('{'))},
          after{segment.substr(segment.find('}') + 1)} {}
};

struct Fit {
    bool fits = false;
    bool malformed = false;
    std::size_t literals = 0;  // the more, the better the fit
    std::vector<std::string> values;
};

bool fit_segment(std::string_view pattern, std::string_view given, Fit& fit) {
    if (!is_parameter(pattern)) return ++fit.literals, pattern == given;
    const Segment segment{pattern};
    if (given.size() <= segment.after.size() || !given.ends_with(segment.after)) return false;
    given.remove_suffix(segment.after.size());
    auto value = percent_decode(given);
    if (!value || !is_utf8(*value) || value->find('\0') != std::string::npos) fit.malformed = true;
    fit.values.push_back(value.value_or(""));
    return true;
}

Fit fit_path(std::string_view pattern, const std::vector<std::string_view>& given) {
    Fit fit;
    const auto wanted = split(pattern, '/');
    if (wanted.size() != given.size()) return fit;
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if (!fit_segment(wanted[i], given[i], fit)) return fit;
    fit.fits = true;
    return fit;
}

void allow(std::string& allowed, std::string_view method) {
    if (!allowed.empty()) allowed += ", ";
    allowed += method;
    if (method == "GET") allowed += ", HEAD";
}

}  // namespace

Match find_route(std::span<const Route> table, std::string_view method, std::string_view path) {
    const auto given = split(path, '/');
    const std::string_view wanted = method == "HEAD" ? "GET" : method;
    Match match;
    std::size_t best = 0;
    for (const Route& route : table) {
        Fit fit = fit_path(route.path, given);
        if (!fit.fits) continue;
        if (route.method != wanted) {
            allow(match.allowed, route.method);
            continue;
        }
        if (match.route != nullptr && fit.literals <= best) continue;
        best = fit.literals;
        match.route = &route;
        match.values = std::move(fit.values);
        match.malformed = fit.malformed;
    }
    return match;
}

}  // namespace ohm::api::rest
