// The table of settings, written for people.
#include <algorithm>

#include "base/settings.hpp"
#include "base/text.hpp"

namespace ohm {
namespace {

using Kind = Setting::Kind;
using Part = Setting::Part;

std::string_view part_name(Part part) {
    switch (part) {
        case Part::api: return "api";
        case Part::worker: return "worker";
        case Part::both: return "api, worker";
    }
    return "";
}

std::string range(const Setting& setting) {
    return std::to_string(setting.min) + " to " + std::to_string(setting.max);
}

std::string shown_default(const Setting& setting) {
    if (setting.fallback.empty()) return "empty";
    return std::string{setting.fallback};
}

// As an env file takes it back.
std::string quoted(const std::string& value) {
    const bool plain = value.find_first_of(" \t#\"'\\") == std::string::npos;
    if (plain) return value;
    std::string out = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

}  // namespace

std::string flag_of(std::string_view key) {
    std::string flag = "--" + to_lower(key);
    std::ranges::replace(flag, '_', '-');
    return flag;
}

std::string allowed_values(const Setting& setting) {
    switch (setting.kind) {
        case Kind::text: return "a text without control characters";
        case Kind::path: return "a path without control characters";
        case Kind::secret: return "a text without control characters";
        case Kind::integer: return "a whole number, " + range(setting);
        case Kind::port: return "a port, " + range(setting);
        case Kind::boolean: return "true or false";
        case Kind::address: return "an IPv4 or IPv6 address";
        case Kind::label: return "1 to 40 of a-z, 0-9 and -";
        case Kind::choice: break;
    }
    std::string names;
    const auto choices = split(setting.choices, ' ');
    for (std::size_t i = 0; i < choices.size(); ++i) {
        if (i > 0) names += i + 1 == choices.size() ? " or " : ", ";
        names += choices[i];
    }
    return names;
}

std::string settings_help() {
    std::string out =
        "Settings, each as a flag, in the environment, in ./.env or in /etc/ohmstead/ohmstead.env\n"
        "(the first of these that names it wins):\n\n";
    for (const Setting& row : settings_table()) {
        out += "  " + flag_of(row.key) + " VALUE   (" + std::string{row.key} + ")\n";
        out += "      " + std::string{row.help} + "\n";
        out += "      " + allowed_values(row) + "; default: " + shown_default(row) + "\n";
    }
    out +=
        "\nA secret can be given as a file: --db-password-file PATH, or DB_PASSWORD_FILE=PATH.\n";
    return out;
}

std::string settings_show(const Settings& settings, bool origins) {
    std::string out;
    for (const Setting& row : settings_table()) {
        const std::string value = settings.text(row.key);
        const bool masked = row.kind == Kind::secret && !value.empty();
        out += std::string{row.key} + "=" + (masked ? "***" : quoted(value));
        if (origins) out += "  # " + settings.origin(row.key);
        out += "\n";
    }
    return out;
}

std::string settings_example() {
    std::string out = "# Settings of Ohmstead. Lines without # differ from the default.\n";
    for (const Setting& row : settings_table()) {
        out += "\n# " + std::string{row.help} + "\n# " + allowed_values(row) + "; used by " +
               std::string{part_name(row.part)} + "\n";
        if (row.kind == Kind::secret) out += "#" + std::string{row.key} + "_FILE=\n";
        out += "#" + std::string{row.key} + "=" + quoted(std::string{row.fallback}) + "\n";
    }
    return out;
}

std::string settings_markdown() {
    std::string out =
        "| setting | default | values | used by | what it does |\n"
        "| --- | --- | --- | --- | --- |\n";
    for (const Setting& row : settings_table()) {
        const std::string fallback =
            row.fallback.empty() ? "" : "`" + std::string{row.fallback} + "`";
        const std::string name =
            "`" + std::string{row.key} + "`" + (row.kind == Kind::secret ? " (or `…_FILE`)" : "");
        out += "| " + name + " | " + fallback + " | " + allowed_values(row) + " | " +
               std::string{part_name(row.part)} + " | " + std::string{row.help} + " |\n";
    }
    return out;
}

}  // namespace ohm
