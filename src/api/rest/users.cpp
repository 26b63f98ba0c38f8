// Operators, who sign in by name and password. Reads on a reader's thread, writes on the writer's.
#include "api/people/tables.hpp"
#include "api/rest/audit_trail.hpp"
#include "api/rest/handlers.hpp"
#include "api/rest/newest.hpp"
#include "api/rest/people_resources.hpp"
#include "api/rest/scopes.hpp"
#include "api/rest/service.hpp"
#include "api/rest/station_rows.hpp"
#include "api/tables.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

using store::as_int;
using store::as_text;
using store::Bytes;
using store::Value;

constexpr std::string_view id_prefix = "usr_";
constexpr std::string_view select_users =
    "select o.id, o.name, o.full_name, o.role, o.disabled_at, o.version, o.created_at, "
    "o.created_by, o.password_at, o.last_sign_in_at from operators o where o.tenant_no = 1";

struct StoredUser {
    std::string id;
    UserShown shown;
};

StoredUser user_of(const store::Row& row) {
    StoredUser user{.id = store::as_bytes(row[0]), .shown = {}};
    UserShown& shown = user.shown;
    shown.id = shown_id(id_prefix, row[0]);
    shown.name = as_text(row[1]);
    shown.full_name = text_or_null(row[2]);
    shown.role = as_text(row[3]);
    shown.disabled = !store::is_null(row[4]);
    shown.version = as_int(row[5]);
    shown.created_at = time_of(row[6]);
    shown.created_by = text_or_null(row[7]);
    shown.password_at = time_of(row[8]);
    shown.last_sign_in_at = time_or_null(row[9]);
    return user;
}

std::optional<StoredUser> find_user(store::Sql& sql, const Value& id) {
    const auto rows = sql.query(std::string{select_users} + " and o.id = $1", {id});
    if (rows.empty()) return std::nullopt;
    return user_of(rows.front());
}

std::optional<StoredUser> user_in_path(const Exchange& exchange, store::Sql& sql) {
    const auto id = parse_id(id_prefix, exchange.path_value(0));
    return id ? find_user(sql, Bytes{id->bytes()}) : std::nullopt;
}

net::Response no_user(const Exchange& exchange) {
    return problem_answer(exchange, not_found("operator", exchange.path_value(0)));
}

net::Response user_answer(int status, const UserShown& user) {
    net::Response response = json_answer(status, wire::encode(user), make_etag(user.version, 0));
    if (status == 201) response.headers.push_back({"Location", "/api/v1/users/" + user.id});
    return response;
}

struct Order {
    UserWrite wanted;
    std::string password;
    bool is_made = false;  // by us: shown once
    std::string name_key;
    Ulid id, audit_id;
};

constexpr Roll all_operators{.what = "an operator",
                             .rows = "operators where tenant_no = 1",
                             .name_column = "name_key",
                             .most = limits::operators};

net::Response insert_user(const Exchange& exchange, store::Sql& sql, const Order& order,
                          const std::function<const std::string&()>& password_hash,
                          const people::AuditHead& head) {
    auto problem = must_be_there(sql, order.wanted.role.value);
    if (!problem) problem = check_grant(exchange.caller, sql, order.wanted.role.value);
    if (!problem) problem = refuse_new(sql, all_operators, order.name_key);
    if (problem) return problem_answer(exchange, *problem);
    const std::int64_t now = micros(exchange.received_at);
    const UserWrite& wanted = order.wanted;
    store::Unit unit;
    unit.add(tables::new_operator,
             {Bytes{order.id.bytes()}, wanted.name.value, order.name_key,
              tables::text_or_null(wanted.full_name ? wanted.full_name->value : ""),
              wanted.role.value, password_hash(), now, now, exchange.caller.name, now});
    const std::string location = "/api/v1/users/" + std::string{id_prefix} + order.id.text();
    people::AuditRow row = audit_row_of(exchange, order.audit_id, 201, location);
    row.target = "users/" + wanted.name.value;
    commit_recorded(sql, unit, row, head);
    auto user = find_user(sql, Bytes{order.id.bytes()});
    if (!user) return no_user(exchange);
    if (order.is_made) user->shown.password = {order.password};
    return user_answer(201, user->shown);
}

