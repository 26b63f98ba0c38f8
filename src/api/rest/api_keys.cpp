// API keys: made and revoked here, shown once, kept as digests. Reads on a reader's thread, writes
// on the writer's.
#include "api/people/tables.hpp"
#include "api/rest/audit_trail.hpp"
#include "api/rest/handlers.hpp"
#include "api/rest/known_roles.hpp"
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

using store::as_text;
using store::Bytes;
using store::Null;
using store::Value;

constexpr std::string_view id_prefix = "key_";
constexpr std::string_view select_keys =
    "select k.id, k.name, k.role, k.scopes, k.created_at, k.created_by, k.expires_at, "
    "k.last_used_at, k.revoked_at, k.revoked_by, k.networks from api_keys k where k.tenant_no = 1";

ApiKeyShown key_of(const store::Row& row, const KnownRoles& roles) {
    ApiKeyShown shown;
    shown.id = shown_id(id_prefix, row[0]);
    shown.name = as_text(row[1]);
    shown.role = text_or_null(row[2]);
    const std::string scopes = as_text(row[3]);
    for (const std::string_view scope : split(scopes, ' '))
        if (!scope.empty()) shown.scopes.items.emplace_back(scope);
    const auto role = roles.find(shown.role.value_or(""));
    if (role != roles.end()) shown.scopes.items = role->second.scopes;
    shown.created_at = time_of(row[4]);
    shown.created_by = text_or_null(row[5]);
    shown.expires_at = time_or_null(row[6]);
    shown.last_used_at = time_or_null(row[7]);
    shown.revoked_at = time_or_null(row[8]);
    shown.revoked_by = text_or_null(row[9]);
    const std::string networks = as_text(row[10]);
    for (const std::string_view one : split(networks, ' '))
        if (!one.empty()) shown.networks.items.emplace_back(one);
    return shown;
}

std::optional<ApiKeyShown> find_key(store::Sql& sql, const std::optional<Ulid>& id) {
    if (!id) return std::nullopt;
    const auto rows = sql.query(std::string{select_keys} + " and k.id = $1", {Bytes{id->bytes()}});
    if (rows.empty()) return std::nullopt;
    return key_of(rows.front(), read_roles(sql));
}

net::Response no_key(const Exchange& exchange) {
    return problem_answer(exchange, not_found("API key", exchange.path_value(0)));
}

// ---- making one ----

struct Order {
    std::string name, role, key;
    std::vector<std::string> scopes;
    std::int64_t expires_at = 0;  // 0: never
    Value networks = Null{};
    Ulid id, audit_id;
};

// As one text; empty where there is no list.
Wanted<Value> read_networks(const NetworkList* list) {
    if (list == nullptr) return Value{Null{}};
    std::string text;
    for (const auto& one : *list) {
        const std::string_view network = trim(one.value);
        if (!Networks{}.add(network))
            return refused(bad_member(
                "/networks", "has `" + one.value + "`, which is no address and no network"));
        (text += text.empty() ? "" : " ") += network;
    }
    return Value{std::move(text)};
}

std::optional<Problem> read_order(const Exchange& exchange, const ApiKeyWrite& wanted,
                                  Order& order) {
    if (auto problem = check_name(wanted.name.value)) return problem;
    if (wanted.name.value == "admin")
        return Problem{.code = "already_exists",
                       .detail = "The key of this name is the installation's own."};
    if (wanted.role.has_value() == wanted.scopes.has_value())
        return bad_member(wanted.role ? "/scopes" : "/role",
                          "names what the key may do: either a role or scopes");
    order.name = wanted.name.value;
    if (wanted.role) order.role = wanted.role->value;
    if (wanted.scopes)
        for (const auto& scope : wanted.scopes->items) order.scopes.push_back(scope.value);
    for (const std::string& scope : order.scopes)
        if (!is_grantable(scope))
            return bad_member("/scopes", "has `" + scope + "`, which is no scope");
    if (wanted.expires_at) {
        if (wanted.expires_at->at <= exchange.received_at)
            return bad_member("/expires_at", "must be later than now");
        order.expires_at = micros(wanted.expires_at->at);
    }
    auto networks = read_networks(wanted.networks ? &*wanted.networks : nullptr);
    if (!networks) return networks.error();
    order.networks = std::move(*networks);
    return check_grant(exchange.caller, order.scopes);
}

