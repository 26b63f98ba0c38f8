#include "net/url.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace ohm::net {
namespace {

constexpr std::uint16_t port_http = 80, port_https = 443;

}  // namespace

Url parse_url(std::string_view text, std::string_view plain, std::string_view tls) {
    Url url;
    const auto scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos) return {};
    const std::string_view scheme = text.substr(0, scheme_end);
    if (scheme != plain && scheme != tls) return {};
    std::string_view rest = text.substr(scheme_end + 3);
    const auto path_start = std::min(rest.find('/'), rest.size());
    url.path = path_start < rest.size() ? rest.substr(path_start) : "/";
    rest = rest.substr(0, path_start);
    std::string_view port;
    if (rest.starts_with('[')) {
        const auto bracket = rest.find(']');
        if (bracket == std::string_view::npos) return {};
        url.endpoint.host = rest.substr(1, bracket - 1);
        port = rest.substr(bracket + 1);
    } else {
        const auto colon = std::min(rest.find(':'), rest.size());
        url.endpoint.host = rest.substr(0, colon);
        port = rest.substr(colon);
    }
    url.endpoint.tls = scheme == tls;
    url.endpoint.port = url.endpoint.tls ? port_https : port_http;
    if (!port.empty()) {
        const auto number = parse_int(port.substr(1));
        if (port.front() != ':' || !number || *number < 1 || *number > 65'535) return {};
        url.endpoint.port = static_cast<std::uint16_t>(*number);
    }
    const bool odd = url.path.find_first_of(" ?#") != std::string::npos ||
                     has_control_characters(text) || text.find('@') != std::string_view::npos;
    return odd ? Url{} : url;
}

}  // namespace ohm::net
