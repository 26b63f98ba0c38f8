#include "net/websocket_handshake.hpp"

#include <gtest/gtest.h>

namespace ohm::net::websocket {
namespace {

struct Row {
    const char* offers;
    const char* answer;  // "": declined
};

const Row rows[] = {
    {"", ""},
    {"permessage-deflate", "+"},
    {"permessage-deflate; client_max_window_bits", "+"},
    {"permessage-deflate; client_max_window_bits=10", "+"},
    {"permessage-deflate; server_no_context_takeover; client_no_context_takeover", "+"},
    {"permessage-deflate; server_max_window_bits=10", "+; server_max_window_bits=10"},
    {"permessage-deflate; server_max_window_bits=\"10\"", "+; server_max_window_bits=10"},
    {"permessage-deflate;server_max_window_bits=8", "+; server_max_window_bits=8"},
    {"permessage-deflate; server_max_window_bits=15", "+; server_max_window_bits=15"},
    {"x-webkit-deflate-frame, permessage-deflate", "+"},
    {"permessage-deflate; unknown, permessage-deflate", "+"},
    {"permessage-deflate; server_max_window_bits=16, permessage-deflate; server_max_window_bits=12",
     "+; server_max_window_bits=12"},
    {"permessage-deflate; server_max_window_bits=9, permessage-deflate",
     "+; server_max_window_bits=9"},
    {"x-other; a=\"permessage-deflate, b\"", ""},
    {"permessage-deflate; unknown", ""},
    {"permessage-deflate; server_no_context_takeover=1", ""},
    {"permessage-deflate; client_no_context_takeover=true", ""},
    {"permessage-deflate; server_no_context_takeover; server_no_context_takeover", ""},
    {"permessage-deflate; server_max_window_bits", ""},
    {"permessage-deflate; server_max_window_bits=7", ""},
    {"permessage-deflate; server_max_window_bits=16", ""},
    {"permessage-deflate; server_max_window_bits=08", ""},
    {"permessage-deflate; server_max_window_bits=+9", ""},
    {"permessage-deflate; server_max_window_bits=", ""},
    {"permessage-deflate; server_max_window_bits=9; server_max_window_bits=9", ""},
    {"permessage-deflate; client_max_window_bits=0", ""},
    {"permessage-deflate; client_max_window_bits=\"\"", ""},
    {"permessage-deflate; client_max_window_bits; client_max_window_bits=9", ""},
    {"permessage-deflate;", ""},
    {"deflate-frame", ""},
};

TEST(WebSocketHandshake, NegotiatesDeflate) {
    for (const Row& row : rows) {
        const auto terms = choose_deflate(row.offers);
        std::string expected = row.answer;
        if (expected.starts_with("+")) expected.replace(0, 1, deflate_offer);
        EXPECT_EQ(terms ? deflate_answer(*terms) : "", expected) << row.offers;
    }
}

TEST(WebSocketHandshake, ReadsWhatAServerAnswered) {
    EXPECT_EQ(read_deflate_answer(""), DeflateAnswer::none);
    EXPECT_EQ(read_deflate_answer(deflate_offer), DeflateAnswer::agreed);
    EXPECT_EQ(read_deflate_answer("permessage-deflate; server_no_context_takeover"),
              DeflateAnswer::agreed);
    EXPECT_EQ(read_deflate_answer("permessage-deflate"), std::nullopt) << "would keep context";
    EXPECT_EQ(read_deflate_answer("x-other"), std::nullopt) << "never offered";
    EXPECT_EQ(read_deflate_answer(
                  "permessage-deflate; server_no_context_takeover; client_max_window_bits=9"),
              std::nullopt);
}

TEST(WebSocketHandshake, MakesTheAcceptKeyOfTheRfc) {
    EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(WebSocketHandshake, FindsWebSocketAmongUpgrades) {
    EXPECT_TRUE(asks_for_websocket({.headers = {{"upgrade", "h2c, WebSocket"}}}));
    EXPECT_FALSE(asks_for_websocket({.headers = {{"upgrade", "h2c"}}}));
    EXPECT_FALSE(asks_for_websocket({}));
}

// Some chargers send another Connection header, or none (quirk A3).
TEST(WebSocketHandshake, DoesNotAskForTheConnectionHeader) {
    for (const std::string connection : {"", "keep-alive", "Upgrade", "keep-alive, upgrade"}) {
        Request request{.method = "GET",
                        .headers = {{"upgrade", "websocket"},
                                    {"sec-websocket-version", "13"},
                                    {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="}}};
        if (!connection.empty()) request.headers.push_back({"connection", connection});
        EXPECT_TRUE(asks_for_websocket(request));
        EXPECT_FALSE(check_upgrade(request, 1)) << connection;
    }
}

}  // namespace
}  // namespace ohm::net::websocket
