// Roles as they are in force: those of the program, and those that admins have defined, which lie
// in a table. On the thread of the connection that is given.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/sql.hpp"

namespace ohm::api::rest {

struct KnownRole {
    std::string name, meaning;
    std::vector<std::string> scopes;
    std::int64_t version = 0;  // 0: of the program
};
using KnownRoles = std::map<std::string, KnownRole, std::less<>>;  // by name

KnownRoles read_roles(store::Sql& sql);
std::optional<KnownRole> find_role(store::Sql& sql, std::string_view name);

}  // namespace ohm::api::rest
