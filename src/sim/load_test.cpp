#include "sim/load.hpp"

#include <gtest/gtest.h>

namespace ohm::sim {
namespace {

// A CSMS that answers only when told to, so that stalls are exact.
class LoadTest : public testing::Test, public Station::Outside, public Ledger {
protected:
    void connect(Station&) override {}
    void send(Station& station, std::string_view frame) override {
        unanswered.emplace_back(&station, std::string{ocpp::read_head(frame).raw_id});
    }
    void close(Station&, std::uint16_t, std::string_view) override {}
    void note(const Entry& entry) override {
        if (load) load->note(entry);
    }

    Now now() const { return {clock.mono(), clock.utc()}; }
    void bring_on_line(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            Station& station =
                stations.emplace_back(i, "S" + std::to_string(i), ocpp::Version::v16, behaviour,
                                      Station::Surroundings{*this, *this, random, decoder});
            station.start(now());
            station.on_open("ocpp1.6", now());
        }
        answer_all(
            R"({"currentTime":"2026-01-01T00:00:00Z","interval":86400,"status":"Accepted"})");
        while (!unanswered.empty()) answer_all("{}");
    }
    void answer_all(std::string_view payload) {
        for (const auto& [station, raw_id] : std::exchange(unanswered, {})) {
            station->on_message(ocpp::call_result(raw_id, payload), now());
            if (load) load->on_change(station->number(), now());
        }
    }
    void run(Micros span, Micros step) {
        for (Micros passed{0}; passed < span; passed += step) {
            clock.advance(step);
            load->on_tick(now());
            if (!stalled) answer_all("{}");
        }
    }

    ManualClock clock{utc_from_micros(1'767'225'600'000'000)};
    SeededRandom random{3};
    wire::Decoder decoder;
    Behaviour behaviour{.connectors = 1, .call_timeout = minutes{10}};
    std::deque<Station> stations;
    std::vector<std::pair<Station*, std::string>> unanswered;
    std::unique_ptr<Load> load;
    bool stalled = false;
};

TEST_F(LoadTest, AStallShowsInTheOpenLoopsLatencies) {
    bring_on_line(10);
    load =
        std::make_unique<Load>(Load::Settings{.mix = Mix::status, .rate = 100}, stations, random);
    load->start(now());
    run(seconds{1}, milliseconds{1});
    EXPECT_EQ(load->latency().count(), 100u);
    EXPECT_LE(load->latency().max(), milliseconds{1});
    stalled = true;
    run(seconds{1}, milliseconds{1});
    stalled = false;
    run(milliseconds{100}, milliseconds{1});
    // 100 messages were due during the stall, and waited 500 ms on average. Measured from when
    // each was sent, 90 of them would have taken a millisecond.
    EXPECT_GE(load->latency().count(), 200u);
    EXPECT_GE(load->latency().percentile(0.75), milliseconds{400});
    EXPECT_GE(load->latency().max(), milliseconds{990});
}

TEST_F(LoadTest, TheClosedLoopHasOneInFlightAStation) {
    bring_on_line(5);
    load =
        std::make_unique<Load>(Load::Settings{.mix = Mix::status, .active = 3}, stations, random);
    load->start(now());
    EXPECT_EQ(unanswered.size(), 3u);
    clock.advance(milliseconds{7});
    answer_all("{}");
    EXPECT_EQ(unanswered.size(), 3u);
    EXPECT_EQ(load->latency().count(), 3u);
    EXPECT_EQ(load->latency().max(), milliseconds{7});
    load->stop();
    answer_all("{}");
    EXPECT_TRUE(unanswered.empty());
}

TEST_F(LoadTest, WhatNobodyCouldSendIsCounted) {
    bring_on_line(2);
    for (Station& station : stations) station.on_closed(now());
    load =
        std::make_unique<Load>(Load::Settings{.mix = Mix::heartbeat, .rate = 10}, stations, random);
    load->start(now());
    run(seconds{2}, milliseconds{10});
    EXPECT_EQ(load->missed(), 20u);
    EXPECT_EQ(load->latency().count(), 0u);
}

TEST_F(LoadTest, StatusesAlternate) {
    bring_on_line(1);
    load = std::make_unique<Load>(Load::Settings{.mix = Mix::status}, stations, random);
    load->start(now());
    EXPECT_EQ(stations[0].status(1), ConnectorStatus::occupied);
    answer_all("{}");
    EXPECT_EQ(stations[0].status(1), ConnectorStatus::available);
}

}  // namespace
}  // namespace ohm::sim
