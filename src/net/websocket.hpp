// RFC 6455 frames without sockets: a Reader makes messages of bytes, the append functions make
// bytes of messages. Servers and clients use the same code. On the loop's thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "net/deflate.hpp"

namespace ohm::net::websocket {

enum class Role : std::uint8_t { server, client };  // ours: a server reads masked frames
enum class Opcode : std::uint8_t {
    continuation = 0,
    text = 1,
    binary = 2,
    close = 8,
    ping = 9,
    pong = 10
};
using Mask = std::array<std::uint8_t, 4>;

namespace code {
constexpr std::uint16_t normal = 1000;
constexpr std::uint16_t going_away = 1001;
constexpr std::uint16_t protocol_error = 1002;
constexpr std::uint16_t none_received = 1005;  // never on the wire
constexpr std::uint16_t bad_data = 1007;
constexpr std::uint16_t policy = 1008;
constexpr std::uint16_t too_large = 1009;
}  // namespace code

// What a close frame may carry (RFC 6455 §7.4).
bool is_close_code(std::uint16_t code);

void append_frame(std::string& out, Opcode opcode, bool compressed, std::string_view payload);
void append_masked_frame(std::string& out, Opcode opcode, bool compressed, std::string_view payload,
                         Mask mask);
std::string close_payload(std::uint16_t code, std::string_view reason);  // at most 125 bytes

struct Event {
    enum class Kind : std::uint8_t { need_more, fragment, message, ping, pong, close, failed };
    Kind kind = Kind::need_more;
    bool text = false;
    // Of a message, ping or pong; the reason of a close. Valid until the input changes or the next
    // call. A message has limits::simd_slack_bytes readable behind it if the input has.
    std::string_view payload;
    std::uint16_t code = 0;   // of a close (1005: it had none), or to close with after a failure
    std::string_view detail;  // of a failure
};

class Reader {
public:
    struct Rules {
        Role role;
        bool deflate;  // negotiated: RSV1 is allowed
        std::size_t message_bytes;
    };
    // Takes one whole frame or nothing off the front of `input`, unmasking in place. A frame that
    // will be refused is refused as soon as its head is there.
    Event next(std::span<char>& input, const Rules& rules, Inflater& inflater);
    // Between messages: nothing is remembered, so a new Reader would do as well.
    bool is_idle() const { return !in_message_; }

private:
    struct Head;
    Event on_control(const Head& head, std::string_view payload);
    Event on_data(const Head& head, std::string_view payload, const Rules& rules,
                  Inflater& inflater);
    Event on_whole(std::string_view payload, const Rules& rules, Inflater& inflater);
    const char* offence(const Head& head, const Rules& rules) const;

    std::string assembled_;
    std::uint32_t fragments_ = 0;
    bool in_message_ = false;
    bool text_ = false;
    bool compressed_ = false;
};

}  // namespace ohm::net::websocket
