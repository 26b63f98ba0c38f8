// What REST offers of operators, their sign-ins, roles, API keys, and the record of what they did.
#include "api/rest/people_resources.hpp"
#include "api/rest/route_words.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view flag_schema = R"({"type":"boolean","default":false})";

constexpr std::string_view shown_me =
    R"({"name":"user:ada","scopes":["stations:read","events:subscribe"],"role":"viewer",)"
    R"("is_operator":true,"expires_at":"2026-01-01T12:00:00.000Z"})";
constexpr std::string_view shown_user =
    R"({"id":"usr_01KDTYQ0000000000000000000","name":"ada","full_name":"Ada Byron",)"
    R"("role":"viewer","disabled":false,"version":1,"created_at":"2026-01-01T00:00:00.000Z",)"
    R"("created_by":"key:admin","password_at":"2026-01-01T00:00:00.000Z","last_sign_in_at":null})";
constexpr std::string_view shown_key =
    R"({"id":"key_01KDTYQ0000000000000000000","name":"billing","role":"finance","scopes":)"
    R"(["stations:read","tokens:read"],"networks":["192.0.2.0/24"],"created_at":"2026-01-01T00:00:00.000Z","created_by":)"
    R"("user:ada","expires_at":null,"last_used_at":"2026-01-01T08:00:00.000Z","revoked_at":null,)"
    R"("revoked_by":null})";
constexpr std::string_view shown_role =
    R"({"name":"night-shift","meaning":"watches at night","scopes":["stations:read",)"
    R"("alerts:write","commands:execute"],"built_in":false,"version":1})";
constexpr std::string_view shown_row =
    R"({"number":12,"at":"2026-01-01T08:00:00.000Z","who":"user:ada","address":"192.0.2.7",)"
    R"("method":"PATCH","route":"/api/v1/stations/{id}","operation":"patchStation","path":)"
    R"("/api/v1/stations/CP0001","target":"stations/CP0001","request_id":"req_01KDTYQ","status":)"
    R"(403,"code":"insufficient_scope","summary":"{\"name\":\"Gate 2\"}","digest":"5b1f…"})";

const Parameters record_filters{
    {"who", text_schema, "Exactly this caller: user:ada, key:billing."},
    {"target", text_schema, "stations/CP0001, or all of a kind: stations."},
    {"route", text_schema, "Exactly this path of the table: /api/v1/stations/{id}."},
    {"operation", text_schema, "Exactly this operation: patchStation."},
    {"method", text_schema, "POST, PUT, PATCH or DELETE."},
    {"refused", flag_schema, "Only what was refused."},
    {"from", time_schema, "From this instant on."},
    {"to", time_schema, "Before this instant."}};

Outcome user(int status, std::string_view description) {
    return {status, description, Shape::object, "User", shown_user};
}

const std::vector<Route> sign_in_routes = {
    {"POST",
     "/api/v1/session",
     "",
     "signIn",
     "people",
     "Sign in an operator by name and password; the answer sets a cookie",
     sign_in,
     {},
     {.media = Media::json,
      .component = "SignIn",
      .example = R"({"name":"ada","password":"correct horse battery"})"},
     {{201, "Signed in.", Shape::object, "Me", shown_me}},
     {"sign_in_refused", "rate_limited", "database_unavailable"},
     true},
    {"DELETE",
     "/api/v1/session",
     "any",
     "signOut",
     "people",
     "Sign out: the cookie is worth nothing any more",
     sign_out,
     {},
     no_body,
     {{204, "Signed out."}},
     {"csrf_refused"},
     true},
    {"PUT",
     "/api/v1/me/password",
     "any",
     "changeOwnPassword",
     "people",
     "Change one's own password; other browsers are signed out",
     change_own_password,
     {},
     {.media = Media::json,
      .component = "OwnPasswordWrite",
      .example = R"({"current_password":"correct horse","new_password":"battery staple 9"})"},
     {{204, "Changed."}},
     {"not_found", "sign_in_refused", "csrf_refused", "rate_limited"},
     true},
};

