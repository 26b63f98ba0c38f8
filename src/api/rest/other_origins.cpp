#include "api/rest/other_origins.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/limits_rest.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view sent_headers =
    "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, Prefer, X-Request-Id, "
    "Last-Event-ID";
constexpr std::string_view shown_headers =
    "ETag, Link, Location, Retry-After, Idempotency-Replayed, Preference-Applied, X-Request-Id, "
    "RateLimit, RateLimit-Policy";

// Scheme, host and perhaps a port: as browsers write it, in lower case and with nothing behind.
bool is_origin(std::string_view text) {
    for (const std::string_view scheme : {"https://", "http://"}) {
        if (!text.starts_with(scheme)) continue;
        const std::string_view host = text.substr(scheme.size());
        return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                   std::string_view{"-._:[]"}.find(c) != std::string_view::npos;
        });
    }
    return false;
}

}  // namespace

OtherOrigins::OtherOrigins(std::string_view comma_list) {
    for (const std::string_view piece : split(comma_list, ',')) {
        const std::string origin = to_lower(trim(piece));
        if (origin.empty()) continue;
        if (origin == "*") {
            takes_all_ = true;
            continue;
        }
        if (!is_origin(origin))
            throw Fault{Fault::Kind::fatal,
                        "OHM_CORS_ORIGINS has `" + origin +
                            "`, which is no origin; write it as https://HOST or https://HOST:PORT, "
                            "without a path"};
        origins_.push_back(origin);
    }
}

bool OtherOrigins::takes(std::string_view origin) const {
    if (origin.empty()) return false;
    return takes_all_ || std::find(origins_.begin(), origins_.end(), origin) != origins_.end();
}

void OtherOrigins::add_headers(const net::Request& request, net::Response& response) const {
    if (origins_.empty() && !takes_all_) return;
    response.headers.push_back({"Vary", "Origin"});
    const std::string_view origin = request.header("origin");
    if (!takes(origin)) return;
    response.headers.push_back(
        {"Access-Control-Allow-Origin", takes_all_ ? "*" : std::string{origin}});
    response.headers.push_back({"Access-Control-Expose-Headers", std::string{shown_headers}});
}

void OtherOrigins::add_preflight(const net::Request& request, std::string_view methods,
                                 net::Response& response) const {
    const bool asks = !request.header("access-control-request-method").empty();
    if (!asks || !takes(request.header("origin"))) return;
    response.headers.push_back({"Access-Control-Allow-Methods", std::string{methods}});
    response.headers.push_back({"Access-Control-Allow-Headers", std::string{sent_headers}});
    response.headers.push_back(
        {"Access-Control-Max-Age", std::to_string(limits::preflight_age.count())});
}

}  // namespace ohm::api::rest
