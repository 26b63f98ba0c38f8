// What a simulated station does when somebody plugs in, swipes or breaks it, over the wire.
#include <gtest/gtest.h>
#include <memory>

#include "sim/station.hpp"

namespace ohm::sim {
namespace {

using ocpp::Version;

class HandTest : public testing::TestWithParam<Version>, Station::Outside, Ledger {
protected:
    HandTest() {
        station_ = std::make_unique<Station>(0, "CP1", GetParam(), behaviour,
                                             Station::Surroundings{*this, *this, random, decoder});
        station_->start(now());
        station_->on_open(ocpp::subprotocol(GetParam()), now());
        settle();
        said.clear();
    }
    bool is_16() const { return GetParam() == Version::v16; }
    Now now() const { return {clock.mono(), clock.utc()}; }
    void connect(Station&) override { ++connects; }
    void send(Station&, std::string_view frame) override { frames.emplace_back(frame); }
    void close(Station&, std::uint16_t, std::string_view) override { ++closes; }
    void note(const Entry&) override {}

    // Everything is answered at once, and remembered as "Action payload".
    void settle() {
        while (!frames.empty()) {
            const std::string frame = frames.front();
            frames.erase(frames.begin());
            const ocpp::Head head = ocpp::read_head(frame);
            if (head.type != ocpp::FrameType::call) {
                status = std::string{head.rest};
                continue;
            }
            said.push_back(std::string{head.action} + " " + std::string{head.rest});
            station_->on_message(ocpp::call_result(head.raw_id, answer_to(head)), now());
        }
    }
    std::string answer_to(const ocpp::Head& head) const {
        if (head.action == "BootNotification")
            return R"({"currentTime":"2026-01-01T00:00:00Z","interval":300,"status":"Accepted"})";
        const std::string info = R"({"status":")" + token_is + "\"}";
        if (head.action == "Authorize")
            return is_16() ? R"({"idTagInfo":)" + info + "}" : R"({"idTokenInfo":)" + info + "}";
        if (head.action == "StartTransaction")
            return R"({"transactionId":77,"idTagInfo":)" + info + "}";
        return "{}";
    }
    // The answer's status.
    std::string order(const std::string& vendor, const std::string& what, const std::string& data) {
        said.clear();
        status.clear();
        std::string payload = R"({"vendorId":")" + vendor + R"(","messageId":")" + what + "\"";
        if (!data.empty()) {
            payload += ",\"data\":";
            if (is_16())
                append_json_string(payload, data);
            else
                payload += data;
        }
        station_->on_message(ocpp::call("d", "DataTransfer", payload + "}"), now());
        settle();
        return status;
    }
    std::string order(const std::string& what, const std::string& data = "") {
        return order(std::string{simulator_vendor_id}, what, data);
    }
    void pass(seconds span) {
        clock.advance(span);
        station_->on_tick(now());
        settle();
    }
    bool has(std::string_view part) const {
        return std::any_of(said.begin(), said.end(), [&](const std::string& one) {
            return one.find(part) != std::string::npos;
        });
    }
    std::string all() const {
        std::string out;
        for (const std::string& one : said) out += one + "\n";
        return out;
    }

