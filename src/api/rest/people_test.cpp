#include "api/people/audit_chain.hpp"
#include "api/rest/route.hpp"
#include "api/rest/sign_in_gate.hpp"
#include "api/rest/test_rest.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view password = "correct horse battery";
const std::string csrf = "X-Ohm-Csrf: 1";

class PeopleTest : public RestTest {
protected:
    Reply create(const std::string& name, const std::string& role, std::string_view token = key) {
        return request("POST", "/api/v1/users",
                       R"({"name":")" + name + R"(","role":")" + role + R"(","password":")" +
                           std::string{password} + "\"}",
                       {}, token);
    }
    Reply sign_in(const std::string& name, std::string_view word = password) {
        return request("POST", "/api/v1/session",
                       R"({"name":")" + name + R"(","password":")" + std::string{word} + "\"}", {},
                       "");
    }
    // The header of a signed in browser.
    std::string cookie(const Reply& reply) {
        const std::string set = reply.header("set-cookie");
        return "Cookie: other=1; " + set.substr(0, set.find(';'));
    }
    Reply as(const std::string& cookie_line, const std::string& method, const std::string& target,
             const std::string& body = "", std::vector<std::string> headers = {csrf}) {
        headers.push_back(cookie_line);
        return request(method, target, body, headers, "");
    }
    // The newest row first.
    std::vector<people::StoredAuditRow> record() {
        std::vector<people::StoredAuditRow> rows;
        for (const store::Row& row : sql->query("select " + std::string{people::audit_columns} +
                                                " from audit order by number desc"))
            rows.push_back(people::stored_audit_row(row));
        return rows;
    }
    void expect(const Reply& reply, int status, std::string_view code) {
        EXPECT_EQ(reply.status, status) << reply.body;
        EXPECT_EQ(reply.member("code"), code) << reply.body;
    }
};

// ---- operators ----

