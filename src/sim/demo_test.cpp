#include "sim/demo.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <set>

#include "wire/codec.hpp"

namespace ohm::sim {
namespace {

struct SaidAt {
    wire::Optional<wire::DateTime> timestamp;
    FIELDS(timestamp)
};

// A CSMS that answers everything at once, and remembers what it was told.
class DemoTest : public ::testing::Test, Station::Outside, Ledger {
protected:
    DemoTest() {
        behaviour.connectors = 2;
        for (std::size_t i = 0; i < 12; ++i)
            stations.emplace_back(i, "DEMO" + std::to_string(i),
                                  i % 2 ? ocpp::Version::v201 : ocpp::Version::v16, behaviour,
                                  Station::Surroundings{*this, *this, random, decoder});
        for (Station& station : stations) station.start(now());
        settle();
        demo.start(now());
        settle();
    }
    Now now() const { return {mono, epoch + std::chrono::duration_cast<Micros>(mono - Mono{})}; }
    void connect(Station& station) override { connecting.push_back(&station); }
    void send(Station& station, std::string_view frame) override {
        frames.emplace_back(&station, frame);
    }
    void close(Station& station, std::uint16_t, std::string_view) override {
        closing.push_back(&station);
    }
    void note(const Entry&) override {}

    void settle() {
        while (!connecting.empty() || !frames.empty() || !closing.empty()) {
            for (Station* station : std::exchange(connecting, {}))
                station->on_open(ocpp::subprotocol(station->version()), now());
            for (Station* station : std::exchange(closing, {})) {
                ++closed[station->number()];
                station->on_closed(now());
            }
            for (const auto& [station, frame] : std::exchange(frames, {})) answer(*station, frame);
        }
    }
    void answer(Station& station, const std::string& frame) {
        const ocpp::Head head = ocpp::read_head(frame);
        SaidAt said;
        (void)decoder.decode(head.rest, said, {wire::Strictness::lenient, true});
        ++told[station.number()][std::string{head.action}];
        if (said.timestamp) times[station.number()].push_back(said.timestamp->at);
        std::string result = "{}";
        if (head.action == "BootNotification")
            result = R"({"currentTime":"2026-01-01T00:00:00Z","interval":300,"status":"Accepted"})";
        if (head.action == "StartTransaction")
            result = R"({"transactionId":7,"idTagInfo":{"status":"Accepted"}})";
        station.on_message(ocpp::call_result(head.raw_id, result), now());
        demo.on_change(station.number(), now());
    }
    void pass(seconds span) {
        for (const Mono end = mono + span; mono < end;) {
            mono += seconds{1};
            for (Station& station : stations)
                if (station.next_due() <= mono) station.on_tick(now());
            demo.on_tick(now());
            settle();
        }
    }

    const Utc epoch = utc_from_micros(1'800'000'000'000'000);
    Mono mono{seconds{1}};
    SeededRandom random{1};
    wire::Decoder decoder;
    Behaviour behaviour;
    std::deque<Station> stations;
    std::vector<Station*> connecting, closing;
    std::vector<std::pair<Station*, std::string>> frames;
    std::map<std::size_t, std::map<std::string, int>> told;
    std::map<std::size_t, std::vector<Utc>> times;
    std::map<std::size_t, int> closed;
    Demo demo{stations, random};
};

TEST_F(DemoTest, each_tells_a_month_of_whole_sessions_in_order_and_none_of_tomorrow) {
    for (std::size_t i = 0; i < stations.size(); ++i) {
        const std::string start = i % 2 ? "TransactionEvent" : "StartTransaction";
        EXPECT_GT(told[i][start], 20) << i;
        EXPECT_EQ(told[i]["StartTransaction"], told[i]["StopTransaction"]) << i;
        ASSERT_FALSE(times[i].empty());
        const Utc first = *std::min_element(times[i].begin(), times[i].end());
        EXPECT_GT(times[i].back() - first, std::chrono::hours{24 * 25});
        for (std::size_t k = 0; k + 1 < times[i].size(); ++k) {
            const bool is_of_boot = times[i][k] > now().utc - minutes{1};
            EXPECT_TRUE(is_of_boot || times[i][k] <= times[i][k + 1]);
            EXPECT_LE(times[i][k], now().utc);
        }
    }
}

TEST_F(DemoTest, then_two_charge_one_is_faulted_and_one_flaps) {
    told.clear();
    pass(minutes{5});
    EXPECT_GT(told[0]["MeterValues"], 10);
    EXPECT_GT(told[1]["TransactionEvent"], 10);
    EXPECT_EQ(stations[2].status(1), ConnectorStatus::faulted);
    EXPECT_GT(closed[3], 3);
    EXPECT_EQ(closed[4], 0);
}

}  // namespace
}  // namespace ohm::sim
