#include "api/rest/known_roles.hpp"

#include "api/rest/scopes.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view select_roles = "select name, meaning, scopes, version from roles";

KnownRole role_of(const store::Row& row) {
    KnownRole role;
    role.name = store::as_text(row[0]);
    role.meaning = store::as_text(row[1]);
    const std::string scopes = store::as_text(row[2]);
    for (const std::string_view scope : split(scopes, ' '))
        if (!scope.empty()) role.scopes.emplace_back(scope);
    role.version = store::as_int(row[3]);
    return role;
}

KnownRole role_of(const Role& role) {
    return {std::string{role.name},
            std::string{role.meaning},
            {role.scopes.begin(), role.scopes.end()},
            0};
}

}  // namespace

// A name of the program's stands for its own scopes, whatever a row says.
KnownRoles read_roles(store::Sql& sql) {
    KnownRoles known;
    for (const Role& role : roles()) known.emplace(role.name, role_of(role));
    for (const store::Row& row : sql.query(std::string{select_roles})) {
        KnownRole role = role_of(row);
        known.try_emplace(role.name, role);
    }
    return known;
}

std::optional<KnownRole> find_role(store::Sql& sql, std::string_view name) {
    if (const Role* role = find_role(name)) return role_of(*role);
    const auto rows =
        sql.query(std::string{select_roles} + " where name = $1", {std::string{name}});
    if (rows.empty()) return std::nullopt;
    return role_of(rows.front());
}

}  // namespace ohm::api::rest
