#include "api/outside/parking.hpp"

#include "api/outside/asker.hpp"
#include "api/outside/tables.hpp"
#include "api/test_shard.hpp"

namespace ohm::api::testing {
namespace {

using outside::Answer;
using outside::Answered;

class ParkingTest : public ShardTest {
protected:
    ParkingTest() { name_webhook("cache"); }
    void name_webhook(const std::string& fallback) {
        sql.query("delete from decision_webhooks");
        sql.query(
            "insert into decision_webhooks (url, secret, timeout_ms, fallback, version, "
            "created_at, updated_at) values ('http://members.example/', $1, 1500, $2, 1, 0, 0)",
            {outside::make_secret(), fallback});
    }
    bus::Envelope authorize(std::uint64_t frame_no, const std::string& id = "CP1") {
        return call_of(
            id, 1, frame_no,
            R"([2,"m)" + std::to_string(frame_no) + R"(","Authorize",{"idTag":"CARD"}])");
    }
    void answer(std::size_t question, const std::string& body) {
        Answer heard;
        heard.parts.push_back({.status = 200, .body = body});
        shard->enqueue(Answered{questions.at(question).first, std::move(heard)});
        run();
    }
    void expect_reply(const std::string& frame) {
        ASSERT_EQ(sent_of("reply"), 1u);
        EXPECT_EQ(last("reply").frame, frame);
        bus.sent.clear();
    }
};

constexpr auto accepted = R"([3,"m2",{"idTagInfo":{"status":"Accepted"}}])";
constexpr auto invalid = R"([3,"m2",{"idTagInfo":{"status":"Invalid"}}])";

TEST_F(ParkingTest, TheAnswerComesAfterTheQuestionAndTheCommit) {
    put_online("CP1");
    deliver({authorize(2)});
    ASSERT_TRUE(run());
    EXPECT_EQ(bus.acknowledged, tag);
    EXPECT_EQ(*events, Words{"ask"});
    ASSERT_EQ(questions.size(), 1u);
    EXPECT_EQ(questions[0].second.parts.at(0).url, "http://members.example/");
    EXPECT_EQ(shard->figures().parked, 1u);
    answer(0, R"({"accept":true})");
    EXPECT_EQ(*events, (Words{"ask", "commit", "send reply"}));
    expect_reply(accepted);
    EXPECT_EQ(shard->figures().parked, 0u);
    EXPECT_EQ(text("select decided_by from authorizations"), "webhook");
}

TEST_F(ParkingTest, OthersOfTheStationGoOn) {
    put_online("CP1");
    handle({authorize(2), call_of("CP1", 1, 3, R"([2,"h","Heartbeat",{}])")});
    EXPECT_EQ(sent_of("reply"), 1u);
    EXPECT_TRUE(last("reply").frame.starts_with(R"([3,"h",)"));
}

TEST_F(ParkingTest, ItsTimeEndsWithTheFallback) {
    name_webhook("reject");
    put_online("CP1");
    handle({authorize(2)});
    pass(milliseconds{1'250});
    EXPECT_EQ(sent_of("reply"), 0u);
    pass(milliseconds{500});
    expect_reply(invalid);
    EXPECT_EQ(text("select reason from authorizations"), "fallback_reject");
    EXPECT_EQ(text("select detail from authorizations"), "webhook: timed_out");
    answer(0, R"({"accept":true})");  // too late
    EXPECT_EQ(sent_of("reply"), 0u);
    EXPECT_EQ(count("authorizations"), 1);
}

TEST_F(ParkingTest, TheSameCallIsAskedOnce) {
    put_online("CP1");
    handle({authorize(2), authorize(2)});
    handle({authorize(2)});
    EXPECT_EQ(questions.size(), 1u);
    answer(0, R"({"accept":true})");
    expect_reply(accepted);
}

TEST_F(ParkingTest, TheAnswerGoesToWhereTheCallCameFromLast) {
    put_online("CP1");
    handle({authorize(2)});
    deliver({.name = "w", .incarnation = worker.incarnation, .n = 7},
            {worker_beat(), authorize(2)});
    run();
    bus.sent.clear();
    answer(0, R"({"accept":true})");
    ASSERT_EQ(bus.sent.size(), 1u);
    EXPECT_EQ(bus.sent[0].first, "q.w.7");
}

TEST_F(ParkingTest, AStationParksAFew) {
    name_webhook("reject");
    put_online("CP1");
    std::vector<bus::Envelope> many;
    for (std::uint64_t i = 2; i < 2 + limits::parked_per_station + 3; ++i)
        many.push_back(authorize(i));
    handle(std::move(many));
    EXPECT_EQ(questions.size(), limits::parked_per_station);
    EXPECT_EQ(sent_of("reply"), 3u);
    EXPECT_EQ(text("select detail from authorizations"), "webhook: busy");
}

TEST_F(ParkingTest, ARollBackAsksOnceAndAnAnswerIsNotForgotten) {
    put_online("CP1");
    sql.away = true;
    deliver({authorize(2), call_of("CP1", 1, 3, boot("other"))});
    EXPECT_FALSE(shard->step());
    EXPECT_TRUE(questions.empty());
    sql.away = false;
    run();
    EXPECT_EQ(questions.size(), 1u);
    bus.sent.clear();
    sql.away = true;
    Answer heard;
    heard.parts.push_back({.status = 200, .body = R"({"accept":true})"});
    shard->enqueue(Answered{questions[0].first, std::move(heard)});
    EXPECT_FALSE(shard->step());
    sql.away = false;
    run();
    expect_reply(accepted);
    EXPECT_EQ(questions.size(), 1u);
}

TEST_F(ParkingTest, WhoLosesThePartitionAnswersNothing) {
    put_online("CP1");
    handle({authorize(2)});
    shard->give_up({0});
    answer(0, R"({"accept":true})");
    EXPECT_EQ(sent_of("reply"), 0u);
    build(2);
    handle({worker_beat(), authorize(2)});  // its worker posts it again
    ASSERT_EQ(questions.size(), 2u);
    bus.sent.clear();
    answer(1, R"({"accept":true})");
    expect_reply(accepted);
}

TEST_F(ParkingTest, ANewConnectionIsNotToldOfTheOld) {
    put_online("CP1");
    handle({authorize(2)});
    handle({connect_of("CP1", 2)});
    bus.sent.clear();
    answer(0, R"({"accept":true})");
    EXPECT_EQ(sent_of("reply"), 0u);
    EXPECT_EQ(count("authorizations"), 0);
}

TEST_F(ParkingTest, WithoutAWebhookNothingIsAskedAndLittleIsRead) {
    sql.query("delete from decision_webhooks");
    put_online("CP1");
    int reads = 0;
    sql.before_query = [&](std::string_view text) {
        reads += text.find("decision_webhooks") != std::string_view::npos ? 1 : 0;
    };
    for (std::uint64_t i = 2; i < 10; ++i) handle({authorize(i)});
    EXPECT_TRUE(questions.empty());
    EXPECT_EQ(reads, 1);
    for (std::uint64_t i = 10; i < 20; ++i)
        handle({call_of("CP1", 1, i, R"([2,"h","Heartbeat",{}])")});
    EXPECT_EQ(reads, 1);
    sql.before_query = {};
}

TEST_F(ParkingTest, AnEarlierSecretSignsForADay) {
    sql.query("update decision_webhooks set previous_secret = 'whsec_old', rotated_at = $1",
              {micros(clock.utc())});
    put_online("CP1");
    handle({authorize(2)});
    EXPECT_EQ(questions.at(0).second.secrets.size(), 2u);
    clock.advance(minutes{25 * 60});
    handle({worker_beat(), authorize(3)});
    EXPECT_EQ(questions.at(1).second.secrets.size(), 1u);
}

TEST_F(ParkingTest, WhatIsRememberedIsBounded) {
    for (int i = 0; i < 5; ++i)
        sql.query(
            "insert into remembered_decisions (token_key, token_type, status, decided_at) "
            "values ($1, '', 'Accepted', $2)",
            {std::to_string(i), micros(clock.utc()) - i * Micros{minutes{10 * 24 * 60}}.count()});
    sql.query("insert into ocsp_answers (key, answer, fresh_until) values ('a', $1, 1)",
              {store::Bytes{"x"}});
    outside::sweep_outside(sql, clock.utc());
    EXPECT_EQ(count("remembered_decisions"), 4);
    EXPECT_EQ(count("ocsp_answers"), 0);
}

}  // namespace
}  // namespace ohm::api::testing
