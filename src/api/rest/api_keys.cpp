// API keys: made and revoked here, shown once, kept as digests. Reads on a reader's thread, writes
// on the writer's.
#include "api/people/tables.hpp"
#include "api/rest/audit_trail.hpp"
#include "api/rest/people_resources.hpp"
#include "api/rest/scopes.hpp"
#include "api/rest/service.hpp"
#include "api/rest/station_rows.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

using store::as_int;
using store::as_text;
using store::Bytes;
using store::Null;
using store::Value;

constexpr std::string_view id_prefix = "key_";
constexpr std::string_view select_keys =
    "select k.id, k.name, k.role, k.scopes, k.created_at, k.created_by, k.expires_at, "
    "k.last_used_at, k.revoked_at, k.revoked_by from api_keys k where k.tenant_no = 1";

ApiKeyShown key_of(const store::Row& row) {
    ApiKeyShown shown;
    shown.id =
        std::string{id_prefix} + Ulid::from_bytes(store::as_bytes(row[0])).value_or(Ulid{}).text();
    shown.name = as_text(row[1]);
    shown.role = text_or_null(row[2]);
    const std::string scopes = as_text(row[3]);
    for (const std::string_view scope : split(scopes, ' '))
        if (!scope.empty()) shown.scopes.items.emplace_back(scope);
    const Role* role = shown.role ? find_role(*shown.role) : nullptr;
    if (role != nullptr) shown.scopes.items.assign(role->scopes.begin(), role->scopes.end());
    shown.created_at = time_of(row[4]);
    shown.created_by = text_or_null(row[5]);
    shown.expires_at = time_or_null(row[6]);
    shown.last_used_at = time_or_null(row[7]);
    shown.revoked_at = time_or_null(row[8]);
    shown.revoked_by = text_or_null(row[9]);
    return shown;
}

std::optional<ApiKeyShown> find_key(store::Sql& sql, const std::optional<Ulid>& id) {
    if (!id) return std::nullopt;
    const auto rows = sql.query(std::string{select_keys} + " and k.id = $1", {Bytes{id->bytes()}});
    if (rows.empty()) return std::nullopt;
    return key_of(rows.front());
}

net::Response no_key(const Exchange& exchange) {
    return problem_answer(exchange, not_found("API key", exchange.path_value(0)));
}

// ---- making one ----

struct Order {
    std::string name, role, key;
    std::vector<std::string> scopes;
    Value expires_at = Null{};
    Ulid id, audit_id;
};

Problem bad_member(std::string_view pointer, std::string_view detail) {
    return bad_body({wire::Rule::property, std::string{pointer}, std::string{detail}});
}

std::optional<Problem> read_order(const Exchange& exchange, const ApiKeyWrite& wanted,
                                  Order& order) {
    if (auto problem = check_name(wanted.name.value)) return problem;
    if (wanted.role.has_value() == wanted.scopes.has_value())
        return bad_member(wanted.role ? "/scopes" : "/role",
                          "names what the key may do: either a role or scopes");
    order.name = wanted.name.value;
    if (wanted.role) order.role = wanted.role->name();
    if (wanted.scopes)
        for (const auto& scope : wanted.scopes->items) order.scopes.push_back(scope.value);
    for (const std::string& scope : order.scopes)
        if (!is_grantable(scope))
            return bad_member("/scopes", "has `" + scope + "`, which is none");
    if (wanted.expires_at) {
        if (wanted.expires_at->at <= exchange.received_at)
            return bad_member("/expires_at", "must be later than now");
        order.expires_at = micros(wanted.expires_at->at);
    }
    if (wanted.role) return check_grant(exchange.caller, order.role);
    return check_grant(exchange.caller, order.scopes);
}

std::optional<Problem> refuse_new(store::Sql& sql, const Order& order) {
    // What callers do is recorded by name: two keys in force do not share one.
    const auto same =
        sql.query("select 1 from api_keys where tenant_no = 1 and name = $1 and revoked_at is null",
                  {order.name});
    if (!same.empty() || order.name == "admin")
        return Problem{.code = "already_exists", .detail = "There is a key of this name."};
    const std::int64_t count =
        as_int(sql.query("select count(*) from api_keys where tenant_no = 1 and revoked_at is null")
                   .at(0)
                   .at(0));
    if (count < static_cast<std::int64_t>(limits::api_keys)) return std::nullopt;
    return Problem{.code = "people_limit", .detail = "There are " + std::to_string(count) + "."};
}

