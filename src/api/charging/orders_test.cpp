// A session's messages in every order through a whole shard, some of them twice and in batches of
// any size: one record, one energy. The budget is 30 s on one core of a developer's machine; the
// orders that come message by message are a sample, for that reason.
#include <algorithm>
#include <numeric>

#include "api/test_shard.hpp"

namespace ohm::api {
namespace {

using testing::ShardTest;

constexpr std::size_t split_every = 16;  // of so many orders one comes in several batches, repeated

class Orders : public ShardTest {
protected:
    void put_online(const std::string& subprotocol) {
        add_station("CP1");
        handle({worker_beat(), connect_of("CP1", 1, "", subprotocol)});
        const std::string boot_201 =
            R"([2,"b","BootNotification",{"reason":"PowerUp","chargingStation":)"
            R"({"vendorName":"V","model":"M"}}])";
        handle({call_of("CP1", 1, 1, subprotocol == "ocpp1.6" ? boot() : boot_201)});
        sql.query(
            "insert into id_tokens (uid_key, uid, status, version, created_at, updated_at) values "
            "('a', 'A', 'Accepted', 1, 0, 0)");
    }
    // Delivered in one batch, or shuffled in with repetitions and cut at random.
    void say(std::vector<std::string> said, bool in_pieces) {
        if (in_pieces) {
            const std::size_t count = said.size();
            for (std::size_t i = 0; i < count; ++i)  // each comes again, somewhere behind
                said.insert(said.begin() + static_cast<std::ptrdiff_t>(
                                               count + random.below(said.size() - count + 1)),
                            said[i]);
        }
        std::vector<bus::Envelope> batch;
        for (std::string& frame : said) {
            batch.push_back(call_of("CP1", 1, ++frame_no_, std::move(frame)));
            if (in_pieces && random.chance(0.5)) handle(std::exchange(batch, {}));
        }
        if (!batch.empty()) handle(std::move(batch));
        bus.sent.clear();
        events->clear();
        frames.clear();
    }
    std::string record(const std::string& ocpp_id, std::int64_t base_us = 0) {
        const auto rows = sql.query(
            "select state, evse, connector, token, stop_token, authorization_status, started_at - "
            "$2, ended_at - $2, stop_reason, charging_state, trigger_reason, energy_mwh, "
            "begin_mwh, "
            "end_mwh, lowest_mwh, highest_mwh, event_count, seq_min, seq_max, incomplete, suspect, "
            "evidence, last_token, energy_rule, conflicts from transactions where ocpp_id = $1",
            {ocpp_id, base_us});
        if (rows.size() != 1) return std::to_string(rows.size()) + " records";
        std::string out;
        for (const store::Value& value : rows[0]) {
            if (const auto* number = std::get_if<std::int64_t>(&value))
                out += std::to_string(*number);
            if (const auto* words = std::get_if<std::string>(&value)) out += *words;
            out += "|";
        }
        return out;
    }
    std::uint64_t frame_no_ = 100;
};

std::string event_201(const std::string& id, int seq, const std::string& rest) {
    return R"([2,"m","TransactionEvent",{"seqNo":)" + std::to_string(seq) +
           R"(,"timestamp":"2027-01-15T07:0)" + std::to_string(seq) +
           R"(:00Z","transactionInfo":{"transactionId":")" + id + "\"" + rest + "}]";
}

std::string sample_201(int seq, const std::string& wh, const std::string& context) {
    return R"(,"meterValue":[{"timestamp":"2027-01-15T07:0)" + std::to_string(seq) +
           R"(:00Z","sampledValue":[{"value":)" + wh + R"(,"context":")" + context + "\"}]}]";
}

std::vector<std::string> session_201(const std::string& id) {
    const std::string token = R"(,"idToken":{"idToken":"A","type":"ISO14443"})";
    return {
        event_201(id, 0,
                  R"(},"eventType":"Started","triggerReason":"CablePluggedIn","evse":{"id":1,)"
                  R"("connectorId":1})"),
        event_201(id, 1, R"(},"eventType":"Updated","triggerReason":"Authorized")" + token),
        event_201(id, 2,
                  R"(,"chargingState":"Charging"},"eventType":"Updated","triggerReason":)"
                  R"("ChargingStateChanged")" +
                      sample_201(2, "100", "Transaction.Begin")),
        event_201(id, 3,
                  R"(},"eventType":"Updated","triggerReason":"MeterValuePeriodic")" +
                      sample_201(3, "150.5", "Sample.Periodic")),
        event_201(id, 4,
                  R"(},"eventType":"Updated","triggerReason":"MeterValuePeriodic")" +
                      sample_201(4, "180", "Sample.Periodic")),
        event_201(id, 5,
                  R"(,"chargingState":"EVConnected"},"eventType":"Updated","triggerReason":)"
                  R"("StopAuthorized")" +
                      token),
        event_201(id, 6,
                  R"(,"stoppedReason":"Local"},"eventType":"Ended","triggerReason":"EVDeparted")" +
                      sample_201(6, "200.25", "Transaction.End")),
    };
}

TEST_F(Orders, all_5040_of_seven_messages_of_2_0_1) {
    put_online("ocpp2.0.1");
    std::vector<std::size_t> order(7);
    std::iota(order.begin(), order.end(), 0u);
    std::string expected;
    std::size_t number = 0;
    do {
        const std::string id = "tx" + std::to_string(number);
        const auto session = session_201(id);
        std::vector<std::string> said;
        for (const std::size_t place : order) said.push_back(session[place]);
        say(std::move(said), number % split_every == 1);
        if (number == 0) {
            expected = record(id);
            EXPECT_NE(expected.find("|100250|"), std::string::npos) << expected;
            EXPECT_EQ(expected.find("ended|1|1|A|A|Accepted|"), 0u) << expected;
        }
        ASSERT_EQ(record(id), expected) << "order " << number;
        ++number;
    } while (std::next_permutation(order.begin(), order.end()));
    EXPECT_EQ(number, 5'040u);
    EXPECT_EQ(count("transaction_events"), 7 * 5'040);
    EXPECT_EQ(count("transaction_conflicts") + count("quarantine"), 0);
}

std::string time_16(std::int64_t base_us, int minute) {
    return to_rfc3339(utc_from_micros(base_us + minute * std::int64_t{60'000'000}), 0);
}
std::string start_16(std::int64_t base_us) {
    return R"([2,"m","StartTransaction",{"connectorId":1,"idTag":"A","meterStart":100,)"
           R"("timestamp":")" +
           time_16(base_us, 0) + "\"}]";
}
std::string sample_16(const std::string& id, std::int64_t base_us, int minute, int wh) {
    return R"([2,"m","MeterValues",{"connectorId":1,"transactionId":)" + id +
           R"(,"meterValue":[{"timestamp":")" + time_16(base_us, minute) +
           R"(","sampledValue":[{"value":")" + std::to_string(wh) + "\"}]}]}]";
}
std::string stop_16(const std::string& id, std::int64_t base_us) {
    return R"([2,"m","StopTransaction",{"idTag":"A","meterStop":400,"transactionId":)" + id +
           R"(,"timestamp":")" + time_16(base_us, 9) + "\"}]";
}

// A station knows its id by the answer to the start; what follows may come in any order, the
// start's repetition too.
TEST_F(Orders, all_720_of_what_follows_a_start_of_1_6) {
    put_online("ocpp1.6");
    std::vector<std::size_t> order(6);
    std::iota(order.begin(), order.end(), 0u);
    std::string expected;
    std::size_t number = 0;
    do {
        const std::int64_t base_us = micros(clock.utc());
        clock.advance(minutes{10});
        say({start_16(base_us)}, false);
        const std::string id = text("select ocpp_id from transactions order by id desc limit 1");
        const std::vector<std::string> rest{start_16(base_us),
                                            sample_16(id, base_us, 2, 150),
                                            sample_16(id, base_us, 4, 250),
                                            sample_16(id, base_us, 6, 350),
                                            sample_16(id, base_us, 9, 400),
                                            stop_16(id, base_us)};
        std::vector<std::string> said;
        for (const std::size_t place : order) said.push_back(rest[place]);
        say(std::move(said), number % split_every == 1);
        if (number == 0) {
            expected = record(id, base_us);
            EXPECT_NE(expected.find("|300000|"), std::string::npos) << expected;
        }
        ASSERT_EQ(record(id, base_us), expected) << "order " << number;
        ++number;
    } while (std::next_permutation(order.begin(), order.end()));
    EXPECT_EQ(number, 720u);
    EXPECT_EQ(count("transactions"), 720);
    EXPECT_EQ(count("meter_values"), 4 * 720);
    EXPECT_EQ(count("transaction_conflicts") + count("quarantine") + count("orphan_stops"), 0);
}

// A station that never learnt the id says -1: each Wh is in exactly one session, in every order.
TEST_F(Orders, all_24_of_a_session_without_an_id) {
    put_online("ocpp1.6");
    std::vector<std::size_t> order(4);
    std::iota(order.begin(), order.end(), 0u);
    std::size_t number = 0;
    do {
        const std::int64_t base_us = micros(clock.utc());
        clock.advance(minutes{10});
        const std::vector<std::string> all{start_16(base_us), sample_16("-1", base_us, 2, 150),
                                           sample_16("-1", base_us, 4, 250),
                                           stop_16("-1", base_us)};
        std::vector<std::string> said;
        for (const std::size_t place : order) said.push_back(all[place]);
        say(std::move(said), number % 2 == 1);
        const std::string last = " from transactions order by id desc limit 1";
        EXPECT_EQ(text("select state" + last), "ended") << "order " << number;
        EXPECT_EQ(ShardTest::number("select energy_mwh" + last), 300'000) << "order " << number;
        ++number;
    } while (std::next_permutation(order.begin(), order.end()));
    EXPECT_EQ(count("transactions"), 24);
    EXPECT_EQ(ShardTest::number("select sum(energy_mwh) from transactions"), 24 * 300'000);
    EXPECT_EQ(count("orphan_stops where transaction_id is null"), 0);
}

}  // namespace
}  // namespace ohm::api
