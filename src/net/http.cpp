#include "net/http.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace ohm::net {
namespace {

bool is_token_character(char c) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; }

// Bytes beyond ASCII belong percent-encoded, yet stations send identities as they are: such
// bytes end nothing and separate nothing, so they pass. A raw blank does not.
bool is_visible(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7F; });
}

std::string_view trim_blanks(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The authority of `http://authority/path`, empty for any other form.
std::string_view authority_of(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://", "ws://", "wss://"}) {
        if (!equals_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
        const std::string_view rest = target.substr(scheme.size());
        return rest.substr(0, rest.find_first_of("/?"));
    }
    return {};
}

std::string_view without_authority(std::string_view target) {
    const std::string_view authority = authority_of(target);
    if (authority.empty()) return target;
    return target.substr(
        static_cast<std::size_t>(authority.data() + authority.size() - target.data()));
}

// What a second one of would let two readers disagree about the request.
constexpr std::array<std::string_view, 8> once_only = {
    "host",    "content-length",    "transfer-encoding",     "authorization",
    "upgrade", "sec-websocket-key", "sec-websocket-version", "sec-websocket-accept"};
constexpr std::array<std::string_view, 2> joined = {"sec-websocket-protocol",
                                                    "sec-websocket-extensions"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_host(std::string_view value) {
    constexpr std::string_view marks = "-._~!$&'()*+,;=%:[]";
    return std::all_of(value.begin(), value.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               marks.find(c) != std::string_view::npos;
    });
}

std::optional<std::uint64_t> parse_digits(std::string_view text, unsigned base) {
    if (text.empty() || text.size() > 16) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : text) {
        unsigned digit = 99;
        if (c >= '0' && c <= '9') digit = static_cast<unsigned>(c - '0');
        if (c >= 'a' && c <= 'f') digit = static_cast<unsigned>(c - 'a') + 10;
        if (c >= 'A' && c <= 'F') digit = static_cast<unsigned>(c - 'A') + 10;
        if (digit >= base) return std::nullopt;
        value = value * base + digit;  // 16 digits fit in 64 bits
    }
    return value;
}

}  // namespace

std::string_view Request::header(std::string_view lower_case_name) const {
    for (const Header& header : headers)
        if (header.name == lower_case_name) return header.value;
    return {};
}

std::string_view Request::path() const {
    const std::string_view rest = without_authority(target);
    const std::string_view found = rest.substr(0, rest.find_first_of("?#"));
    return found.empty() && !target.empty() ? std::string_view{"/"} : found;
}

std::string_view Request::query() const {
    const std::string_view rest = std::string_view{target}.substr(0, target.find('#'));
    const auto mark = rest.find('?');
    return mark == std::string_view::npos ? std::string_view{} : rest.substr(mark + 1);
}

RequestParser::State RequestParser::refuse(int status, std::string_view detail) {
    status_ = status;
    detail_ = detail;
    return State::refused;
}

RequestParser::State RequestParser::feed(std::string_view& input) {
    if (std::exchange(at_head_, false) && !streams_ && awaited_ > limits_.body_bytes)
        return refuse(413, "body too large");
    while (status_ == 0 && part_ != Part::done && !at_head_ && step(input)) {}
    if (status_ != 0) return State::refused;
    if (at_head_) return State::head;
    return part_ == Part::done ? State::complete : State::incomplete;
}

// One line or one piece of body; nothing here depends on how the bytes were cut.
bool RequestParser::step(std::string_view& input) {
    if (part_ == Part::body || part_ == Part::chunk_data) {
        if (awaited_ > 0 && input.empty()) return false;
        take_body(input);
        if (awaited_ == 0) part_ = part_ == Part::body ? Part::done : Part::chunk_end;
        return true;
    }
    const bool in_head = part_ == Part::head || part_ == Part::trailer;
    if (take_line(input, in_head) != Line::whole) return false;
    bool good = false;
    switch (part_) {
        case Part::chunk_size: good = on_chunk_size(); break;
        case Part::chunk_end:
            good = line_.empty();
            if (!good) refuse(400, "chunk longer than its size");
            part_ = Part::chunk_size;
            break;
        default: good = on_head_line(); break;
    }
    line_.clear();
    return good;
}