// The operator that a write names, if the caller may write that one: who looks after operators
// does not rule over those who may do more.
Wanted<StoredUser> user_to_write(const Exchange& exchange, store::Sql& sql) {
    auto user = user_in_path(exchange, sql);
    if (!user) return refused(not_found("operator", exchange.path_value(0)));
    if (auto problem = check_grant(exchange.caller, sql, user->shown.role))
        return refused(std::move(*problem));
    return std::move(*user);
}

Wanted<StoredUser> user_to_change(const Exchange& exchange, store::Sql& sql) {
    auto user = user_to_write(exchange, sql);
    if (!user) return user;
    const auto version = wanted_version(exchange);
    if (!version) return refused(Problem{version.error()});
    if (*version && **version != user->shown.version) return refused(changed_meanwhile("operator"));
    return user;
}

// Whoever has found an open browser does not keep the operator out: the old password is asked for.
Problem own_password() {
    return {.code = "own_access",
            .detail = "The operator is you: PUT /api/v1/me/password takes the old password too."};
}

people::AuditRow row_about(const Exchange& exchange, const Ulid& id, const UserShown& user) {
    people::AuditRow row = audit_row_of(exchange, id, 200, "");
    row.target = "users/" + user.name;
    return row;
}

// Nobody else could make an owner again.
bool is_last_owner(store::Sql& sql, const StoredUser& user) {
    if (user.shown.role != "owner" || user.shown.disabled) return false;
    return sql
        .query(
            "select 1 from operators where tenant_no = 1 and role = 'owner' and disabled_at is "
            "null and id <> $1 limit 1",
            {Bytes{user.id}})
        .empty();
}

net::Response change_user(const Exchange& exchange, store::Sql& sql, const UserPatch& patch,
                          const Ulid& audit_id, const people::AuditHead& head) {
    const auto user = user_to_change(exchange, sql);
    if (!user) return problem_answer(exchange, user.error());
    UserShown wanted = user->shown;
    if (patch.full_name.present) wanted.full_name = {};
    if (patch.full_name.value && !patch.full_name.value->value.empty())
        wanted.full_name = {patch.full_name.value->value};
    if (patch.role) wanted.role = patch.role->value;
    if (patch.disabled) wanted.disabled = *patch.disabled;
    if (const auto problem = patch.role ? must_be_there(sql, wanted.role) : std::nullopt)
        return problem_answer(exchange, *problem);
    if (const auto problem = check_grant(exchange.caller, sql, wanted.role))
        return problem_answer(exchange, *problem);
    const bool loses = wanted.disabled || wanted.role != user->shown.role;
    if (loses && exchange.caller.is_operator && exchange.caller.id == user->id)
        return problem_answer(exchange, {.code = "own_access", .detail = "The operator is you."});
    if (loses && is_last_owner(sql, *user))
        return problem_answer(
            exchange,
            {.code = "last_owner", .detail = "No other operator who is enabled is an owner."});
    const std::int64_t now = micros(exchange.received_at);
    store::Unit unit;
    unit.add(tables::operator_change,
             {Bytes{user->id}, tables::text_or_null(wanted.full_name.value_or("")), wanted.role,
              tables::int_or_null(wanted.disabled ? now : 0), user->shown.version + 1, now});
    if (wanted.disabled) sign_out_all(sql, unit, user->id, "");
    commit_recorded(sql, unit, row_about(exchange, audit_id, user->shown), head);
    const auto saved = user_in_path(exchange, sql);
    return saved ? user_answer(200, saved->shown) : no_user(exchange);
}

