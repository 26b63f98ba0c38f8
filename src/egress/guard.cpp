#include "egress/guard.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace ohm::egress {
namespace {

constexpr std::string_view code = "url_refused";
constexpr std::uint16_t http_port = 80, https_port = 443, first_free_port = 1024;

tl::unexpected<Refusal> refused(std::string detail) {
    return tl::unexpected{Refusal{code, std::move(detail)}};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
// Underscores are no part of DNS, but of names that container networks give.
bool is_name_character(char c) {
    return is_digit(c) || is_letter(c) || c == '-' || c == '.' || c == '_';
}
bool is_url_character(char c) { return c > 0x20 && c < 0x7f && c != '\\' && c != '"'; }

std::string address_bytes(int family, const std::string& host) {
    std::array<char, 16> bytes{};
    if (inet_pton(family, host.c_str(), bytes.data()) != 1) return {};
    return {bytes.data(), family == AF_INET ? std::size_t{4} : std::size_t{16}};
}

// Readers of URLs take 127.1, 0177.0.0.1, 0x7f000001 and 2130706433 for addresses: a last label
// that begins like a number must belong to an address in its usual spelling.
bool ends_like_a_number(std::string_view host) {
    if (host.ends_with('.')) host.remove_suffix(1);
    const auto label = host.substr(host.rfind('.') + 1);
    return !label.empty() && is_digit(label.front());
}

Result<Url> with_host(Url url, std::string_view host) {
    if (host.empty()) return refused("the URL has no host");
    if (host.front() == '[') {
        if (host.size() < 3 || host.back() != ']') return refused("the host's brackets are broken");
        url.host = to_lower(host.substr(1, host.size() - 2));
        url.address = address_bytes(AF_INET6, url.host);
        if (url.address.empty()) return refused("the host is no IPv6 address");
        return url;
    }
    if (!std::all_of(host.begin(), host.end(), is_name_character))
        return refused("the host holds characters that no name has");
    url.host = to_lower(host);
    const bool broken = url.host.front() == '.' || url.host.find("..") != std::string::npos;
    if (broken || url.host.size() > limits::host_name_bytes) return refused("the host is no name");
    if (!ends_like_a_number(url.host)) return url;
    url.address = address_bytes(AF_INET, url.host);
    if (url.address.empty()) return refused("the host is a number and no usual IPv4 address");
    return url;
}

Result<std::uint16_t> read_port(std::string_view digits, std::uint16_t otherwise) {
    if (digits.empty()) return otherwise;
    constexpr std::int64_t most = 65'535;
    const bool plain = std::all_of(digits.begin(), digits.end(), is_digit);
    const auto number = plain && digits.size() <= 5 ? parse_int(digits) : std::nullopt;
    if (!number || *number < 1 || *number > most) return refused("the port is none");
    return static_cast<std::uint16_t>(*number);
}

struct Range {
    std::array<std::uint8_t, 16> first;
    int bits;
    Reach reach;
};

constexpr Range ranges_v4[] = {
    {{100, 100, 100, 200}, 32, Reach::never},  // a metadata service
    {{10}, 8, Reach::own_network},
    {{127}, 8, Reach::own_network},
    {{172, 16}, 12, Reach::own_network},
    {{192, 168}, 16, Reach::own_network},
    {{100, 64}, 10, Reach::own_network},
    {{0}, 8, Reach::never},
    {{169, 254}, 16, Reach::never},
    {{192, 0, 0}, 24, Reach::never},
    {{192, 0, 2}, 24, Reach::never},
    {{192, 88, 99}, 24, Reach::never},
    {{198, 18}, 15, Reach::never},
    {{198, 51, 100}, 24, Reach::never},
    {{203, 0, 113}, 24, Reach::never},
    {{224}, 3, Reach::never},
};
constexpr Range loopback_v6{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, Reach::open};
constexpr Range mapped_v4{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, Reach::open};
constexpr Range translated_v4{{0, 0x64, 0xff, 0x9b}, 96, Reach::open};
constexpr Range ranges_v6[] = {
    {{0xfd, 0, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54}, 128, Reach::never},
    {{0xfc}, 7, Reach::own_network},
    {{0x20, 0x01, 0, 0}, 23, Reach::never},        // Teredo and other tunnels
    {{0x20, 0x01, 0x0d, 0xb8}, 32, Reach::never},  // documentation
    {{0x20, 0x02}, 16, Reach::never},              // 6to4: an IPv4 address inside
    {{0x3f, 0xff}, 20, Reach::never},              // documentation
    {{0x20}, 3, Reach::open},                      // the internet; everything else is none
};

bool is_in(std::span<const std::uint8_t> address, const Range& range) {
    for (std::size_t i = 0; i * 8 < static_cast<std::size_t>(range.bits); ++i) {
        const int left = range.bits - static_cast<int>(i * 8);
        const auto mask = static_cast<std::uint8_t>(left >= 8 ? 0xff : 0xff << (8 - left));
        if ((address[i] & mask) != (range.first[i] & mask)) return false;
    }
    return true;
}

Reach reach_of_v6(std::span<const std::uint8_t> address) {
    if (is_in(address, loopback_v6)) return Reach::own_network;
    if (is_in(address, mapped_v4) || is_in(address, translated_v4))
        return reach_of(address.subspan(12));
    for (const Range& range : ranges_v6)
        if (is_in(address, range)) return range.reach;
    return Reach::never;
}

bool is_listed(const Url& url, const Rules& rules) {
    const bool bracketed = url.address.size() == 16;
    const std::string host = bracketed ? "[" + url.host + "]" : url.host;
    const std::string with_port = host + ":" + std::to_string(url.port);
    return std::any_of(rules.allowed.begin(), rules.allowed.end(), [&](const std::string& entry) {
        return entry == host || entry == with_port;
    });
}

}  // namespace

Result<Url> read_url(std::string_view text) {
    if (text.size() > limits::url_bytes) return refused("the URL is too long");
    if (!std::all_of(text.begin(), text.end(), is_url_character))
        return refused("the URL holds characters that no URL has");
    const auto colon = text.find("://");
    Url url;
    url.text = text.substr(0, text.find('#'));
    url.scheme = to_lower(text.substr(0, std::min(colon, text.size())));
    const bool is_https = url.scheme == "https";
    if (colon == std::string_view::npos || (!is_https && url.scheme != "http"))
        return refused("the URL is neither of http nor of https");
    std::string_view authority = text.substr(colon + 3);
    authority = authority.substr(0, authority.find_first_of("/?#"));
    if (authority.find('@') != std::string_view::npos)
        return refused("the URL holds a user name or password");
    const auto bracket = authority.rfind(']');
    const auto port_at = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    const bool has_port = port_at != std::string_view::npos;
    const auto port = read_port(has_port ? authority.substr(port_at + 1) : std::string_view{},
                                is_https ? https_port : http_port);
    if (!port) return tl::unexpected{port.error()};
    url.port = *port;
    return with_host(std::move(url), authority.substr(0, port_at));
}

Reach reach_of(std::span<const std::uint8_t> address) {
    constexpr std::size_t v4 = 4, v6 = 16;
    if (address.size() == v6) return reach_of_v6(address);
    if (address.size() != v4) return Reach::never;
    for (const Range& range : ranges_v4)
        if (is_in(address, range)) return range.reach;
    return Reach::open;
}

std::vector<std::string> allowed_hosts(std::string_view comma_list) {
    std::vector<std::string> hosts;
    for (const std::string_view host : split(comma_list, ','))
        if (!trim(host).empty()) hosts.push_back(to_lower(trim(host)));
    return hosts;
}

Result<Permit> check(const Url& url, Source source, const Rules& rules) {
    const bool listed = is_listed(url, rules);
    const bool of_operators = source == Source::operators;
    const bool usual_port = url.port == http_port || url.port == https_port ||
                            (of_operators && url.port >= first_free_port);
    if (!usual_port && !listed) return refused("the URL's port is not allowed");
    const Permit permit{.own_network = listed || (of_operators && rules.webhooks_to_own_network)};
    if (url.address.empty()) return permit;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(url.address.data());
    if (!permit.opens(reach_of({bytes, url.address.size()})))
        return refused("the URL's address is not allowed");
    return permit;
}

}  // namespace ohm::egress
