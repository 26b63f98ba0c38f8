// Which events a shard stores with what it changes, and that their numbers have no gaps.
#include "api/test_shard.hpp"

namespace ohm::api {
namespace {

class ShardEvents : public testing::ShardTest {
protected:
    using Words = testing::Words;
    std::vector<events::Event> stored() {
        wire::Decoder decoder;
        return events::read_page(sql, decoder, events::beginning(1), 100'000).events;
    }
    // Types of what came since the last time, each once more where the subject is another one.
    Words news() {
        Words out;
        for (const events::Event& event : stored()) {
            if (event.n < seen_) continue;
            EXPECT_EQ(event.n, seen_);
            seen_ = event.n + 1;
            out.push_back(event.type);
        }
        return out;
    }
    std::string last_data() { return stored().back().data; }
    static std::string status(const std::string& word, int connector = 1) {
        return R"([2,"s","StatusNotification",{"connectorId":)" + std::to_string(connector) +
               R"(,"errorCode":"NoError","status":")" + word + R"("}])";
    }
    static std::string start() {
        return R"([2,"t","StartTransaction",{"connectorId":1,"idTag":"A","meterStart":1000,)"
               R"("timestamp":"2027-01-15T08:16:40Z"}])";
    }
    std::int64_t seen_ = 1;
};

TEST_F(ShardEvents, AStationsWay) {
    add_station("CP1");
    EXPECT_EQ(news(), Words{"station.created"});
    handle({worker_beat(), connect_of("CP1", 1)});
    EXPECT_EQ(news(), Words{"station.connected"});
    handle({call_of("CP1", 1, 1, boot("Acme"))});
    EXPECT_EQ(news(), Words{"station.booted"});
    EXPECT_NE(last_data().find(R"("status":"Accepted","vendor":"Acme")"), std::string::npos);
    handle({closed_of("CP1", 1)});
    EXPECT_EQ(news(), Words{"station.disconnected"});
    EXPECT_NE(last_data().find(R"("reason":"closed")"), std::string::npos);
}

TEST_F(ShardEvents, AStatusOnlyWhenItIsAnotherOne) {
    put_online("CP1");
    news();
    handle({call_of("CP1", 1, 2, status("Available"))});
    EXPECT_EQ(news(), Words{"connector.status_changed"});
    handle({call_of("CP1", 1, 3, status("Available"))});
    EXPECT_EQ(news(), Words{});
    handle({call_of("CP1", 1, 4, status("Faulted")), call_of("CP1", 1, 5, status("Faulted", 2))});
    EXPECT_EQ(news(), (Words{"connector.status_changed", "connector.status_changed"}));
    handle({call_of("CP1", 1, 6, status("Faulted", 0))});
    EXPECT_EQ(news(), Words{"station.status_changed"});
}

TEST_F(ShardEvents, ATransactionIsUpdatedAtMostOnceAMinute) {
    options.accept_unknown_tokens = true;
    put_online("CP1");
    news();
    handle({call_of("CP1", 1, 2, start())});
    EXPECT_EQ(news(), (Words{"authorization.decided", "transaction.started"}));
    const auto sample = [&](int n, int wh) {
        return call_of("CP1", 1, static_cast<std::uint64_t>(n),
                       R"([2,"m","MeterValues",{"connectorId":1,"transactionId":1,"meterValue":)"
                       R"([{"timestamp":")" +
                           to_rfc3339(clock.utc(), 0) + R"(","sampledValue":[{"value":")" +
                           std::to_string(wh) + R"("}]}]}])");
    };
    clock.advance(seconds{30});
    handle({sample(3, 1100)});
    EXPECT_EQ(news(), Words{});
    clock.advance(seconds{31});
    handle({sample(4, 1200)});
    EXPECT_EQ(news(), Words{"transaction.updated"});
    handle({sample(5, 1300)});
    EXPECT_EQ(news(), Words{});
    handle({call_of("CP1", 1, 6,
                    R"([2,"e","StopTransaction",{"transactionId":1,"meterStop":2000,)"
                    R"("timestamp":")" +
                        to_rfc3339(clock.utc(), 0) + R"("}])")});
    EXPECT_EQ(news(), Words{"transaction.ended"});
    EXPECT_NE(last_data().find(R"("energy_wh":1000)"), std::string::npos) << last_data();
}

