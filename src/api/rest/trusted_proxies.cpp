#include "api/rest/trusted_proxies.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

// "192.0.2.1:4711" and "[2001:db8::1]:4711" name a port too.
std::string_view without_port(std::string_view text) {
    if (text.starts_with('[')) return text.substr(1, text.find(']') - 1);
    const auto colon = text.find(':');
    const bool has_port = colon != std::string_view::npos && colon == text.rfind(':');
    return has_port ? text.substr(0, colon) : text;
}

}  // namespace

TrustedProxies::TrustedProxies(std::string_view comma_list) {
    for (const std::string_view piece : split(comma_list, ',')) {
        const std::string_view text = trim(piece);
        if (text.empty()) continue;
        if (!networks_.add(text))
            throw Fault{Fault::Kind::fatal, "OHM_TRUSTED_PROXIES has `" + std::string{text} +
                                                "`, which is no address and no network"};
    }
}

std::string TrustedProxies::client_of(const std::string& peer, const net::Request& request) const {
    if (!networks_.contains(peer)) return peer;
    std::string said;  // each proxy may have added a header of its own
    for (const net::Header& header : request.headers)
        if (header.name == "x-forwarded-for") (said += said.empty() ? "" : ",") += header.value;
    std::string client = peer;
    std::string_view left = said;
    while (!left.empty()) {
        const auto comma = left.rfind(',');
        const std::string_view last =
            comma == std::string_view::npos ? left : left.substr(comma + 1);
        // What cannot be read is believed no further.
        const auto address = read_address(without_port(trim(last)));
        if (!address) return client;
        client = text_of(*address);
        if (!networks_.contains(*address) || comma == std::string_view::npos) return client;
        left = left.substr(0, comma);
    }
    return client;
}

}  // namespace ohm::api::rest
