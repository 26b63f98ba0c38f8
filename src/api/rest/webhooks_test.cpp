#include "api/rest/test_rest.hpp"

namespace ohm::api::rest {
namespace {

class WebhooksTest : public RestTest {
protected:
    void SetUp() override {
        RestTest::SetUp();
        start();
    }
    Reply put(const std::string& body, std::vector<std::string> headers = {}) {
        return request("PUT", path, body, std::move(headers));
    }
    Reply post(const std::string& body) { return request("POST", handlers, body); }
    const std::string path = "/api/v1/decision-webhook",
                      handlers = "/api/v1/data-transfer-handlers";
    const std::string given = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
};

TEST_F(WebhooksTest, TheSecretIsShownOnce) {
    EXPECT_EQ(get(path).status, 404);
    const Reply created = put(R"({"url":"https://members.example/ask"})");
    EXPECT_EQ(created.status, 201) << created.body;
    EXPECT_TRUE(created.member("secret").starts_with("whsec_")) << created.body;
    EXPECT_EQ(created.member("fallback"), "cache");
    EXPECT_EQ(created.member("timeout_ms"), "1500");
    const Reply shown = get(path);
    EXPECT_EQ(shown.status, 200);
    EXPECT_EQ(shown.member("secret"), "null");
    const Reply replaced =
        put(R"({"url":"https://members.example/ask","timeout_ms":300,"fallback":"reject"})");
    EXPECT_EQ(replaced.status, 200) << replaced.body;
    EXPECT_EQ(replaced.member("secret"), "null");
    EXPECT_EQ(replaced.member("version"), "2");
    EXPECT_EQ(request("DELETE", path).status, 204);
    EXPECT_EQ(request("DELETE", path).status, 404);
}

TEST_F(WebhooksTest, ANewSecretKeepsTheOneBefore) {
    put(R"({"url":"https://a.example/"})");
    const auto before = sql->query("select secret from decision_webhooks")[0][0];
    const Reply rotated = put(R"({"url":"https://a.example/","secret":")" + given + "\"}");
    EXPECT_EQ(rotated.member("secret"), given);
    EXPECT_NE(rotated.member("rotated_at"), "null");
    const auto row = sql->query("select secret, previous_secret from decision_webhooks").at(0);
    EXPECT_EQ(store::as_text(row[0]), given);
    EXPECT_EQ(store::as_text(row[1]), store::as_text(before));
}

TEST_F(WebhooksTest, AddressesThatAreNotReachedAreRefused) {
    for (const std::string url :
         {"http://127.0.0.1/", "http://10.0.0.1:8080/", "http://169.254.169.254/", "ftp://a/",
          "http://u:p@a.example/", "http://2130706433/", "http://a.example:22/", "nothing"}) {
        const Reply refused = put(R"({"url":")" + url + "\"}");
        EXPECT_EQ(refused.status, 400) << url;
        EXPECT_TRUE(refused.has(R"("pointer":"/url")")) << refused.body;
    }
    EXPECT_EQ(put(R"({"url":"http://a.example/","secret":"short"})").status, 400);
    EXPECT_EQ(put(R"({"url":"http://a.example/","timeout_ms":99})").status, 400);
    EXPECT_EQ(put(R"({"url":"http://a.example/","fallback":"maybe"})").status, 400);
}

TEST_F(WebhooksTest, IfMatchGuardsTheWrite) {
    EXPECT_EQ(put(R"({"url":"https://a.example/"})", {"If-Match: \"1.0\""}).status, 412);
    put(R"({"url":"https://a.example/"})");
    EXPECT_EQ(put(R"({"url":"https://b.example/"})", {"If-Match: \"9.0\""}).status, 412);
    EXPECT_EQ(put(R"({"url":"https://b.example/"})", {"If-Match: \"1.0\""}).status, 200);
    EXPECT_EQ(request("DELETE", path, "", {"If-Match: \"1.0\""}).status, 412);
}

TEST_F(WebhooksTest, HandlersHaveOneLifeEach) {
    const Reply created =
        post(R"({"vendor_id":"com.Acme","message_id":"Report","url":"https://acme.example/"})");
    EXPECT_EQ(created.status, 201) << created.body;
    EXPECT_TRUE(created.member("secret").starts_with("whsec_"));
    EXPECT_EQ(
        post(R"({"vendor_id":"COM.acme","message_id":"report","url":"https://b.example/"})").status,
        409);
    EXPECT_EQ(post(R"({"vendor_id":"com.acme","url":"https://b.example/"})").status, 201);
    const std::string one = handlers + "/" + created.member("id");
    EXPECT_EQ(get(one).member("message_id"), "Report");
    EXPECT_EQ(request("PUT", one, R"({"url":"https://c.example/"})").member("url"),
              "https://c.example/");
    const Reply page = get(handlers + "?limit=1");
    EXPECT_EQ(page.status, 200);
    EXPECT_FALSE(page.has(R"("next_cursor":null)")) << page.body;
    EXPECT_EQ(request("DELETE", one).status, 204);
    EXPECT_EQ(get(one).status, 404);
    EXPECT_EQ(request("PUT", one, R"({"url":"https://c.example/"})").status, 404);
    EXPECT_EQ(get(handlers + "/dth_x").status, 404);
}

TEST_F(WebhooksTest, ScopesAreAsked) {
    add_key("ohk_reads", "reads", "webhooks:read");
    add_key("ohk_writes", "writes", "webhooks:write");
    add_key("ohk_both", "both", "webhooks:write tokens:read");
    const std::string body = R"({"url":"https://a.example/"})";
    EXPECT_EQ(request("PUT", path, body, {}, "ohk_reads").status, 403);
    EXPECT_EQ(request("GET", path, "", {}, "ohk_reads").status, 404);
    EXPECT_EQ(request("PUT", path, body, {}, "ohk_writes").member("scope"), "tokens:read");
    EXPECT_EQ(request("PUT", path, body, {}, "ohk_both").status, 201);
}

}  // namespace
}  // namespace ohm::api::rest
