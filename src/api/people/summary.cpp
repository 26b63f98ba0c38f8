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

// As one word: private_key and privateKey are the same. A name written with escapes is not worth
// understanding: it counts as a secret's.
bool is_secret(std::string_view name) {
    constexpr std::string_view words[] = {"password", "passwd",       "passphrase",   "secret",
                                          "simpin",   "psk",          "presharedkey", "privatekey",
                                          "\\",       "authorization"};
    std::string low = to_lower(name);
    std::erase_if(low, [](char c) { return c == '_' || c == '-'; });
    return std::any_of(std::begin(words), std::end(words),
                       [&](std::string_view word) { return has(low, word); });
}

// The key of a VPN is called nothing but "key". The neutral command's body does not name itself.
bool sets_network_profile(std::string_view json) {
    return has(json, "SetNetworkProfile") || has(json, "set-network-profile") ||
           has(json, "\"vpn\"");
}

// "//ada:friend@host" as "//***@host", wherever a URL stands.
std::string without_userinfo(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    while (!json.empty()) {
        const auto slashes = json.find("//");
        if (slashes == std::string_view::npos) break;
        const std::size_t begin = slashes + 2;
        const std::size_t end = std::min(json.find_first_of("\"/\\?# ", begin), json.size());
        out += json.substr(0, begin);
        const auto at = json.substr(begin, end - begin).rfind('@');
        if (at != std::string_view::npos) out += "***";
        json.remove_prefix(at == std::string_view::npos ? begin : begin + at);
    }
    return out += json;
}

// {"key":"AuthorizationKey","value":…}: there the name is itself a value.
bool is_value_of_something(std::string_view name) {
    const std::string low = to_lower(name);
    return low == "value" || low == "attributevalue" || low == "data";
}

// As REST, OCPP 1.6 and 2.0.1 call them.
bool is_token(std::string_view name) {
    constexpr std::string_view names[] = {
        "token", "stop_token",  "group_token", "group_id",          "uid",
        "idTag", "parentIdTag", "idToken",     "additionalIdToken", "additional_id_token"};
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

std::string masked(std::string_view text) {
    constexpr std::size_t shown = 4;
    const bool is_plain = text.find('\\') == std::string_view::npos && text.size() >= 2 * shown &&
                          std::all_of(text.begin(), text.end(), [](char c) { return c > 0; });
    return "****" + std::string{is_plain ? text.substr(text.size() - shown) : ""};
}

// A number names a token as well as a text does. Nothing where it is neither.
std::optional<std::string> masked_scalar(std::string_view value) {
    if (value.empty() || value == "null" || value == "\"\"") return std::nullopt;
    if (value.front() == '{' || value.front() == '[') return std::nullopt;
    if (value.front() != '"') return masked(value);
    return masked(value.substr(1, value.size() - 1 - (value.back() == '"' ? 1 : 0)));
}

// Walks the members of a JSON text: `value_of` says what JSON stands in place of one's value, or
// nothing where the walk goes on within it.
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
        (out += ':') += *value;
        at = behind;
    }
    return out;
}

}  // namespace

std::string without_secrets(std::string_view json) {
    const bool hides_values = commands::may_hold_secret(json);
    const bool hides_keys = sets_network_profile(json);
    return without_userinfo(replaced(json, [&](std::string_view name, std::string_view) {
        const bool hides = is_secret(name) || (hides_values && is_value_of_something(name)) ||
                           (hides_keys && to_lower(name) == "key");
        return hides ? std::optional<std::string>{R"("***")"} : std::nullopt;
    }));
}

std::string without_shown_once(std::string_view json) {
    const auto is_shown_once = [](std::string_view name, std::string_view value) {
        const bool is_text = value.size() > 2 && value.front() == '"';
        return is_text && (name == "password" || name == "secret" || name == "ticket" ||
                           (name == "key" && value.starts_with(R"("ohk_)")));
    };
    return replaced(json, [&](std::string_view name, std::string_view value) {
        return is_shown_once(name, value) ? std::optional<std::string>{"null"} : std::nullopt;
    });
}

std::string without_tokens(std::string_view json) {
    return replaced(json, [](std::string_view name, std::string_view value) {
        const auto shown = is_token(name) ? masked_scalar(value) : std::nullopt;
        return shown ? std::optional{"\"" + *shown + "\""} : std::nullopt;
    });
}

std::string masked_token(std::string_view token) { return token.empty() ? "" : masked(token); }

std::string path_without_tokens(std::string_view path) {
    constexpr std::string_view folder = "tokens/", parameter = "token=";
    std::string out;
    while (!path.empty()) {
        const auto in_folder = path.find(folder), in_query = path.find(parameter);
        const auto found = std::min(in_folder, in_query);
        if (found == std::string_view::npos) break;
        const std::size_t begin = found + (found == in_folder ? folder.size() : parameter.size());
        const std::size_t end = std::min(path.find_first_of("/?&", begin), path.size());
        const std::string_view token = path.substr(begin, end - begin);
        out += path.substr(0, begin);
        out += token == "import" ? std::string{token} : masked_token(token);
        path.remove_prefix(end);
    }
    return out += path;
}

std::string summary_of(std::string_view media_type, std::string_view body) {
    if (body.empty()) return "";
    const bool is_json = media_type.find("json") != std::string_view::npos;
    const bool is_short = body.size() <= limits::audit_body_bytes;
    const auto json = is_json && is_short ? wire::minify(body) : std::nullopt;
    if (!json)
        return to_storable(trim(media_type), limits::audit_text_bytes) + ", " +
               std::to_string(body.size()) + " bytes";
    std::string kept = to_storable(without_secrets(*json), 2 * limits::audit_body_bytes);
    if (kept.size() <= limits::audit_summary_bytes) return kept;
    return to_storable(kept, limits::audit_summary_bytes) + "…";
}

}  // namespace ohm::api::people
