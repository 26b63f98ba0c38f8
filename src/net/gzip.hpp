// A body as gzip (RFC 1952), for answers over HTTP. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ohm::net {

// Nothing where it did not shrink.
std::optional<std::string> gzip(std::string_view text);

}  // namespace ohm::net
