// What callers may do: scopes that routes ask for, and roles, which are sets of them. A route's
// scope is checked by the compiler: one that is left out or misspelt is no program. Static; any
// thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ohm::api::rest {

struct ScopeInfo {
    std::string_view name;
    std::string_view meaning;
};

inline constexpr ScopeInfo scope_catalogue[] = {
    {"stations:read", "see stations, their status, variables, files and certificates"},
    {"stations:write", "create, change and archive stations, their passwords and certificates"},
    {"messages:read", "see OCPP messages as they were, idTags included"},
    {"locations:read", "see locations"},
    {"locations:write", "create, change and remove locations"},
    {"transactions:read", "see transactions and meter values"},
    {"transactions:write", "close the record of a transaction"},
    {"tokens:read", "see tokens of drivers, and the decisions on them"},
    {"tokens:write", "create, change, block and import tokens"},
    {"customers:read", "see what stations know of a customer"},
    {"reservations:read", "see reservations"},
    {"reservations:write", "reserve, and take a reservation back"},
    {"commands:read", "see commands, their answers and effects"},
    {"commands:execute", "order what a person at the station notices: start, stop, unlock, reset"},
    {"commands:configure", "order what changes a station: variables, firmware, logs, lists"},
    {"commands:raw", "send any OCPP message"},
    {"charging:write", "set and clear charging profiles"},
    {"firmware:read", "see firmware images"},
    {"firmware:write", "upload and remove firmware images"},
    {"alerts:read", "see alerts and the rules that open them"},
    {"alerts:write", "take, put off and close alerts, and change the rules"},
    {"events:subscribe", "read and follow events"},
    {"webhooks:read", "see webhooks and their deliveries"},
    {"webhooks:write", "create, change and remove webhooks"},
    {"workers:read", "see workers"},
    {"workers:write", "drain workers"},
    {"users:read", "see operators"},
    {"users:write", "create operators, change their roles and passwords"},
    {"api-keys:read", "see API keys, never the keys themselves"},
    {"api-keys:write", "make and revoke API keys"},
    {"audit:read", "see who did what"},
    {"settings:read", "see the settings in force, without secrets"},
};

class Scope {
public:
    // "" is open to everybody; "any" every valid caller.
    template <std::size_t Size>
    // A route's declaration reads better without the type's name. NOLINTNEXTLINE
    consteval Scope(const char (&name)[Size]) : name_{name, Size - 1} {
        if (!is_known(name_)) throw "there is no such scope in scope_catalogue";
    }
    constexpr std::string_view name() const { return name_; }
    constexpr bool is_open() const { return name_.empty(); }
    // Whether a valid credential alone is not enough.
    constexpr bool is_particular() const { return !name_.empty() && name_ != "any"; }

    static constexpr bool is_known(std::string_view name) {
        if (name.empty() || name == "any") return true;
        for (const ScopeInfo& info : scope_catalogue)
            if (info.name == name) return true;
        return false;
    }

private:
    std::string_view name_;
};

// What ordering a command needs, by the neutral command's name; "call" is a raw message.
Scope scope_of_command(std::string_view command);

struct Role {
    std::string_view name;
    std::string_view meaning;
    std::vector<std::string_view> scopes;
};
std::span<const Role> roles();                 // the one with the least first
const Role* find_role(std::string_view name);  // null where there is none
// What somebody holds: the role's where there is one of that name ("": none), else those that are
// listed, with blanks between. A role that is gone gives nothing.
std::vector<std::string> scopes_of(std::string_view role, std::string_view listed);
bool is_grantable(std::string_view scope);  // in the catalogue, or a whole area: "tokens:*"

// Whether the held scopes contain `scope`, or all of it where it is a whole area.
bool covers(std::span<const std::string_view> held, std::string_view scope);

std::string roles_document();  // docs/ROLES.md

}  // namespace ohm::api::rest
