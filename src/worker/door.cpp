#include "worker/door.hpp"

#include <algorithm>
#include <array>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace ohm::worker {
namespace {

std::string_view last_segment(std::string_view target) {
    target = target.substr(0, target.find_first_of("?#"));
    while (target.ends_with('/')) target.remove_suffix(1);
    const auto slash = target.rfind('/');
    return slash == std::string_view::npos ? target : target.substr(slash + 1);
}

// What commonly stands before identities: nobody is asked for.
bool is_prefix(std::string_view segment) {
    constexpr std::array<std::string_view, 12> words{"ocpp",    "ocppj", "ocpp-j",    "ws",
                                                     "wss:",    "ws:",   "v1",        "1.6",
                                                     "ocpp1.6", "2.0.1", "ocpp2.0.1", "stations"};
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return equals_ignoring_case(word, segment); });
}

constexpr std::size_t header_text_max = 300;  // of what is kept for the operator

}  // namespace

Result<ocpp::Identity> read_identity(std::string_view target, bool limit_to_48_characters) {
    const auto id = percent_decode(last_segment(target));
    if (!id)
        return tl::unexpected{Refusal{"bad_identity", "the path has a broken percent-encoding"}};
    return ocpp::check_identity(*id, limit_to_48_characters);
}

std::vector<ocpp::Identity> other_identities(std::string_view target, const ocpp::Identity& last,
                                             bool limit_to_48_characters) {
    constexpr std::size_t tried_max = 3;
    std::vector<ocpp::Identity> others;
    const auto segments = split(target.substr(0, target.find_first_of("?#")), '/');
    for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment) {
        if (others.size() == tried_max) break;
        if (segment->empty() || is_prefix(*segment)) continue;
        const auto id = percent_decode(*segment);
        const auto identity = id ? ocpp::check_identity(*id, limit_to_48_characters)
                                 : Result<ocpp::Identity>{tl::unexpected{Refusal{}}};
        if (!identity || identity->key == last.key) continue;
        others.push_back(*identity);
    }
    return others;
}

Credentials read_credentials(std::string_view authorization, std::string_view id) {
    authorization = trim(authorization);
    if (authorization.empty()) return {};
    Credentials credentials{.present = true};
    const auto blank = authorization.find(' ');
    if (blank == std::string_view::npos ||
        !equals_ignoring_case(authorization.substr(0, blank), "basic"))
        return credentials;
    const auto decoded = from_base64(trim(authorization.substr(blank)));
    if (!decoded) return credentials;
    // An identity may have colons of its own.
    const std::string_view text = *decoded;
    const bool names_id = text.size() > id.size() && text[id.size()] == ':' &&
                          equals_ignoring_case(text.substr(0, id.size()), id);
    const auto colon = names_id ? id.size() : decoded->find(':');
    credentials.user_name = decoded->substr(0, colon);
    if (colon != std::string::npos) credentials.password = decoded->substr(colon + 1);
    return credentials;
}

bus::ConnectBody read_connect(const net::Request& request, const net::Peer& peer,
                              const ocpp::Identity& identity) {
    bus::ConnectBody body;
    body.id = identity.id;
    const Credentials credentials = read_credentials(request.header("authorization"), identity.id);
    body.has_credentials = credentials.present;
    body.user_name = credentials.user_name;
    body.password = credentials.password;
    for (const std::string_view offered : split(request.header("sec-websocket-protocol"), ','))
        if (!trim(offered).empty() && body.subprotocols.items.size() < 16)
            body.subprotocols.items.emplace_back(trim(offered).substr(0, header_text_max));
    body.address = peer.address;
    body.port = peer.port;
    body.tls = peer.tls;
    body.certificate_common_name = peer.certificate_common_name;
    body.certificate_organization = peer.certificate_organization;
    body.certificate_fingerprint = peer.certificate_fingerprint;
    body.certificate_serial_number = peer.certificate_serial_number;
    body.certificate_not_after = peer.certificate_not_after;
    body.user_agent = std::string{request.header("user-agent").substr(0, header_text_max)};
    body.target = request.target.substr(0, header_text_max);
    return body;
}

}  // namespace ohm::worker
