// Which part of a file a request asks for (RFC 9110 §14). Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace ohm::api::files {

struct Range {
    enum class Kind : std::uint8_t { whole, part, not_there } kind = Kind::whole;
    std::int64_t first = 0, count = 0;
};
// What cannot be read, or asks for several parts, is answered with the whole.
Range read_range(std::string_view header, std::int64_t bytes);

}  // namespace ohm::api::files
