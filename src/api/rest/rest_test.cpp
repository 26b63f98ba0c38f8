#include "api/rest/test_rest.hpp"

namespace ohm::api::rest {
namespace {

void expect_problem(const Reply& reply, int status, std::string_view code) {
    EXPECT_EQ(reply.status, status) << reply.body;
    EXPECT_EQ(reply.header("content-type"), "application/problem+json");
    EXPECT_EQ(reply.member("code"), code) << reply.body;
    EXPECT_EQ(reply.member("type"), "/docs/errors/" + std::string{code});
    EXPECT_EQ(reply.member("status"), std::to_string(status));
    EXPECT_EQ(reply.member("request_id"), reply.header("x-request-id"));
    EXPECT_TRUE(wire::minify(reply.body)) << reply.body;
}

// ---- who may ----

TEST_F(RestTest, NoKeyAWrongKeyAndOtherSchemesAreUnauthorized) {
    start();
    const Reply none = request("GET", "/api/v1/me", "", {}, "");
    expect_problem(none, 401, "unauthorized");
    EXPECT_EQ(none.header("www-authenticate"), "Bearer");
    expect_problem(request("GET", "/api/v1/me", "", {}, "ohk_other"), 401, "unauthorized");
    expect_problem(request("GET", "/api/v1/me", "", {"Authorization: Basic b3BzOnRlc3Q="}, ""), 401,
                   "unauthorized");
}

TEST_F(RestTest, EveryRouteOfTheApiWantsAKey) {
    start();
    for (const char* path : {"/api/v1/stations", "/api/v1/stations/x", "/api/v1/commands",
                             "/api/v1/workers", "/api/v1/version", "/api/v1/ocpp/1.6/actions"})
        EXPECT_EQ(request("GET", path, "", {}, "").status, 401) << path;
    for (const char* path : {"/livez", "/metrics", "/openapi.json", "/docs", "/docs/", "/"})
        EXPECT_EQ(request("GET", path, "", {}, "").status, 200) << path;
}

TEST_F(RestTest, MeSaysWhoTheKeyIs) {
    start();
    const Reply reply = get("/api/v1/me");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body,
              R"({"name":"key:ops","scopes":["admin:*"],"role":null,"is_operator":false,)"
              R"("expires_at":null})");
}

TEST_F(RestTest, ScopesBoundWhatAKeyMay) {
    add_key("ohk_reader", "reader", "stations:read commands:*");
    start();
    EXPECT_EQ(request("GET", "/api/v1/stations", "", {}, "ohk_reader").status, 200);
    EXPECT_EQ(request("GET", "/api/v1/commands", "", {}, "ohk_reader").status, 200);
    expect_problem(request("POST", "/api/v1/stations", R"({"id":"A"})", {}, "ohk_reader"), 403,
                   "insufficient_scope");
    EXPECT_EQ(
        request("POST", "/api/v1/stations", R"({"id":"A"})", {}, "ohk_reader").member("scope"),
        "stations:write");
    EXPECT_TRUE(operations.asked.empty());
}

TEST_F(RestTest, ExpiredAndRevokedKeysAreDead) {
    add_key("ohk_old", "old", "admin:*");
    add_key("ohk_gone", "gone", "admin:*");
    sql->query("update api_keys set expires_at = 5 where name = 'old'");
    sql->query("update api_keys set revoked_at = 5 where name = 'gone'");
    start();
    EXPECT_EQ(request("GET", "/api/v1/me", "", {}, "ohk_old").status, 401);
    EXPECT_EQ(request("GET", "/api/v1/me", "", {}, "ohk_gone").status, 401);
}

TEST_F(RestTest, TheAdminKeyNeedsNoRow) {
    settings.admin_key_digest = secret::digest("ohk_first");
    start();
    EXPECT_EQ(request("GET", "/api/v1/me", "", {}, "ohk_first").member("name"), "key:admin");
}

// ---- shapes of errors ----

TEST_F(RestTest, UnknownPathsAndMethods) {
    start();
    expect_problem(get("/api/v1/nothing"), 404, "not_found");
    expect_problem(get("/api/v1/stations/%zz"), 400, "validation_failed");
    const Reply reply = request("PUT", "/api/v1/stations");
    expect_problem(reply, 405, "method_not_allowed");
    EXPECT_EQ(reply.header("allow"), "GET, HEAD, POST, OPTIONS");
}

// What the parser or the server refuses before any route is looked for.
TEST_F(RestTest, WhatIsNoRequestIsAProblemAsWell) {
    start();
    const std::string host = "Host: here\r\n";
    expect_problem(send("GET / HTTP/1.1\r\n\r\n"), 400, "validation_failed");
    expect_problem(send("nonsense\r\n\r\n"), 400, "validation_failed");
    expect_problem(send("GET / HTTP/1.1\r\n" + host + "Content-Length: 5\r\n" +
                        "Transfer-Encoding: chunked\r\n\r\n"),
                   400, "validation_failed");
    expect_problem(send("GET / HTTP/2.0\r\n" + host + "\r\n"), 505, "not_implemented");
    expect_problem(send("CONNECT a:1 HTTP/1.1\r\n" + host + "\r\n"), 501, "not_implemented");
    expect_problem(send("GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\n" + host + "\r\n"), 414,
                   "header_too_large");
    expect_problem(send("GET / HTTP/1.1\r\n" + host + "X: " + std::string(9'000, 'a') + "\r\n\r\n"),
                   431, "header_too_large");
    const std::string upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
    expect_problem(send("GET /api/v1/events/ws HTTP/1.1\r\n" + host + upgrade + "\r\n"), 426,
                   "upgrade_required");
    expect_problem(send("GET /api/v1/me HTTP/1.1\r\n" + host + upgrade +
                        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                        "dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"),
                   404, "not_found");
}

TEST_F(RestTest, ABodyBeyondEveryBoundIsAProblemToo) {
    start();
    const std::string length = std::to_string(limits::http_body_bytes + 1);
    expect_problem(send("POST /api/v1/stations HTTP/1.1\r\nHost: here\r\nContent-Length: " +
                        length + "\r\n\r\n"),
                   413, "payload_too_large");
}

TEST_F(RestTest, UnknownDoubledAndBrokenParameters) {
    start();
    const Reply unknown = get("/api/v1/stations?limt=5");
    expect_problem(unknown, 400, "validation_failed");
    EXPECT_EQ(unknown.member("parameter"), "limt");
    expect_problem(get("/api/v1/stations?limit=5&limit=6"), 400, "validation_failed");
    expect_problem(get("/api/v1/stations?q=%zz"), 400, "validation_failed");
    expect_problem(get("/api/v1/stations?q=a%00b"), 400, "validation_failed");
    for (const char* value : {"0", "501", "-1", "x", "1e3", ""})
        expect_problem(get(std::string{"/api/v1/stations?limit="} + value), 400,
                       "validation_failed");
    for (const char* query : {"sort=name", "archived=yes", "connectivity=on", "expand=all",
                              "security_profile=4", "updated_since=yesterday", "fields=secret",
                              "fields=", "total=many", "cursor=%21", "cursor=YWJj"})
        expect_problem(get(std::string{"/api/v1/stations?"} + query), 400, "validation_failed");
}

TEST_F(RestTest, BodiesThatAreNone) {
    start();
    const Reply broken = request("POST", "/api/v1/stations", "{\"id\":");
    expect_problem(broken, 400, "validation_failed");
    EXPECT_EQ(broken.member("pointer"), "");
    const Reply extra = request("POST", "/api/v1/stations", R"({"id":"A","role":"admin"})");
    expect_problem(extra, 400, "validation_failed");
    EXPECT_EQ(extra.member("pointer"), "/role");
    EXPECT_NE(extra.member("remedy"), "(absent)");
    expect_problem(request("POST", "/api/v1/stations", R"({"id":7})"), 400, "validation_failed");
    expect_problem(request("POST", "/api/v1/stations", R"({"name":"x"})"), 400,
                   "validation_failed");
    expect_problem(request("POST", "/api/v1/stations", "id=A",
                           {"Content-Type: application/x-www-form-urlencoded"}),
                   415, "unsupported_media_type");
    expect_problem(request("POST", "/api/v1/stations", std::string(2 * 1024 * 1024, ' ')), 413,
                   "payload_too_large");
    expect_problem(request("DELETE", "/api/v1/stations/A", "{}"), 400, "validation_failed");
    expect_problem(request("POST", "/api/v1/stations", R"({"id":"A"})",
                           {"Idempotency-Key: " + std::string(201, 'k')}),
                   400, "validation_failed");
    EXPECT_TRUE(operations.asked.empty());
}

TEST_F(RestTest, ReadOnlyMembersCannotBeWritten) {
    start();
    for (const char* member : {"version", "station_no", "status", "connectivity", "has_password",
                               "password_hash", "created_at", "tenant_no", "archived_at",
                               "ocpp_version", "connection", "evses", "vendor"})
        expect_problem(
            request("PATCH", "/api/v1/stations/A", "{\"" + std::string{member} + "\":1}"), 400,
            "validation_failed");
    EXPECT_TRUE(operations.asked.empty());
}

TEST_F(RestTest, ADatabaseAwayIs503) {
    start();
    EXPECT_EQ(get("/api/v1/me").status, 200);
    sql->query("drop table bus_worker");
    const Reply reply = get("/api/v1/workers");
    EXPECT_TRUE(reply.status == 503 || reply.status == 500) << reply.status;
    EXPECT_EQ(reply.header("content-type"), "application/problem+json");
    EXPECT_FALSE(reply.has("bus_worker")) << "no text of the database in an answer";
}

// ---- headers ----

TEST_F(RestTest, RequestIdsAreEchoedOrMade) {
    start();
    EXPECT_EQ(get("/livez", {"X-Request-Id: abc-1.2_3"}).header("x-request-id"), "abc-1.2_3");
    EXPECT_TRUE(get("/livez").header("x-request-id").starts_with("req_"));
    EXPECT_TRUE(get("/livez", {"X-Request-Id: a b\"c"}).header("x-request-id").starts_with("req_"));
    EXPECT_TRUE(get("/livez", {"X-Request-Id: " + std::string(129, 'a')})
                    .header("x-request-id")
                    .starts_with("req_"));
}

TEST_F(RestTest, SecurityHeadersStandOnEveryAnswer) {
    start();
    for (const char* path : {"/api/v1/me", "/nothing", "/docs", "/livez"}) {
        const Reply reply = get(path);
        EXPECT_EQ(reply.header("x-content-type-options"), "nosniff") << path;
        EXPECT_TRUE(reply.header("content-security-policy").starts_with("default-src 'self'"));
        EXPECT_NE(reply.header("content-security-policy").find("frame-ancestors 'none'"),
                  std::string::npos);
        EXPECT_EQ(reply.header("cache-control"), "no-store") << path;
        EXPECT_EQ(reply.header("access-control-allow-origin"), "");
    }
}

TEST_F(RestTest, HeadIsGetWithoutABody) {
    start();
    const Reply reply = request("HEAD", "/api/v1/me");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "");
    EXPECT_EQ(reply.header("content-length"), std::to_string(get("/api/v1/me").body.size()));
}

// ---- health, figures, documentation ----

TEST_F(RestTest, HealthSaysWhatIsMissing) {
    start();
    EXPECT_EQ(get("/readyz").body, R"({"status":"ok"})");
    EXPECT_TRUE(get("/readyz?verbose").has(R"("name":"database","ok":true)"));
    health.queue = false;
    const Reply reply = get("/readyz");
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(reply.header("content-type"), "application/json");
    EXPECT_TRUE(reply.has(R"({"name":"queue","ok":false,"detail":"away"})")) << reply.body;
    EXPECT_EQ(get("/livez").status, 200);
    health.has_started = false;
    EXPECT_EQ(get("/startupz").status, 503);
}

TEST_F(RestTest, FiguresCountByRouteNotByPath) {
    start();
    get("/api/v1/stations/secret-name");
    const Reply reply = get("/metrics");
    EXPECT_TRUE(reply.has("ohm_up 1\n"));
    EXPECT_TRUE(
        reply.has("ohm_http_requests_total{route=\"/api/v1/stations/{id}\",method=\"GET\","
                  "status=\"404\"} 1\n"))
        << reply.body;
    EXPECT_TRUE(reply.has("ohm_http_request_duration_seconds_count"));
    EXPECT_FALSE(reply.has("secret-name"));
}

TEST_F(RestTest, DocsWithoutSwaggerSaySo) {
    start();
    EXPECT_TRUE(get("/docs").has("Swagger UI is not part of this build"));
    EXPECT_EQ(get("/docs/swagger-ui.css").status, 404);
    EXPECT_TRUE(get("/").has("/openapi.json"));
}

TEST_F(RestTest, DocsWithSwaggerHoldNothingInlineOrForeign) {
    settings.swagger_ui = {{"swagger-ui.css", "css"}, {"swagger-ui-bundle.js", "js"}};
    start();
    const Reply page = get("/docs");
    EXPECT_TRUE(page.has("src=\"/docs/swagger-ui-bundle.js\""));
    EXPECT_FALSE(page.has("http:") || page.has("https:") || page.has("<style") ||
                 page.has("<script>"));
    EXPECT_EQ(get("/docs/swagger-ui.css").body, "css");
    EXPECT_EQ(get("/docs/swagger-ui-bundle.js").header("content-type"),
              "text/javascript; charset=utf-8");
    EXPECT_TRUE(get("/docs/start.js").has("SwaggerUIBundle"));
    EXPECT_EQ(get("/docs/..%2F..%2Fetc%2Fpasswd").status, 404);
}

TEST_F(RestTest, ErrorPagesAndOpenApi) {
    start();
    EXPECT_TRUE(get("/docs/errors/station_offline").has("<h1>station_offline</h1>"));
    EXPECT_EQ(get("/docs/errors/%3Cscript%3E").status, 404);
    EXPECT_TRUE(get("/openapi.json").has(R"("openapi":"3.1.0")"));
}

TEST_F(RestTest, OcppSchemasAreOfTheDeclarations) {
    start();
    const Reply actions = get("/api/v1/ocpp/1.6/actions");
    EXPECT_TRUE(actions.has(R"({"name":"Reset","sent_by":"csms")")) << actions.body;
    EXPECT_TRUE(get("/api/v1/ocpp/1.6/schemas/Reset.request").has(R"("Hard")"));
    EXPECT_EQ(get("/api/v1/ocpp/1.6/schemas/Nothing.request").status, 404);
    EXPECT_EQ(get("/api/v1/ocpp/9/actions").status, 404);
    EXPECT_TRUE(get("/api/v1/capabilities").has(R"("ocpp_versions":["1.6","2.0.1"])"));
    EXPECT_EQ(get("/api/v1/version").member("version"), "0.1.0");
}

}  // namespace
}  // namespace ohm::api::rest