TEST_F(PeopleTest, AnOperatorIsMadeAndSignsIn) {
    start();
    const Reply made = create("Ada", "viewer");
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.member("password"), "(absent)");
    EXPECT_EQ(made.header("location"), "/api/v1/users/" + made.member("id"));
    expect(create("aDA", "viewer"), 409, "already_exists");
    const Reply in = sign_in("ada");
    ASSERT_EQ(in.status, 201) << in.body;
    EXPECT_EQ(in.member("name"), "user:Ada");
    const std::string set = in.header("set-cookie");
    for (const char* flag : {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"})
        EXPECT_NE(set.find(flag), std::string::npos) << flag;
    EXPECT_EQ(set.find("Secure"), std::string::npos);
    const Reply me = as(cookie(in), "GET", "/api/v1/me", "", {});
    EXPECT_EQ(me.member("role"), "viewer") << me.body;
    EXPECT_EQ(me.member("is_operator"), "true");
    for (const store::Row& row : sql->query("select password_hash from operators"))
        EXPECT_TRUE(store::as_text(row[0]).find("$argon2id$") != std::string::npos);
}

TEST_F(PeopleTest, AMadePasswordIsShownOnceAndWorks) {
    start();
    const Reply made = request("POST", "/api/v1/users", R"({"name":"bo","role":"support"})");
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string first = made.member("password");
    EXPECT_EQ(first.size(), 20u);
    EXPECT_EQ(sign_in("bo", first).status, 201);
    EXPECT_FALSE(get("/api/v1/users").has("password\""));
    const std::string path = "/api/v1/users/" + made.member("id");
    EXPECT_FALSE(get(path).has(first));
    const Reply reset = request("POST", path + "/password");
    ASSERT_EQ(reset.status, 200) << reset.body;
    expect(sign_in("bo", first), 401, "sign_in_refused");
    EXPECT_EQ(sign_in("bo", reset.member("password")).status, 201);
}

TEST_F(PeopleTest, BadNamesPasswordsAndRolesAreRefused) {
    start();
    for (const char* body :
         {R"({"name":"a","role":"viewer","password":"short"})", R"({"name":"a","role":"king"})",
          R"({"name":" a","role":"viewer"})", R"({"name":"a\u0007","role":"viewer"})",
          R"({"name":"","role":"viewer"})", R"({"role":"viewer"})",
          R"({"name":"a","role":"viewer","password_hash":"x"})"})
        expect(request("POST", "/api/v1/users", body), 400, "validation_failed");
}

TEST_F(PeopleTest, NobodyGivesMoreThanHeHas) {
    add_key("ohk_admin", "boss", "users:read users:write api-keys:write stations:read");
    start();
    const Reply refused_owner = create("eve", "owner", "ohk_admin");
    expect(refused_owner, 403, "insufficient_scope");
    EXPECT_EQ(refused_owner.member("scope"), "admin:*");
    const Reply owner = create("ada", "owner");
    ASSERT_EQ(owner.status, 201);
    const std::string path = "/api/v1/users/" + owner.member("id");
    expect(request("POST", path + "/password", "", {}, "ohk_admin"), 403, "insufficient_scope");
    expect(request("PATCH", path, R"({"disabled":true})", {}, "ohk_admin"), 403,
           "insufficient_scope");
    expect(request("POST", "/api/v1/api-keys", R"({"name":"x","scopes":["tokens:write"]})", {},
                   "ohk_admin"),
           403, "insufficient_scope");
    EXPECT_EQ(request("POST", "/api/v1/api-keys", R"({"name":"x","scopes":["stations:read"]})", {},
                      "ohk_admin")
                  .status,
              201);
}

TEST_F(PeopleTest, ADisabledOperatorIsOutAtOnce) {
    start();
    const Reply made = create("ada", "viewer");
    const std::string browser = cookie(sign_in("ada"));
    EXPECT_EQ(as(browser, "GET", "/api/v1/stations").status, 200);
    const std::string path = "/api/v1/users/" + made.member("id");
    ASSERT_EQ(request("PATCH", path, R"({"disabled":true})").status, 200);
    expect(as(browser, "GET", "/api/v1/stations"), 401, "unauthorized");
    expect(sign_in("ada"), 401, "sign_in_refused");
    ASSERT_EQ(request("PATCH", path, R"({"disabled":false,"role":"support"})").status, 200);
    expect(as(browser, "GET", "/api/v1/stations"), 401, "unauthorized");
    EXPECT_EQ(as(cookie(sign_in("ada")), "GET", "/api/v1/me").member("role"), "support");
}

TEST_F(PeopleTest, AVersionThatChangedIsAConflict) {
    start();
    const Reply made = create("ada", "viewer");
    const std::string path = "/api/v1/users/" + made.member("id");
    const std::string match = "If-Match: " + made.header("etag");
    EXPECT_EQ(request("PATCH", path, R"({"role":"support"})", {match}).status, 200);
    expect(request("PATCH", path, R"({"role":"energy"})", {match}), 412, "version_conflict");
    EXPECT_EQ(get(path).member("role"), "support");
}

TEST_F(PeopleTest, NobodyTakesHisOwnAccess) {
    start();
    const Reply made = create("ada", "owner");
    const std::string browser = cookie(sign_in("ada"));
    const std::string path = "/api/v1/users/" + made.member("id");
    expect(as(browser, "PATCH", path, R"({"disabled":true})"), 409, "own_access");
    expect(as(browser, "PATCH", path, R"({"role":"viewer"})"), 409, "own_access");
    EXPECT_EQ(as(browser, "PATCH", path, R"({"full_name":"Ada Byron"})").status, 200);
}

TEST_F(PeopleTest, TheLastOwnerStays) {
    start();
    const std::string ada = "/api/v1/users/" + create("ada", "owner").member("id");
    const std::string bo = "/api/v1/users/" + create("bo", "owner").member("id");
    EXPECT_EQ(request("PATCH", bo, R"({"disabled":true})").status, 200);
    expect(request("PATCH", ada, R"({"disabled":true})"), 409, "last_owner");
    expect(request("PATCH", ada, R"({"role":"admin"})"), 409, "last_owner");
    EXPECT_EQ(request("PATCH", ada, R"({"full_name":"Ada Byron"})").status, 200);
    EXPECT_EQ(request("PATCH", bo, R"({"role":"viewer"})").status, 200);
    EXPECT_EQ(request("PATCH", bo, R"({"disabled":false,"role":"owner"})").status, 200);
    EXPECT_EQ(request("PATCH", ada, R"({"role":"admin"})").status, 200);
}

TEST_F(PeopleTest, NobodySetsTheOwnPasswordWithoutTheOldOne) {
    start();
    const Reply made = create("ada", "owner");
    const std::string browser = cookie(sign_in("ada"));
    const std::string path = "/api/v1/users/" + made.member("id") + "/password";
    expect(as(browser, "POST", path, R"({"password":"another password"})"), 409, "own_access");
    EXPECT_EQ(sign_in("ada").status, 201);
    EXPECT_EQ(request("POST", path, R"({"password":"another password"})").status, 200);
}

// ---- at the door ----

TEST_F(PeopleTest, WrongNamesAndPasswordsAreAnsweredAlike) {
    start();
    create("ada", "viewer");
    const Reply wrong = sign_in("ada", "not her password");
    const Reply nobody = sign_in("grace", "not her password");
    expect(wrong, 401, "sign_in_refused");
    expect(nobody, 401, "sign_in_refused");
    EXPECT_EQ(wrong.member("detail"), nobody.member("detail"));
    EXPECT_EQ(wrong.header("set-cookie"), "");
}

TEST_F(PeopleTest, AttemptsAreBoundedAndTheRightOneForgives) {
    start();
    create("ada", "viewer");
    for (std::size_t i = 1; i < limits::sign_in_attempts; ++i)
        EXPECT_EQ(sign_in("ada", "no such password").status, 401);
    EXPECT_EQ(sign_in("ada").status, 201);
    for (std::size_t i = 0; i < limits::sign_in_attempts; ++i)
        EXPECT_EQ(sign_in("ada", "no such password").status, 401);
    const Reply late = sign_in("ada");
    expect(late, 429, "rate_limited");
    EXPECT_NE(late.header("retry-after"), "");
}

TEST_F(PeopleTest, ACookieNeedsItsHeaderAndItsOwnPage) {
    start();
    create("ada", "owner");
    const std::string browser = cookie(sign_in("ada"));
    const std::string body = R"({"name":"n"})";
    expect(as(browser, "PUT", "/api/v1/locations/l", body, {}), 403, "csrf_refused");
    expect(as(browser, "PUT", "/api/v1/locations/l", body, {csrf, "Sec-Fetch-Site: same-site"}),
           403, "csrf_refused");
    expect(as(browser, "PUT", "/api/v1/locations/l", body, {csrf, "Origin: http://evil"}), 403,
           "csrf_refused");
    expect(as(browser, "GET", "/api/v1/stations", "", {"Sec-Fetch-Site: cross-site"}), 403,
           "csrf_refused");
    EXPECT_EQ(as(browser, "PUT", "/api/v1/locations/l", body,
                 {csrf, "Sec-Fetch-Site: same-origin", "Origin: http://here"})
                  .status,
              201);
    // A token is a cookie's and no key; a key is no cookie's.
    const std::string token = browser.substr(browser.find("ohs_"));
    EXPECT_EQ(request("GET", "/api/v1/me", "", {}, token).status, 401);
    EXPECT_EQ(as("Cookie: ohm_session=" + std::string{key}, "GET", "/api/v1/me").status, 401);
}

TEST_F(PeopleTest, SignedOutIsOutAndAnExpiredSignInToo) {
    start();
    create("ada", "viewer");
    const std::string one = cookie(sign_in("ada"));
    const std::string other = cookie(sign_in("ada"));
    const Reply out = as(one, "DELETE", "/api/v1/session");
    EXPECT_EQ(out.status, 204);
    EXPECT_NE(out.header("set-cookie").find("Max-Age=0"), std::string::npos);
    EXPECT_EQ(as(one, "GET", "/api/v1/me").status, 401);
    EXPECT_EQ(as(other, "GET", "/api/v1/me").status, 200);
    sql->query("update sign_ins set expires_at = 5");
    rest.reset();
    start();
    EXPECT_EQ(as(other, "GET", "/api/v1/me").status, 401);
}

TEST_F(PeopleTest, AnOwnPasswordIsChangedWithTheOldOne) {
    start();
    create("ada", "viewer");
    const std::string one = cookie(sign_in("ada"));
    const std::string other = cookie(sign_in("ada"));
    const std::string right = R"({"current_password":")" + std::string{password} +
                              R"(","new_password":"another password"})";
    expect(as(one, "PUT", "/api/v1/me/password",
              R"({"current_password":"wrong","new_password":"another password"})"),
           401, "sign_in_refused");
    EXPECT_EQ(as(one, "PUT", "/api/v1/me/password", right).status, 204);
    EXPECT_EQ(as(one, "GET", "/api/v1/me").status, 200);
    EXPECT_EQ(as(other, "GET", "/api/v1/me").status, 401);
    EXPECT_EQ(sign_in("ada", "another password").status, 201);
    expect(request("PUT", "/api/v1/me/password", right), 404, "not_found");
}