// What callers do is recorded by name: two keys in force do not share one.
constexpr Roll keys_in_force{.what = "a key",
                             .rows = "api_keys where tenant_no = 1 and revoked_at is null",
                             .name_column = "name",
                             .most = limits::api_keys};

net::Response insert_key(const Exchange& exchange, store::Sql& sql, const Order& order,
                         const people::AuditHead& head) {
    auto problem = order.role.empty() ? std::nullopt : must_be_there(sql, order.role);
    if (!problem && !order.role.empty()) problem = check_grant(exchange.caller, sql, order.role);
    if (!problem) problem = refuse_new(sql, keys_in_force, order.name);
    if (problem) return problem_answer(exchange, *problem);
    std::string scopes;
    for (const std::string& scope : order.scopes) scopes += (scopes.empty() ? "" : " ") + scope;
    store::Unit unit;
    unit.add(tables::new_api_key,
             {Bytes{order.id.bytes()}, order.name, Bytes{secret::digest(order.key)}, scopes,
              tables::text_or_null(order.role), micros(exchange.received_at), exchange.caller.name,
              tables::int_or_null(order.expires_at), order.networks});
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

// ---- from where it may be used ----

net::Response change_networks(const Exchange& exchange, store::Sql& sql, const Value& networks,
                              const Ulid& audit_id, const people::AuditHead& head) {
    const auto id = parse_id(id_prefix, exchange.path_value(0));
    const auto key = find_key(sql, id);
    if (!key) return no_key(exchange);
    if (const auto problem = check_grant(exchange.caller, key->scopes.items))
        return problem_answer(exchange, *problem);
    Networks wanted;
    const std::string list = as_text(networks);
    for (const std::string_view one : split(list, ' ')) (void)wanted.add(one);
    const bool is_own = exchange.caller.id == id->bytes();
    if (is_own && !wanted.empty() && !wanted.contains(std::string_view{exchange.address}))
        return problem_answer(
            exchange, {.code = "own_access", .detail = "You would lock out the key that you use."});
    store::Unit unit;
    unit.add(tables::api_key_networks, {Bytes{id->bytes()}, networks});
    people::AuditRow row = audit_row_of(exchange, audit_id, 200, "");
    row.target = "api-keys/" + key->name;
    commit_recorded(sql, unit, row, head);
    const auto saved = find_key(sql, id);
    return saved ? json_answer(200, wire::encode(*saved)) : no_key(exchange);
}

// ---- taking one back ----

net::Response revoke(const Exchange& exchange, store::Sql& sql, const Ulid& audit_id,
                     const people::AuditHead& head) {
    const auto id = parse_id(id_prefix, exchange.path_value(0));
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
    const auto with_revoked = flag_parameter(exchange, "revoked");
    if (!with_revoked) return problem_answer(exchange, with_revoked.error());
    Conditions where;
    if (!*with_revoked) where.add("k.revoked_at is null", {});
    return newest_first(
        exchange, sources.sql,
        {.name = "api-keys",
         .select = select_keys,
         .count = "select count(*) from api_keys k where k.tenant_no = 1",
         .id = "k.id",
         .shown = [roles = read_roles(sources.sql)](
                      const store::Row& row) { return wire::encode(key_of(row, roles)); }},
        std::move(where));
}

net::Response show_api_key(const Exchange& exchange, ReadSources& sources) {
    const auto key = find_key(sources.sql, parse_id(id_prefix, exchange.path_value(0)));
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

void patch_api_key(const SharedExchange& exchange, Service& service) {
    const auto patch = read_body<ApiKeyPatch>(*exchange, service.decoder());
    if (!patch) return service.answer(exchange, problem_answer(*exchange, patch.error()));
    if (!patch->networks.present)
        return service.answer(
            exchange, problem_answer(*exchange, bad_member("/networks", "is what can be changed")));
    const auto networks = read_networks(patch->networks.value ? &*patch->networks.value : nullptr);
    if (!networks) return service.answer(exchange, problem_answer(*exchange, networks.error()));
    write_people(exchange, service,
                 [networks = *networks, id = service.new_id()](
                     const Exchange& asked, store::Sql& sql, const people::AuditHead& head) {
                     return change_networks(asked, sql, networks, id, head);
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
