// Who gets in and with what: roles that admins define, from where a key may be used, and that a
// repeated request makes nothing twice.
#include "api/people/audit_chain.hpp"
#include "api/rest/test_rest.hpp"

namespace ohm::api::rest {
namespace {

class AccessTest : public RestTest {
protected:
    void SetUp() override {
        RestTest::SetUp();
        settings.proxies = TrustedProxies{"127.0.0.1"};
    }
    void expect(const Reply& reply, int status, std::string_view code) {
        EXPECT_EQ(reply.status, status) << reply.body;
        EXPECT_EQ(reply.member("code"), code) << reply.body;
    }
    Reply from(const std::string& address, const std::string& method, const std::string& path,
               std::string_view token, const std::string& body = "") {
        return request(method, path, body, {"X-Forwarded-For: " + address}, token);
    }
    std::int64_t count(const std::string& what) {
        return store::as_int(sql->query("select count(*) from " + what).at(0).at(0));
    }
    Reply make_role(const std::string& name, const std::string& scopes,
                    std::string_view token = key) {
        return request("POST", "/api/v1/roles",
                       R"({"name":")" + name + R"(","meaning":"m","scopes":[)" + scopes + "]}", {},
                       token);
    }
};

// ---- a repeated request ----

TEST_F(AccessTest, WhatWasRefusedMayBeTriedAgainWithItsKey) {
    start();
    ASSERT_EQ(request("POST", "/api/v1/users", R"({"name":"ada","role":"viewer"})").status, 201);
    expect(request("POST", "/api/v1/users", R"({"name":"Ada","role":"viewer"})",
                   {"Idempotency-Key: k"}),
           409, "already_exists");
    EXPECT_EQ(
        request("POST", "/api/v1/users", R"({"name":"bo","role":"viewer"})", {"Idempotency-Key: k"})
            .status,
        201);
}

// ---- from where ----

TEST_F(AccessTest, AKeyIsGoodFromItsNetworksAlone) {
    start();
    const Reply made = request("POST", "/api/v1/api-keys",
                               R"({"name":"billing","scopes":["stations:read","locations:write"],)"
                               R"("networks":["192.0.2.0/24","2001:db8::7"]})");
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_TRUE(made.has(R"("networks":["192.0.2.0/24","2001:db8::7"])")) << made.body;
    const std::string token = made.member("key");
    for (const char* address : {"192.0.2.9", "2001:db8::7", "::ffff:192.0.2.1"})
        EXPECT_EQ(from(address, "GET", "/api/v1/stations", token).status, 200) << address;
    for (const char* address : {"192.0.3.9", "2001:db8::8", "10.0.0.1"})
        expect(from(address, "GET", "/api/v1/stations", token), 403, "address_refused");
    expect(request("GET", "/api/v1/stations", "", {}, token), 403, "address_refused");
    // A read is recorded as well: the key may be stolen.
    for (int turn = 0; turn < 50; ++turn) loop.turn(milliseconds{1});
    EXPECT_EQ(count("audit where code = 'address_refused' and who = 'key:billing'"), 4);
    expect(from("10.0.0.1", "PUT", "/api/v1/locations/l", token, R"({"name":"n"})"), 403,
           "address_refused");
    EXPECT_EQ(count("locations"), 0);

    const std::string path = "/api/v1/api-keys/" + made.member("id");
    const Reply moved = request("PATCH", path, R"({"networks":["10.0.0.0/8"]})");
    EXPECT_EQ(moved.status, 200) << moved.body;
    EXPECT_TRUE(moved.has(R"("networks":["10.0.0.0/8"])")) << moved.body;
    EXPECT_EQ(from("10.0.0.1", "GET", "/api/v1/stations", token).status, 200);
    expect(from("192.0.2.9", "GET", "/api/v1/stations", token), 403, "address_refused");
    EXPECT_TRUE(request("PATCH", path, R"({"networks":null})").has(R"("networks":[])"));
    EXPECT_EQ(from("192.0.2.9", "GET", "/api/v1/stations", token).status, 200);
}

TEST_F(AccessTest, NetworksThatAreNoneAreRefused) {
    start();
    for (const char* list : {R"(["10.0.0.0/33"])", R"(["host"])", R"([])", R"([""])", R"("::1")"})
        expect(request("POST", "/api/v1/api-keys",
                       R"({"name":"x","role":"viewer","networks":)" + std::string{list} + "}"),
               400, "validation_failed");
    EXPECT_EQ(count("api_keys"), 1);
    const std::string id =
        request("POST", "/api/v1/api-keys", R"({"name":"x","role":"viewer"})").member("id");
    expect(request("PATCH", "/api/v1/api-keys/" + id, "{}"), 400, "validation_failed");
}

TEST_F(AccessTest, NobodyLocksOutTheOwnKeyNorOpensAStrongerOne) {
    add_key("ohk_keeper", "keeper", "api-keys:read api-keys:write");
    start();
    const auto id_of = [&](const std::string& name) {
        const auto rows = sql->query("select id from api_keys where name = $1", {name});
        return "key_" + Ulid::from_bytes(store::as_bytes(rows.at(0).at(0)))->text();
    };
    const std::string own = "/api/v1/api-keys/" + id_of("keeper");
    expect(request("PATCH", own, R"({"networks":["10.0.0.0/8"]})", {}, "ohk_keeper"), 409,
           "own_access");
    EXPECT_EQ(request("PATCH", own, R"({"networks":["127.0.0.0/8"]})", {}, "ohk_keeper").status,
              200);
    expect(request("PATCH", "/api/v1/api-keys/" + id_of("ops"), R"({"networks":null})", {},
                   "ohk_keeper"),
           403, "insufficient_scope");
}

// ---- roles ----

TEST_F(AccessTest, ARoleOfOnesOwnIsGivenAndHolds) {
    start();
    const Reply made = make_role("night-shift", R"("stations:read","alerts:write")");
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.header("location"), "/api/v1/roles/night-shift");
    EXPECT_TRUE(made.has(R"("built_in":false,"version":1)")) << made.body;
    const Reply given =
        request("POST", "/api/v1/api-keys", R"({"name":"watch","role":"night-shift"})");
    ASSERT_EQ(given.status, 201) << given.body;
    EXPECT_TRUE(given.has(R"("scopes":["stations:read","alerts:write"])")) << given.body;
    const std::string token = given.member("key");
    EXPECT_EQ(request("GET", "/api/v1/stations", "", {}, token).status, 200);
    expect(request("GET", "/api/v1/locations", "", {}, token), 403, "insufficient_scope");
    // A change holds for who has it.
    const std::string path = "/api/v1/roles/night-shift";
    expect(request("PATCH", path, R"({"scopes":["locations:read"]})", {R"(If-Match: "7.0")"}), 412,
           "version_conflict");
    const Reply changed = request("PATCH", path, R"({"scopes":["locations:read"]})",
                                  {"If-Match: " + made.header("etag")});
    EXPECT_EQ(changed.status, 200) << changed.body;
    EXPECT_TRUE(changed.has(R"("meaning":"m","scopes":["locations:read"])")) << changed.body;
    EXPECT_EQ(request("GET", "/api/v1/locations", "", {}, token).status, 200);
    expect(request("GET", "/api/v1/stations", "", {}, token), 403, "insufficient_scope");
    // An operator who has it, signs in and is told so.
    ASSERT_EQ(request("POST", "/api/v1/users",
                      R"({"name":"ada","role":"night-shift","password":"correct horse battery"})")
                  .status,
              201);
    const Reply in = request("POST", "/api/v1/session",
                             R"({"name":"ada","password":"correct horse battery"})", {}, "");
    EXPECT_TRUE(in.has(R"("scopes":["locations:read"])")) << in.body;
    // One that somebody has stays.
    expect(request("DELETE", path), 409, "role_in_use");
    sql->query("delete from operators");
    sql->query("update api_keys set revoked_at = 1 where name = 'watch'");
    EXPECT_EQ(request("DELETE", path).status, 204);
    EXPECT_EQ(get(path).status, 404);
    EXPECT_EQ(count("audit where target = 'roles/night-shift' and status < 300"), 3);
}

TEST_F(AccessTest, TheProgramsRolesStandFirstAndStay) {
    start();
    ASSERT_EQ(make_role("aa", R"("stations:read")").status, 201);
    const Reply all = get("/api/v1/roles");
    EXPECT_LT(all.body.find(R"("name":"viewer")"), all.body.find(R"("name":"owner")"));
    EXPECT_LT(all.body.find(R"("name":"owner")"), all.body.find(R"("name":"aa")"));
    expect(make_role("admin", R"("stations:read")"), 409, "role_built_in");
    expect(request("PATCH", "/api/v1/roles/viewer", R"({"scopes":["admin:*"]})"), 409,
           "role_built_in");
    expect(request("DELETE", "/api/v1/roles/viewer"), 409, "role_built_in");
    expect(make_role("aa", R"("stations:read")"), 409, "already_exists");
    // A row of such a name changes nothing.
    sql->query(
        "insert into roles (name, meaning, scopes, created_at, updated_at) values ('viewer', '', "
        "'admin:*', 1, 1)");
    EXPECT_FALSE(get("/api/v1/roles/viewer").has("admin:*"));
}

TEST_F(AccessTest, NobodyDefinesMoreThanHeHas) {
    add_key("ohk_chief", "chief", "users:read users:write stations:read");
    start();
    expect(make_role("big", R"("stations:read","tokens:read")", "ohk_chief"), 403,
           "insufficient_scope");
    EXPECT_EQ(make_role("small", R"("stations:read")", "ohk_chief").status, 201);
    expect(request("PATCH", "/api/v1/roles/small", R"({"scopes":["admin:*"]})", {}, "ohk_chief"),
           403, "insufficient_scope");
    ASSERT_EQ(make_role("strong", R"("tokens:write")").status, 201);
    expect(request("PATCH", "/api/v1/roles/strong", R"({"meaning":"mine"})", {}, "ohk_chief"), 403,
           "insufficient_scope");
    expect(request("DELETE", "/api/v1/roles/strong", "", {}, "ohk_chief"), 403,
           "insufficient_scope");
    expect(request("POST", "/api/v1/users", R"({"name":"a","role":"strong"})", {}, "ohk_chief"),
           403, "insufficient_scope");
}

TEST_F(AccessTest, BadRolesAreRefused) {
    start();
    for (const auto& [name, scopes] :
         std::initializer_list<std::pair<const char*, const char*>>{{"Night", R"("stations:read")"},
                                                                    {"a b", R"("stations:read")"},
                                                                    {"", R"("stations:read")"},
                                                                    {"x", ""},
                                                                    {"x", R"("stations:fly")"}})
        expect(make_role(name, scopes), 400, "validation_failed");
    expect(request("POST", "/api/v1/api-keys", R"({"name":"k","role":"nobody"})"), 400,
           "validation_failed");
    EXPECT_EQ(count("roles"), 0);
}

}  // namespace
}  // namespace ohm::api::rest
