#include "api/rest/scopes.hpp"

#include <algorithm>
#include <string>

#include "api/rest/route.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

using Scopes = std::vector<std::string_view>;

Scopes operator+(Scopes a, const Scopes& b) {
    for (const std::string_view one : b)
        if (std::find(a.begin(), a.end(), one) == a.end()) a.push_back(one);
    return a;
}

struct CommandScope {
    std::string_view command;
    Scope scope;
};

// What a driver or a person on the phone asks for, what changes a station for good, and what
// decides over current.
constexpr CommandScope command_scopes[] = {
    {"start-transaction", "commands:execute"},
    {"stop-transaction", "commands:execute"},
    {"unlock-connector", "commands:execute"},
    {"reset", "commands:execute"},
    {"change-availability", "commands:execute"},
    {"trigger-message", "commands:execute"},
    {"reserve-now", "commands:execute"},
    {"cancel-reservation", "commands:execute"},
    {"clear-cache", "commands:execute"},
    {"get-variables", "commands:execute"},
    {"get-base-report", "commands:execute"},
    {"get-report", "commands:execute"},
    {"get-monitoring-report", "commands:execute"},
    {"get-local-list-version", "commands:execute"},
    {"get-transaction-status", "commands:execute"},
    {"get-display-messages", "commands:execute"},
    {"get-installed-certificate-ids", "commands:execute"},
    {"get-charging-profiles", "commands:execute"},
    {"get-composite-schedule", "commands:execute"},
    {"cost-updated", "commands:execute"},
    {"set-variables", "commands:configure"},
    {"set-network-profile", "commands:configure"},
    {"set-monitoring-base", "commands:configure"},
    {"set-monitoring-level", "commands:configure"},
    {"set-variable-monitoring", "commands:configure"},
    {"clear-variable-monitoring", "commands:configure"},
    {"probe-measurands", "commands:configure"},
    {"rotate-password", "commands:configure"},
    {"send-local-list", "commands:configure"},
    {"get-log", "commands:configure"},
    {"update-firmware", "commands:configure"},
    {"publish-firmware", "commands:configure"},
    {"unpublish-firmware", "commands:configure"},
    {"install-certificate", "commands:configure"},
    {"delete-certificate", "commands:configure"},
    {"certificate-signed", "commands:configure"},
    {"set-display-message", "commands:configure"},
    {"clear-display-message", "commands:configure"},
    {"data-transfer", "commands:configure"},
    {"customer-information", "customers:read"},
    {"set-charging-profile", "charging:write"},
    {"clear-charging-profile", "charging:write"},
};

std::vector<Role> make_roles() {
    const Scopes looking{"stations:read",     "locations:read",   "transactions:read",
                         "reservations:read", "commands:read",    "firmware:read",
                         "alerts:read",       "events:subscribe", "workers:read"};
    const Scopes support = looking + Scopes{"tokens:read", "messages:read", "commands:execute",
                                            "reservations:write", "alerts:write"};
    const Scopes technician =
        support + Scopes{"commands:configure", "commands:raw", "stations:write", "locations:write",
                         "firmware:write"};
    const Scopes energy = looking + Scopes{"charging:write"};
    const Scopes finance = looking + Scopes{"tokens:read", "tokens:write", "transactions:write"};
    const Scopes admin = technician + energy + finance +
                         Scopes{"customers:read", "webhooks:read", "webhooks:write", "users:read",
                                "users:write",    "api-keys:read", "api-keys:write", "audit:read",
                                "settings:read",  "workers:write"};
    return {
        {"viewer", "looks, and changes nothing", looking},
        {"support", "helps people who stand at a station", support},
        {"technician", "sets stations up and keeps them running", technician},
        {"energy", "decides over current", energy},
        {"finance", "keeps tokens and the records of transactions", finance},
        {"admin", "does all of this, and looks after operators, keys and webhooks", admin},
        {"owner", "may do everything, and makes other owners", {"admin:*"}},
    };
}

}  // namespace

Scope scope_of_command(std::string_view command) {
    for (const CommandScope& one : command_scopes)
        if (one.command == command) return one.scope;
    return "commands:raw";
}

std::span<const Role> roles() {
    static const std::vector<Role> all = make_roles();
    return all;
}

const Role* find_role(std::string_view name) {
    const auto found = std::find_if(roles().begin(), roles().end(),
                                    [&](const Role& role) { return role.name == name; });
    return found == roles().end() ? nullptr : &*found;
}

std::vector<std::string> scopes_of(std::string_view role, std::string_view listed) {
    if (const Role* found = find_role(role)) return {found->scopes.begin(), found->scopes.end()};
    std::vector<std::string> scopes;
    for (const std::string_view scope : split(role.empty() ? listed : "", ' '))
        if (!scope.empty()) scopes.emplace_back(scope);
    return scopes;
}

bool is_grantable(std::string_view scope) {
    if (scope == "admin:*") return true;
    return std::any_of(
        std::begin(scope_catalogue), std::end(scope_catalogue), [&](const ScopeInfo& info) {
            const auto area = info.name.substr(0, info.name.find(':') + 1);
            return scope == info.name || (scope.size() == area.size() + 1 &&
                                          scope.starts_with(area) && scope.ends_with('*'));
        });
}

bool covers(std::span<const std::string_view> held, std::string_view scope) {
    const std::string_view area = scope.substr(0, scope.find(':'));
    return std::any_of(held.begin(), held.end(), [&](std::string_view one) {
        if (one == scope || one == "admin:*") return true;
        return one.size() == area.size() + 2 && one.starts_with(area) && one.ends_with(":*");
    });
}

// ---- docs/ROLES.md ----

namespace {

void append_roles(std::string& out) {
    out += "\n## Roles\n\n| scope |";
    for (const Role& role : roles()) out += " " + std::string{role.name} + " |";
    out += "\n|---|";
    for (std::size_t i = 0; i < roles().size(); ++i) out += ":-:|";
    for (const ScopeInfo& info : scope_catalogue) {
        out += "\n| `" + std::string{info.name} + "` |";
        for (const Role& role : roles()) out += covers(role.scopes, info.name) ? " ✓ |" : "  |";
    }
    out += "\n\n";
    for (const Role& role : roles())
        out += "- **" + std::string{role.name} + "** " + std::string{role.meaning} + ".\n";
}

void append_operations(std::string& out, std::string_view scope) {
    for (const Route& route : routes())
        if (route.scope.name() == scope)
            out += "- `" + std::string{route.method} + " " + std::string{route.path} + "`\n";
}

}  // namespace

std::string roles_document() {
    std::string out =
        "# Roles and scopes\n\n"
        "Every operation of the REST API names one scope. A caller holds scopes: an operator those "
        "of a role, an API key\nthose of a role or its own. `area:*` is all of an area, `admin:*` "
        "everything. A caller without the scope gets\n403 `insufficient_scope`, whose `scope` "
        "names it.\n\n"
        "Beside the roles below there may be others: who may write operators defines them (`POST "
        "/api/v1/roles`), of\nscopes that he holds himself.\n\n"
        "This page is made from the table of routes; run `OHM_WRITE_DOCS=1 api_test` to make it "
        "anew.\n";
    append_roles(out);
    out += "\n## Operations\n";
    for (const ScopeInfo& info : scope_catalogue) {
        out += "\n### " + std::string{info.name} + "\n\nMay " + std::string{info.meaning} + ".\n\n";
        append_operations(out, info.name);
    }
    out += "\n### Every valid caller\n\n";
    append_operations(out, "any");
    out += "\n### Everybody\n\n";
    append_operations(out, "");
    return out;
}

}  // namespace ohm::api::rest