// Each byte is judged where it stands, so that the first offence decides in any chunking.
RequestParser::Line RequestParser::take_line(std::string_view& input, bool in_head) {
    const std::size_t room = in_head ? limits_.header_bytes : limits::http_chunk_line_bytes;
    while (!input.empty()) {
        const char c = input.front();
        input.remove_prefix(1);
        if (carriage_return_) {
            carriage_return_ = false;
            if (in_head) ++head_bytes_;
            if (c == '\n') return Line::whole;
            refuse(400, "CR without LF");
            return Line::refused;
        }
        const std::size_t used = in_head ? ++head_bytes_ : line_.size() + 1;
        if (used > room) {
            const bool first = part_ == Part::head && lines_ == 0;
            if (!in_head)
                refuse(400, "chunk line too long");
            else
                refuse(first ? 414 : 431, first ? "request line too long" : "header too large");
            return Line::refused;
        }
        if (c == '\r') {
            carriage_return_ = true;
        } else if (is_control(c)) {
            refuse(400, c == '\n' ? "LF without CR" : "control character");
            return Line::refused;
        } else {
            line_.push_back(c);
        }
    }
    return Line::partial;
}

void RequestParser::take_body(std::string_view& input) {
    const std::size_t count =
        static_cast<std::size_t>(std::min<std::uint64_t>(awaited_, input.size()));
    request_.body.append(input.substr(0, count));
    input.remove_prefix(count);
    awaited_ -= count;
}

bool RequestParser::on_head_line() {
    if (part_ == Part::trailer) {
        if (line_.empty()) {
            part_ = Part::done;
            return true;
        }
        // A trailer is checked like a header and then dropped: merging it would smuggle.
        const auto colon = line_.find(':');
        if (colon != std::string::npos && is_token(std::string_view{line_}.substr(0, colon)))
            return true;
        refuse(400, "malformed trailer");
        return false;
    }
    if (lines_ == 0) {
        // RFC 9112 §2.2: one empty line before the request line is ignored.
        if (line_.empty() && head_bytes_ <= 2) return true;
        ++lines_;
        return on_request_line();
    }
    ++lines_;
    return line_.empty() ? on_head_end() : on_header_line();
}

bool RequestParser::on_request_line() {
    const std::string_view line = line_;
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) {
        refuse(400, "malformed request line");
        return false;
    }
    const std::string_view method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    if (!is_token(method) || target.empty() || !is_visible(target) ||
        target.find('#') != std::string_view::npos) {
        refuse(400, "malformed request line");
        return false;
    }
    const bool is_version = version.size() == 8 && version.starts_with("HTTP/") &&
                            version[5] >= '0' && version[5] <= '9' && version[6] == '.' &&
                            version[7] >= '0' && version[7] <= '9';
    if (!is_version) {
        refuse(400, "malformed version");
        return false;
    }
    if (version != "HTTP/1.1" && version != "HTTP/1.0") {
        refuse(505, "version not supported");
        return false;
    }
    if (method == "CONNECT") {
        refuse(501, "CONNECT not supported");
        return false;
    }
    const bool is_form = target.front() == '/' || !authority_of(target).empty() ||
                         (target == "*" && method == "OPTIONS");
    if (!is_form) {
        refuse(400, "malformed request target");
        return false;
    }
    minor_version_ = version.back() - '0';
    request_.method = method;
    request_.target = target;
    return true;
}

bool RequestParser::on_header_line() {
    const std::string_view line = line_;
    if (line.front() == ' ' || line.front() == '\t') {
        refuse(400, "folded header");
        return false;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
        refuse(400, "malformed header");
        return false;
    }
    return add_header({.name = to_lower(line.substr(0, colon)),
                       .value = std::string{trim_blanks(line.substr(colon + 1))}});
}

bool RequestParser::add_header(Header&& header) {
    const auto same = std::find_if(request_.headers.begin(), request_.headers.end(),
                                   [&](const Header& old) { return old.name == header.name; });
    if (same == request_.headers.end()) {
        request_.headers.push_back(std::move(header));
        return true;
    }
    if (is_one_of(once_only, header.name)) {
        refuse(400, "duplicate header");
        return false;
    }
    if (is_one_of(joined, header.name))
        same->value += ", " + header.value;
    else
        request_.headers.push_back(std::move(header));
    return true;
}

bool RequestParser::on_head_end() {
    const bool has_host = std::any_of(request_.headers.begin(), request_.headers.end(),
                                      [](const Header& header) { return header.name == "host"; });
    const std::string_view host = request_.header("host");
    if ((minor_version_ == 1 && !has_host) || !is_host(host)) {
        refuse(400, "missing or malformed Host");
        return false;
    }
    const std::string_view authority = authority_of(request_.target);
    if (!authority.empty() && has_host && !equals_ignoring_case(authority, host)) {
        refuse(400, "request target and Host disagree");
        return false;
    }
    request_.keep_alive = minor_version_ == 1;
    for (const Header& header : request_.headers) {
        if (header.name != "connection") continue;
        for (const std::string_view option : split(header.value, ','))
            if (equals_ignoring_case(trim_blanks(option), "close")) request_.keep_alive = false;
    }
    return check_framing();
}

