// Operators at the door: a name and a password make a cookie, for one browser and a bounded time.
// Whether there is an operator of a name shows neither in what is answered nor in how long it
// takes.
#include "api/people/tables.hpp"
#include "api/rest/audit_trail.hpp"
#include "api/rest/auth.hpp"
#include "api/rest/known_roles.hpp"
#include "api/rest/people_resources.hpp"
#include "api/rest/scopes.hpp"
#include "api/rest/service.hpp"
#include "api/rest/sign_in_gate.hpp"
#include "base/log.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

using store::as_text;
using store::Bytes;

constexpr std::size_t nobodys_bytes = 32;

struct Attempt {
    SignInWrite wanted;
    std::string name_key, token;
    Ulid audit_id;
    // Found on a reader's thread.
    std::string operator_id, name, password_hash;
    bool is_known = false, is_right = false;
};

// What an unknown name's password is compared with, at the same cost.
const std::string& nobodys_hash() {
    static const std::string hash = secret::hash_chosen(secret::random_bytes(nobodys_bytes));
    return hash;
}

void look_up(Attempt& attempt, store::Sql& sql) {
    const auto rows = sql.query(
        "select id, name, password_hash, disabled_at from operators where tenant_no = 1 and "
        "name_key = $1",
        {attempt.name_key});
    attempt.is_known = !rows.empty();
    const std::string& of_nobody = nobodys_hash();  // whoever is first waits for it to be made
    const std::string stored = attempt.is_known ? as_text(rows[0][2]) : of_nobody;
    const bool fits = secret::verify(stored, attempt.wanted.password.value);
    if (!attempt.is_known) return;
    attempt.operator_id = store::as_bytes(rows[0][0]);
    attempt.name = as_text(rows[0][1]);
    attempt.password_hash = stored;
    attempt.is_right = fits && store::is_null(rows[0][3]);
}

// A name is what people type wrongly, and where they type passwords: kept where it is an
// operator's.
people::AuditRow row_about(const Exchange& exchange, const Attempt& attempt, int status) {
    people::AuditRow row = audit_row_of(exchange, attempt.audit_id, status, "");
    row.who = "user:" + attempt.name;
    row.target = "users/" + attempt.name;
    return row;
}

Problem nobody_signed_in() {
    return {.code = "sign_in_refused", .detail = "Nobody was signed in."};
}

void refuse_sign_in(const SharedExchange& exchange, Service& service, const Attempt& attempt) {
    log::warn("sign_in_refused",
              {{"address", exchange->address}, {"request_id", exchange->request_id}});
    if (attempt.is_known) {
        people::AuditRow row = row_about(*exchange, attempt, 401);
        row.code = "sign_in_refused";
        service.audit_trail().note(std::move(row));
    }
    service.answer(exchange, problem_answer(*exchange, nobody_signed_in()));
}

// The password was compared a while ago, on another thread.
std::optional<std::string> role_if_still_right(store::Sql& sql, const Attempt& attempt) {
    const auto rows =
        sql.query("select role, password_hash, disabled_at from operators where id = $1",
                  {Bytes{attempt.operator_id}});
    const bool is_right =
        !rows.empty() && as_text(rows[0][1]) == attempt.password_hash && store::is_null(rows[0][2]);
    return is_right ? std::optional{as_text(rows[0][0])} : std::nullopt;
}

net::Response refuse_late(const Exchange& exchange, store::Sql& sql, const Attempt& attempt,
                          const people::AuditHead& head) {
    people::AuditRow row = row_about(exchange, attempt, 401);
    row.code = "sign_in_refused";
    store::Unit unit;
    commit_recorded(sql, unit, row, head);
    return problem_answer(exchange, nobody_signed_in());
}

