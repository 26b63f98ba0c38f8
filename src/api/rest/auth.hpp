// Who calls: API keys, looked up by digest in a copy of the table that is read anew every few
// seconds, so that a stolen key dies soon and an unknown one costs no query. On the HTTP loop, but
// for read_keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "api/rest/exchange.hpp"
#include "base/time.hpp"
#include "store/sql.hpp"

namespace ohm::api::rest {

struct ApiKey {
    Caller caller;
    std::int64_t expires_at = 0;  // µs UTC; 0: never
};
using ApiKeys = std::unordered_map<std::string, ApiKey>;  // by digest

ApiKeys read_keys(store::Sql& sql);  // a reader's thread

// The key of `Authorization: Bearer …`; empty where the header is absent or something else.
std::string_view bearer_token(const net::Request& request);

class KeyRing {
public:
    KeyRing(const Clock& clock, std::string admin_key_digest)
        : clock_{clock}, admin_key_digest_{std::move(admin_key_digest)} {}

    // Whether find() can be believed for this digest; if not, replace() first.
    bool knows_enough(const std::string& digest) const;
    std::optional<Caller> find(const std::string& digest) const;
    void replace(ApiKeys&& keys);

private:
    bool is_admin(const std::string& digest) const;

    const Clock& clock_;
    const std::string admin_key_digest_;
    ApiKeys keys_;
    std::optional<Mono> read_at_;
};

}  // namespace ohm::api::rest
