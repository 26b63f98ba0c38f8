#include "api/rest/auth.hpp"

#include "api/rest/known_roles.hpp"
#include "api/rest/scopes.hpp"
#include "base/limits.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

using store::as_bytes;
using store::as_int;
using store::as_text;

// Those of the role, where there is one; one that is gone gives nothing.
std::vector<std::string> scopes_in(const KnownRoles& roles, const std::string& role,
                                   const std::string& own) {
    if (role.empty()) return scopes_of("", own);
    const auto found = roles.find(role);
    return found == roles.end() ? std::vector<std::string>{} : found->second.scopes;
}

// What cannot be read lets nobody in.
std::shared_ptr<const Networks> networks_of(const std::string& text) {
    if (text.empty()) return nullptr;
    auto networks = std::make_shared<Networks>();
    for (const std::string_view one : split(text, ' ')) (void)networks->add(one);
    return networks;
}

void read_api_keys(store::Sql& sql, const KnownRoles& roles, ApiKeys& keys) {
    for (const store::Row& row :
         sql.query("select digest, name, scopes, expires_at, role, id, networks from api_keys "
                   "where revoked_at is null")) {
        Caller caller{.name = "key:" + as_text(row[1]),
                      .scopes = scopes_in(roles, as_text(row[4]), as_text(row[2]))};
        caller.role = as_text(row[4]);
        caller.expires_at = as_int(row[3]);
        caller.id = as_bytes(row[5]);
        caller.networks = networks_of(as_text(row[6]));
        keys.callers.emplace(as_bytes(row[0]), std::move(caller));
    }
}

void read_sign_ins(store::Sql& sql, Utc now, const KnownRoles& roles, ApiKeys& keys) {
    for (const store::Row& row :
         sql.query("select s.digest, o.name, o.role, s.expires_at, o.id from sign_ins s join "
                   "operators o on o.id = s.operator_id where o.disabled_at is null and "
                   "s.expires_at > $1",
                   {micros(now)})) {
        Caller caller = operator_caller(as_text(row[1]), as_text(row[2]),
                                        scopes_in(roles, as_text(row[2]), ""), as_int(row[3]));
        caller.id = as_bytes(row[4]);
        keys.callers.emplace(as_bytes(row[0]), std::move(caller));
    }
    for (const store::Row& row :
         sql.query("select digest, key_digest, expires_at from key_sign_ins where expires_at > $1",
                   {micros(now)}))
        keys.of_keys.emplace(as_bytes(row[0]), ApiKeys::SignIn{as_bytes(row[1]), as_int(row[2])});
}

bool comes_from_elsewhere(const net::Request& request) {
    const std::string_view site = request.header("sec-fetch-site");
    if (!site.empty() && site != "same-origin" && site != "none") return true;
    std::string_view origin = request.header("origin");
    if (origin.empty()) return false;
    const auto host = origin.find("://");
    if (host == std::string_view::npos) return true;  // "null"
    origin.remove_prefix(host + 3);
    // A proxy may name the host that the browser knows; without one it is our own.
    const std::string_view forwarded = request.header("x-forwarded-host");
    return !equals_ignoring_case(origin, request.header("host")) &&
           (forwarded.empty() || !equals_ignoring_case(origin, forwarded));
}

}  // namespace

Caller operator_caller(std::string_view name, std::string_view role,
                       std::vector<std::string> scopes, std::int64_t expires_at) {
    Caller caller{.name = "user:" + std::string{name}, .scopes = std::move(scopes)};
    caller.role = role;
    caller.is_operator = true;
    caller.expires_at = expires_at;
    return caller;
}

ApiKeys read_keys(store::Sql& sql, Utc now) {
    ApiKeys keys;
    const KnownRoles roles = read_roles(sql);
    read_api_keys(sql, roles, keys);
    read_sign_ins(sql, now, roles, keys);
    return keys;
}

bool hides_tokens(const Exchange& exchange, const net::Response& response) {
    return !exchange.caller.name.empty() && !response.headers.empty() &&
           response.headers.front().value == "application/json" &&
           !exchange.caller.may("tokens:read");
}