const std::vector<Route> user_routes = {
    {"GET",
     "/api/v1/users",
     "users:read",
     "listUsers",
     "people",
     "List operators by name",
     list_users,
     page_parameters,
     no_body,
     {{200, "A page.", Shape::list, "User", shown_user}}},
    {"POST",
     "/api/v1/users",
     "users:write",
     "createUser",
     "people",
     "Create an operator; a generated password is shown once",
     create_user,
     {},
     {.media = Media::json,
      .component = "UserWrite",
      .example = R"({"name":"ada","full_name":"Ada Byron","role":"viewer"})"},
     {user(201, "Created; repeated by Idempotency-Key, without the password.")},
     {"already_exists", "limit_reached", "idempotency_mismatch"},
     true},
    {"GET",
     "/api/v1/users/{user_id}",
     "users:read",
     "getUser",
     "people",
     "Show an operator",
     show_user,
     {},
     no_body,
     {user(200, "Done.")},
     {"not_found"}},
    {"PATCH",
     "/api/v1/users/{user_id}",
     "users:write",
     "patchUser",
     "people",
     "Change an operator's full name or role, disable or enable",
     patch_user,
     {},
     {.media = Media::merge_patch,
      .component = "UserPatch",
      .example = R"({"role":"support","disabled":false})"},
     {user(200, "Changed.")},
     {"not_found", "own_access", "last_owner", "version_conflict", "precondition_required"},
     true},
    {"POST",
     "/api/v1/users/{user_id}/password",
     "users:write",
     "resetUserPassword",
     "people",
     "Give another operator a new password; all browsers are signed out",
     reset_password,
     {},
     {.media = Media::json, .component = "PasswordWrite", .required = false, .example = "{}"},
     {user(200, "Set; a generated one is shown once.")},
     {"not_found", "own_access", "idempotency_mismatch"},
     true},
    {"GET",
     "/api/v1/roles",
     "any",
     "listRoles",
     "people",
     "List roles and their scopes",
     list_roles,
     {},
     no_body,
     {{200, "All of them.", Shape::list, "Role", shown_role}}},
    {"POST",
     "/api/v1/roles",
     "users:write",
     "createRole",
     "people",
     "Define a role: a set of scopes, of those that one holds",
     create_role,
     {},
     {.media = Media::json,
      .component = "RoleWrite",
      .example = R"({"name":"night-shift","meaning":"watches at night","scopes":)"
                 R"(["stations:read","alerts:write","commands:execute"]})"},
     {{201, "Defined.", Shape::object, "Role", shown_role}},
     {"already_exists", "limit_reached", "role_built_in", "idempotency_mismatch"},
     true},
    {"GET",
     "/api/v1/roles/{role_name}",
     "any",
     "getRole",
     "people",
     "Show a role and its scopes",
     show_role,
     {},
     no_body,
     {{200, "Done.", Shape::object, "Role", shown_role}},
     {"not_found"}},
    {"PATCH",
     "/api/v1/roles/{role_name}",
     "users:write",
     "patchRole",
     "people",
     "Change what a role means and may do; it holds for all who have it within seconds",
     patch_role,
     {},
     {.media = Media::merge_patch,
      .component = "RolePatch",
      .example = R"({"scopes":["stations:read","alerts:write"]})"},
     {{200, "Changed.", Shape::object, "Role", shown_role}},
     {"not_found", "role_built_in", "version_conflict", "precondition_required"},
     true},
    {"DELETE",
     "/api/v1/roles/{role_name}",
     "users:write",
     "deleteRole",
     "people",
     "Remove a role that nobody has",
     delete_role,
     {},
     no_body,
     {{204, "Removed."}},
     {"not_found", "role_built_in", "role_in_use"},
     true},
};

