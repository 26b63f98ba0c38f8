// What a station's upgrade request says: who it claims to be and what it offers. Whether that is
// true, the api decides. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "bus/envelope.hpp"
#include "net/server.hpp"
#include "ocpp/identity.hpp"

namespace ohm::worker {

// The last non-empty segment of the path, percent-decoded once; prefix and query do not matter.
Result<ocpp::Identity> read_identity(std::string_view target, bool limit_to_48_characters);

// Whom earlier segments of the path may name, the next one first (quirk A6): a few, without what
// commonly stands before identities.
std::vector<ocpp::Identity> other_identities(std::string_view target, const ocpp::Identity& last,
                                             bool limit_to_48_characters);

// Basic credentials (RFC 7617). The password is bytes: it may hold colons and NUL, so the split is
// behind the identity.
struct Credentials {
    bool present = false;
    std::string user_name, password;
};
Credentials read_credentials(std::string_view authorization, std::string_view id);

bus::ConnectBody read_connect(const net::Request& request, const net::Peer& peer,
                              const ocpp::Identity& identity);

}  // namespace ohm::worker