std::string_view bearer_token(const net::Request& request) {
    const std::string_view header = request.header("authorization");
    const auto blank = header.find(' ');
    if (blank == std::string_view::npos) return {};
    if (!equals_ignoring_case(header.substr(0, blank), "Bearer")) return {};
    return trim(header.substr(blank));
}

std::string_view session_token(const net::Request& request) {
    for (const net::Header& header : request.headers) {
        if (header.name != "cookie") continue;
        for (const std::string_view piece : split(header.value, ';')) {
            const std::string_view pair = trim(piece);
            const auto equals = pair.find('=');
            if (equals != std::string_view::npos && pair.substr(0, equals) == session_cookie)
                return pair.substr(equals + 1);
        }
    }
    return {};
}

bool is_unsafe(std::string_view method) { return method != "GET" && method != "HEAD"; }

std::optional<Problem> read_credential(Exchange& exchange) {
    std::string_view token = bearer_token(exchange.request);
    exchange.by_cookie = token.empty();
    if (token.empty()) token = session_token(exchange.request);
    if (token.empty())
        return Problem{.code = "unauthorized",
                       .detail = "The request has no `Authorization: Bearer` header."};
    exchange.credential = secret::digest(token);
    return std::nullopt;
}

std::optional<Problem> check_cookie_use(const Exchange& exchange) {
    if (!exchange.by_cookie) return std::nullopt;
    if (comes_from_elsewhere(exchange.request))
        return Problem{.code = "csrf_refused", .detail = "A page from elsewhere asked."};
    if (is_unsafe(exchange.request.method) && exchange.request.header("x-ohm-csrf").empty())
        return Problem{.code = "csrf_refused", .detail = "The header X-Ohm-Csrf is missing."};
    return std::nullopt;
}

bool KeyRing::is_admin(const std::string& digest) const {
    return !admin_key_digest_.empty() && secret::equal_in_constant_time(digest, admin_key_digest_);
}

bool KeyRing::knows_enough(const std::string& digest) const {
    if (is_admin(digest)) return true;
    if (!read_at_) return false;
    const auto age = clock_.mono() - *read_at_;
    // A key just made must work at once, so not knowing one is believed for a shorter time.
    const bool is_there = keys_.callers.contains(digest) || keys_.of_keys.contains(digest);
    return age < (is_there ? limits::api_keys_fresh : limits::api_keys_absent_fresh);
}

bool KeyRing::is_sign_in(const std::string& digest) const {
    const auto found = keys_.callers.find(digest);
    return keys_.of_keys.contains(digest) ||
           (found != keys_.callers.end() && found->second.is_operator);
}

std::optional<Caller> KeyRing::find(const std::string& digest) const {
    const auto sign_in = keys_.of_keys.find(digest);
    if (sign_in == keys_.of_keys.end()) return find_caller(digest);
    const auto& [key_digest, expires_at] = sign_in->second;
    if (expires_at <= micros(clock_.utc())) return std::nullopt;
    std::optional<Caller> caller = find_caller(key_digest);
    const bool ends_first = caller && (caller->expires_at == 0 || expires_at < caller->expires_at);
    if (ends_first) caller->expires_at = expires_at;
    return caller;
}

std::optional<Caller> KeyRing::find_caller(const std::string& digest) const {
    if (is_admin(digest)) return Caller{.name = "key:admin", .scopes = {"admin:*"}};
    const auto found = keys_.callers.find(digest);
    if (found == keys_.callers.end()) return std::nullopt;
    const std::int64_t expires_at = found->second.expires_at;
    if (expires_at != 0 && expires_at <= micros(clock_.utc())) return std::nullopt;
    return found->second;
}

void KeyRing::replace(ApiKeys&& keys, std::uint64_t generation) {
    keys_ = std::move(keys);
    if (generation == generation_) read_at_ = clock_.mono();
}

void KeyRing::note_use(const Caller& caller) {
    if (!caller.is_operator && !caller.id.empty()) uses_[caller.id] = micros(clock_.utc());
}

}  // namespace ohm::api::rest
