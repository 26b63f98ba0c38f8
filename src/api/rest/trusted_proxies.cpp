#include "api/rest/trusted_proxies.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>

#include "base/error.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::size_t mapped_bytes = 12, v4_bits = 32, v6_bits = 128;

// "192.0.2.1:4711" and "[2001:db8::1]:4711" name a port too.
std::string_view without_port(std::string_view text) {
    if (text.starts_with('[')) return text.substr(1, text.find(']') - 1);
    const auto colon = text.find(':');
    const bool has_port = colon != std::string_view::npos && colon == text.rfind(':');
    return has_port ? text.substr(0, colon) : text;
}

std::string text_of(const std::array<std::uint8_t, 16>& bytes) {
    constexpr std::array<std::uint8_t, mapped_bytes> mapped{0, 0, 0, 0, 0,    0,
                                                            0, 0, 0, 0, 0xff, 0xff};
    const bool is_v4 = std::equal(mapped.begin(), mapped.end(), bytes.begin());
    std::array<char, INET6_ADDRSTRLEN> text{};
    const std::uint8_t* from = bytes.data() + (is_v4 ? mapped_bytes : 0);
    inet_ntop(is_v4 ? AF_INET : AF_INET6, from, text.data(), text.size());
    return text.data();
}

}  // namespace

bool TrustedProxies::read(std::string_view text, Bytes& bytes) {
    const std::string host{text};
    bytes = {};
    if (inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1) return true;
    if (inet_pton(AF_INET, host.c_str(), bytes.data() + mapped_bytes) != 1) return false;
    bytes[mapped_bytes - 2] = bytes[mapped_bytes - 1] = 0xff;
    return true;
}

bool TrustedProxies::read(std::string_view text, Network& network) {
    const auto slash = text.find('/');
    const std::string_view host = text.substr(0, slash);
    if (!read(host, network.first)) return false;
    const bool is_v4 = host.find(':') == std::string_view::npos;
    const std::size_t most = is_v4 ? v4_bits : v6_bits;
    network.bits = v6_bits;
    if (slash == std::string_view::npos) return true;
    const auto bits = parse_int(text.substr(slash + 1));
    if (!bits || *bits < 0 || *bits > static_cast<std::int64_t>(most)) return false;
    network.bits = v6_bits - most + static_cast<std::size_t>(*bits);
    return true;
}

TrustedProxies::TrustedProxies(std::string_view comma_list) {
    for (const std::string_view piece : split(comma_list, ',')) {
        const std::string_view text = trim(piece);
        if (text.empty()) continue;
        Network network;
        if (!read(text, network))
            throw Fault{Fault::Kind::fatal, "OHM_TRUSTED_PROXIES has `" + std::string{text} +
                                                "`, which is no address and no network"};
        networks_.push_back(network);
    }
}

bool TrustedProxies::contains(const Bytes& address) const {
    return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
        const std::size_t whole = network.bits / 8, left = network.bits % 8;
        if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole),
                        network.first.begin()))
            return false;
        if (left == 0) return true;
        const unsigned differing = static_cast<unsigned>(address[whole] ^ network.first[whole]);
        return (differing >> (8 - left)) == 0;
    });
}

std::string TrustedProxies::client_of(const std::string& peer, const net::Request& request) const {
    Bytes bytes{};
    if (networks_.empty() || !read(peer, bytes) || !contains(bytes)) return peer;
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
        if (!read(without_port(trim(last)), bytes)) return client;
        client = text_of(bytes);
        if (!contains(bytes) || comma == std::string_view::npos) return client;
        left = left.substr(0, comma);
    }
    return client;
}

}  // namespace ohm::api::rest