TEST_F(PeopleTest, OnlySoManyBrowsersStaySignedIn) {
    start();
    create("ada", "viewer");
    for (std::size_t i = 0; i < limits::sign_ins_per_operator + 3; ++i)
        ASSERT_EQ(sign_in("ada").status, 201);
    EXPECT_EQ(store::as_int(sql->query("select count(*) from sign_ins").at(0).at(0)),
              static_cast<std::int64_t>(limits::sign_ins_per_operator));
}

// The password is compared on a reader's thread; what changed until the writer's is seen there.
TEST_F(PeopleTest, APasswordThatChangedMeanwhileLetsNobodyIn) {
    start();
    create("ada", "viewer");
    for (const char* change : {"update operators set password_hash = password_hash || 'x'",
                               "update operators set disabled_at = 1"}) {
        rest.reset();
        const auto before = sql->query("select password_hash from operators").at(0).at(0);
        Readers writers{loop,
                        0,
                        {.sql =
                             [&] {
                                 sql->query(change);
                                 return database.open();
                             },
                         .messages = {}}};
        start(writers);
        expect(sign_in("ada"), 401, "sign_in_refused");
        EXPECT_TRUE(sql->query("select 1 from sign_ins").empty()) << change;
        EXPECT_EQ(record().front().code, "sign_in_refused");
        sql->query("update operators set password_hash = $1, disabled_at = null", {before});
        rest.reset();
    }
    start();
    EXPECT_EQ(sign_in("ada").status, 201);
}