net::Response insert_key(const Exchange& exchange, store::Sql& sql, const Order& order,
                         const people::AuditHead& head) {
    if (const auto problem = refuse_new(sql, order)) return problem_answer(exchange, *problem);
    std::string scopes;
    for (const std::string& scope : order.scopes) scopes += (scopes.empty() ? "" : " ") + scope;
    store::Unit unit;
    unit.add(tables::new_api_key,
             {Bytes{order.id.bytes()}, order.name, Bytes{secret::digest(order.key)}, scopes,
              order.role.empty() ? Value{Null{}} : Value{order.role}, micros(exchange.received_at),
              exchange.caller.name, order.expires_at});
    people::AuditRow row = audit_row_of(exchange, order.audit_id, 201, "");
    row.target = "api-keys/" + order.name;
    commit_recorded(sql, unit, row, head);
    auto shown = find_key(sql, order.id);
    if (!shown) return no_key(exchange);
    const std::string location = "/api/v1/api-keys/" + shown->id;
    shown->key = {order.key};
    net::Response response = json_answer(201, wire::encode(*shown));
    response.headers.push_back({"Location", location});
    return response;
}

// ---- taking one back ----

net::Response revoke(const Exchange& exchange, store::Sql& sql, const Ulid& audit_id,
                     const people::AuditHead& head) {
    const auto id = id_in(exchange.path_value(0), id_prefix);
    const auto key = find_key(sql, id);
    if (!key) return no_key(exchange);
    if (const auto problem = check_grant(exchange.caller, key->scopes.items))
        return problem_answer(exchange, *problem);
    if (exchange.caller.id == id->bytes())
        return problem_answer(exchange,
                              {.code = "own_access", .detail = "It is the key that you use."});
    if (key->revoked_at)
        return problem_answer(exchange,
                              {.code = "not_found", .detail = "The key is revoked already."});
    store::Unit unit;
    unit.add(tables::api_key_revoked,
             {Bytes{id->bytes()}, micros(exchange.received_at), exchange.caller.name});
    people::AuditRow row = audit_row_of(exchange, audit_id, 204, "");
    row.target = "api-keys/" + key->name;
    commit_recorded(sql, unit, row, head);
    return {.status = 204};
}

}  // namespace

net::Response list_api_keys(const Exchange& exchange, ReadSources& sources) {
    const auto page = read_page(exchange, "api-keys", 1);
    if (!page) return problem_answer(exchange, page.error());
    const auto with_revoked = flag_parameter(exchange, "revoked");
    if (!with_revoked) return problem_answer(exchange, with_revoked.error());
    Conditions where;
    if (!*with_revoked) where.add("k.revoked_at is null", {});
    ListAnswer list;
    if (page->total)
        list.total = as_int(
            sources.sql
                .query("select count(*) from api_keys k where k.tenant_no = 1" + where.text(),
                       where.values())
                .at(0)
                .at(0));
    if (page->after) {
        const auto id = id_in(page->after->at(0), id_prefix);
        if (!id) return problem_answer(exchange, bad_parameter("cursor", "is not of this list"));
        where.add("k.id < ?", {Bytes{id->bytes()}});
    }
    const std::string limit = where.bind(static_cast<std::int64_t>(page->limit + 1));
    auto rows = sources.sql.query(
        std::string{select_keys} + where.text() + " order by k.id desc limit " + limit,
        where.values());
    const bool more = rows.size() > page->limit;
    if (more) rows.resize(page->limit);
    for (const store::Row& row : rows) list.items.push_back(wire::encode(key_of(row)));
    if (more) list.next_cursor = make_cursor("api-keys", {key_of(rows.back()).id});
    return list_answer(exchange, list);
}

net::Response show_api_key(const Exchange& exchange, ReadSources& sources) {
    const auto key = find_key(sources.sql, id_in(exchange.path_value(0), id_prefix));
    return key ? json_answer(200, wire::encode(*key)) : no_key(exchange);
}

void create_api_key(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<ApiKeyWrite>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    Order order;
    if (const auto problem = read_order(*exchange, *wanted, order))
        return service.answer(exchange, problem_answer(*exchange, *problem));
    order.key = secret::generate_api_key();
    order.id = service.new_id();
    order.audit_id = service.new_id();
    write_people(exchange, service,
                 [order](const Exchange& asked, store::Sql& sql, const people::AuditHead& head) {
                     return insert_key(asked, sql, order, head);
                 });
}

void revoke_api_key(const SharedExchange& exchange, Service& service) {
    write_people(exchange, service,
                 [id = service.new_id()](const Exchange& asked, store::Sql& sql,
                                         const people::AuditHead& head) {
                     return revoke(asked, sql, id, head);
                 });
}

}  // namespace ohm::api::rest
