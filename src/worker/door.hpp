// What a station's upgrade request says: who it claims to be and what it offers. Whether that is
// true, the api decides. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "bus/envelope.hpp"
#include "net/server.hpp"

namespace ohm::worker {

// The last non-empty segment of the path, percent-decoded once; prefix and query do not matter.
// Refused: empty, not UTF-8, control characters, dot segments, more than 255 bytes, or (OCPP 2.0.1
// Part 4 §3.1) more than 48 characters.
struct Identity {
    std::string id;   // as the station wrote it
    std::string key;  // folded: two spellings are one station
};
Result<Identity> read_identity(std::string_view target, bool limit_to_48_characters);

// Basic credentials (RFC 7617). The password is bytes: it may hold colons and NUL, so the split is
// behind the identity.
struct Credentials {
    bool present = false;
    std::string user_name, password;
};
Credentials read_credentials(std::string_view authorization, std::string_view id);

bus::ConnectBody read_connect(const net::Request& request, const net::Peer& peer,
                              const Identity& identity);

}  // namespace ohm::worker