const std::vector<Route> key_routes = {
    {"GET",
     "/api/v1/api-keys",
     "api-keys:read",
     "listApiKeys",
     "people",
     "List API keys, the newest first; never the keys themselves",
     list_api_keys,
     Parameters{{"revoked", flag_schema, "Revoked ones too."}} + page_parameters,
     no_body,
     {{200, "A page.", Shape::list, "ApiKey", shown_key}}},
    {"POST",
     "/api/v1/api-keys",
     "api-keys:write",
     "createApiKey",
     "people",
     "Make an API key, with a role or scopes; it is shown once",
     create_api_key,
     {},
     {.media = Media::json,
      .component = "ApiKeyWrite",
      .example = R"({"name":"billing","role":"finance","expires_at":"2027-01-01T00:00:00Z"})"},
     {{201, "Made; `key` is in this answer alone.", Shape::object, "ApiKey", shown_key}},
     {"already_exists", "limit_reached", "idempotency_mismatch"},
     true},
    {"GET",
     "/api/v1/api-keys/{key_id}",
     "api-keys:read",
     "getApiKey",
     "people",
     "Show an API key, never the key itself",
     show_api_key,
     {},
     no_body,
     {{200, "Done.", Shape::object, "ApiKey", shown_key}},
     {"not_found"}},
    {"PATCH",
     "/api/v1/api-keys/{key_id}",
     "api-keys:write",
     "patchApiKey",
     "people",
     "Change from where an API key may be used; null: from anywhere",
     patch_api_key,
     {},
     {.media = Media::merge_patch,
      .component = "ApiKeyPatch",
      .example = R"({"networks":["192.0.2.0/24","2001:db8::7"]})"},
     {{200, "Changed.", Shape::object, "ApiKey", shown_key}},
     {"not_found", "own_access"},
     true},
    {"DELETE",
     "/api/v1/api-keys/{key_id}",
     "api-keys:write",
     "revokeApiKey",
     "people",
     "Revoke an API key; it is dead within seconds",
     revoke_api_key,
     {},
     no_body,
     {{204, "Revoked."}},
     {"not_found", "own_access"},
     true},
};

const std::vector<Route> audit_routes = {
    {"GET",
     "/api/v1/audit",
     "audit:read",
     "listAudit",
     "people",
     "List what callers did or were refused, the newest first",
     list_audit,
     record_filters + page_parameters,
     no_body,
     {{200, "A page.", Shape::list, "AuditRow", shown_row}}},
    {"GET",
     "/api/v1/audit/export",
     "audit:read",
     "exportAudit",
     "people",
     "The same as a file of at most 10,000 rows; Ohm-Next-Cursor leads on",
     export_audit,
     Parameters{{"format", R"({"type":"string","enum":["csv","ndjson"]})", "csv where absent."}} +
         record_filters + Parameters{page_parameters[1]},
     no_body,
     {{200, "The file.", Shape::text, "text/csv"}}},
    {"GET",
     "/api/v1/audit/check",
     "audit:read",
     "checkAudit",
     "people",
     "Walk the chain of digests: is a row missing, changed or put in",
     check_audit_chain,
     {{"from_number", R"({"type":"integer","minimum":1})", "`next` of the answer before."}},
     no_body,
     {{200, "At most 50,000 rows of it.", Shape::object, "AuditCheck",
       R"({"intact":true,"first":1,"last":812,"broken_at":null,"next":null,"head":"5b1f…"})"}}},
};

}  // namespace

const std::vector<Route>& people_routes() {
    static const std::vector<Route> all = [] {
        std::vector<Route> table;
        for (const std::vector<Route>* part :
             {&sign_in_routes, &user_routes, &key_routes, &audit_routes})
            table.insert(table.end(), part->begin(), part->end());
        return table;
    }();
    return all;
}

const std::vector<Component>& people_components() {
    static const std::vector<Component> table = {
        {"SignIn", &wire::type_of<SignInWrite>},
        {"OwnPasswordWrite", &wire::type_of<OwnPasswordWrite>},
        {"User", &wire::type_of<UserShown>},
        {"UserWrite", &wire::type_of<UserWrite>},
        {"UserPatch", &wire::type_of<UserPatch>},
        {"PasswordWrite", &wire::type_of<PasswordWrite>},
        {"Role", &wire::type_of<RoleShown>},
        {"RoleWrite", &wire::type_of<RoleWrite>},
        {"RolePatch", &wire::type_of<RolePatch>},
        {"ApiKey", &wire::type_of<ApiKeyShown>},
        {"ApiKeyWrite", &wire::type_of<ApiKeyWrite>},
        {"ApiKeyPatch", &wire::type_of<ApiKeyPatch>},
        {"AuditRow", &wire::type_of<AuditShown>},
        {"AuditCheck", &wire::type_of<AuditCheckShown>},
    };
    return table;
}

}  // namespace ohm::api::rest
