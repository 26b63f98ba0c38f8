#include "api/people/audit_chain.hpp"
#include "api/rest/test_rest.hpp"
#include "base/limits_people.hpp"

namespace ohm::api::rest {
namespace {

const std::string csrf = "X-Ohm-Csrf: 1";

class SignInLinks : public RestTest {
protected:
    std::string cookie(const Reply& reply) {
        const std::string set = reply.header("set-cookie");
        return "Cookie: " + set.substr(0, set.find(';'));
    }
    Reply as(const std::string& cookie_line, const std::string& method, const std::string& target,
             const std::string& body = "", std::vector<std::string> headers = {csrf}) {
        headers.push_back(cookie_line);
        return request(method, target, body, headers, "");
    }
    std::string sign_in_ada() {
        const std::string in = R"({"name":"ada","password":"correct horse battery"})";
        request("POST", "/api/v1/users",
                R"({"name":"ada","role":"viewer","password":"correct horse battery"})");
        const Reply reply = request("POST", "/api/v1/session", in, {}, "");
        EXPECT_EQ(reply.status, 201) << reply.body;
        return cookie(reply);
    }
    Reply link_of(std::string_view token) {
        return request("POST", "/api/v1/sign-in-links", "", {}, token);
    }
    Reply link_of_cookie(const std::string& line) {
        return as(line, "POST", "/api/v1/sign-in-links");
    }
    Reply follow(const Reply& link) {
        return request("POST", "/api/v1/session/link",
                       R"({"secret":")" + link.member("secret") + "\"}", {}, "");
    }
    std::string name_of(const std::string& line) {
        return as(line, "GET", "/api/v1/me").member("name");
    }
    void expect_refused(const Reply& reply) {
        EXPECT_EQ(reply.status, 401) << reply.body;
        EXPECT_EQ(reply.member("code"), "sign_in_link_refused");
        EXPECT_EQ(reply.header("set-cookie"), "");
    }
};

TEST_F(SignInLinks, SignOneBrowserInAsTheirMaker) {
    start();
    const Reply made = link_of_cookie(sign_in_ada());
    ASSERT_EQ(made.status, 201) << made.body;
    const Reply in = follow(made);
    ASSERT_EQ(in.status, 204) << in.body;
    for (const char* flag : {"HttpOnly", "SameSite=Strict", "Path=/"})
        EXPECT_NE(in.header("set-cookie").find(flag), std::string::npos) << flag;
    EXPECT_EQ(name_of(cookie(in)), "user:ada");
    expect_refused(follow(made));
    EXPECT_EQ(as(cookie(in), "DELETE", "/api/v1/session").status, 204);
    EXPECT_EQ(as(cookie(in), "GET", "/api/v1/me").status, 401);
}

TEST_F(SignInLinks, OfAKeyAreWorthWhatTheKeyIs) {
    start();
    const Reply made = request("POST", "/api/v1/api-keys", R"({"name":"screen","role":"viewer"})");
    const std::string screen = made.member("key");
    const Reply in = follow(link_of(screen));
    ASSERT_EQ(in.status, 204) << in.body;
    const Reply me = as(cookie(in), "GET", "/api/v1/me");
    EXPECT_EQ(me.member("name"), "key:screen") << me.body;
    EXPECT_EQ(me.member("is_operator"), "false");
    EXPECT_NE(me.member("expires_at"), "null");
    EXPECT_EQ(
        as(cookie(in), "POST", "/api/v1/users", R"({"name":"x","role":"viewer"})").member("code"),
        "insufficient_scope");
    EXPECT_EQ(as(cookie(in), "POST", "/api/v1/sign-in-links", "", {}).member("code"),
              "csrf_refused");
    const Reply second = follow(link_of_cookie(cookie(in)));
    EXPECT_EQ(name_of(cookie(second)), "key:screen");

    const Reply waits = link_of(screen);
    request("DELETE", "/api/v1/api-keys/" + made.member("id"));
    EXPECT_EQ(as(cookie(in), "GET", "/api/v1/me").status, 401);
    EXPECT_EQ(as(cookie(second), "GET", "/api/v1/me").status, 401);
    expect_refused(follow(waits));
}

TEST_F(SignInLinks, OfTheSettingsKeySignInAsThatKey) {
    const std::string admin = "ohk_of_the_settings";
    settings.admin_key_digest = secret::digest(admin);
    start();
    const Reply in = follow(link_of(admin));
    EXPECT_EQ(name_of(cookie(in)), "key:admin");
    // What a cookie holds is no key, and a key is no cookie.
    const std::string line = cookie(in);
    EXPECT_EQ(request("GET", "/api/v1/me", "", {}, line.substr(line.find("ohs_"))).status, 401);
    EXPECT_EQ(as("Cookie: ohm_session=" + admin, "GET", "/api/v1/me").status, 401);
    EXPECT_EQ(as(line, "DELETE", "/api/v1/session").status, 204);
    EXPECT_EQ(as(line, "GET", "/api/v1/me").status, 401);
    EXPECT_EQ(request("GET", "/api/v1/me", "", {}, admin).status, 200);
}

TEST_F(SignInLinks, AreFewAndTheOldestIsVoid) {
    start();
    std::vector<Reply> made;
    for (std::size_t i = 0; i <= limits::sign_in_links_per_caller; ++i)
        made.push_back(link_of(key));
    expect_refused(follow(made.front()));
    EXPECT_EQ(follow(made.back()).status, 204);
    EXPECT_EQ(store::as_int(sql->query("select count(*) from sign_in_links").at(0).at(0)),
              static_cast<std::int64_t>(limits::sign_in_links_per_caller) - 1);
}

TEST_F(SignInLinks, AreShortLivedAndGuessesAreHeldBack) {
    start();
    const Reply late = link_of(key);
    sql->query("update sign_in_links set expires_at = 5");
    for (std::size_t i = 0; i < limits::sign_in_attempts; ++i) expect_refused(follow(late));
    EXPECT_EQ(follow(late).member("code"), "rate_limited");
    people::sweep_people(*sql, clock.utc(), 0);
    EXPECT_TRUE(sql->query("select 1 from sign_in_links").empty());
}

TEST_F(SignInLinks, AreRecordedWithoutWhatTheyCarry) {
    start();
    ASSERT_EQ(follow(link_of(key)).status, 204);
    const auto rows = sql->query("select operation, who, summary from audit order by number");
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(store::as_text(rows[0][0]), "createSignInLink");
    EXPECT_EQ(store::as_text(rows[1][0]), "useSignInLink");
    for (const store::Row& row : rows) {
        EXPECT_EQ(store::as_text(row[1]), "key:ops");
        EXPECT_EQ(store::as_text(row[2]).find("ohl_"), std::string::npos);
    }
    EXPECT_TRUE(sql->query("select 1 from idempotency_keys where body like '%ohl_%'").empty());
}

TEST_F(SignInLinks, EndWithThePasswordOfTheirMaker) {
    start();
    const std::string ada = sign_in_ada();
    const Reply waits = link_of_cookie(ada);
    const Reply changed =
        as(ada, "PUT", "/api/v1/me/password",
           R"({"current_password":"correct horse battery","new_password":"another password"})");
    ASSERT_EQ(changed.status, 204) << changed.body;
    expect_refused(follow(waits));
}

TEST_F(SignInLinks, DoNotProlongASignIn) {
    start();
    const std::string ada = sign_in_ada();
    sql->query("update sign_ins set expires_at = $1", {micros(clock.utc() + seconds{60})});
    rest.reset();
    start();
    const Reply in = follow(link_of_cookie(ada));
    ASSERT_EQ(in.status, 204) << in.body;
    const std::string set = in.header("set-cookie");
    const auto age = std::stoi(set.substr(set.find("Max-Age=") + 8));
    EXPECT_GT(age, 0);
    EXPECT_LE(age, 60);
}

}  // namespace
}  // namespace ohm::api::rest
