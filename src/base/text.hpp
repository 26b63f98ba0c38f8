// Text from outside: is it UTF-8, what does it fold to, how may it be shown. Pure functions, any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ohm {

bool is_utf8(std::string_view text);
std::size_t count_code_points(std::string_view utf8);
// At most that many from the front; a byte that is not UTF-8 counts as one.
std::string_view first_code_points(std::string_view text, std::size_t most);

// `%41` -> `A`, once. Empty where a `%` is not followed by two hex digits.
std::optional<std::string> percent_decode(std::string_view text);
std::string percent_encode(std::string_view text);  // everything but RFC 3986 unreserved characters

// RFC 3986 in outline: a scheme, and only what may stand in a URI. What a scheme makes of it is not
// looked at.
bool is_uri(std::string_view text);

// Unicode NFC and case folding: two spellings of one identity fold to the same text. Empty where
// not UTF-8.
std::optional<std::string> fold(std::string_view utf8);

// Text that both databases take: what is not UTF-8, and U+0000, becomes U+FFFD. At most `bytes_max`
// bytes.
std::string to_storable(std::string_view text, std::size_t bytes_max);

bool has_control_characters(std::string_view text);                 // C0, DEL
bool equals_ignoring_case(std::string_view a, std::string_view b);  // ASCII
std::string to_lower(std::string_view ascii);
std::string_view trim(std::string_view text);  // blanks and tabs, line ends
std::vector<std::string_view> split(std::string_view text, char separator);
std::optional<std::int64_t> parse_int(std::string_view text);  // the whole text or nothing

std::string to_hex(std::string_view bytes);  // lower case
std::optional<std::string> from_hex(std::string_view text);
std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(
    std::string_view text);  // strict: padding and alphabet of RFC 4648 §4

// As a JSON string, quotes included. What is not UTF-8 becomes U+FFFD, so the result is always
// valid JSON.
void append_json_string(std::string& out, std::string_view text);

}  // namespace ohm