// RFC 9112 §6: where the body ends must have one reading only.
bool RequestParser::check_framing() {
    const Header* length = nullptr;
    const Header* coding = nullptr;
    for (const Header& header : request_.headers) {
        if (header.name == "content-length") length = &header;
        if (header.name == "transfer-encoding") coding = &header;
    }
    if (coding != nullptr && (length != nullptr || minor_version_ == 0)) {
        refuse(400, "ambiguous body length");
        return false;
    }
    if (coding != nullptr && !equals_ignoring_case(coding->value, "chunked")) {
        refuse(501, "transfer coding not supported");
        return false;
    }
    const auto bytes = length == nullptr ? std::uint64_t{0} : parse_digits(length->value, 10);
    if (!bytes) {
        const bool digits = !length->value.empty() &&
                            length->value.find_first_not_of("0123456789") == std::string::npos;
        refuse(digits ? 413 : 400, digits ? "body too large" : "malformed Content-Length");
        return false;
    }
    if (*bytes > limits_.body_bytes && !limits_.stops_at_head) {
        refuse(413, "body too large");
        return false;
    }
    awaited_ = *bytes;
    part_ = coding != nullptr ? Part::chunk_size : awaited_ > 0 ? Part::body : Part::done;
    expects_continue_ = part_ != Part::done && minor_version_ == 1 &&
                        equals_ignoring_case(request_.header("expect"), "100-continue");
    at_head_ = limits_.stops_at_head && part_ != Part::done;
    return true;
}

bool RequestParser::on_chunk_size() {
    const std::string_view line = line_;
    // Blanks before the extension are "bad whitespace" (§7.1.1), which smugglers use.
    const auto size = parse_digits(line.substr(0, line.find(';')), 16);
    if (!size) {
        refuse(400, "malformed chunk size");
        return false;
    }
    const bool too_large =
        *size > limits_.body_bytes || request_.body.size() + *size > limits_.body_bytes;
    if (too_large && !streams_) {
        refuse(413, "body too large");
        return false;
    }
    awaited_ = *size;
    part_ = *size == 0 ? Part::trailer : Part::chunk_data;
    return true;
}

std::string_view reason_phrase(int status) {
    struct Row {
        int status;
        std::string_view phrase;
    };
    static constexpr Row rows[] = {{100, "Continue"},
                                   {101, "Switching Protocols"},
                                   {200, "OK"},
                                   {201, "Created"},
                                   {202, "Accepted"},
                                   {204, "No Content"},
                                   {206, "Partial Content"},
                                   {301, "Moved Permanently"},
                                   {302, "Found"},
                                   {303, "See Other"},
                                   {304, "Not Modified"},
                                   {307, "Temporary Redirect"},
                                   {308, "Permanent Redirect"},
                                   {400, "Bad Request"},
                                   {401, "Unauthorized"},
                                   {403, "Forbidden"},
                                   {404, "Not Found"},
                                   {405, "Method Not Allowed"},
                                   {406, "Not Acceptable"},
                                   {408, "Request Timeout"},
                                   {409, "Conflict"},
                                   {410, "Gone"},
                                   {411, "Length Required"},
                                   {412, "Precondition Failed"},
                                   {413, "Content Too Large"},
                                   {414, "URI Too Long"},
                                   {415, "Unsupported Media Type"},
                                   {416, "Range Not Satisfiable"},
                                   {417, "Expectation Failed"},
                                   {421, "Misdirected Request"},
                                   {422, "Unprocessable Content"},
                                   {423, "Locked"},
                                   {426, "Upgrade Required"},
                                   {428, "Precondition Required"},
                                   {429, "Too Many Requests"},
                                   {431, "Request Header Fields Too Large"},
                                   {500, "Internal Server Error"},
                                   {501, "Not Implemented"},
                                   {502, "Bad Gateway"},
                                   {503, "Service Unavailable"},
                                   {504, "Gateway Timeout"},
                                   {505, "HTTP Version Not Supported"},
                                   {507, "Insufficient Storage"}};
    for (const Row& row : rows)
        if (row.status == status) return row.phrase;
    return "Unknown";
}

std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(
    std::string_view query) {
    // A plus is a blank, as in the forms of browsers.
    const auto decode = [](std::string_view text) {
        std::string blanks{text};
        std::replace(blanks.begin(), blanks.end(), '+', ' ');
        return percent_decode(blanks);
    };
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const std::string_view piece : split(query, '&')) {
        if (piece.empty()) continue;
        const auto equals = piece.find('=');
        const auto name = decode(piece.substr(0, equals));
        const auto value = decode(equals == std::string_view::npos ? "" : piece.substr(equals + 1));
        if (!name || !value || !is_utf8(*name) || !is_utf8(*value)) return std::nullopt;
        pairs.emplace_back(*name, *value);
    }
    return pairs;
}

}  // namespace ohm::net
