// URLs that stations fetch and send files by: a secret word is all that such a request has to
// show. Pure but for new_token; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ohm::api::files {

inline constexpr std::string_view path_start = "/f/";
inline constexpr std::size_t token_characters = 43;  // 32 bytes, base64url

std::string new_token();

// Stations put a name of their own behind the URL, with a slash or without.
std::string upload_url(std::string_view base, std::string_view token);
// Some name the file that they keep by the URL's last part.
std::string download_url(std::string_view base, std::string_view token, std::string_view name);

struct Named {
    std::string_view token, rest;  // what stands behind it, "" or a station's name for the file
};
std::optional<Named> read_path(std::string_view path);  // "/f/…"

// The same text with `***` for tokens: for logs and people.
std::string without_tokens(std::string text);

// A name that means the same to every system: of [A-Za-z0-9._-], without a path, never hidden.
std::string safe_name(std::string_view name, std::string_view otherwise);
// ".zip" where that is a kind of file that logs come as, else ".bin".
std::string_view known_ending(std::string_view name);

}  // namespace ohm::api::files
