#include "api/rest/auth.hpp"

#include "base/limits.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {

ApiKeys read_keys(store::Sql& sql) {
    ApiKeys keys;
    for (const store::Row& row : sql.query("select digest, name, scopes, expires_at from api_keys "
                                           "where revoked_at is null")) {
        ApiKey key;
        key.caller.name = "key:" + store::as_text(row[1]);
        const std::string scopes = store::as_text(row[2]);
        for (const std::string_view scope : split(scopes, ' '))
            if (!scope.empty()) key.caller.scopes.emplace_back(scope);
        key.expires_at = store::as_int(row[3]);
        keys.emplace(store::as_bytes(row[0]), std::move(key));
    }
    return keys;
}

std::string_view bearer_token(const net::Request& request) {
    const std::string_view header = request.header("authorization");
    const auto blank = header.find(' ');
    if (blank == std::string_view::npos) return {};
    if (!equals_ignoring_case(header.substr(0, blank), "Bearer")) return {};
    return trim(header.substr(blank));
}

bool KeyRing::is_admin(const std::string& digest) const {
    return !admin_key_digest_.empty() && secret::equal_in_constant_time(digest, admin_key_digest_);
}

bool KeyRing::knows_enough(const std::string& digest) const {
    if (is_admin(digest)) return true;
    if (!read_at_) return false;
    const auto age = clock_.mono() - *read_at_;
    // A key just made must work at once, so not knowing one is believed for a shorter time.
    return age < (keys_.contains(digest) ? limits::api_keys_fresh : limits::api_keys_absent_fresh);
}

std::optional<Caller> KeyRing::find(const std::string& digest) const {
    if (is_admin(digest)) return Caller{.name = "key:admin", .scopes = {"admin:*"}};
    const auto found = keys_.find(digest);
    if (found == keys_.end()) return std::nullopt;
    const std::int64_t expires_at = found->second.expires_at;
    if (expires_at != 0 && expires_at <= micros(clock_.utc())) return std::nullopt;
    return found->second.caller;
}

void KeyRing::replace(ApiKeys&& keys) {
    keys_ = std::move(keys);
    read_at_ = clock_.mono();
}

}  // namespace ohm::api::rest
