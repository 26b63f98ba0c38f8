#include "sim/charging.hpp"

#include <gtest/gtest.h>

#include "ocpp/v16/core.hpp"
#include "ocpp/v201/transactions.hpp"

namespace ohm::sim {
namespace {

using ocpp::Version;

class ChargingTest : public testing::Test {
protected:
    Charging::Message next(Version version) {
        at += seconds{60};
        return charging.next(version, "TOKEN", at, random);
    }
    void answer(Version version, const std::string& payload) {
        charging.answered(version, payload, decoder);
    }
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

}  // namespace
}  // namespace ohm::sim
