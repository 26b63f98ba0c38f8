#include "base/settings_sources.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <optional>
#include <system_error>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace ohm {
namespace {

using Assignments = std::vector<SettingAssignment>;

// Empty where the file is absent.
Result<std::optional<std::string>> read_file(const std::string& path, std::size_t bytes_max) {
    errno = 0;
    std::ifstream file{path, std::ios::binary};
    std::string text(bytes_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.eof() && file.fail()) {
        if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
        return tl::unexpected{bad_setting(path + " cannot be read (" +
                                          std::generic_category().message(errno) +
                                          "); correct its permissions or remove it.")};
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > bytes_max)
        return tl::unexpected{bad_setting(path + " is larger than " + std::to_string(bytes_max) +
                                          " bytes, so it cannot be what it is meant to be.")};
    return text;
}

// `"a \"b\""` or `'a'`, and nothing behind but a comment. Empty where it is not that.
std::optional<std::string> unquote(std::string_view text) {
    const char quote = text.front();
    std::string value;
    std::size_t i = 1;
    for (; i < text.size() && text[i] != quote; ++i) {
        const bool escape = quote == '"' && text[i] == '\\' && i + 1 < text.size() &&
                            (text[i + 1] == '"' || text[i + 1] == '\\');
        if (escape) ++i;
        value += text[i];
    }
    if (i >= text.size()) return std::nullopt;
    const std::string_view rest = trim(text.substr(i + 1));
    if (!rest.empty() && rest.front() != '#') return std::nullopt;
    return value;
}

std::optional<std::string> read_env_value(std::string_view text) {
    text = trim(text);
    if (!text.empty() && (text.front() == '"' || text.front() == '\'')) return unquote(text);
    if (text.starts_with('#')) return std::string{};
    return std::string{trim(text.substr(0, std::min(text.find(" #"), text.find("\t#"))))};
}

// In the environment, which holds much of others, only our prefix makes a key ours; that of the
// tests is nobody's setting.
bool is_ours(std::string_view key) {
    if (key.starts_with("OHM_TEST_")) return false;
    if (key.starts_with("OHM_")) return true;
    return std::ranges::any_of(settings_table(), [&](const Setting& row) {
        return key == row.key ||
               (row.kind == Setting::Kind::secret && key == std::string{row.key} + "_FILE");
    });
}

Assignments read_environment(const std::vector<std::string>& environment) {
    Assignments read;
    for (const std::string& entry : environment) {
        const std::size_t equals = entry.find('=');
        if (equals == std::string::npos) continue;
        const std::string key = entry.substr(0, equals);
        if (is_ours(key))
            read.push_back({key, key, entry.substr(equals + 1), "environment", "environment"});
    }
    return read;
}

std::string key_of(std::string_view flag) {
    std::string key{flag.substr(2)};
    for (char& c : key) {
        if (c == '-') c = '_';
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return key;
}

Result<Assignments> read_arguments(const std::vector<std::string>& arguments) {
    Assignments read;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        if (!argument.starts_with("--") || argument.size() == 2)
            return tl::unexpected{bad_setting("\"" + argument +
                                              "\" is not a flag; flags are written "
                                              "--http-server-port 8000.")};
        const std::size_t equals = argument.find('=');
        const std::string flag = argument.substr(0, equals);
        if (equals == std::string::npos && i + 1 == arguments.size() && is_ours(key_of(flag)))
            return tl::unexpected{bad_setting(flag + " has no value; write " + flag + "=VALUE.")};
        std::string value;
        if (equals != std::string::npos)
            value = argument.substr(equals + 1);
        else if (i + 1 < arguments.size())
            value = arguments[++i];
        read.push_back({key_of(flag), flag, std::move(value), "flag", "flag"});
    }
    return read;
}

void append(Assignments& all, Assignments more) {
    std::ranges::move(more, std::back_inserter(all));
}

}  // namespace

Refusal bad_setting(std::string sentence) { return {"bad_setting", std::move(sentence)}; }

Result<Assignments> read_env_text(std::string_view text, const std::string& file) {
    Assignments read;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::size_t number = 0;
    for (std::string_view line : split(text, '\n')) {
        const std::string origin = file + ":" + std::to_string(++number);
        line = trim(line);
        if (line.empty() || line.front() == '#') continue;
        if (line.starts_with("export ")) line = trim(line.substr(7));
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos || equals == 0)
            return tl::unexpected{bad_setting(origin + " is not KEY=value; correct the line or put "
                                                       "a # before it.")};
        const std::string key{trim(line.substr(0, equals))};
        auto value = read_env_value(line.substr(equals + 1));
        if (!value)
            return tl::unexpected{bad_setting(key + " (" + origin +
                                              ") has a quote that is not closed at the end; "
                                              "write KEY=\"value\".")};
        read.push_back({key, key, std::move(*value), file, origin});
    }
    return read;
}

Result<Assignments> read_sources(const SettingSources& sources) {
    Assignments all;
    for (const std::string& file : sources.files) {
        const auto text = read_file(file, limits::settings_file_bytes);
        if (!text) return tl::unexpected{text.error()};
        if (!*text) continue;
        auto read = read_env_text(**text, file);
        if (!read) return read;
        append(all, std::move(*read));
    }
    append(all, read_environment(sources.environment));
    auto flags = read_arguments(sources.arguments);
    if (!flags) return flags;
    append(all, std::move(*flags));
    return all;
}

Result<std::string> read_secret_file(const SettingAssignment& assignment) {
    const auto text = read_file(assignment.value, limits::secret_file_bytes);
    if (!text) return tl::unexpected{text.error()};
    if (!*text)
        return tl::unexpected{bad_setting(assignment.shown + "=\"" + assignment.value + "\" (" +
                                          assignment.origin +
                                          ") does not exist; write the secret into that file.")};
    std::string_view secret = **text;
    if (secret.ends_with('\n')) secret.remove_suffix(1);
    if (secret.ends_with('\r')) secret.remove_suffix(1);
    return std::string{secret};
}

}  // namespace ohm
