#include "api/outside/asker.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace ohm::api::outside {
namespace {

// Keeps the questions; the test answers.
struct Noted final : egress::Outside {
    void ask(egress::Request&& request, Done done) override {
        requests.push_back(std::move(request));
        waiting.push_back(std::move(done));
    }
    std::vector<egress::Request> requests;
    std::vector<Done> waiting;
};

const Utc at = utc_from_micros(1'614'265'330'000'000);

// The example that Standard Webhooks gives.
TEST(SignedHeaders, AreThoseOfTheStandard) {
    const auto headers =
        signed_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", at, R"({"test": 2432232314})",
                       {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"});
    ASSERT_EQ(headers.size(), 3u);
    EXPECT_EQ(headers[0], "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek");
    EXPECT_EQ(headers[1], "webhook-timestamp: 1614265330");
    EXPECT_EQ(headers[2], "webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(SignedHeaders, EachLiveSecretSigns) {
    const std::string one = make_secret(), other = make_secret();
    ASSERT_NE(one, other);
    const auto both = signed_headers("m", at, "{}", {one, other});
    const auto first = signed_headers("m", at, "{}", {one})[2];
    const auto second = signed_headers("m", at, "{}", {other})[2];
    EXPECT_EQ(both[2], first + " " + second.substr(second.find("v1,")));
}

TEST(WebhookSecrets, AreBase64OfEnoughBytes) {
    EXPECT_TRUE(is_secret(make_secret()));
    EXPECT_TRUE(is_secret("whsec_" + to_base64(std::string(24, 'x'))));
    for (const std::string& bad :
         {std::string{}, std::string{"whsec_"}, "whsec_" + to_base64(std::string(23, 'x')),
          "whsec_" + to_base64(std::string(65, 'x')), to_base64(std::string(32, 'x')),
          std::string{"whsec_not base64 at all but long enough for it"}})
        EXPECT_FALSE(is_secret(bad)) << bad;
}

TEST(Ask, TheAnswerIsThereWhenAllPartsAre) {
    Noted outside;
    Question question{.kind = Kind::certificates,
                      .source = egress::Source::stations,
                      .parts = {{"http://a/", "1"}, {"http://b/", "2"}},
                      .content_type = "application/ocsp-request",
                      .timeout = milliseconds{700}};
    std::vector<Answer> answers;
    ask(outside, at, Ulid{1, 2}, std::move(question),
        [&](Answer&& answer) { answers.push_back(std::move(answer)); });
    ASSERT_EQ(outside.requests.size(), 2u);
    EXPECT_EQ(outside.requests[0].timeout, milliseconds{700});
    EXPECT_EQ(outside.requests[0].source, egress::Source::stations);
    EXPECT_EQ(outside.requests[1].headers,
              std::vector<std::string>{"Content-Type: application/ocsp-request"});
    outside.waiting[1]({.status = 200, .body = "of b"});
    EXPECT_TRUE(answers.empty());
    outside.waiting[0]({.failure = egress::failure::timed_out});
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_EQ(answers[0].parts[0].failure, "timed_out");
    EXPECT_EQ(answers[0].parts[1].body, "of b");
}

TEST(Ask, WebhooksAreSigned) {
    Noted outside;
    const Ulid id{1, 2};
    ask(outside, at, id, {.parts = {{"http://a/", "{}"}}, .secrets = {make_secret()}},
        [](Answer&&) {});
    ASSERT_EQ(outside.requests.size(), 1u);
    ASSERT_EQ(outside.requests[0].headers.size(), 4u);
    EXPECT_EQ(outside.requests[0].headers[0], "webhook-id: msg_" + id.text());
}

TEST(Ask, NothingToAskIsAnsweredAtOnce) {
    Noted outside;
    int count = 0;
    ask(outside, at, Ulid{}, {}, [&](Answer&& answer) {
        ++count;
        EXPECT_EQ(answer.failure(), "unanswered");
    });
    EXPECT_EQ(count, 1);
}

TEST(Answers, CountWhereTheStatusIsGood) {
    const auto failure = [](egress::Answer answer) {
        return Answer{.parts = {std::move(answer)}}.failure();
    };
    EXPECT_EQ(failure({.status = 200}), "");
    EXPECT_EQ(failure({.status = 204}), "");
    EXPECT_EQ(failure({.status = 302}), "status_302");
    EXPECT_EQ(failure({.status = 500}), "status_500");
    EXPECT_EQ(failure({.failure = egress::failure::tls}), "tls_failed");
}

}  // namespace
}  // namespace ohm::api::outside