// ---- keys ----

TEST_F(PeopleTest, AKeyIsShownOnceWorksAndDies) {
    start();
    const Reply made =
        request("POST", "/api/v1/api-keys", R"({"name":"billing","role":"finance"})");
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string token = made.member("key");
    ASSERT_TRUE(token.starts_with("ohk_"));
    const Reply me = request("GET", "/api/v1/me", "", {}, token);
    EXPECT_EQ(me.member("name"), "key:billing");
    EXPECT_EQ(me.member("role"), "finance");
    EXPECT_EQ(request("GET", "/api/v1/tokens", "", {}, token).status, 200);
    expect(request("POST", "/api/v1/stations", R"({"id":"A"})", {}, token), 403,
           "insufficient_scope");
    EXPECT_FALSE(get("/api/v1/api-keys").has(token));
    expect(request("POST", "/api/v1/api-keys", R"({"name":"billing","role":"viewer"})"), 409,
           "already_exists");
    const std::string path = "/api/v1/api-keys/" + made.member("id");
    EXPECT_EQ(request("DELETE", path).status, 204);
    EXPECT_EQ(request("GET", "/api/v1/me", "", {}, token).status, 401);
    EXPECT_FALSE(get("/api/v1/api-keys").has("billing"));
    EXPECT_TRUE(get("/api/v1/api-keys?revoked=true").has("billing"));
}

TEST_F(PeopleTest, KeysThatCannotBe) {
    start();
    for (const char* body :
         {R"({"name":"x"})", R"({"name":"x","role":"viewer","scopes":["stations:read"]})",
          R"({"name":"x","scopes":["stations:fly"]})", R"({"name":"x","scopes":[]})",
          R"({"name":"x","role":"viewer","expires_at":"2001-01-01T00:00:00Z"})"})
        expect(request("POST", "/api/v1/api-keys", body), 400, "validation_failed");
    expect(request("DELETE", "/api/v1/api-keys/key_nonsense"), 404, "not_found");
    const std::string own = get("/api/v1/api-keys").member("id");
    expect(request("DELETE", "/api/v1/api-keys/" + own), 409, "own_access");
}

