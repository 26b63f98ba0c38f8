#include "api/rest/checks.hpp"

#include <algorithm>

#include "api/rest/console.hpp"
#include "api/rest/route.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

bool takes_media(Media media, std::string_view type) {
    const auto is = [&](std::string_view name) { return equals_ignoring_case(type, name); };
    if (is("application/json")) return true;
    if (media == Media::merge_patch) return is("application/merge-patch+json");
    return media == Media::json_or_csv && is("text/csv");
}

}  // namespace

std::optional<Problem> check_query(Exchange& exchange) {
    // What the console's address says is for the program in that page.
    if (is_console_path(exchange.request.path())) return std::nullopt;
    auto pairs = net::parse_query(exchange.request.query());
    if (!pairs)
        return Problem{.code = "validation_failed",
                       .detail = "The query is not percent-encoded UTF-8."};
    if (pairs->size() > limits::query_parameters)
        return Problem{.code = "validation_failed", .detail = "The query has too many parameters."};
    for (auto at = pairs->begin(); at != pairs->end(); ++at) {
        const auto& known = exchange.route->query;
        const auto same_name = [&](const auto& other) { return other.first == at->first; };
        if (std::none_of(known.begin(), known.end(),
                         [&](const QueryParameter& p) { return p.name == at->first; }))
            return bad_parameter(at->first, "is not known to this operation");
        if (std::any_of(pairs->begin(), at, same_name))
            return bad_parameter(at->first, "stands twice");
        if (at->second.find('\0') != std::string::npos)
            return bad_parameter(at->first, "must not contain U+0000");
    }
    exchange.query = std::move(*pairs);
    return std::nullopt;
}

std::optional<Problem> check_body(const Exchange& exchange) {
    const Body& body = exchange.route->body;
    const net::Request& request = exchange.request;
    if (body.media == Media::stream) return std::nullopt;
    const std::string_view coding = request.header("content-encoding");
    if (!coding.empty() && !equals_ignoring_case(coding, "identity"))
        return Problem{.code = "unsupported_media_type",
                       .detail = "The body must not be compressed."};
    if (body.media == Media::none) {
        if (request.body.empty()) return std::nullopt;
        return Problem{.code = "validation_failed", .detail = "This operation takes no body."};
    }
    const std::size_t most = body.bytes_max == 0 ? limits::rest_body_bytes : body.bytes_max;
    if (request.body.size() > most)
        return Problem{.code = "payload_too_large",
                       .detail = "The body may have " + std::to_string(most) + " bytes."};
    const bool left_out = request.body.empty() && !body.required;
    if (left_out || takes_media(body.media, media_type(request))) return std::nullopt;
    return Problem{.code = "unsupported_media_type",
                   .detail = "The Content-Type must be application/json" +
                             std::string{body.media == Media::json_or_csv ? " or text/csv"
                                         : body.media == Media::merge_patch
                                             ? " or application/merge-patch+json"
                                             : ""} +
                             "."};
}

std::optional<Problem> check_idempotency_key(const net::Request& request) {
    const std::string_view key = request.header("idempotency-key");
    const bool visible =
        std::all_of(key.begin(), key.end(), [](char c) { return c > 32 && c < 127; });
    if (visible && key.size() <= limits::idempotency_key_characters) return std::nullopt;
    return bad_header("Idempotency-Key", "must have at most " +
                                             std::to_string(limits::idempotency_key_characters) +
                                             " visible ASCII characters");
}

}  // namespace ohm::api::rest
