// What turns an HTTP connection into a WebSocket: RFC 6455 §4 and the terms of permessage-deflate
// (RFC 7692 §7.1). Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/http.hpp"

namespace ohm::net::websocket {

std::string accept_key(std::string_view key);  // Sec-WebSocket-Accept

bool asks_for_websocket(const Request& request);  // `Upgrade: websocket`
struct UpgradeRefusal {
    int status = 400;  // 400, 405 or 426
    std::string_view detail;
};
// Empty where the upgrade may be held and accepted.
std::optional<UpgradeRefusal> check_upgrade(const Request& request, int minor_version);

struct DeflateTerms {
    int server_window_bits = 15;
    bool names_server_window = false;  // offered, so the answer repeats it
};
// The first valid offer of a Sec-WebSocket-Extensions header, empty where there is none.
std::optional<DeflateTerms> choose_deflate(std::string_view offers);
// Neither side keeps context: one state serves all connections.
std::string deflate_answer(const DeflateTerms& terms);

constexpr std::string_view deflate_offer =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
// The client's side: what the server answered to `deflate_offer`. Empty where it must not be taken.
enum class DeflateAnswer : bool { none, agreed };
std::optional<DeflateAnswer> read_deflate_answer(std::string_view extensions);

}  // namespace ohm::net::websocket