TEST_F(PeopleTest, KeysPageThroughTheirList) {
    start();
    for (const char* name : {"a", "b", "c"})
        request("POST", "/api/v1/api-keys",
                R"({"name":")" + std::string{name} + R"(","role":"viewer"})");
    const Reply first = get("/api/v1/api-keys?limit=2&total=exact");
    EXPECT_TRUE(first.has("\"name\":\"c\"") && first.has("\"name\":\"b\"")) << first.body;
    EXPECT_EQ(first.member("total"), "4");
    const Reply second = get("/api/v1/api-keys?limit=2&cursor=" + first.member("next_cursor"));
    EXPECT_TRUE(second.has("\"name\":\"a\"") && second.has("\"name\":\"ops\"")) << second.body;
    EXPECT_EQ(second.member("next_cursor"), "null");
}

// ---- the record ----

TEST_F(PeopleTest, WhatIsDoneAndWhatIsRefusedIsRecorded) {
    add_key("ohk_reader", "reader", "stations:read");
    start();
    get("/api/v1/stations");
    EXPECT_TRUE(record().empty());
    EXPECT_EQ(
        request("PUT", "/api/v1/locations/l1", R"({"name":"n"})", {"X-Request-Id: mine"}).status,
        201);
    request("DELETE", "/api/v1/locations/l1", "", {}, "ohk_reader");
    request("DELETE", "/api/v1/locations/l1", "", {"If-Match: \"99.0\""});
    request("DELETE", "/api/v1/locations/l1", "", {}, "ohk_unknown");
    const auto rows = record();
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_EQ(rows[2].who, "key:ops");
    EXPECT_EQ(rows[2].address, "127.0.0.1");
    EXPECT_EQ(rows[2].method, "PUT");
    EXPECT_EQ(rows[2].route, "/api/v1/locations/{id}");
    EXPECT_EQ(rows[2].operation, "putLocation");
    EXPECT_EQ(rows[2].target, "locations/l1");
    EXPECT_EQ(rows[2].request_id, "mine");
    EXPECT_EQ(rows[2].status, 201);
    EXPECT_EQ(rows[2].summary, R"({"name":"n"})");
    EXPECT_EQ(rows[1].who, "key:reader");
    EXPECT_EQ(rows[1].status, 403);
    EXPECT_EQ(rows[1].code, "insufficient_scope");
    EXPECT_EQ(rows[0].status, 412);
    EXPECT_EQ(rows[0].code, "version_conflict");
    EXPECT_FALSE(people::check_audit(*sql, 1, 100).broken_at);
}

TEST_F(PeopleTest, WritesOfPeopleAreRecordedOnceAndWithoutSecrets) {
    start();
    const Reply made = create("ada", "viewer");
    const std::string path = "/api/v1/users/" + made.member("id");
    const std::string browser = cookie(sign_in("ada"));
    sign_in("ada", "not her password");
    sign_in("grace", "not a password");
    request("POST", path + "/password", R"({"password":"a third password"})");
    as(browser, "DELETE", "/api/v1/session");
    const Reply made_key = request("POST", "/api/v1/api-keys", R"({"name":"k","role":"viewer"})");
    std::vector<std::string> seen;
    for (const auto& row : record()) {
        seen.push_back(row.operation + " " + row.who + " " + row.target + " " +
                       std::to_string(row.status));
        EXPECT_EQ(row.summary.find("password\":\"a"), std::string::npos) << row.summary;
        EXPECT_EQ(row.summary.find(password), std::string::npos) << row.summary;
        EXPECT_EQ(row.summary.find(made_key.member("key")), std::string::npos);
    }
    const std::vector<std::string> wanted{
        "createApiKey key:ops api-keys/k 201", "resetUserPassword key:ops users/ada 200",
        "signIn user:ada users/ada 401", "signIn user:ada users/ada 201",
        "createUser key:ops users/ada 201"};
    EXPECT_EQ(seen, wanted);
}