struct NewPassword {
    std::string password;
    bool is_made = false;
    Ulid audit_id;
};

net::Response set_password(const Exchange& exchange, store::Sql& sql, const NewPassword& order,
                           const std::function<const std::string&()>& hash,
                           const people::AuditHead& head) {
    auto user = user_to_write(exchange, sql);
    if (!user) return problem_answer(exchange, user.error());
    if (exchange.caller.is_operator && exchange.caller.id == user->id)
        return problem_answer(exchange, own_password());
    const std::int64_t now = micros(exchange.received_at);
    store::Unit unit;
    unit.add(tables::operator_password, {Bytes{user->id}, hash(), now, now});
    sign_out_all(sql, unit, user->id, "");
    commit_recorded(sql, unit, row_about(exchange, order.audit_id, user->shown), head);
    user->shown.password_at = time_of(now);
    if (order.is_made) user->shown.password = {order.password};
    return user_answer(200, user->shown);
}

}  // namespace

net::Response list_users(const Exchange& exchange, ReadSources& sources) {
    const auto page = read_page(exchange, "users", 1);
    if (!page) return problem_answer(exchange, page.error());
    Conditions where;
    ListAnswer list;
    if (page->total)
        list.total = as_int(
            sources.sql.query("select count(*) from operators where tenant_no = 1").at(0).at(0));
    if (page->after) where.add("o.name_key > ?", {page->after->at(0)});
    const std::string limit = where.bind(static_cast<std::int64_t>(page->limit + 1));
    auto rows = sources.sql.query(
        std::string{select_users} + where.text() + " order by o.name_key limit " + limit,
        where.values());
    if (rows.size() > page->limit) {
        rows.resize(page->limit);
        list.next_cursor = make_cursor("users", {fold(as_text(rows.back()[1])).value_or("")});
    }
    for (const store::Row& row : rows) list.items.push_back(wire::encode(user_of(row).shown));
    return list_answer(exchange, list);
}

net::Response show_user(const Exchange& exchange, ReadSources& sources) {
    const auto user = user_in_path(exchange, sources.sql);
    return user ? user_answer(200, user->shown) : no_user(exchange);
}

void create_user(const SharedExchange& exchange, Service& service) {
    auto wanted = read_body<UserWrite>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    const auto problem = check_name(wanted->name.value);
    if (problem) return service.answer(exchange, problem_answer(*exchange, *problem));
    Order order{.wanted = std::move(*wanted)};
    order.is_made = !order.wanted.password;
    order.password = order.is_made ? make_password() : order.wanted.password->value;
    order.name_key = fold(order.wanted.name.value).value_or("");
    order.id = service.new_id();
    order.audit_id = service.new_id();
    write_people(exchange, service,
                 [order, hash = hash_once(order.password)](const Exchange& asked, store::Sql& sql,
                                                           const people::AuditHead& head) {
                     return insert_user(asked, sql, order, hash, head);
                 });
}

void patch_user(const SharedExchange& exchange, Service& service) {
    const auto patch = read_body<UserPatch>(*exchange, service.decoder());
    if (!patch) return service.answer(exchange, problem_answer(*exchange, patch.error()));
    write_people(exchange, service,
                 [patch = *patch, id = service.new_id()](const Exchange& asked, store::Sql& sql,
                                                         const people::AuditHead& head) {
                     return change_user(asked, sql, patch, id, head);
                 });
}

void reset_password(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<PasswordWrite>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    NewPassword order;
    order.is_made = !wanted->password;
    order.password = order.is_made ? make_password() : wanted->password->value;
    order.audit_id = service.new_id();
    write_people(exchange, service,
                 [order, hash = hash_once(order.password)](const Exchange& asked, store::Sql& sql,
                                                           const people::AuditHead& head) {
                     return set_password(asked, sql, order, hash, head);
                 });
}

}  // namespace ohm::api::rest
