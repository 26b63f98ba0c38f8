// Roles that admins define: sets of scopes under a name. Reads on a reader's thread, writes on the
// writer's.
#include <algorithm>

#include "api/people/tables.hpp"
#include "api/rest/audit_trail.hpp"
#include "api/rest/handlers.hpp"
#include "api/rest/known_roles.hpp"
#include "api/rest/people_resources.hpp"
#include "api/rest/scopes.hpp"
#include "api/rest/service.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

using store::as_int;
using store::Value;

RoleShown shown_of(const KnownRole& role) {
    RoleShown shown{.name = role.name, .meaning = role.meaning};
    for (const std::string& scope : role.scopes) shown.scopes.items.push_back(scope);
    shown.built_in = role.version == 0;
    shown.version = role.version;
    return shown;
}

net::Response role_answer(int status, const KnownRole& role) {
    net::Response response = json_answer(status, wire::encode(shown_of(role)));
    response.headers.push_back({"ETag", make_etag(role.version, 0)});
    if (status == 201) response.headers.push_back({"Location", "/api/v1/roles/" + role.name});
    return response;
}

net::Response no_role(const Exchange& exchange) {
    return problem_answer(exchange, not_found("role", exchange.path_value(0)));
}

Problem of_program(const std::string& name) {
    return {.code = "role_built_in", .detail = name + " is a role of the program."};
}

bool is_plain_name(std::string_view name) {
    return std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

using ScopeList = List<wire::Text<64, 1>, 1, 64>;

std::vector<std::string> texts_of(const ScopeList& list) {
    std::vector<std::string> scopes;
    for (const auto& scope : list)
        if (std::find(scopes.begin(), scopes.end(), scope.value) == scopes.end())
            scopes.push_back(scope.value);
    return scopes;
}

// Nobody gives more than he has, neither now nor by changing what others hold already.
std::optional<Problem> check_scopes(const Caller& caller, const std::vector<std::string>& scopes) {
    for (const std::string& scope : scopes)
        if (!is_grantable(scope))
            return bad_body(
                {wire::Rule::property, "/scopes", "has `" + scope + "`, which is none"});
    return check_grant(caller, scopes);
}

std::string joined(const std::vector<std::string>& scopes) {
    std::string text;
    for (const std::string& scope : scopes) text += (text.empty() ? "" : " ") + scope;
    return text;
}

people::AuditRow row_about(const Exchange& exchange, const Ulid& id, int status,
                           const std::string& name) {
    people::AuditRow row = audit_row_of(exchange, id, status, "");
    row.target = "roles/" + name;
    return row;
}

net::Response insert_role(const Exchange& exchange, store::Sql& sql, const KnownRole& role,
                          const Ulid& audit_id, const people::AuditHead& head) {
    if (find_role(sql, role.name))
        return problem_answer(
            exchange, {.code = "already_exists", .detail = "There is a role of this name."});
    const auto count = as_int(sql.query("select count(*) from roles").at(0).at(0));
    if (count >= limits::own_roles)
        return problem_answer(exchange, {.code = "limit_reached",
                                         .detail = "There are " + std::to_string(count) + "."});
    const std::int64_t now = micros(exchange.received_at);
    store::Unit unit;
    unit.add(tables::new_role, {role.name, role.meaning, joined(role.scopes), role.version, now,
                                exchange.caller.name, now});
    commit_recorded(sql, unit, row_about(exchange, audit_id, 201, role.name), head);
    return role_answer(201, role);
}

// The role in the path, if the caller may write it.
Wanted<KnownRole> role_to_write(const Exchange& exchange, store::Sql& sql) {
    auto role = find_role(sql, exchange.path_value(0));
    if (!role) return refused(not_found("role", exchange.path_value(0)));
    if (role->version == 0) return refused(of_program(role->name));
    if (auto problem = check_grant(exchange.caller, role->scopes))
        return refused(std::move(*problem));
    return std::move(*role);
}

net::Response change_role(const Exchange& exchange, store::Sql& sql, const RolePatch& patch,
                          const Ulid& audit_id, const people::AuditHead& head) {
    auto role = role_to_write(exchange, sql);
    if (!role) return problem_answer(exchange, role.error());
    const auto version = wanted_version(exchange);
    if (!version) return problem_answer(exchange, version.error());
    if (*version && **version != role->version)
        return problem_answer(
            exchange, {.code = "version_conflict", .detail = "The role's version is another one."});
    if (patch.meaning) role->meaning = patch.meaning->value;
    if (patch.scopes) role->scopes = texts_of(*patch.scopes);
    if (const auto problem = check_scopes(exchange.caller, role->scopes))
        return problem_answer(exchange, *problem);
    ++role->version;
    store::Unit unit;
    unit.add(tables::role_change, {role->name, role->meaning, joined(role->scopes), role->version,
                                   micros(exchange.received_at)});
    commit_recorded(sql, unit, row_about(exchange, audit_id, 200, role->name), head);
    return role_answer(200, *role);
}

net::Response remove_role(const Exchange& exchange, store::Sql& sql, const Ulid& audit_id,
                          const people::AuditHead& head) {
    const auto role = role_to_write(exchange, sql);
    if (!role) return problem_answer(exchange, role.error());
    const auto operators =
        as_int(sql.query("select count(*) from operators where role = $1", {role->name})[0][0]);
    const auto keys =
        as_int(sql.query("select count(*) from api_keys where role = $1 and revoked_at is null",
                         {role->name})[0][0]);
    if (operators + keys > 0)
        return problem_answer(exchange, {.code = "role_in_use",
                                         .detail = std::to_string(operators) + " operators and " +
                                                   std::to_string(keys) + " keys have it."});
    store::Unit unit;
    unit.add(tables::role_gone, {role->name});
    commit_recorded(sql, unit, row_about(exchange, audit_id, 204, role->name), head);
    return {.status = 204};
}

}  // namespace