net::Response let_in(const Exchange& exchange, store::Sql& sql, const Attempt& attempt,
                     const people::AuditHead& head) {
    const auto role_name = role_if_still_right(sql, attempt);
    if (!role_name) return refuse_late(exchange, sql, attempt, head);
    const std::int64_t until = micros(exchange.received_at + limits::sign_in_age);
    store::Unit unit;
    add_sign_in(sql, unit, exchange, Bytes{attempt.operator_id}, attempt.token, until);
    commit_recorded(sql, unit, row_about(exchange, attempt, 201), head);
    const auto role = find_role(sql, *role_name);
    const Caller caller = operator_caller(attempt.name, *role_name,
                                          role ? role->scopes : std::vector<std::string>{}, until);
    net::Response response = json_answer(201, wire::encode(me_of(caller)));
    response.headers.push_back(session_header(exchange, attempt.token, limits::sign_in_age));
    return response;
}

}  // namespace

void sign_in(const SharedExchange& exchange, Service& service) {
    auto wanted = read_body<SignInWrite>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    const auto attempt = std::make_shared<Attempt>(Attempt{.wanted = std::move(*wanted)});
    attempt->name_key = fold(attempt->wanted.name.value).value_or("");
    attempt->token = make_session_token();
    attempt->audit_id = service.new_id();
    const auto seat = service.sign_in_gate().enter(attempt->name_key, exchange->address);
    if (!seat) return service.answer(exchange, too_many_sign_ins(*exchange));
    service.prepare(
        exchange,
        [attempt, seat](const Exchange&, ReadSources& sources) { look_up(*attempt, sources.sql); },
        [exchange, &service, attempt] {
            if (!attempt->is_right) return refuse_sign_in(exchange, service, *attempt);
            service.sign_in_gate().forgive(attempt->name_key, exchange->address);
            write_people(
                exchange, service,
                [attempt](const Exchange& asked, store::Sql& sql, const people::AuditHead& head) {
                    return let_in(asked, sql, *attempt, head);
                });
        });
}

void sign_out(const SharedExchange& exchange, Service& service) {
    const auto end = [](const Exchange& asked) {
        net::Response response{.status = 204};
        if (asked.by_cookie) response.headers.push_back(session_header(asked, "", seconds{0}));
        return response;
    };
    if (!exchange->by_cookie) return service.answer(exchange, end(*exchange));
    write_people(exchange, service,
                 [end, id = service.new_id()](const Exchange& asked, store::Sql& sql,
                                              const people::AuditHead& head) {
                     store::Unit unit;
                     for (const store::Write* removal :
                          {&tables::remove_sign_in, &tables::remove_key_sign_in})
                         unit.add(*removal, {Bytes{asked.credential}});
                     commit_recorded(sql, unit, audit_row_of(asked, id, 204, ""), head);
                     return end(asked);
                 });
}

// Whoever has found an open browser does not keep the operator out: the old password is asked for,
// as often as at the door.
void change_own_password(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<OwnPasswordWrite>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    if (!exchange->caller.is_operator)
        return service.answer(
            exchange,
            problem_answer(*exchange, {.code = "not_found", .detail = "A key has no password."}));
    const auto seat = service.sign_in_gate().enter(exchange->caller.name, exchange->address);
    if (!seat) return service.answer(exchange, too_many_sign_ins(*exchange));
    write_people(
        exchange, service,
        [seat, wanted = *wanted, id = service.new_id(),
         hash = hash_once(wanted->new_password.value), verified = std::make_shared<std::string>()](
            const Exchange& asked, store::Sql& sql, const people::AuditHead& head) {
            const auto rows = sql.query("select password_hash from operators where id = $1",
                                        {Bytes{asked.caller.id}});
            const std::string stored = rows.empty() ? "" : as_text(rows[0][0]);
            const bool fits =
                !stored.empty() &&
                (stored == *verified || secret::verify(stored, wanted.current_password.value));
            if (fits) *verified = stored;
            if (!fits)
                return problem_answer(asked, {.code = "sign_in_refused",
                                              .detail = "The current password is another one."});
            const std::int64_t now = micros(asked.received_at);
            store::Unit unit;
            unit.add(tables::operator_password, {Bytes{asked.caller.id}, hash(), now, now});
            sign_out_all(sql, unit, asked.caller.id, asked.credential);
            commit_recorded(sql, unit, audit_row_of(asked, id, 204, ""), head);
            return net::Response{.status = 204};
        });
}

}  // namespace ohm::api::rest
