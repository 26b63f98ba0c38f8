#include "net/gzip.hpp"

#include <limits>
#include <zlib.h>

#include "base/error.hpp"

namespace ohm::net {

// The fastest level: JSON shrinks to a tenth with it, and more would cost more than it saves.
std::optional<std::string> gzip(std::string_view text) {
    constexpr int window_bits = 15, as_gzip = 16, memory_level = 8;
    if (text.size() > std::numeric_limits<uInt>::max()) return std::nullopt;
    z_stream stream{};
    ENSURE(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, window_bits + as_gzip, memory_level,
                        Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(text.size(), '\0');  // no room for more: then it goes as it is
    // zlib's members are not const, its reading is.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int code = ::deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (code != Z_STREAM_END) return std::nullopt;
    return out;
}

}  // namespace ohm::net
