// What operators' and keys' handlers share.
#include "api/people/tables.hpp"
#include "api/rest/auth.hpp"
#include "api/rest/known_roles.hpp"
#include "api/rest/people_resources.hpp"
#include "api/rest/scopes.hpp"
#include "api/rest/service.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

constexpr int attempts = 20;
constexpr std::size_t made_password_bytes = 10, session_token_bytes = 32;
constexpr std::string_view session_token_prefix = "ohs_";

}  // namespace

void write_people(const SharedExchange& exchange, Service& service, PeopleWork work) {
    const auto response = std::make_shared<net::Response>();  // the writer's, then the loop's
    service.write_then(
        exchange,
        [exchange, response, work = std::move(work)](ReadSources& sources) {
            for (int attempt = 1;; ++attempt) {
                try {
                    // Before the work reads anything: what it read is then still so when it stores.
                    const people::AuditHead head = people::read_audit_head(sources.sql);
                    *response = work(*exchange, sources.sql, head);
                    return;
                } catch (const Fault& fault) {
                    if (fault.kind() != Fault::Kind::bad_data || attempt == attempts) throw;
                }
            }
        },
        [exchange, response, &service] {
            service.key_ring().read_anew();
            service.answer(exchange, std::move(*response));
        });
}

void commit_recorded(store::Sql& sql, store::Unit& unit, const people::AuditRow& row,
                     const people::AuditHead& head) {
    people::append_audit(sql, unit, row, head);
}

std::optional<Problem> check_grant(const Caller& caller, const std::vector<std::string>& scopes) {
    for (const std::string& scope : scopes)
        if (!caller.may(scope)) return missing_scope(scope);
    return std::nullopt;
}

std::optional<Problem> check_grant(const Caller& caller, store::Sql& sql, std::string_view name) {
    const auto role = find_role(sql, name);
    return role ? check_grant(caller, role->scopes) : std::nullopt;
}

std::optional<Problem> must_be_there(store::Sql& sql, std::string_view role) {
    if (find_role(sql, role)) return std::nullopt;
    return bad_body(
        {wire::Rule::property, "/role", "is `" + std::string{role} + "`, which is no role"});
}

std::optional<Problem> check_command(const Caller& caller, std::string_view command) {
    const Scope scope = scope_of_command(command);
    if (caller.may(scope.name())) return std::nullopt;
    return missing_scope(scope.name());
}

std::optional<Problem> check_name(std::string_view name) {
    const bool plain =
        !has_control_characters(name) && trim(name).size() == name.size() && fold(name).has_value();
    if (plain) return std::nullopt;
    return bad_member("/name", "must not begin or end with a blank, nor hold control characters");
}

std::optional<Problem> refuse_new(store::Sql& sql, const Roll& roll, const std::string& name) {
    const std::string from = " from " + std::string{roll.rows};
    const auto same = sql.query(
        "select 1" + from + " and " + std::string{roll.name_column} + " = $1 limit 1", {name});
    if (!same.empty())
        return Problem{.code = "already_exists",
                       .detail = "There is " + std::string{roll.what} + " of this name."};
    const std::int64_t count = store::as_int(sql.query("select count(*)" + from).at(0).at(0));
    if (count < static_cast<std::int64_t>(roll.most)) return std::nullopt;
    return Problem{.code = "limit_reached", .detail = "There are " + std::to_string(count) + "."};
}

void sign_out_all(store::Sql& sql, store::Unit& unit, const std::string& operator_id,
                  std::string_view but_digest) {
    for (const store::Row& row : sql.query("select digest from sign_ins where operator_id = $1",
                                           {store::Bytes{operator_id}}))
        if (store::as_bytes(row[0]) != but_digest) unit.add(tables::remove_sign_in, {row[0]});
    for (const store::Row& row :
         sql.query("select digest from sign_in_links where operator_id = $1",
                   {store::Bytes{operator_id}}))
        unit.add(tables::remove_sign_in_link, {row[0]});
}

void remove_oldest(store::Sql& sql, store::Unit& unit, const store::Write& removal,
                   std::string_view owner_column, const store::Value& owner, std::size_t kept) {
    const auto newest_first =
        sql.query("select digest from " + std::string{removal.table} + " where " +
                      std::string{owner_column} + " = $1 order by created_at desc",
                  {owner});
    for (std::size_t i = kept; i < newest_first.size(); ++i)
        unit.add(removal, {newest_first[i][0]});
}

void add_sign_in(store::Sql& sql, store::Unit& unit, const Exchange& exchange,
                 const store::Value& operator_id, std::string_view token, std::int64_t until) {
    const std::int64_t now = micros(exchange.received_at);
    unit.add(tables::operator_signed_in, {operator_id, now});
    remove_oldest(sql, unit, tables::remove_sign_in, "operator_id", operator_id,
                  limits::sign_ins_per_operator - 1);
    unit.add(tables::new_sign_in,
             {store::Bytes{secret::digest(token)}, operator_id, exchange.address, now, until});
}

std::string make_session_token() {
    return std::string{session_token_prefix} + to_hex(secret::random_bytes(session_token_bytes));
}

net::Header session_header(const Exchange& exchange, std::string_view token,
                           seconds signed_in_for) {
    return {"Set-Cookie", std::string{session_cookie} + "=" + std::string{token} +
                              "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" +
                              std::to_string(signed_in_for.count()) +
                              (exchange.is_secure ? "; Secure" : "")};
}

net::Response too_many_sign_ins(const Exchange& exchange) {
    return problem_answer(
        exchange, {.code = "rate_limited", .detail = "Too many attempts to sign in from here."});
}

std::string make_password() { return to_hex(secret::random_bytes(made_password_bytes)); }

std::function<const std::string&()> hash_once(std::string password) {
    return [password = std::move(password),
            made = std::make_shared<std::string>()]() -> const std::string& {
        if (made->empty()) *made = secret::hash_chosen(password);
        return *made;
    };
}

}  // namespace ohm::api::rest
