// A station's URL as a picture that an installer's telephone reads.
#include "api/rest/station_qr.hpp"

#include "api/rest/handlers.hpp"
#include "api/rest/qr_code.hpp"
#include "api/rest/route_words.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::size_t address_characters = 300;
constexpr std::string_view usual_port = "3000", usual_tls_port = "3443";

// As the address that stations know this server by; no query, no slash at the end.
bool is_address(std::string_view text) {
    const auto scheme = text.find("://");
    if (scheme == std::string_view::npos || text.size() > address_characters) return false;
    const std::string_view rest = text.substr(scheme + 3);
    return (text.starts_with("ws://") || text.starts_with("wss://")) && !rest.empty() &&
           rest.front() != '/' && rest.back() != '/' && !has_control_characters(rest) &&
           rest.find_first_of(" ?#") == std::string_view::npos;
}

// Nobody told the api how stations reach the workers: by the host that this was asked of, it is
// assumed, on the usual port.
std::string usual_address(const Exchange& exchange, std::int64_t security_profile) {
    std::string_view host = exchange.request.header("host");
    const auto port = host.rfind(':');
    if (port != std::string_view::npos && host.find(']', port) == std::string_view::npos)
        host = host.substr(0, port);
    const bool has_tls = security_profile >= 2;
    return (has_tls ? "wss://" : "ws://") + std::string{host} + ":" +
           std::string{has_tls ? usual_tls_port : usual_port};
}

net::Response show_station_qr(const Exchange& exchange, ReadSources& sources) {
    const auto what = word_parameter(exchange, "what", {"ocpp-url"});
    if (!what) return problem_answer(exchange, what.error());
    const auto plain = flag_parameter(exchange, "plain");
    if (!plain) return problem_answer(exchange, plain.error());
    const auto asked = exchange.asked("address");
    if (asked && !is_address(*asked))
        return problem_answer(exchange,
                              bad_parameter("address",
                                            "must be ws://HOST:PORT or wss://HOST:PORT, with a "
                                            "path where there is one, and no query"));
    const auto station = station_in_path(exchange, sources.sql);
    if (!station) return problem_answer(exchange, station.error());
    std::string url =
        asked ? std::string{*asked} : usual_address(exchange, station->shown.security_profile);
    if (!*plain) url += "/" + percent_encode(station->shown.id);
    const auto code = QrCode::of(url);
    if (!code) return problem_answer(exchange, bad_parameter("address", "makes too long a URL"));
    return {.status = 200, .headers = {{"Content-Type", "image/svg+xml"}}, .body = code->svg(url)};
}

}  // namespace

const std::vector<Route>& station_qr_routes() {
    static const std::vector<Route> table{
        {"GET",
         "/api/v1/stations/{id}/qr.svg",
         "stations:read",
         "getStationQrCode",
         "stations",
         "Show the URL that the station connects to as a QR code",
         show_station_qr,
         {{"what", R"({"type":"string","enum":["ocpp-url"],"default":"ocpp-url"})",
           "Which URL it shows."},
          {"address", text_schema,
           "By what address stations reach the workers, ws://HOST:PORT or wss://HOST:PORT; absent: "
           "the host that this was asked of, port 3000, or 3443 from security profile 2 on."},
          {"plain", R"({"type":"boolean","default":false})",
           "Without the identity: some models append it themselves."}},
         no_body,
         {{200, "The picture.", Shape::text, "image/svg+xml"}},
         {"not_found"}}};
    return table;
}

}  // namespace ohm::api::rest