// The program's own, the one with the least first; then the others by name.
net::Response list_roles(const Exchange& exchange, ReadSources& sources) {
    ListAnswer list;  // there are never more than a page
    const KnownRoles known = read_roles(sources.sql);
    for (const Role& role : roles())
        list.items.push_back(wire::encode(shown_of(known.find(role.name)->second)));
    for (const auto& [name, role] : known)
        if (role.version != 0) list.items.push_back(wire::encode(shown_of(role)));
    return list_answer(exchange, list);
}

net::Response show_role(const Exchange& exchange, ReadSources& sources) {
    const auto role = find_role(sources.sql, exchange.path_value(0));
    return role ? role_answer(200, *role) : no_role(exchange);
}

void create_role(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<RoleWrite>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    KnownRole role;
    role.name = wanted->name.value;
    role.meaning = wanted->meaning ? wanted->meaning->value : "";
    role.scopes = texts_of(wanted->scopes);
    role.version = 1;
    auto problem = check_scopes(exchange->caller, role.scopes);
    if (find_role(role.name) != nullptr) problem = of_program(role.name);
    if (!is_plain_name(role.name))
        problem = bad_body({wire::Rule::property, "/name",
                            "must be of small letters, digits, hyphens and underscores"});
    if (problem) return service.answer(exchange, problem_answer(*exchange, *problem));
    write_people(exchange, service,
                 [role, id = service.new_id()](const Exchange& asked, store::Sql& sql,
                                               const people::AuditHead& head) {
                     return insert_role(asked, sql, role, id, head);
                 });
}

void patch_role(const SharedExchange& exchange, Service& service) {
    const auto patch = read_body<RolePatch>(*exchange, service.decoder());
    if (!patch) return service.answer(exchange, problem_answer(*exchange, patch.error()));
    write_people(exchange, service,
                 [patch = *patch, id = service.new_id()](const Exchange& asked, store::Sql& sql,
                                                         const people::AuditHead& head) {
                     return change_role(asked, sql, patch, id, head);
                 });
}

void delete_role(const SharedExchange& exchange, Service& service) {
    write_people(exchange, service,
                 [id = service.new_id()](const Exchange& asked, store::Sql& sql,
                                         const people::AuditHead& head) {
                     return remove_role(asked, sql, id, head);
                 });
}

}  // namespace ohm::api::rest
