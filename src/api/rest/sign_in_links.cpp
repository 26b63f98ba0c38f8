// Links that sign a browser in once: whoever is known here makes one for himself, as a program does
// that opens a browser, or an operator for his telephone. What the link carries is worth a cookie
// to whoever is first, for a short time; the key itself is in no address. It is found by its
// digest, so that how long that takes says nothing of what is stored.
#include "api/people/tables.hpp"
#include "api/rest/audit_trail.hpp"
#include "api/rest/people_resources.hpp"
#include "api/rest/service.hpp"
#include "api/rest/sign_in_gate.hpp"
#include "base/log.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

using store::Bytes;
using store::Null;
using store::Value;

constexpr std::size_t secret_bytes = 32;
constexpr std::string_view secret_prefix = "ohl_";

// Exactly one of the two is there.
struct SignedIn {
    Value operator_id = Null{}, key_digest = Null{};
    bool is_operator() const { return !store::is_null(operator_id); }
};

// Nothing where the sign-in that asks has ended meanwhile.
std::optional<SignedIn> whose(const Exchange& exchange, store::Sql& sql) {
    const Bytes credential{exchange.credential};
    if (exchange.caller.is_operator) return SignedIn{.operator_id = Bytes{exchange.caller.id}};
    if (!exchange.by_cookie) return SignedIn{.key_digest = credential};
    const auto rows =
        sql.query("select key_digest from key_sign_ins where digest = $1", {credential});
    if (rows.empty()) return std::nullopt;
    return SignedIn{.key_digest = rows[0][0]};
}

// A link does not prolong what it was made by.
std::int64_t end_of_sign_in(const Exchange& exchange) {
    const std::int64_t at_most = micros(exchange.received_at + limits::sign_in_age);
    const std::int64_t of_caller = exchange.caller.expires_at;
    return of_caller == 0 ? at_most : std::min(at_most, of_caller);
}

net::Response make_link(const Exchange& exchange, store::Sql& sql, const people::AuditHead& head,
                        const std::string& secret, const Ulid& audit_id) {
    const auto owner = whose(exchange, sql);
    if (!owner)
        return problem_answer(exchange,
                              {.code = "unauthorized", .detail = "The sign-in is not in force."});
    const Utc until = exchange.received_at + limits::sign_in_link_age;
    store::Unit unit;
    remove_oldest(sql, unit, tables::remove_sign_in_link,
                  owner->is_operator() ? "operator_id" : "key_digest",
                  owner->is_operator() ? owner->operator_id : owner->key_digest,
                  limits::sign_in_links_per_caller - 1);
    unit.add(
        tables::new_sign_in_link,
        {Bytes{secret::digest(secret)}, owner->operator_id, owner->key_digest, exchange.caller.name,
         micros(exchange.received_at), micros(until), end_of_sign_in(exchange)});
    commit_recorded(sql, unit, audit_row_of(exchange, audit_id, 201, ""), head);
    return json_answer(
        201, wire::encode(SignInLinkShown{.secret = secret, .expires_at = Instant{until}}));
}

struct Link {
    SignedIn owner;
    std::string who;
    std::int64_t until = 0;
};

// One that was revoked meanwhile lets nobody in; disabling an operator takes the links as well.
std::optional<Link> find_link(store::Sql& sql, const std::string& digest, Utc now) {
    const auto rows = sql.query(
        "select l.operator_id, l.key_digest, l.who, l.signed_in_until from sign_in_links l "
        "where l.digest = $1 and l.expires_at > $2 and l.signed_in_until > $2 and not exists "
        "(select 1 from api_keys k where k.digest = l.key_digest and k.revoked_at is not null)",
        {Bytes{digest}, micros(now)});
    if (rows.empty()) return std::nullopt;
    const store::Row& row = rows.front();
    return Link{.owner = {.operator_id = row[0], .key_digest = row[1]},
                .who = store::as_text(row[2]),
                .until = store::as_int(row[3])};
}

// The newest of a key's browsers stay.
void add_sign_in_of_key(store::Sql& sql, store::Unit& unit, const Exchange& exchange,
                        const Link& link, const std::string& token) {
    const Value& key = link.owner.key_digest;
    remove_oldest(sql, unit, tables::remove_key_sign_in, "key_digest", key,
                  limits::sign_ins_per_key - 1);
    unit.add(tables::new_key_sign_in, {Bytes{secret::digest(token)}, key, exchange.address,
                                       micros(exchange.received_at), link.until});
}

// Two browsers with one link: the record is a chain, so the second one's write is done anew, and
// then there is no link.
net::Response let_in(const Exchange& exchange, store::Sql& sql, const people::AuditHead& head,
                     const std::string& secret, const std::string& token, const Ulid& audit_id) {
    const std::string digest = secret::digest(secret);
    const auto link = find_link(sql, digest, exchange.received_at);
    if (!link) {
        log::warn("sign_in_link_refused",
                  {{"address", exchange.address}, {"request_id", exchange.request_id}});
        return problem_answer(
            exchange, {.code = "sign_in_link_refused",
                       .detail = "The link has been followed already, is too old, or is none."});
    }
    store::Unit unit;
    unit.add(tables::remove_sign_in_link, {Bytes{digest}});
    if (link->owner.is_operator())
        add_sign_in(sql, unit, exchange, link->owner.operator_id, token, link->until);
    else
        add_sign_in_of_key(sql, unit, exchange, *link, token);
    people::AuditRow row = audit_row_of(exchange, audit_id, 204, "");
    row.who = link->who;
    row.target = "session";
    commit_recorded(sql, unit, row, head);
    net::Response response{.status = 204};
    const Micros left{link->until - micros(exchange.received_at)};
    response.headers.push_back(
        session_header(exchange, token, std::chrono::duration_cast<seconds>(left)));
    return response;
}

}  // namespace

void create_sign_in_link(const SharedExchange& exchange, Service& service) {
    write_people(exchange, service,
                 [secret = std::string{secret_prefix} + to_hex(secret::random_bytes(secret_bytes)),
                  id = service.new_id()](const Exchange& asked, store::Sql& sql,
                                         const people::AuditHead& head) {
                     return make_link(asked, sql, head, secret, id);
                 });
}

void use_sign_in_link(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<SignInLinkUse>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    const auto seat = service.sign_in_gate().enter("", exchange->address);
    if (!seat) return service.answer(exchange, too_many_sign_ins(*exchange));
    write_people(
        exchange, service,
        [seat, secret = wanted->secret.value, token = make_session_token(), id = service.new_id()](
            const Exchange& asked, store::Sql& sql, const people::AuditHead& head) {
            return let_in(asked, sql, head, secret, token, id);
        });
}

}  // namespace ohm::api::rest
