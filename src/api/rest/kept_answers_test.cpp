#include "api/rest/kept_answers.hpp"

#include "api/people/summary.hpp"
#include "api/rest/route.hpp"
#include "api/rest/test_rest.hpp"

namespace ohm::api::rest {
namespace {

class KeptAnswersTest : public RestTest {
protected:
    void SetUp() override {
        RestTest::SetUp();
        start();
    }
    Reply post(const std::string& said, const std::string& name, std::string_view token = key) {
        return request("POST", path, said, {"Idempotency-Key: " + name}, token);
    }
    std::int64_t count(const std::string& table) {
        return store::as_int(sql->query("select count(*) from " + table).at(0).at(0));
    }
    const std::string path = "/api/v1/webhooks", body = R"({"url":"https://a.example/"})";
};

TEST_F(KeptAnswersTest, TheSameKeyDoesItOnceAndShowsNoSecretAgain) {
    const Reply first = post(body, "k1");
    ASSERT_EQ(first.status, 201) << first.body;
    EXPECT_TRUE(first.member("secret").starts_with("whsec_"));
    EXPECT_EQ(first.header("idempotency-replayed"), "");
    const Reply second = post(body, "k1");
    EXPECT_EQ(second.status, 201);
    EXPECT_EQ(second.header("idempotency-replayed"), "true");
    EXPECT_EQ(second.member("id"), first.member("id"));
    EXPECT_EQ(second.member("secret"), "null");
    EXPECT_EQ(second.header("location"), first.header("location"));
    EXPECT_EQ(second.header("etag"), first.header("etag"));
    EXPECT_EQ(second.header("content-type"), "application/json");
    EXPECT_EQ(count("webhooks"), 1);
}

TEST_F(KeptAnswersTest, AnotherRequestUnderTheKeyIsRefused) {
    EXPECT_EQ(post(body, "k1").status, 201);
    const Reply other = post(R"({"url":"https://b.example/"})", "k1");
    EXPECT_EQ(other.status, 422);
    EXPECT_EQ(other.member("code"), "idempotency_mismatch");
    const Reply elsewhere = request("POST", "/api/v1/alert-rules", body, {"Idempotency-Key: k1"});
    EXPECT_EQ(elsewhere.status, 422) << elsewhere.body;
    EXPECT_EQ(count("webhooks"), 1);
}

TEST_F(KeptAnswersTest, ACallersKeySaysNothingOfAnothers) {
    add_key("ohk_b", "b", "admin:*");
    EXPECT_EQ(post(body, "k1").status, 201);
    const Reply other = post(body, "k1", "ohk_b");
    EXPECT_EQ(other.status, 201);
    EXPECT_EQ(other.header("idempotency-replayed"), "");
    EXPECT_EQ(count("webhooks"), 2);
}

TEST_F(KeptAnswersTest, WhatWasRefusedMayBeTriedAgain) {
    EXPECT_EQ(post(R"({"url":"nothing"})", "k1").status, 400);
    EXPECT_EQ(count("idempotency_keys"), 0);
    EXPECT_EQ(post(body, "k1").status, 201);
}

TEST_F(KeptAnswersTest, OneThatIsStillRunningIsWaitedFor) {
    EXPECT_EQ(post(body, "k1").status, 201);
    sql->query("update idempotency_keys set status = 0, body = null");
    const Reply running = post(body, "k1");
    EXPECT_EQ(running.status, 409);
    EXPECT_EQ(running.member("code"), "idempotency_in_progress");
    EXPECT_NE(running.header("retry-after"), "");
    // Its api is long dead.
    sql->query("update idempotency_keys set at = at - 600000000");
    EXPECT_EQ(post(body, "k1").status, 201);
    EXPECT_EQ(post(body, "k1").header("idempotency-replayed"), "true");
}

TEST_F(KeptAnswersTest, PeopleAndBatchesAreMadeOnce) {
    const std::string user = R"({"name":"ada","role":"viewer"})";
    const auto make = [&](const std::string& at, const std::string& what) {
        return request("POST", at, what, {"Idempotency-Key: " + at});
    };
    const Reply ada = make("/api/v1/users", user);
    ASSERT_EQ(ada.status, 201) << ada.body;
    EXPECT_NE(ada.member("password"), "(absent)");
    EXPECT_EQ(make("/api/v1/users", user).status, 201);
    EXPECT_EQ(make("/api/v1/users", user).member("password"), "null");
    const std::string ops = R"({"name":"bot","scopes":["stations:read"]})";
    const Reply bot = make("/api/v1/api-keys", ops);
    ASSERT_EQ(bot.status, 201) << bot.body;
    EXPECT_TRUE(bot.member("key").starts_with("ohk_"));
    EXPECT_EQ(make("/api/v1/api-keys", ops).member("key"), "null");
    EXPECT_EQ(make("/api/v1/api-keys", ops).member("id"), bot.member("id"));
    EXPECT_EQ(sql->query("select 1 from idempotency_keys where body like '%ohk_%'").size(), 0u);
    add_station(1, "CP1");
    const std::string batch = R"({"command":"clear-cache","select":{"station_ids":["CP1"]}})";
    const Reply ordered = make("/api/v1/command-batches", batch);
    ASSERT_EQ(ordered.status, 202) << ordered.body;
    const Reply again = make("/api/v1/command-batches", batch);
    EXPECT_EQ(again.status, 202);
    EXPECT_EQ(again.member("id"), ordered.member("id"));
    EXPECT_EQ(count("command_batches"), 1);
}

TEST_F(KeptAnswersTest, WhatOwnersDoIsTheirsToKeep) {
    request("POST", "/api/v1/stations/CP1/commands/reset", R"({"type":"graceful"})",
            {"Idempotency-Key: k1"});
    ASSERT_FALSE(operations.asked.empty());
    EXPECT_EQ(operations.asked.back().idempotency_key, "key:ops k1");
    EXPECT_FALSE(operations.asked.back().fingerprint.empty());
    EXPECT_EQ(count("idempotency_keys"), 0);
}

TEST_F(KeptAnswersTest, AnImportIsOneRequestOfManyOwners) {
    operations.answer_to = [](const bus::OperatorBody&) {
        return OperationAnswer{200, R"({"items":[{"id":"CP1","result":"created"}]})"};
    };
    const auto import = [&](const std::string& said) {
        return request("POST", "/api/v1/stations/import", said, {"Idempotency-Key: k1"});
    };
    const std::string one = R"({"stations":[{"id":"CP1"}]})";
    const Reply first = import(one), again = import(one);
    EXPECT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.header("idempotency-replayed"), "true");
    EXPECT_EQ(operations.asked.size(), 1u);
    EXPECT_EQ(operations.asked.back().idempotency_key, "key:ops k1#0");
    const Reply other = import(R"({"stations":[{"id":"CP2"}]})");
    EXPECT_EQ(other.status, 422);
    EXPECT_EQ(other.member("code"), "idempotency_mismatch");
}

TEST(KeptAnswers, RoutesAreKeptByOneOfBoth) {
    std::size_t kept = 0;
    for (const Route& route : routes()) {
        kept += keeps_answer(route);
        const bool never = route.method != "POST" || route.path.starts_with("/api/v1/stations/{");
        EXPECT_FALSE(never && keeps_answer(route)) << route.path;
    }
    EXPECT_GE(kept, 12u);
}

TEST(KeptAnswers, WhatIsShownOnceIsNull) {
    using people::without_shown_once;
    EXPECT_EQ(without_shown_once(R"({"id":"a","secret":"whsec_x","rotated_at":null})"),
              R"({"id":"a","secret":null,"rotated_at":null})");
    EXPECT_EQ(without_shown_once(R"({"key":"ohk_1","name":"b"})"), R"({"key":null,"name":"b"})");
    EXPECT_EQ(without_shown_once(R"({"key":"vendor","items":[{"password":"p\"q"}]})"),
              R"({"key":"vendor","items":[{"password":null}]})");
}

}  // namespace
}  // namespace ohm::api::rest