    const std::string accepted = R"({"status":"Accepted"})", rejected = R"({"status":"Rejected"})";
    const std::string card = R"({"connector":1,"token":"CARD1"})";
    ManualClock clock{utc_from_micros(1'767'225'600'000'000)};
    SeededRandom random{7};
    wire::Decoder decoder;
    Behaviour behaviour;
    std::unique_ptr<Station> station_;
    std::vector<std::string> frames, said;
    std::string status, token_is = "Accepted";
    int connects = 0, closes = 0;
};
INSTANTIATE_TEST_SUITE_P(Versions, HandTest, testing::Values(Version::v16, Version::v201),
                         [](const auto& test) {
                             return test.param == Version::v16 ? "v16" : "v201";
                         });

TEST_P(HandTest, whose_vendor_it_is_not_says_so) {
    EXPECT_EQ(order("com.example", "plug-in", ""), R"({"status":"UnknownVendorId"})");
    EXPECT_EQ(order("explode"), R"({"status":"UnknownMessageId"})");
    EXPECT_TRUE(said.empty()) << all();
}

TEST_P(HandTest, a_driver_plugs_in_swipes_charges_and_leaves) {
    EXPECT_EQ(order("plug-in"), accepted);
    EXPECT_TRUE(has(is_16() ? R"("status":"Preparing")" : R"("connectorStatus":"Occupied")"));
    EXPECT_EQ(order("plug-in"), rejected) << "a car stands there";
    EXPECT_EQ(order("swipe-token", card), accepted);
    EXPECT_TRUE(has("Authorize ")) << all();
    EXPECT_TRUE(has(is_16() ? "StartTransaction {\"connectorId\":1,\"idTag\":\"CARD1\""
                            : R"("eventType":"Started")"))
        << all();
    EXPECT_EQ(station_->status(1), ConnectorStatus::charging);
    said.clear();
    pass(seconds{10});
    pass(seconds{10});
    EXPECT_EQ(said.size(), 2u) << all();
    EXPECT_TRUE(has("11000")) << "it draws power: " << all();
    EXPECT_EQ(order("swipe-token", R"({"token":"OTHER"})"), rejected) << "not the card it began by";
    EXPECT_EQ(order("swipe-token", card), accepted);
    EXPECT_TRUE(has(is_16() ? R"("transactionId":77)" : R"("eventType":"Ended")")) << all();
    EXPECT_TRUE(has(is_16() ? R"("reason":"Local")" : R"("stoppedReason":"Local")")) << all();
    EXPECT_EQ(order("unplug"), accepted);
    EXPECT_TRUE(has("Available")) << all();
    EXPECT_EQ(order("unplug"), rejected);
}

TEST_P(HandTest, the_second_connector_is_one_of_its_own) {
    EXPECT_EQ(order("plug-in", R"({"connector":2})"), accepted);
    EXPECT_EQ(station_->status(2), ConnectorStatus::occupied);
    EXPECT_EQ(station_->status(1), ConnectorStatus::available);
    EXPECT_EQ(order("plug-in", R"({"connector":3})"), rejected);
    EXPECT_EQ(order("plug-in", R"({"connector":"x"})"), rejected);
    EXPECT_EQ(order("swipe-token", R"({"connector":2})"), rejected) << "without a card";
}

TEST_P(HandTest, a_card_that_is_refused_starts_nothing) {
    token_is = "Blocked";
    order("plug-in");
    EXPECT_EQ(order("swipe-token", card), accepted);
    EXPECT_EQ(said.size(), 1u) << all();
    EXPECT_EQ(station_->status(1), ConnectorStatus::occupied);
}

TEST_P(HandTest, a_card_may_come_before_the_cable) {
    EXPECT_EQ(order("swipe-token", card), accepted);
    EXPECT_EQ(said.size(), 1u) << all();
    order("plug-in");
    EXPECT_EQ(station_->status(1), ConnectorStatus::charging);
}

TEST_P(HandTest, a_fault_ends_the_session_and_is_cleared) {
    order("plug-in");
    order("swipe-token", card);
    EXPECT_EQ(order("clear-fault"), rejected);
    EXPECT_EQ(order("fault"), accepted);
    EXPECT_TRUE(has(is_16() ? R"("reason":"Other")" : R"("stoppedReason":"Other")")) << all();
    EXPECT_TRUE(has("Faulted"));
    EXPECT_EQ(order("swipe-token", card), rejected);
    EXPECT_EQ(order("clear-fault"), accepted);
    EXPECT_EQ(station_->status(1), ConnectorStatus::occupied) << "the car is still there";
}

TEST_P(HandTest, a_dropped_connection_comes_back_and_the_session_goes_on) {
    order("plug-in");
    order("swipe-token", card);
    EXPECT_EQ(order("drop-connection"), accepted);
    EXPECT_EQ(closes, 1);
    station_->on_closed(now());
    clock.advance(minutes{2});
    station_->on_tick(now());
    EXPECT_EQ(connects, 2);
    station_->on_open(ocpp::subprotocol(GetParam()), now());
    settle();
    said.clear();
    pass(seconds{10});
    EXPECT_TRUE(has(is_16() ? "MeterValues" : R"("eventType":"Updated")")) << all();
}

TEST_P(HandTest, what_it_charges_by_itself_is_ended_by_hand) {
    for (int i = 0; i < 8; ++i) {
        station_->charge(Charging::Course::day, {}, now());
        settle();
    }
    ASSERT_TRUE(has(is_16() ? "StartTransaction" : R"("Started")")) << all();
    EXPECT_FALSE(station_->is_in_hand(now()));
    EXPECT_EQ(order("unplug"), accepted);
    EXPECT_TRUE(has(is_16() ? "StopTransaction" : R"("eventType":"Ended")")) << all();
    EXPECT_TRUE(station_->is_in_hand(now()));
    EXPECT_EQ(station_->status(1), ConnectorStatus::available);
    station_->charge(Charging::Course::day, {}, now());
    settle();
    EXPECT_TRUE(has(is_16() ? "Preparing" : "Occupied")) << "its course begins anew: " << all();
    pass(seconds{3'600});
    EXPECT_FALSE(station_->is_in_hand(now()));
}

TEST_P(HandTest, by_remote_control_a_driver_plugs_in_at_once) {
    const auto ask = [&](std::string_view action, const std::string& payload) {
        said.clear();
        station_->on_message(ocpp::call("r", action, payload), now());
        settle();
        return status;
    };
    const auto start = [&](int connector) {
        if (is_16())
            return ask("RemoteStartTransaction",
                       R"({"idTag":"APP","connectorId":)" + std::to_string(connector) + "}");
        return ask("RequestStartTransaction",
                   R"({"remoteStartId":9,"idToken":{"idToken":"APP","type":"Central"},"evseId":)" +
                       std::to_string(connector) + "}");
    };
    EXPECT_EQ(start(5), rejected);
    EXPECT_EQ(start(2), accepted);
    EXPECT_EQ(station_->status(2), ConnectorStatus::charging) << all();
    EXPECT_TRUE(has(is_16() ? R"("idTag":"APP")" : R"("remoteStartId":9)")) << all();
    EXPECT_EQ(start(2), rejected) << "a session runs there";
    const auto stop = [&](const std::string& transaction) {
        if (is_16())
            return ask("RemoteStopTransaction", R"({"transactionId":)" + transaction + "}");
        return ask("RequestStopTransaction", R"({"transactionId":")" + transaction + "\"}");
    };
    EXPECT_EQ(stop("12"), rejected);
    if (!is_16()) return;  // there the station names its transaction
    EXPECT_EQ(stop("77"), accepted);
    EXPECT_TRUE(has(R"("reason":"Remote")")) << all();
    EXPECT_EQ(station_->status(2), ConnectorStatus::finishing);
}

}  // namespace
}  // namespace ohm::sim
