// permessage-deflate's data (RFC 7692) without context between messages, so that one state of each
// direction serves all connections of a loop and a connection costs nothing. On the loop's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace ohm::net {

class Inflater {
public:
    enum class Result : std::uint8_t { good, too_large, broken };

    Inflater();
    ~Inflater();
    // Writes over the message before. Too large: more than `bytes_max`, or beyond
    // limits::inflate_ratio.
    Result inflate(std::string_view compressed, std::size_t bytes_max);
    // Valid until the next call, with limits::simd_slack_bytes readable behind it.
    std::string_view message() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

class Deflater {
public:
    Deflater();
    ~Deflater();
    // Empty where compressing is of no use: too short, or it did not shrink. Valid until the next
    // call. `window_bits` is what the peer's window holds: distances never reach beyond a message,
    // so a message within the window needs no other state.
    std::optional<std::string_view> deflate(std::string_view message, int window_bits);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace ohm::net
