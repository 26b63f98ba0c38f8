#include "api/rest/exchange.hpp"

#include <algorithm>

#include "api/rest/rest.hpp"
#include "api/rest/scopes.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {

bool Caller::may(std::string_view scope) const {
    const std::vector<std::string_view> held{scopes.begin(), scopes.end()};
    return covers(held, scope);
}

std::optional<std::string_view> Exchange::asked(std::string_view parameter) const {
    for (const auto& [name, value] : query)
        if (name == parameter) return value;
    return std::nullopt;
}

// ---- parameters ----

Wanted<std::optional<std::int64_t>> integer_parameter(const Exchange& exchange,
                                                      std::string_view name, std::int64_t min,
                                                      std::int64_t max) {
    const auto text = exchange.asked(name);
    if (!text) return std::optional<std::int64_t>{};
    const auto value = parse_int(*text);
    if (!value || *value < min || *value > max)
        return refused(bad_parameter(name, "must be an integer between " + std::to_string(min) +
                                               " and " + std::to_string(max)));
    return value;
}

Wanted<std::optional<Utc>> time_parameter(const Exchange& exchange, std::string_view name) {
    const auto text = exchange.asked(name);
    if (!text) return std::optional<Utc>{};
    const auto at = parse_rfc3339(*text, TimeForm::strict);
    if (!at)
        return refused(
            bad_parameter(name, "must be an RFC 3339 date-time such as 2025-01-31T12:00:00Z"));
    return at;
}

Wanted<bool> flag_parameter(const Exchange& exchange, std::string_view name) {
    const auto word = word_parameter(exchange, name, {"false", "true"});
    if (!word) return refused(Problem{word.error()});
    return *word == "true";
}

Wanted<std::string_view> word_parameter(const Exchange& exchange, std::string_view name,
                                        std::initializer_list<std::string_view> words) {
    const auto text = exchange.asked(name);
    if (!text) return *words.begin();
    std::string known;
    for (const std::string_view word : words) {
        if (*text == word) return word;
        known += known.empty() ? "" : ", ";
        known += word;
    }
    return refused(bad_parameter(name, "must be one of " + known));
}

std::vector<std::string> comma_list(std::string_view text) {
    std::vector<std::string> words;
    for (const std::string_view piece : split(text, ','))
        if (const auto word = trim(piece); !word.empty()) words.emplace_back(word);
    return words;
}

// ---- lists ----

Wanted<Page> read_page(const Exchange& exchange, std::string_view order, std::size_t parts) {
    const auto limit = integer_parameter(exchange, "limit", 1, limits::page_max);
    if (!limit) return refused(Problem{limit.error()});
    const auto total = word_parameter(exchange, "total", {"none", "exact", "estimate"});
    if (!total) return refused(Problem{total.error()});
    Page page{.limit = limits::page_default, .total = *total != "none"};
    if (*limit) page.limit = static_cast<std::size_t>(**limit);
    const auto cursor = exchange.asked("cursor");
    if (!cursor) return page;
    const auto bytes = from_base64url(*cursor);
    std::vector<std::string> pieces;
    if (bytes)
        for (const std::string_view piece : split(*bytes, ' '))
            pieces.push_back(percent_decode(piece).value_or(""));
    const bool storable = std::all_of(pieces.begin(), pieces.end(), [](const std::string& piece) {
        return is_utf8(piece) && piece.find('\0') == std::string::npos;
    });
    if (!storable || pieces.size() != parts + 1 || pieces.front() != order)
        return refused(bad_parameter("cursor", "is not a cursor of this list and order"));
    page.after.emplace(pieces.begin() + 1, pieces.end());
    return page;
}

std::string make_cursor(std::string_view order, const std::vector<std::string>& parts) {
    std::string bytes{order};
    for (const std::string& part : parts) (bytes += ' ') += percent_encode(part);
    return to_base64url(bytes);
}

namespace {
std::string link_to_next(const Exchange& exchange, const std::string& cursor) {
    std::string link{exchange.request.path()};
    link += '?';
    for (const auto& [name, value] : exchange.query) {
        if (name == "cursor") continue;
        ((link += percent_encode(name)) += '=') += percent_encode(value);
        link += '&';
    }
    return "<" + link + "cursor=" + cursor + ">; rel=\"next\"";
}
}  // namespace

