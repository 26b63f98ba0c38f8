// Addresses and networks, IPv4 and IPv6: "10.0.0.0/8", "2001:db8::/32", "192.0.2.7". Pure; any
// thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ohm::api::rest {

using AddressBytes = std::array<std::uint8_t, 16>;  // IPv4 as IPv6 maps it
std::optional<AddressBytes> read_address(std::string_view text);
std::string text_of(const AddressBytes& address);

class Networks {
public:
    // False where it is no address and no network, and then it is not taken.
    bool add(std::string_view text);
    bool empty() const { return networks_.empty(); }
    bool contains(const AddressBytes& address) const;
    bool contains(std::string_view address) const;  // false where it cannot be read

private:
    struct Network {
        AddressBytes first{};
        std::size_t bits = 0;
    };
    std::vector<Network> networks_;
};

}  // namespace ohm::api::rest
