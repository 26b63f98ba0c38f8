#include "net/deflate.hpp"

#include <algorithm>
#include <string>
#include <zlib.h>

#include "base/error.hpp"
#include "base/limits.hpp"

namespace ohm::net {
namespace {

constexpr int window_bits_max = 15;
constexpr std::string_view tail{"\x00\x00\xff\xff", 4};
constexpr std::size_t step_bytes = 16 * 1024;

// zlib's members are not const, its reading is.
Bytef* zlib_bytes(std::string_view text) {
    return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

}  // namespace

struct Inflater::State {
    z_stream stream{};
    std::string out;
    std::size_t filled = 0;

    Result run(std::string_view input, std::size_t bytes_max);
};

Inflater::Inflater() : state_{std::make_unique<State>()} {
    ENSURE(inflateInit2(&state_->stream, -window_bits_max) == Z_OK);
}

Inflater::~Inflater() { inflateEnd(&state_->stream); }

std::string_view Inflater::message() const { return {state_->out.data(), state_->filled}; }

Inflater::Result Inflater::inflate(std::string_view compressed, std::size_t bytes_max) {
    State& state = *state_;
    ENSURE(inflateReset(&state.stream) == Z_OK);
    state.filled = 0;
    if (state.out.size() > limits::receive_buffer_bytes) state.out = {};
    const std::size_t ratio_max =
        std::max(limits::inflate_ratio_free_bytes, compressed.size() * limits::inflate_ratio);
    const std::size_t most = std::min(bytes_max, ratio_max);
    const Result result = state.run(compressed, most);
    // The sender cut these four bytes off (RFC 7692 §7.2.1).
    return result == Result::good ? state.run(tail, most) : result;
}

Inflater::Result Inflater::State::run(std::string_view input, std::size_t bytes_max) {
    stream.next_in = zlib_bytes(input);
    stream.avail_in = static_cast<uInt>(input.size());
    for (;;) {
        // One byte beyond the bound is asked for, so that reaching it is told from passing it.
        const std::size_t room = std::min(step_bytes, bytes_max + 1 - filled);
        if (out.size() < filled + room + limits::simd_slack_bytes)
            out.resize(filled + room + limits::simd_slack_bytes);
        stream.next_out = reinterpret_cast<Bytef*>(out.data() + filled);
        stream.avail_out = static_cast<uInt>(room);
        const int code = ::inflate(&stream, Z_SYNC_FLUSH);
        filled += room - stream.avail_out;
        if (filled > bytes_max) return Result::too_large;
        if (code == Z_STREAM_END) {
            // A block marked final may be followed by others (RFC 7692 §7.2.3.4).
            if (inflateReset(&stream) != Z_OK) return Result::broken;
            if (stream.avail_in == 0) return Result::good;
            continue;
        }
        if (code == Z_BUF_ERROR) return Result::good;  // nothing left to read or to write
        if (code != Z_OK) return Result::broken;
        if (stream.avail_in == 0 && stream.avail_out > 0) return Result::good;
    }
}

struct Deflater::State {
    z_stream stream{};
    std::string out;
};

Deflater::Deflater() : state_{std::make_unique<State>()} {
    ENSURE(deflateInit2(&state_->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -window_bits_max, 8,
                        Z_DEFAULT_STRATEGY) == Z_OK);
}

Deflater::~Deflater() { deflateEnd(&state_->stream); }

std::optional<std::string_view> Deflater::deflate(std::string_view message, int window_bits) {
    if (message.size() < limits::deflate_from_bytes) return std::nullopt;
    if (message.size() > std::size_t{1} << window_bits && window_bits < window_bits_max)
        return std::nullopt;
    State& state = *state_;
    ENSURE(deflateReset(&state.stream) == Z_OK);
    // No room for more than the message itself: then it is sent as it is.
    state.out.resize(std::max(message.size(), limits::spare_buffer_bytes));
    state.stream.next_in = zlib_bytes(message);
    state.stream.avail_in = static_cast<uInt>(message.size());
    state.stream.next_out = reinterpret_cast<Bytef*>(state.out.data());
    state.stream.avail_out = static_cast<uInt>(message.size());
    const int code = ::deflate(&state.stream, Z_SYNC_FLUSH);
    const std::size_t size = message.size() - state.stream.avail_out;
    if (code != Z_OK || state.stream.avail_out == 0 || size < tail.size()) return std::nullopt;
    return std::string_view{state.out}.substr(0, size - tail.size());
}

}  // namespace ohm::net
