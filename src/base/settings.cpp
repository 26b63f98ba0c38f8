#include "base/settings.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <optional>
#include <unistd.h>
#include <utility>

#include "base/settings_sources.hpp"
#include "base/text.hpp"

namespace ohm {
namespace {

using Kind = Setting::Kind;

constexpr std::string_view file_suffix = "_FILE";
constexpr std::size_t label_characters = 40;

std::optional<std::size_t> row_of(std::string_view key) {
    const auto rows = settings_table();
    const auto row = std::ranges::find(rows, key, &Setting::key);
    if (row == rows.end()) return std::nullopt;
    return static_cast<std::size_t>(row - rows.begin());
}

// The row of a secret that `KEY_FILE` points to.
std::optional<std::size_t> secret_row_of(std::string_view key) {
    if (!key.ends_with(file_suffix)) return std::nullopt;
    const auto row = row_of(key.substr(0, key.size() - file_suffix.size()));
    if (!row || settings_table()[*row].kind != Kind::secret) return std::nullopt;
    return row;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replace, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

// The key that was probably meant; one without its OHM_ counts as near.
std::optional<std::string_view> nearest_key(std::string_view typed) {
    constexpr std::size_t typing_errors_max = 3;
    std::optional<std::string_view> nearest;
    std::size_t best = typing_errors_max + 1;
    for (const Setting& row : settings_table()) {
        std::size_t distance = edit_distance(typed, row.key);
        if (row.key.starts_with("OHM_"))
            distance = std::min(distance, edit_distance(typed, row.key.substr(4)) + 1);
        if (distance >= best) continue;
        best = distance;
        nearest = row.key;
    }
    return nearest;
}

Refusal unknown_key(std::string_view shown, std::string_view key, std::string_view origin) {
    std::string sentence = std::string{shown} + " (" + std::string{origin} + ") is not a setting; ";
    if (const auto meant = nearest_key(key))
        return bad_setting(sentence + "did you mean " +
                           (shown.starts_with("--") ? flag_of(*meant) : std::string{*meant}) + "?");
    return bad_setting(sentence + "`ohmstead config show` lists those that are.");
}

std::optional<std::string> read_boolean(std::string_view value) {
    const std::string lower = to_lower(value);
    if (lower == "true" || lower == "1" || lower == "yes") return "true";
    if (lower == "false" || lower == "0" || lower == "no") return "false";
    return std::nullopt;
}

std::optional<std::string> read_integer(const Setting& row, std::string_view value) {
    const auto number = parse_int(value);
    if (!number || *number < row.min || *number > row.max) return std::nullopt;
    return std::to_string(*number);
}

std::optional<std::string> read_choice(const Setting& row, std::string_view value) {
    const std::string lower = to_lower(value);
    for (const auto choice : split(row.choices, ' '))
        if (lower == choice) return lower;
    return std::nullopt;
}

std::optional<std::string> read_address(const std::string& value) {
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    if (inet_pton(AF_INET, value.c_str(), bytes.data()) == 1) return value;
    if (inet_pton(AF_INET6, value.c_str(), bytes.data()) == 1) return value;
    return std::nullopt;
}

bool is_label_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

std::optional<std::string> read_label(std::string_view value) {
    if (value.size() > label_characters) return std::nullopt;
    if (!std::ranges::all_of(value, is_label_character)) return std::nullopt;
    return std::string{value};
}

// The value in its one spelling, or nothing where it is not one of the allowed.
std::optional<std::string> read_value(const Setting& row, const std::string& value) {
    if (!is_utf8(value) || has_control_characters(value)) return std::nullopt;
    switch (row.kind) {
        case Kind::text:
        case Kind::path:
        case Kind::secret: return value;
        case Kind::integer:
        case Kind::port: return read_integer(row, value);
        case Kind::boolean: return read_boolean(value);
        case Kind::choice: return read_choice(row, value);
        case Kind::address: return read_address(value);
        case Kind::label: return read_label(value);
    }
    return std::nullopt;
}

Refusal bad_value(const Setting& row, const std::string& value, const std::string& origin) {
    std::string shown;
    append_json_string(shown, row.kind == Kind::secret ? "***" : value);
    return bad_setting(std::string{row.key} + "=" + shown + " (" + origin + ") is not " +
                       allowed_values(row) + "; correct it or leave it out, which means \"" +
                       std::string{row.kind == Kind::secret ? "***" : row.fallback} + "\".");
}

// What the sources say about one row: the last word, and whether it names a file with the secret.
struct Chosen {
    SettingAssignment assignment;
    bool names_file = false;
};

Result<std::vector<std::optional<Chosen>>> choose(
    const std::vector<SettingAssignment>& assignments) {
    std::vector<std::optional<Chosen>> chosen(settings_table().size());
    for (const SettingAssignment& assignment : assignments) {
        const auto secret_row = secret_row_of(assignment.key);
        const auto row = secret_row ? secret_row : row_of(assignment.key);
        if (!row)
            return tl::unexpected{unknown_key(assignment.shown, assignment.key, assignment.origin)};
        const bool names_file = secret_row.has_value();
        const auto& before = chosen[*row];
        if (before && before->names_file != names_file &&
            before->assignment.source == assignment.source)
            return tl::unexpected{bad_setting(
                before->assignment.shown + " and " + assignment.shown + " (" + assignment.origin +
                ") are two sources of one secret; leave one of them out.")};
        const Setting& setting = settings_table()[*row];
        if (!names_file && !read_value(setting, assignment.value))
            return tl::unexpected{bad_value(setting, assignment.value, assignment.origin)};
        chosen[*row] = Chosen{assignment, names_file};
    }
    return chosen;
}

}  // namespace

SettingSources process_sources(std::vector<std::string> arguments) {
    SettingSources sources{.files = {"/etc/ohmstead/ohmstead.env", "./.env"},
                           .environment = {},
                           .arguments = std::move(arguments)};
    for (char** entry = environ; entry && *entry; ++entry) sources.environment.emplace_back(*entry);
    return sources;
}

Result<Settings> Settings::load(const SettingSources& sources) {
    const auto assignments = read_sources(sources);
    if (!assignments) return tl::unexpected{assignments.error()};
    const auto chosen = choose(*assignments);
    if (!chosen) return tl::unexpected{chosen.error()};

    Settings settings;
    const auto rows = settings_table();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        settings.values_.push_back({std::string{rows[i].fallback}, "default"});
        if (!(*chosen)[i]) continue;
        const auto& [assignment, names_file] = *(*chosen)[i];
        std::string value = assignment.value;
        std::string origin = assignment.origin;
        if (names_file) {
            auto secret = read_secret_file(assignment);
            if (!secret) return tl::unexpected{secret.error()};
            value = std::move(*secret);
            origin += ", " + assignment.value;
        }
        auto read = read_value(rows[i], value);
        if (!read) return tl::unexpected{bad_value(rows[i], value, origin)};
        settings.values_.back() = {std::move(*read), std::move(origin)};
    }
    if (settings.text("OHM_TLS_CERT_FILE").empty() != settings.text("OHM_TLS_KEY_FILE").empty())
        return tl::unexpected{bad_setting(
            "OHM_TLS_CERT_FILE and OHM_TLS_KEY_FILE belong together, and one of them is empty; "
            "set both or none.")};
    return settings;
}

std::string Settings::text(std::string_view key) const {
    const auto row = row_of(key);
    ENSURE(row.has_value());
    return values_[*row].text;
}

std::int64_t Settings::integer(std::string_view key) const {
    const auto row = row_of(key);
    ENSURE(row.has_value());
    const Kind kind = settings_table()[*row].kind;
    ENSURE(kind == Kind::integer || kind == Kind::port);
    return parse_int(values_[*row].text).value();
}

bool Settings::boolean(std::string_view key) const {
    const auto row = row_of(key);
    ENSURE(row.has_value());
    ENSURE(settings_table()[*row].kind == Kind::boolean);
    return values_[*row].text == "true";
}

std::string Settings::origin(std::string_view key) const {
    const auto row = row_of(key);
    ENSURE(row.has_value());
    return values_[*row].origin;
}

Result<std::string> Settings::find(std::string_view key) const {
    if (!row_of(key)) return tl::unexpected{unknown_key(key, key, "asked for")};
    return text(key);
}

std::string default_worker_id(std::string_view host_name, std::int64_t port) {
    const std::string end = "-" + std::to_string(port);
    std::string id = to_lower(host_name);
    const std::size_t most = label_characters - end.size();
    if (id.size() > most) id.erase(0, id.size() - most);
    for (char& c : id)
        if (!is_label_character(c)) c = '-';
    return (id.empty() ? "worker" : id) + end;
}

}  // namespace ohm