TEST_F(PeopleTest, TheRecordIsFilteredPagedAndExported) {
    add_key("ohk_other", "other", "admin:*");
    start();
    for (const char* id : {"a", "b", "c"})
        request("PUT", std::string{"/api/v1/locations/"} + id, R"({"name":"=1+1"})");
    request("DELETE", "/api/v1/locations/a", "", {}, "ohk_other");
    EXPECT_EQ(get("/api/v1/audit?total=exact&limit=1").member("total"), "4");
    EXPECT_EQ(get("/api/v1/audit?who=key:other&total=exact").member("total"), "1");
    EXPECT_EQ(get("/api/v1/audit?target=locations/a&total=exact").member("total"), "2");
    EXPECT_EQ(get("/api/v1/audit?target=locations&total=exact").member("total"), "4");
    EXPECT_EQ(get("/api/v1/audit?target=loc&total=exact").member("total"), "0");
    EXPECT_EQ(get("/api/v1/audit?method=DELETE&total=exact").member("total"), "1");
    EXPECT_EQ(get("/api/v1/audit?route=/api/v1/locations/%7Bid%7D&total=exact").member("total"),
              "4");
    EXPECT_EQ(get("/api/v1/audit?refused=true&total=exact").member("total"), "0");
    EXPECT_EQ(get("/api/v1/audit?to=2001-01-01T00:00:00Z&total=exact").member("total"), "0");
    const Reply page = get("/api/v1/audit?limit=3");
    const Reply rest_of_it = get("/api/v1/audit?limit=3&cursor=" + page.member("next_cursor"));
    EXPECT_TRUE(rest_of_it.has("\"number\":1,")) << rest_of_it.body;
    EXPECT_FALSE(rest_of_it.has("\"number\":2,"));
    const Reply csv = get("/api/v1/audit/export");
    EXPECT_EQ(csv.header("content-type"), "text/csv; charset=utf-8");
    EXPECT_TRUE(csv.has("\r\n4,")) << csv.body;
    const Reply lines = request("GET", "/api/v1/audit/export?format=ndjson&target=locations/b");
    EXPECT_TRUE(lines.body.starts_with("{\"number\":2,")) << lines.body;
    EXPECT_EQ(std::count(lines.body.begin(), lines.body.end(), '\n'), 1);
    EXPECT_EQ(get("/api/v1/audit/check").member("intact"), "true");
    sql->query("update audit set who = 'key:x' where number = 2");
    EXPECT_EQ(get("/api/v1/audit/check").member("broken_at"), "2");
}

TEST_F(PeopleTest, TheRecordWaitsForADatabaseAndIsStoredAtTheEnd) {
    start();
    sql->query("alter table audit rename to audit_away");
    EXPECT_EQ(request("PUT", "/api/v1/locations/l", R"({"name":"n"})").status, 201);
    sql->query("alter table audit_away rename to audit");
    EXPECT_TRUE(record().empty());
    rest->finish([this] { return database.open(); });
    ASSERT_EQ(record().size(), 1u);
    EXPECT_EQ(record().front().operation, "putLocation");
}

TEST_F(PeopleTest, RefusalsWithoutEndTakeFewRows) {
    add_key("ohk_reader", "reader", "stations:read");
    start();
    const std::size_t more = 30;
    std::size_t asked = 0;
    // Each second begins anew.
    for (std::size_t i = 0; i < limits::audit_refusals + more; ++i)
        asked += request("DELETE", "/api/v1/locations/l", "", {}, "ohk_reader").status == 403;
    rest->finish([this] { return database.open(); });
    std::size_t told = 0;
    for (const auto& row : record()) {
        const std::string start_of_sum = R"({"refused_requests":)";
        const bool is_sum = row.summary.starts_with(start_of_sum);
        told +=
            is_sum ? static_cast<std::size_t>(
                         parse_int(row.summary.substr(start_of_sum.size(),
                                                      row.summary.size() - 1 - start_of_sum.size()))
                             .value_or(0))
                   : 1;
    }
    EXPECT_EQ(told, asked);
    EXPECT_LT(record().size(), asked);
}

TEST_F(PeopleTest, TheRecordShowsNoTokensToWhoMayNotSeeThem) {
    add_key("ohk_auditor", "auditor", "audit:read");
    start();
    request("PUT", "/api/v1/tokens/04A1B2C3D4", R"({"group_id":"FAMILY1234"})");
    request("POST", "/api/v1/authorize?x=1", R"({"token":"04A1B2C3D4"})");
    for (const char* where :
         {"/api/v1/audit", "/api/v1/audit/export", "/api/v1/audit/export?format=ndjson"}) {
        const Reply shown = request("GET", where, "", {}, "ohk_auditor");
        EXPECT_EQ(shown.status, 200);
        EXPECT_FALSE(shown.has("04A1B2")) << shown.body;
        EXPECT_FALSE(shown.has("FAMILY")) << shown.body;
        EXPECT_TRUE(shown.has("tokens/****C3D4")) << shown.body;
        EXPECT_TRUE(request("GET", where).has("tokens/04A1B2C3D4"));
    }
    expect(request("GET", "/api/v1/audit?target=tokens/04A1B2C3D4", "", {}, "ohk_auditor"), 403,
           "insufficient_scope");
}

