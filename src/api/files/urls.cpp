#include "api/files/urls.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "base/limits_files.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"

namespace ohm::api::files {
namespace {

bool is_plain(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_of_token(char c) { return is_plain(c) || c == '-' || c == '_'; }

}  // namespace

std::string new_token() {
    std::string text = to_base64(secret::random_bytes(32));
    text.resize(token_characters);  // without the padding
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    return text;
}

std::string upload_url(std::string_view base, std::string_view token) {
    return std::string{base} + std::string{path_start} + std::string{token} + "/";
}

std::string download_url(std::string_view base, std::string_view token, std::string_view name) {
    return upload_url(base, token) + std::string{name};
}

std::optional<Named> read_path(std::string_view path) {
    if (!path.starts_with(path_start)) return std::nullopt;
    path.remove_prefix(path_start.size());
    const std::string_view token = path.substr(0, token_characters);
    const bool whole =
        token.size() == token_characters && std::all_of(token.begin(), token.end(), is_of_token);
    if (!whole) return std::nullopt;
    return Named{token, path.substr(token_characters)};
}

std::string without_tokens(std::string text) {
    for (auto at = text.find(path_start); at != std::string::npos;
         at = text.find(path_start, at + path_start.size())) {
        const auto named = read_path(std::string_view{text}.substr(at));
        if (named) text.replace(at + path_start.size(), token_characters, "***");
    }
    return text;
}

std::string safe_name(std::string_view name, std::string_view otherwise) {
    name = name.substr(name.find_last_of("/\\") + 1);
    std::string out;
    for (const char c : name.substr(0, limits::file_name_bytes))
        out += is_plain(c) || c == '.' || c == '-' || c == '_' ? c : '_';
    while (out.starts_with('.')) out.erase(0, 1);
    const bool says_something = std::any_of(out.begin(), out.end(), is_plain);
    return says_something ? out : std::string{otherwise};
}

std::string_view known_ending(std::string_view name) {
    static constexpr std::string_view endings[] = {".tar.gz", ".tar.xz", ".zip", ".tgz", ".gz",
                                                   ".xz",     ".bz2",    ".tar", ".log", ".txt",
                                                   ".csv",    ".json",   ".xml", ".pcap"};
    const std::string lower = to_lower(name);
    for (const std::string_view ending : endings)
        if (lower.size() > ending.size() && lower.ends_with(ending)) return ending;
    return ".bin";
}

}  // namespace ohm::api::files
