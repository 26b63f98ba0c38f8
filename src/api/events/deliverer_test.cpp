// Webhooks over a script instead of the network, on a clock that the test moves.
#include "api/events/deliverer.hpp"

#include "api/outside/asker.hpp"
#include "base/limits_events.hpp"
#include "store/migrations.hpp"
#include "store/test_database.hpp"

namespace ohm::api::events {
namespace {

// The vector of Standard Webhooks' own libraries.
TEST(WebhookSignature, IsThatOfStandardWebhooks) {
    const auto headers = outside::signed_headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", utc_from_micros(1'614'265'330'000'000),
        R"({"test": 2432232314})", {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"});
    ASSERT_EQ(headers.size(), 3u);
    EXPECT_EQ(headers[0], "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek");
    EXPECT_EQ(headers[1], "webhook-timestamp: 1614265330");
    EXPECT_EQ(headers[2], "webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

struct Scripted final : egress::Outside {
    void ask(egress::Request&& request, Done done) override {
        const int status = answer(request);
        asked.push_back(std::move(request));
        if (status == 0)
            waiting.push_back(std::move(done));
        else
            done({.status = status});
    }
    std::function<int(const egress::Request&)> answer = [](const auto&) { return 204; };
    std::vector<egress::Request> asked;
    std::vector<Done> waiting;
};

class WebhookDelivery : public store::EveryDatabase {
protected:
    void SetUp() override {
        store::EveryDatabase::SetUp();
        if (IsSkipped()) return;
        store::migrate(*sql_, clock.utc());
        sql_->query(
            "insert into webhooks (id, url, types, secret, state, cursor, version, created_at, "
            "updated_at) values ($1, 'https://e.example/', '', $2, 'active', '1', 1, 1, 1)",
            {store::Bytes{hook.bytes()}, outside::make_secret()});
        build();
    }
    void TearDown() override {
        deliverer.reset();
        store::EveryDatabase::TearDown();
    }
    void build(const std::string& me = "a") {
        deliverer = std::make_unique<Deliverer>(Deliverer::Options{me, 1, {}}, clock, outside,
                                                [this] { return database_->open(); });
    }
    void happen(const std::string& station, const std::string& type = "station.booted") {
        store::Unit unit;
        unit.add(tables::outbox,
                 {std::int64_t{0}, next, std::int64_t{1}, micros(clock.utc()),
                  "[" + make_event({0}, type, station, micros(clock.utc()), "{}").json + "]"});
        ++next;
        sql_->commit(unit, {});
    }
    void run() {
        for (int i = 0; i < 30; ++i) deliverer->turn();
    }
    void pass(Micros time) {
        clock.advance(time);
        run();
    }
    // "n:station" of what was sent.
    std::vector<std::string> sent() {
        std::vector<std::string> out;
        for (const egress::Request& request : outside.asked) {
            const auto id = request.body.find(R"("id":"0-)") + 8;
            const auto subject = request.body.find(R"("subject":")") + 11;
            out.push_back(request.body.substr(id, request.body.find('"', id) - id) + ":" +
                          request.body.substr(subject, request.body.find('"', subject) - subject));
        }
        outside.asked.clear();
        return out;
    }
    std::string text(const std::string& query) {
        const auto rows = sql_->query(query);
        return rows.empty() || store::is_null(rows[0][0]) ? "" : store::as_text(rows[0][0]);
    }
    std::int64_t count(const std::string& state) {
        return store::as_int(sql_->query("select count(*) from webhook_deliveries where state = '" +
                                         state + "'")[0][0]);
    }
    using Words = std::vector<std::string>;

    const Ulid hook{1, 7};
    ManualClock clock{utc_from_micros(1'800'000'000'000'000)};
    Scripted outside;
    std::int64_t next = 1;
    std::unique_ptr<Deliverer> deliverer;
};

TEST_P(WebhookDelivery, GoesInOrderAndOnce) {
    happen("A");
    happen("A");
    run();
    EXPECT_EQ(sent(), (Words{"1:A", "2:A"}));
    happen("A");
    run();
    EXPECT_EQ(sent(), Words{"3:A"});
    EXPECT_EQ(text("select cursor from webhooks"), "4");
    EXPECT_EQ(count("delivered"), 3);
}

TEST_P(WebhookDelivery, OneOfAStationIsOnItsWayAtATime) {
    outside.answer = [](const auto&) { return 0; };
    happen("A");
    happen("A");
    happen("B");
    run();
    EXPECT_EQ(outside.asked.size(), 2u);
    EXPECT_EQ(text("select cursor from webhooks"), "1");  // nothing is settled
}

TEST_P(WebhookDelivery, WhatFailsHoldsBackOnlyItsStation) {
    outside.answer = [](const egress::Request& request) {
        return request.body.find(R"("subject":"A")") != std::string::npos ? 500 : 204;
    };
    happen("A");
    happen("A");
    happen("B");
    run();
    happen("A");
    happen("B");
    run();
    EXPECT_EQ(sent(), (Words{"3:B", "1:A", "5:B"}));
    EXPECT_EQ(count("pending"), 3);
    outside.answer = [](const auto&) { return 204; };
    pass(seconds{6});
    EXPECT_EQ(sent(), (Words{"1:A", "2:A", "4:A"}));
    EXPECT_EQ(count("pending"), 0);
}

TEST_P(WebhookDelivery, IsTriedAgainAfterLongerAndLongerTimes) {
    outside.answer = [](const auto&) { return 503; };
    happen("A");
    run();
    EXPECT_EQ(sent(), Words{"1:A"});
    pass(seconds{4});
    EXPECT_EQ(sent(), Words{});
    pass(seconds{2});
    EXPECT_EQ(sent(), Words{"1:A"});
    EXPECT_EQ(text("select last_failure from webhook_deliveries"), "status_503");
    const auto rows = sql_->query("select attempts, next_at - last_at from webhook_deliveries");
    EXPECT_EQ(store::as_int(rows[0][0]), 2);
    EXPECT_EQ(store::as_int(rows[0][1]), 300'000'000);
}

TEST_P(WebhookDelivery, ARestartGoesOnFromTheStoredPlace) {
    outside.answer = [](const auto&) { return 0; };
    happen("A");
    run();
    EXPECT_EQ(sent(), Words{"1:A"});
    build("a");  // died before it heard an answer
    outside.answer = [](const auto&) { return 204; };
    run();
    EXPECT_EQ(sent(), Words{"1:A"});
}

TEST_P(WebhookDelivery, ALateAnswerIsNotOneToTheNextRound) {
    outside.answer = [](const auto&) { return 0; };
    happen("A");
    run();
    ASSERT_EQ(outside.waiting.size(), 1u);
    build("a");
    run();
    ASSERT_EQ(outside.waiting.size(), 2u);
    outside.waiting[0]({.status = 204});  // of the process that died
    run();
    EXPECT_EQ(count("delivered"), 0);
    outside.waiting[1]({.status = 204});
    run();
    EXPECT_EQ(count("delivered"), 1);
}

TEST_P(WebhookDelivery, OneProcessAtATime) {
    happen("A");
    run();
    sent();
    Deliverer other{{"b", 1, {}}, clock, outside, [this] { return database_->open(); }};
    happen("A");
    for (int i = 0; i < 5; ++i) other.turn();
    EXPECT_EQ(sent(), Words{});
    clock.advance(limits::webhook_lease + seconds{1});  // the first one is silent
    for (int i = 0; i < 5; ++i) other.turn();
    EXPECT_EQ(sent(), Words{"2:A"});
    happen("A");
    clock.advance(seconds{2});
    run();
    EXPECT_EQ(sent(), Words{});  // it is the other's now
}

TEST_P(WebhookDelivery, LongFailureDisablesIt) {
    outside.answer = [](const auto&) { return 500; };
    happen("A");
    run();
    for (int hour = 0; hour < 80; ++hour) pass(std::chrono::hours{1});
    EXPECT_EQ(text("select state from webhooks"), "disabled");
    EXPECT_EQ(text("select state_reason from webhooks"), "failing");
    sent();
    happen("B");
    pass(std::chrono::hours{1});
    EXPECT_EQ(sent(), Words{});
}

TEST_P(WebhookDelivery, AReceiverThatIsBackIsFoundWithinAMinute) {
    outside.answer = [](const auto&) { return 500; };
    happen("A");
    run();
    pass(seconds{6});  // the next try would be in five minutes
    outside.answer = [](const auto&) { return 204; };
    sent();
    pass(seconds{61});
    EXPECT_EQ(sent(), Words{"1:A"});
    EXPECT_EQ(count("pending"), 0);
}

TEST_P(WebhookDelivery, OnlyWhatIsWantedIsSent) {
    sql_->query("update webhooks set types = 'transaction.*', station_key = 'a'");
    happen("A", "station.booted");
    happen("A", "transaction.started");
    happen("B", "transaction.started");
    run();
    EXPECT_EQ(sent(), Words{"2:A"});
    EXPECT_EQ(text("select cursor from webhooks"), "4");
}

INSTANTIATE_TEST_SUITE_P(Stores, WebhookDelivery,
                         testing::Values(store::Dialect::sqlite, store::Dialect::postgres),
                         store::dialect_name);

}  // namespace
}  // namespace ohm::api::events
