#include "net/websocket_handshake.hpp"

#include <algorithm>
#include <array>
#include <openssl/sha.h>
#include <vector>

#include "base/text.hpp"

namespace ohm::net::websocket {
namespace {

struct Parameter {
    std::string_view name;
    std::string_view value;  // unquoted
    bool has_value = false;
};

struct Extension {
    std::string_view name;
    std::vector<Parameter> parameters;
};

// Splits at separators outside of quoted strings.
std::vector<std::string_view> split_unquoted(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    bool quoted = false;
    std::size_t start = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') quoted = !quoted;
        if (quoted || text[i] != separator) continue;
        pieces.push_back(trim(text.substr(start, i - start)));
        start = i + 1;
    }
    pieces.push_back(trim(text.substr(start)));
    return pieces;
}

Parameter read_parameter(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return {.name = text};
    std::string_view value = trim(text.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        value = value.substr(1, value.size() - 2);
    return {.name = trim(text.substr(0, equals)), .value = value, .has_value = true};
}

std::vector<Extension> read_extensions(std::string_view header) {
    std::vector<Extension> extensions;
    for (const std::string_view text : split_unquoted(header, ',')) {
        const auto pieces = split_unquoted(text, ';');
        Extension extension{.name = pieces.front()};
        for (std::size_t i = 1; i < pieces.size(); ++i)
            extension.parameters.push_back(read_parameter(pieces[i]));
        if (!extension.name.empty()) extensions.push_back(extension);
    }
    return extensions;
}

// 8 to 15 without a leading zero (RFC 7692 §7.1.2.1); 0 where it is anything else.
int window_bits(const Parameter& parameter) {
    static constexpr std::array<std::string_view, 8> values = {"8",  "9",  "10", "11",
                                                               "12", "13", "14", "15"};
    const auto found = std::find(values.begin(), values.end(), parameter.value);
    if (!parameter.has_value || found == values.end()) return 0;
    return static_cast<int>(found - values.begin()) + 8;
}

struct DeflateParameters {
    bool server_no_context = false;
    bool client_no_context = false;
    int server_window = 0;  // 0: not named
    int client_window = 0;  // -1: named without a value
};

// Empty where a parameter is unknown, repeated or has a value that it may not have.
std::optional<DeflateParameters> read_deflate(const Extension& extension) {
    DeflateParameters seen;
    for (const Parameter& parameter : extension.parameters) {
        if (parameter.name == "server_no_context_takeover") {
            if (parameter.has_value || seen.server_no_context) return std::nullopt;
            seen.server_no_context = true;
        } else if (parameter.name == "client_no_context_takeover") {
            if (parameter.has_value || seen.client_no_context) return std::nullopt;
            seen.client_no_context = true;
        } else if (parameter.name == "server_max_window_bits") {
            if (seen.server_window != 0 || window_bits(parameter) == 0) return std::nullopt;
            seen.server_window = window_bits(parameter);
        } else if (parameter.name == "client_max_window_bits") {
            const int bits = parameter.has_value ? window_bits(parameter) : -1;
            if (seen.client_window != 0 || bits == 0) return std::nullopt;
            seen.client_window = bits;
        } else {
            return std::nullopt;
        }
    }
    return seen;
}

}  // namespace

std::string accept_key(std::string_view key) {
    const std::string text = std::string{key} + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    return to_base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

bool asks_for_websocket(const Request& request) {
    for (const std::string_view protocol : split(request.header("upgrade"), ','))
        if (equals_ignoring_case(trim(protocol), "websocket")) return true;
    return false;
}

std::optional<UpgradeRefusal> check_upgrade(const Request& request, int minor_version) {
    if (request.method != "GET") return UpgradeRefusal{405, "an upgrade must be a GET"};
    if (minor_version != 1) return UpgradeRefusal{400, "an upgrade must be HTTP/1.1"};
    if (!request.body.empty() || !request.header("transfer-encoding").empty())
        return UpgradeRefusal{400, "an upgrade has no body"};
    if (request.header("sec-websocket-version") != "13")
        return UpgradeRefusal{426, "Sec-WebSocket-Version must be 13"};
    const auto key = from_base64(request.header("sec-websocket-key"));
    if (!key || key->size() != 16)
        return UpgradeRefusal{400, "Sec-WebSocket-Key must be 16 bytes in base64"};
    return std::nullopt;
}

std::optional<DeflateTerms> choose_deflate(std::string_view offers) {
    for (const Extension& extension : read_extensions(offers)) {
        if (extension.name != "permessage-deflate") continue;
        const auto parameters = read_deflate(extension);
        if (!parameters) continue;
        if (parameters->server_window == 0) return DeflateTerms{};
        return DeflateTerms{.server_window_bits = parameters->server_window,
                            .names_server_window = true};
    }
    return std::nullopt;
}

std::string deflate_answer(const DeflateTerms& terms) {
    std::string answer{deflate_offer};
    if (terms.names_server_window)
        answer += "; server_max_window_bits=" + std::to_string(terms.server_window_bits);
    return answer;
}

std::optional<DeflateAnswer> read_deflate_answer(std::string_view extensions) {
    const auto answered = read_extensions(extensions);
    if (answered.empty()) return DeflateAnswer::none;
    if (answered.size() != 1 || answered.front().name != "permessage-deflate") return std::nullopt;
    const auto parameters = read_deflate(answered.front());
    // A client window was not offered, so a server may not name one (§7.1.2.2).
    if (!parameters || !parameters->server_no_context || parameters->client_window != 0)
        return std::nullopt;
    return DeflateAnswer::agreed;
}

}  // namespace ohm::net::websocket
