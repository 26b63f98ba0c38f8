// What REST shows and takes of operators, roles, API keys and the record of what they did, and
// their rows in the tables of routes and components. They belong to no station: the api that is
// asked writes them, in one transaction with the record.
#pragma once

#include <vector>

#include "api/people/audit_chain.hpp"
#include "api/rest/resources.hpp"
#include "api/rest/route.hpp"
#include "base/limits_people.hpp"

namespace ohm::api::rest {

using RoleName = wire::Text<limits::role_name_characters, 1>;
using Password = wire::Text<limits::password_characters, limits::password_characters_min>;
using OperatorName = wire::Text<limits::operator_name_characters, 1>;

// ---- who is asking ----

struct SignInWrite {
    wire::Text<200, 1> name;
    wire::Text<limits::password_characters, 1> password;
    FIELDS(name, password)
};
struct OwnPasswordWrite {
    wire::Text<limits::password_characters, 1> current_password;
    Password new_password;
    FIELDS(current_password, new_password)
};

struct SignInLinkShown {
    std::string secret;  // what the link carries behind its #, once
    Instant expires_at;
    FIELDS(secret, expires_at)
};
struct SignInLinkUse {
    wire::Text<200, 1> secret;
    FIELDS(secret)
};

// ---- operators and roles ----

struct UserShown {
    std::string id, name;
    NullableText full_name;
    std::string role;
    bool disabled = false;
    std::int64_t version = 0;
    Instant created_at;
    NullableText created_by;
    Instant password_at;
    Nullable<Instant> last_sign_in_at;
    Optional<std::string> password;  // a generated one, once
    FIELDS(id, name, full_name, role, disabled, version, created_at, created_by, password_at,
           last_sign_in_at, password)
};
struct UserWrite {
    OperatorName name;
    Optional<wire::Text<200>> full_name;
    RoleName role;
    Optional<Password> password;  // absent: one is made, and shown once
    FIELDS(name, full_name, role, password)
};
struct UserPatch {  // RFC 7396: null removes
    wire::Patch<wire::Text<200>> full_name;
    Optional<RoleName> role;
    Optional<bool> disabled;
    FIELDS(full_name, role, disabled)
};
struct PasswordWrite {
    Optional<Password> password;  // absent: one is made, and shown once
    FIELDS(password)
};
struct RoleShown {
    std::string name, meaning;
    List<std::string> scopes;
    bool built_in = true;  // of the program: it cannot be changed
    std::int64_t version = 0;
    FIELDS(name, meaning, scopes, built_in, version)
};
struct RoleWrite {
    RoleName name;
    Optional<wire::Text<limits::role_meaning_characters>> meaning;
    List<wire::Text<64, 1>, 1, 64> scopes;
    FIELDS(name, meaning, scopes)
};
struct RolePatch {
    Optional<wire::Text<limits::role_meaning_characters>> meaning;
    Optional<List<wire::Text<64, 1>, 1, 64>> scopes;
    FIELDS(meaning, scopes)
};

// ---- API keys ----

struct ApiKeyShown {
    std::string id, name;
    NullableText role;
    List<std::string> scopes;
    List<std::string> networks;  // from where it may be used; empty: from anywhere
    Instant created_at;
    NullableText created_by;
    Nullable<Instant> expires_at, last_used_at, revoked_at;
    NullableText revoked_by;
    Optional<std::string> key;  // once, when it is made
    FIELDS(id, name, role, scopes, networks, created_at, created_by, expires_at, last_used_at,
           revoked_at, revoked_by, key)
};
using NetworkList = List<wire::Text<64, 1>, 1, limits::api_key_networks>;
struct ApiKeyWrite {  // a role or scopes
    OperatorName name;
    Optional<RoleName> role;
    Optional<List<wire::Text<64, 1>, 1, 64>> scopes;
    Optional<Instant> expires_at;
    Optional<NetworkList> networks;  // absent: from anywhere
    FIELDS(name, role, scopes, expires_at, networks)
};
struct ApiKeyPatch {  // RFC 7396: null removes
    wire::Patch<NetworkList> networks;
    FIELDS(networks)
};

// ---- the record ----

struct AuditShown {
    std::int64_t number = 0;
    Instant at;
    std::string who, address, method, route, operation, path, target, request_id;
    std::int64_t status = 0;
    NullableText code;
    std::string summary, digest;
    FIELDS(number, at, who, address, method, route, operation, path, target, request_id, status,
           code, summary, digest)
};
struct AuditCheckShown {
    bool intact = false;
    std::int64_t first = 0, last = 0;
    Nullable<std::int64_t> broken_at, next;
    std::string head;
    FIELDS(intact, first, last, broken_at, next, head)
};

// ---- sign_ins.cpp ----
void sign_in(const SharedExchange& exchange, Service& service);
void sign_out(const SharedExchange& exchange, Service& service);
void change_own_password(const SharedExchange& exchange, Service& service);

// ---- sign_in_links.cpp ----
void create_sign_in_link(const SharedExchange& exchange, Service& service);
void use_sign_in_link(const SharedExchange& exchange, Service& service);

// ---- users.cpp ----
net::Response list_users(const Exchange& exchange, ReadSources& sources);
net::Response show_user(const Exchange& exchange, ReadSources& sources);
void create_user(const SharedExchange& exchange, Service& service);
void patch_user(const SharedExchange& exchange, Service& service);
void reset_password(const SharedExchange& exchange, Service& service);

// ---- roles.cpp ----
net::Response list_roles(const Exchange& exchange, ReadSources& sources);
net::Response show_role(const Exchange& exchange, ReadSources& sources);
void create_role(const SharedExchange& exchange, Service& service);
void patch_role(const SharedExchange& exchange, Service& service);
void delete_role(const SharedExchange& exchange, Service& service);

// ---- api_keys.cpp ----
net::Response list_api_keys(const Exchange& exchange, ReadSources& sources);
net::Response show_api_key(const Exchange& exchange, ReadSources& sources);
void create_api_key(const SharedExchange& exchange, Service& service);
void patch_api_key(const SharedExchange& exchange, Service& service);
void revoke_api_key(const SharedExchange& exchange, Service& service);

// ---- audit.cpp ----
net::Response list_audit(const Exchange& exchange, ReadSources& sources);
net::Response export_audit(const Exchange& exchange, ReadSources& sources);
net::Response check_audit_chain(const Exchange& exchange, ReadSources& sources);

// ---- shared by several of them ----

// Does the work on the writer's thread, and has credentials read anew before it is answered.
// Somebody else may write in between: then the work is done again, with what they wrote. It is to
// be quick the second time, or it is never fast enough.
using PeopleWork =
    std::function<net::Response(const Exchange&, store::Sql&, const people::AuditHead&)>;
void write_people(const SharedExchange& exchange, Service& service, PeopleWork work);
// Stores `unit` and the record of this request, in one transaction, behind the head that the work
// began with.
void commit_recorded(store::Sql& sql, store::Unit& unit, const people::AuditRow& row,
                     const people::AuditHead& head);
// Refuses what the caller does not hold: nobody gives more than they have.
std::optional<Problem> check_grant(const Caller& caller, const std::vector<std::string>& scopes);
// A role that is gone stands for nothing. For one that is to be given, must_be_there.
std::optional<Problem> check_grant(const Caller& caller, store::Sql& sql, std::string_view role);
std::optional<Problem> must_be_there(store::Sql& sql, std::string_view role);
std::optional<Problem> check_command(const Caller& caller, std::string_view command);
std::optional<Problem> check_name(std::string_view name);
// Those whose names are their own, and of whom there are at most so many.
struct Roll {
    std::string_view what;         // "an operator"
    std::string_view rows;         // table and condition
    std::string_view name_column;  // of those rows
    std::size_t most;
};
std::optional<Problem> refuse_new(store::Sql& sql, const Roll& roll, const std::string& name);
void sign_out_all(store::Sql& sql, store::Unit& unit, const std::string& operator_id,
                  std::string_view but_digest);
// Of the owner's rows in the removal's table all but the newest `kept`.
void remove_oldest(store::Sql& sql, store::Unit& unit, const store::Write& removal,
                   std::string_view owner_column, const store::Value& owner, std::size_t kept);
// One more browser of an operator, in place of the oldest where there are too many.
void add_sign_in(store::Sql& sql, store::Unit& unit, const Exchange& exchange,
                 const store::Value& operator_id, std::string_view token, std::int64_t until);
std::string make_session_token();
// `Set-Cookie` of a sign-in; without a token it is taken back.
net::Header session_header(const Exchange& exchange, std::string_view token, seconds signed_in_for);
net::Response too_many_sign_ins(const Exchange& exchange);
std::string make_password();
// A slow hash that is made once, when it is first wanted, on the writer's thread.
std::function<const std::string&()> hash_once(std::string password);

const std::vector<Route>& people_routes();
const std::vector<Component>& people_components();

}  // namespace ohm::api::rest
