#include "api/rest/networks.hpp"

#include <algorithm>
#include <arpa/inet.h>

#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::size_t mapped_bytes = 12, v4_bits = 32, v6_bits = 128;

}  // namespace

std::optional<AddressBytes> read_address(std::string_view text) {
    const std::string host{text};
    AddressBytes bytes{};
    if (inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1) return bytes;
    bytes = {};
    if (inet_pton(AF_INET, host.c_str(), bytes.data() + mapped_bytes) != 1) return std::nullopt;
    bytes[mapped_bytes - 2] = bytes[mapped_bytes - 1] = 0xff;
    return bytes;
}

std::string text_of(const AddressBytes& address) {
    constexpr std::array<std::uint8_t, mapped_bytes> mapped{0, 0, 0, 0, 0,    0,
                                                            0, 0, 0, 0, 0xff, 0xff};
    const bool is_v4 = std::equal(mapped.begin(), mapped.end(), address.begin());
    std::array<char, INET6_ADDRSTRLEN> text{};
    const std::uint8_t* from = address.data() + (is_v4 ? mapped_bytes : 0);
    inet_ntop(is_v4 ? AF_INET : AF_INET6, from, text.data(), text.size());
    return text.data();
}

bool Networks::add(std::string_view text) {
    const auto slash = text.find('/');
    const std::string_view host = text.substr(0, slash);
    const auto first = read_address(host);
    if (!first) return false;
    const bool is_v4 = host.find(':') == std::string_view::npos;
    const std::size_t most = is_v4 ? v4_bits : v6_bits;
    std::size_t bits = v6_bits;
    if (slash != std::string_view::npos) {
        const auto said = parse_int(text.substr(slash + 1));
        if (!said || *said < 0 || *said > static_cast<std::int64_t>(most)) return false;
        bits = v6_bits - most + static_cast<std::size_t>(*said);
    }
    networks_.push_back({*first, bits});
    return true;
}

bool Networks::contains(const AddressBytes& address) const {
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

bool Networks::contains(std::string_view address) const {
    const auto bytes = read_address(address);
    return bytes && contains(*bytes);
}

}  // namespace ohm::api::rest
