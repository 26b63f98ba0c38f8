#include "api/people/summary.hpp"

#include <algorithm>
#include <optional>

#include "api/commands/secrets.hpp"
#include "base/limits_people.hpp"
#include "base/text.hpp"
#include "wire/codec.hpp"

namespace ohm::api::people {
namespace {

// Behind the string that begins at `at`.
std::size_t string_end(std::string_view json, std::size_t at) {
    for (++at; at < json.size() && json[at] != '"'; ++at)
        if (json[at] == '\\') ++at;
    return std::min(at + 1, json.size());
}

// Behind the value that begins at `at`.
std::size_t value_end(std::string_view json, std::size_t at) {
    std::size_t depth = 0;
    while (at < json.size()) {
        const char c = json[at];
        if (c == '"') {
            at = string_end(json, at);
        } else if (c == '{' || c == '[') {
            ++depth, ++at;
            continue;
        } else if (c == '}' || c == ']') {
            if (depth == 0) return at;
            --depth, ++at;
        } else if (c == ',' || c == ':') {
            if (depth == 0) return at;
            ++at;
            continue;
        } else {
            ++at;
            continue;
        }
        if (depth == 0) return at;
    }
    return at;
}

bool has(std::string_view name, std::string_view word) {
    return name.find(word) != std::string_view::npos;
}

// A name written with escapes is not worth understanding: it counts as one.
bool is_secret(std::string_view name) {
    const std::string low = to_lower(name);
    return has(low, "password") || has(low, "secret") || has(low, "private_key") ||
           has(low, "authorization") || has(low, "\\");
}

// {"key":"AuthorizationKey","value":…}: there the name is itself a value.
bool is_value_of_something(std::string_view name) {
    const std::string low = to_lower(name);
    return low == "value" || low == "attributevalue" || low == "data";
}

// As REST, OCPP 1.6 and 2.0.1 call them.
bool is_token(std::string_view name) {
    constexpr std::string_view names[] = {"token", "stop_token", "group_token", "group_id",
                                          "uid",   "idTag",      "parentIdTag", "idToken"};
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

std::string masked(std::string_view text) {
    constexpr std::size_t shown = 4;
    const bool is_plain = text.find('\\') == std::string_view::npos && text.size() >= 2 * shown &&
                          std::all_of(text.begin(), text.end(), [](char c) { return c > 0; });
    return "****" + std::string{is_plain ? text.substr(text.size() - shown) : ""};
}

// Walks the members of a JSON text: `value_of` says what stands in place of one's value, or nothing
// where the walk goes on within it.
template <class Replace>
std::string replaced(std::string_view json, const Replace& value_of) {
    std::string out;
    out.reserve(json.size());
    std::size_t at = 0;
    while (at < json.size()) {
        if (json[at] != '"') {
            out += json[at++];
            continue;
        }
        const std::size_t end = string_end(json, at);
        const std::string_view text = json.substr(at, end - at);
        out += text;
        at = end;
        if (at >= json.size() || json[at] != ':') continue;
        const std::size_t behind = value_end(json, at + 1);
        const auto value =
            value_of(text.substr(1, text.size() - 2), json.substr(at + 1, behind - at - 1));
        if (!value) continue;
        ((out += ":\"") += *value) += '"';
        at = behind;
    }
    return out;
}

}  // namespace

std::string without_secrets(std::string_view json) {
    const bool hides_values = commands::may_hold_secret(json);
    return replaced(json, [&](std::string_view name, std::string_view) {
        const bool hides = is_secret(name) || (hides_values && is_value_of_something(name));
        return hides ? std::optional<std::string>{"***"} : std::nullopt;
    });
}

std::string without_tokens(std::string_view json) {
    return replaced(json, [](std::string_view name, std::string_view value) {
        const bool hides = value.size() > 2 && value.front() == '"' && is_token(name);
        return hides ? std::optional{masked(value.substr(1, value.size() - 2))} : std::nullopt;
    });
}

std::string summary_of(std::string_view media_type, std::string_view body) {
    if (body.empty()) return "";
    const bool is_json = media_type.find("json") != std::string_view::npos;
    const auto json = is_json ? wire::minify(body) : std::nullopt;
    if (!json)
        return to_storable(trim(media_type), limits::audit_text_bytes) + ", " +
               std::to_string(body.size()) + " bytes";
    const std::string kept = to_storable(without_secrets(*json), 16 * limits::rest_body_bytes);
    if (kept.size() <= limits::audit_summary_bytes) return kept;
    return to_storable(kept, limits::audit_summary_bytes) + "…";
}

}  // namespace ohm::api::people
