#include "sim/charging.hpp"

#include <gtest/gtest.h>
#include <map>
#include <set>

#include "ocpp/v16/core.hpp"
#include "ocpp/v201/transactions.hpp"

namespace ohm::sim {
namespace {

using ocpp::Version;

class ChargingTest : public testing::Test {
protected:
    Charging::Message next(Version version) {
        at += seconds{60};
        return charging.next(course, {version, 2, "TOKEN"}, at, random);
    }
    void answer(Version version, const std::string& payload) {
        charging.answered(version, payload, decoder);
    }
    // Answers as a CSMS would, and says what was asked.
    Charging::Message exchange(Version version) {
        auto message = next(version);
        answer(version, message.action == "StartTransaction"
                            ? R"({"idTagInfo":{"status":"Accepted"},"transactionId":4})"
                            : "{}");
        return message;
    }
    Charging::Course course = Charging::Course::brief;
    Charging charging;
    SeededRandom random{1};
    wire::Decoder decoder;
    Utc at = utc_from_micros(0);
};

TEST_F(ChargingTest, Of16UsesTheIdThatItWasGiven) {
    for (const std::int64_t id : {7, 8}) {
        EXPECT_EQ(next(Version::v16).action, "Authorize");
        answer(Version::v16, R"({"idTagInfo":{"status":"Accepted"}})");
        EXPECT_EQ(next(Version::v16).action, "StartTransaction");
        answer(Version::v16,
               R"({"idTagInfo":{"status":"Accepted"},"transactionId":)" + std::to_string(id) + "}");
        for (int i = 0; i < Charging::samples; ++i) {
            ocpp::v16::MeterValues::Request sample;
            const auto message = next(Version::v16);
            ASSERT_FALSE(decoder.decode(message.payload, sample)) << message.payload;
            EXPECT_EQ(sample.transactionId->value, id);
            answer(Version::v16, "{}");
        }
        ocpp::v16::StopTransaction::Request stop;
        ASSERT_FALSE(decoder.decode(next(Version::v16).payload, stop));
        EXPECT_EQ(stop.transactionId, id);
        answer(Version::v16, "{}");
    }
}

TEST_F(ChargingTest, Of201CountsItsEvents) {
    next(Version::v201);
    answer(Version::v201, R"({"idTokenInfo":{"status":"Accepted"}})");
    std::string id, kinds;
    for (int i = 0; i < Charging::samples + 2; ++i) {
        ocpp::v201::TransactionEvent::Request event;
        const auto message = next(Version::v201);
        ASSERT_FALSE(decoder.decode(message.payload, event)) << message.payload;
        EXPECT_EQ(event.seqNo, i);
        if (i == 0) id = event.transactionInfo.transactionId.value;
        EXPECT_EQ(event.transactionInfo.transactionId.value, id);
        kinds += event.eventType.name().substr(0, 1);
        answer(Version::v201, "{}");
    }
    EXPECT_EQ(kinds, "SUUE");
    EXPECT_EQ(next(Version::v201).action, "Authorize");
}

TEST_F(ChargingTest, WithoutAnIdThereIsNoTransaction) {
    next(Version::v16);
    answer(Version::v16, "{}");
    next(Version::v16);
    answer(Version::v16, "{}");
    EXPECT_EQ(next(Version::v16).action, "Authorize");
}

TEST_F(ChargingTest, AFleetsMessagesAreMixedAsPromised) {
    course = Charging::Course::fleet;
    for (const Version version : {Version::v16, Version::v201}) {
        std::map<std::string, int> counts;
        for (std::uint64_t station = 0; station < 200; ++station) {
            charging = {};
            random = SeededRandom{station};
            exchange(version);  // perhaps a start that was put first
            for (int i = 0; i < 40; ++i) {
                const auto message = exchange(version);
                std::string what{message.action};
                if (what == "TransactionEvent")
                    for (const char* kind : {"Started", "Updated", "Ended"})
                        if (message.payload.find(kind) != std::string::npos) what = kind;
                ++counts[what];
            }
        }
        const bool v16 = version == Version::v16;
        EXPECT_EQ(counts["StatusNotification"], 200 * 8);
        EXPECT_EQ(counts["Authorize"], 200 * 4);
        EXPECT_EQ(counts[v16 ? "MeterValues" : "Updated"], 200 * 24);
        EXPECT_EQ(counts[v16 ? "StartTransaction" : "Started"], 200 * 2);
        EXPECT_EQ(counts[v16 ? "StopTransaction" : "Ended"], 200 * 2);
    }
}

// Wherever a station begins: what it says of a transaction stands between start and end.
TEST_F(ChargingTest, AFleetsSessionsAreWhole) {
    course = Charging::Course::fleet;
    std::set<std::string> first_words;
    for (std::uint64_t station = 0; station < 100; ++station) {
        charging = {};
        random = SeededRandom{station};
        bool running = false;
        for (int i = 0; i < 60; ++i) {
            const std::string action{exchange(Version::v16).action};
            if (i == 0) first_words.insert(action);
            if (action == "StartTransaction") {
                EXPECT_FALSE(running);
                running = true;
            } else if (action == "StopTransaction" || action == "MeterValues") {
                EXPECT_TRUE(running) << station << " " << i;
                running = action == "MeterValues";
            }
        }
    }
    EXPECT_EQ(first_words,
              (std::set<std::string>{"Authorize", "StartTransaction", "StatusNotification"}));
}

TEST_F(ChargingTest, EachStatusOfASessionIsNews) {
    course = Charging::Course::fleet;
    for (const Version version : {Version::v16, Version::v201}) {
        charging = {};
        std::map<int, ConnectorStatus> shown;
        for (int i = 0; i < 100; ++i) {
            const auto message = exchange(version);
            if (message.action != "StatusNotification") continue;
            const auto before = shown.find(message.connector);
            if (before != shown.end()) {
                EXPECT_NE(before->second, message.status);
            }
            shown[message.connector] = message.status;
        }
        EXPECT_EQ(shown.size(), version == Version::v16 ? 1u : 2u);
    }
}

}  // namespace
}  // namespace ohm::sim