TEST_F(ShardEvents, ACommandsWay) {
    put_online("CP1");
    news();
    auto reset = order(operation::send_command, "CP1");
    CommandCreate create;
    create.command.value = "reset";
    create.parameters.json = R"({"type":"immediate"})";
    reset.parameters = wire::encode(create);
    ask(reset);
    run();
    EXPECT_EQ(sent_of("command"), 1u);
    EXPECT_EQ(news(), Words{});
    handle({closed_of("CP1", 1)});
    EXPECT_EQ(news(), (Words{"command.failed", "station.disconnected"}));
    EXPECT_NE(stored()[stored().size() - 2].data.find(R"("failed_reason":"disconnected")"),
              std::string::npos);
}

TEST_F(ShardEvents, AnAttemptWithAWrongPasswordIsTold) {
    add_station("CP1", 1, "0123456789abcdef0123");
    news();
    handle({worker_beat(), connect_of("CP1", 1, "wrong")});
    EXPECT_EQ(news(), Words{"station.refused"});
    handle({connect_of("NOBODY", 2, "wrong")});
    EXPECT_EQ(news(), Words{});
}

TEST_F(ShardEvents, ABatchIsOneRow) {
    put_online("CP1");
    const std::int64_t before = count("outbox");
    handle({call_of("CP1", 1, 2, status("Available", 1)),
            call_of("CP1", 1, 3, status("Faulted", 2)),
            call_of("CP1", 1, 4, status("Faulted", 3))});
    EXPECT_EQ(count("outbox"), before + 1);
    EXPECT_EQ(number("select count from outbox order by first_n desc limit 1"), 3);
    handle({call_of("CP1", 1, 5, R"([2,"h","Heartbeat",{}])")});
    EXPECT_EQ(count("outbox"), before + 1);  // nothing changed
}

TEST_F(ShardEvents, ACommitOfUnknownOutcomeLeavesNoGapAndNoSecondRow) {
    put_online("CP1");
    news();
    sql.lose_answer = true;
    deliver({call_of("CP1", 1, 2, status("Available"))});
    EXPECT_FALSE(run());
    clock.advance(seconds{2});
    EXPECT_TRUE(run());
    handle({call_of("CP1", 1, 3, status("Faulted"))});
    EXPECT_EQ(news(), (Words{"connector.status_changed", "connector.status_changed"}));
}

TEST_F(ShardEvents, ANewOwnerGoesOnWithTheNumbers) {
    put_online("CP1");
    news();
    sql.lose_answer = true;
    deliver({call_of("CP1", 1, 2, status("Available"))});
    EXPECT_FALSE(run());  // stored, and its owner never hears of it
    build(2);
    handle({worker_beat(), call_of("CP1", 1, 3, status("Faulted"))});
    EXPECT_EQ(news(), (Words{"connector.status_changed", "connector.status_changed"}));
}

TEST_F(ShardEvents, WhatIsRolledBackTellsNothing) {
    put_online("CP1");
    news();
    sql.poison = "Faulted";
    handle({call_of("CP1", 1, 2, status("Faulted")), call_of("CP1", 1, 3, status("Available", 2))});
    sql.poison.clear();
    EXPECT_EQ(news(), Words{"connector.status_changed"});
    EXPECT_NE(last_data().find(R"("connector_id":1,"status":"Available")"), std::string::npos);
}

TEST_F(ShardEvents, AStationReadAnewTellsNothingTwice) {
    options.accept_unknown_tokens = true;
    put_online("CP1");
    handle({call_of("CP1", 1, 2, status("Available")), call_of("CP1", 1, 3, start())});
    news();
    build(2);
    handle({worker_beat(), call_of("CP1", 1, 4, status("Available"))});
    EXPECT_EQ(news(), Words{});
    handle({call_of("CP1", 1, 5, start())});  // said again
    EXPECT_EQ(news(), Words{});
}

}  // namespace
}  // namespace ohm::api