// ---- what the declarations say ----

// Every operation as every role: the answer is 403 exactly where the role lacks the scope.
TEST_F(PeopleTest, EveryRoleMayWhatItsScopesSayAndNothingElse) {
    for (const Role& role : roles()) {
        add_key("ohk_" + std::string{role.name}, std::string{role.name}, "");
        sql->query("update api_keys set role = $1 where name = $1", {std::string{role.name}});
    }
    start();
    for (const Route& route : routes()) {
        if (!route.scope.is_particular() || route.method == "GET") continue;
        for (const Role& role : roles()) {
            if (covers(role.scopes, route.scope.name())) continue;
            const Reply reply = request(std::string{route.method}, std::string{route.path}, "", {},
                                        "ohk_" + std::string{role.name});
            EXPECT_EQ(reply.status, 403) << role.name << " " << route.operation_id;
            EXPECT_EQ(reply.member("scope"), route.scope.name()) << reply.body;
        }
    }
    EXPECT_TRUE(operations.asked.empty());
}

TEST_F(PeopleTest, ABatchNeedsTheScopeOfItsCommand) {
    add_key("ohk_support", "support", "commands:execute");
    start();
    const auto order = [&](const std::string& command, const std::string& params) {
        return request("POST", "/api/v1/command-batches",
                       R"({"command":")" + command + R"(","params":)" + params +
                           R"(,"select":{"filter":{}},"dry_run":true})",
                       {}, "ohk_support");
    };
    EXPECT_EQ(order("reset", R"({"type":"graceful"})").status, 200);
    const Reply refused_one =
        order("set-variables", R"({"variables":[{"variable":"a","value":"b"}]})");
    expect(refused_one, 403, "insufficient_scope");
    EXPECT_EQ(refused_one.member("scope"), "commands:configure");
}

TEST(SignInGate, HoldsBackAnAddressAndLeaks) {
    struct Turned final : Clock {
        Utc utc() const override { return Utc{}; }
        Mono mono() const override { return now; }
        Mono now{};
    } clock;
    SignInGate gate{clock};
    std::size_t let_in = 0;
    for (int i = 0; i < 100; ++i)
        let_in += gate.enter("name" + std::to_string(i), "192.0.2.1") != nullptr;
    EXPECT_EQ(let_in, limits::sign_in_attempts_of_address);
    EXPECT_TRUE(gate.enter("name1", "192.0.2.2"));
    clock.now += limits::sign_in_attempt_of_address_every;
    EXPECT_TRUE(gate.enter("other", "192.0.2.1"));
    EXPECT_FALSE(gate.enter("another", "192.0.2.1"));
    std::vector<SignInGate::Seat> seats;
    for (std::size_t i = 0; i < limits::sign_ins_at_once; ++i)
        seats.push_back(gate.enter("n", "198.51.100." + std::to_string(i)));
    EXPECT_FALSE(gate.enter("n", "203.0.113.1"));
    seats.pop_back();
    EXPECT_TRUE(gate.enter("n", "203.0.113.1"));
}

TEST(SignInGate, TakesANetworkOfIPv6ForOneSource) {
    SystemClock clock;
    SignInGate gate{clock};
    const auto enter = [&](const std::string& address) {
        return gate.enter("ada", address) != nullptr;
    };
    for (std::size_t i = 0; i < limits::sign_in_attempts; ++i)
        EXPECT_TRUE(enter("2001:db8:1:2::" + std::to_string(i + 1)));
    EXPECT_FALSE(enter("2001:db8:1:2:ffff::9"));
    EXPECT_TRUE(enter("2001:db8:1:3::1"));
    gate.forgive("ada", "2001:db8:1:2::77");
    EXPECT_TRUE(enter("2001:db8:1:2::1"));
    EXPECT_TRUE(enter("::ffff:192.0.2.1"));
    for (std::size_t i = 0; i < limits::sign_in_attempts; ++i)
        EXPECT_TRUE(enter("::ffff:192.0.2." + std::to_string(i + 2)));
}

}  // namespace
}  // namespace ohm::api::rest