net::Response list_answer(const Exchange& exchange, const ListAnswer& list) {
    std::string body = R"({"data":[)";
    for (std::size_t i = 0; i < list.items.size(); ++i) {
        if (i > 0) body += ',';
        body += list.items[i];
    }
    body += R"(],"next_cursor":)";
    if (list.next_cursor)
        append_json_string(body, *list.next_cursor);
    else
        body += "null";
    if (list.total) (body += R"(,"total":)") += std::to_string(*list.total);
    body += '}';
    net::Response response = json_answer(200, std::move(body));
    if (list.next_cursor)
        response.headers.push_back({"Link", link_to_next(exchange, *list.next_cursor)});
    return response;
}

// ---- headers ----

Preference read_preference(const net::Request& request) {
    Preference preference;
    for (const net::Header& header : request.headers) {
        if (header.name != "prefer") continue;
        for (const std::string_view piece : split(header.value, ',')) {
            const std::string_view token = trim(piece.substr(0, piece.find(';')));
            const auto equals = token.find('=');
            const std::string_view name = trim(token.substr(0, equals));
            if (equals_ignoring_case(name, "respond-async")) preference.respond_async = true;
            if (!equals_ignoring_case(name, "wait") || equals == std::string_view::npos) continue;
            const auto wait = parse_int(trim(token.substr(equals + 1)));
            // RFC 7240 §2: what is not understood is ignored; of several the first counts.
            if (!wait || *wait < 0 || preference.wait) continue;
            const auto most = static_cast<std::int64_t>(limits::prefer_wait_max.count());
            preference.wait = seconds{std::min(*wait, most)};
        }
    }
    return preference;
}

std::string make_etag(std::int64_t config, std::int64_t state) {
    return "\"" + std::to_string(config) + "." + std::to_string(state) + "\"";
}

namespace {
// Of what operators write; less than 0 where no ETag of ours says it.
std::int64_t version_in(std::string_view tag) {
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"')
        tag = tag.substr(1, tag.size() - 2);
    return parse_int(tag.substr(0, tag.find('.'))).value_or(-1);
}
}  // namespace

// Of several ETags any may match (RFC 9110 §13.1.1). Versions only grow, so that is the newest.
Wanted<std::string> read_if_match(const Exchange& exchange) {
    const std::string_view text = trim(exchange.request.header("if-match"));
    if (text.empty() || text == "*") return std::string{};
    std::int64_t newest = -1;
    for (const std::string_view tag : split(text, ','))
        newest = std::max(newest, version_in(trim(tag)));
    if (newest < 0)
        return refused({.code = "version_conflict",
                        .detail = "If-Match holds no ETag that this server gave out."});
    return std::to_string(newest);
}

Wanted<std::optional<std::int64_t>> wanted_version(const Exchange& exchange) {
    const auto text = read_if_match(exchange);
    if (!text) return refused(Problem{text.error()});
    const bool present = !exchange.request.header("if-match").empty();
    if (!present && exchange.settings->require_if_match)
        return refused({.code = "precondition_required", .detail = "The request has no If-Match."});
    if (text->empty()) return std::optional<std::int64_t>{};
    return parse_int(*text);
}

bool matches_if_none_match(const net::Request& request, std::string_view etag) {
    const std::string_view header = request.header("if-none-match");
    if (trim(header) == "*") return true;
    for (const std::string_view piece : split(header, ',')) {
        std::string_view tag = trim(piece);
        if (tag.starts_with("W/")) tag.remove_prefix(2);  // RFC 9110 §13.1.2: weak comparison
        if (tag == etag) return true;
    }
    return false;
}

std::string_view media_type(const net::Request& request) {
    const std::string_view value = request.header("content-type");
    return trim(value.substr(0, value.find(';')));
}

// ---- answers ----

net::Response json_answer(int status, std::string&& body) {
    return {.status = status,
            .headers = {{"Content-Type", "application/json"}},
            .body = std::move(body)};
}

net::Response json_answer(int status, std::string&& body, const std::string& etag) {
    net::Response response = json_answer(status, std::move(body));
    response.headers.push_back({"ETag", etag});
    return response;
}

std::string to_base64url(std::string_view bytes) {
    std::string text = to_base64(bytes);
    while (text.ends_with('=')) text.pop_back();
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
    std::string padded{text};
    if (padded.find_first_of("+/=") != std::string::npos) return std::nullopt;
    std::replace(padded.begin(), padded.end(), '-', '+');
    std::replace(padded.begin(), padded.end(), '_', '/');
    while (padded.size() % 4 != 0) padded += '=';
    return from_base64(padded);
}

}  // namespace ohm::api::rest
