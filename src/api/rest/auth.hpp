// Who calls: API keys and operators' sign-ins, looked up by digest in a copy of the tables that is
// read anew every few seconds, so that a stolen key dies soon and an unknown one costs no query. On
// the HTTP loop, but for read_keys.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "api/rest/exchange.hpp"
#include "base/time.hpp"
#include "store/sql.hpp"

namespace ohm::api::rest {

// By digest: keys and operators' sign-ins; and sign-ins of keys, which are worth what the key is.
struct ApiKeys {
    struct SignIn {
        std::string key_digest;
        std::int64_t expires_at = 0;
    };
    std::unordered_map<std::string, Caller> callers;
    std::unordered_map<std::string, SignIn> of_keys;
};

ApiKeys read_keys(store::Sql& sql, Utc now);  // a reader's thread
// An operator who has signed in until then.
Caller operator_caller(std::string_view name, std::string_view role,
                       std::vector<std::string> scopes, std::int64_t expires_at);

inline constexpr std::string_view session_cookie = "ohm_session";

// Finds out by what the caller wants to be known, a key before a cookie; or the problem.
std::optional<Problem> read_credential(Exchange& exchange);
// Whether what a browser sent on its own was meant: another page may make it ask, but not with this
// header, and not without saying so. SameSite=Strict stands before both.
std::optional<Problem> check_cookie_use(const Exchange& exchange);
bool is_unsafe(std::string_view method);
// Who may see what was charged may not see by whom.
bool hides_tokens(const Exchange& exchange, const net::Response& response);

// The key of `Authorization: Bearer …`; empty where the header is absent or something else.
std::string_view bearer_token(const net::Request& request);
// What the cookie of a sign-in holds; empty where there is none.
std::string_view session_token(const net::Request& request);

class KeyRing {
public:
    KeyRing(const Clock& clock, std::string admin_key_digest)
        : clock_{clock}, admin_key_digest_{std::move(admin_key_digest)} {}

    // Whether find() can be believed for this digest; if not, replace() first.
    bool knows_enough(const std::string& digest) const;
    std::optional<Caller> find(const std::string& digest) const;
    // Whether it is a cookie's, of an operator or of a key.
    bool is_sign_in(const std::string& digest) const;
    // What was read before read_anew() was called is not believed.
    std::uint64_t begin_reading() const { return generation_; }
    void replace(ApiKeys&& keys, std::uint64_t generation);
    void read_anew() { ++generation_, read_at_.reset(); }

    // Keys that were used since it was last asked, by id, and when.
    void note_use(const Caller& caller);
    std::map<std::string, std::int64_t> take_uses() { return std::exchange(uses_, {}); }

private:
    bool is_admin(const std::string& digest) const;
    std::optional<Caller> find_caller(const std::string& digest) const;

    const Clock& clock_;
    const std::string admin_key_digest_;
    ApiKeys keys_;
    std::map<std::string, std::int64_t> uses_;  // no more than there are keys
    std::uint64_t generation_ = 0;
    std::optional<Mono> read_at_;
};

}  // namespace ohm::api::rest
