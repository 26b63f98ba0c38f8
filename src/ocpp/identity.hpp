// A charge point identity: what may be one, and the folded form under which two spellings are one
// station (1.6-J §3.1.1, 2.0.1 Part 4 §3.1). Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace ohm::ocpp {

struct Identity {
    std::string id;   // as written
    std::string key;  // folded
};

// `id` is decoded already. Refused: empty, not UTF-8, control characters, dot segments, more than
// 255 bytes, or (2.0.1) more than 48 characters.
Result<Identity> check_identity(std::string_view id, bool limit_to_48_characters);

}  // namespace ohm::ocpp
