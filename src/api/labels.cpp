#include "api/labels.hpp"

#include <set>

#include "base/limits_rest.hpp"

namespace ohm::api {
namespace {

// Behind the string that begins at `at`.
std::size_t string_end(std::string_view json, std::size_t at) {
    for (++at; at < json.size() && json[at] != '"'; ++at)
        if (json[at] == '\\') ++at;
    return at + 1;
}

// U+0000 as JSON writes it: an odd number of backslashes before the u.
bool has_null_character(std::string_view json) {
    for (auto at = json.find("u0000"); at != std::string_view::npos;
         at = json.find("u0000", at + 1)) {
        std::size_t slashes = 0;
        while (slashes < at && json[at - 1 - slashes] == '\\') ++slashes;
        if (slashes % 2 == 1) return true;
    }
    return false;
}

// Of the outermost object only: what lies within is the operator's own affair.
bool has_name_twice(std::string_view json) {
    std::set<std::string_view> names;
    std::size_t depth = 0;
    for (std::size_t at = 0; at < json.size();) {
        const char c = json[at];
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        if (c != '"') {
            ++at;
            continue;
        }
        const std::size_t end = string_end(json, at);
        const bool is_name = depth == 1 && end < json.size() && json[end] == ':';
        if (is_name && !names.insert(json.substr(at, end - at)).second) return true;
        at = end;
    }
    return false;
}

}  // namespace

std::optional<std::string> wrong_with_labels(std::string_view minified) {
    if (!minified.starts_with('{')) return "must be an object";
    if (minified.size() > limits::labels_bytes)
        return "take more than " + std::to_string(limits::labels_bytes) + " bytes";
    if (has_null_character(minified)) return "must not contain U+0000";
    if (has_name_twice(minified)) return "have a name twice";
    return std::nullopt;
}

}  // namespace ohm::api
