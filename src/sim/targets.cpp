#include "sim/targets.hpp"

#include <arpa/inet.h>
#include <optional>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace ohm::sim {
namespace {

constexpr std::uint32_t loopback_first = 0x7F000001;  // 127.0.0.1

std::optional<std::uint32_t> address_number(std::string_view text) {
    in_addr address{};
    if (::inet_pton(AF_INET, std::string{trim(text)}.c_str(), &address) != 1) return std::nullopt;
    return ntohl(address.s_addr);
}

std::string address_text(std::uint32_t number) {
    std::string text;
    for (int shift = 24; shift >= 0; shift -= 8)
        text += (text.empty() ? "" : ".") + std::to_string((number >> shift) & 0xFF);
    return text;
}

std::string with_id(std::string pattern, std::string_view id) {
    const auto at = pattern.find("{id}");
    return at == std::string::npos ? pattern : pattern.replace(at, 4, id);
}

}  // namespace

const Target& target_of(const Targets& targets, std::size_t number, std::size_t stations) {
    const std::size_t count = targets.all.size();
    const std::size_t index = stations == 0 ? 0 : number * count / stations;
    return targets.all.at(index < count ? index : count - 1);
}

net::Endpoint endpoint_of(const Targets& targets, std::size_t number, std::size_t stations,
                          std::string_view id) {
    net::Endpoint endpoint = target_of(targets, number, stations).endpoint;
    if (!targets.sources.empty()) {
        const std::size_t block = number / limits::sim_connections_per_source;
        endpoint.source_address = targets.sources[block % targets.sources.size()];
    }
    if (!targets.certificate_file.empty()) {
        endpoint.certificate_file = with_id(targets.certificate_file, id);
        endpoint.key_file = with_id(targets.key_file, id);
    }
    return endpoint;
}

std::vector<std::string> parse_sources(std::string_view text) {
    std::vector<std::string> sources;
    for (const std::string_view item : split(text, ',')) {
        const auto dash = item.find('-');
        const auto first = address_number(item.substr(0, dash));
        const auto last =
            dash == std::string_view::npos ? first : address_number(item.substr(dash + 1));
        if (!first || !last || *last < *first) return {};
        if (*last - *first >= limits::sim_sources - sources.size()) return {};
        for (std::uint32_t number = *first; sources.size() < limits::sim_sources; ++number) {
            sources.push_back(address_text(number));
            if (number == *last) break;
        }
    }
    return sources;
}

std::vector<std::string> loopback_sources(std::size_t stations) {
    std::vector<std::string> sources;
    const std::size_t blocks = stations / limits::sim_connections_per_source + 1;
    for (std::size_t i = 0; i < blocks; ++i)
        sources.push_back(address_text(loopback_first + static_cast<std::uint32_t>(i)));
    return sources;
}

}  // namespace ohm::sim
