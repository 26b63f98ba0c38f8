#include "api/facts/reports.hpp"

#include "api/test_shard.hpp"

namespace ohm::api::testing {
namespace {

class Reports : public ShardTest {
protected:
    void SetUp() override {
        add_station("CS1");
        handle({worker_beat(), connect_of("CS1", 1, "", "ocpp2.0.1")});
        handle({call_of("CS1", 1, 1,
                        R"([2,"b","BootNotification",{"reason":"PowerUp","chargingStation":)"
                        R"({"vendorName":"V","model":"M"}}])")});
    }
    bus::Envelope part(std::int64_t report, std::int64_t seq, bool more) {
        const std::string frame =
            R"([2,"1","NotifyReport",{"generatedAt":"2027-01-15T08:00:00Z","requestId":)" +
            std::to_string(report) + R"(,"seqNo":)" + std::to_string(seq) + R"(,"tbc":)" +
            (more ? "true" : "false") + "}]";
        return call_of("CS1", 1, ++frame_no, frame);
    }
    std::string state(std::int64_t report) {
        return text("select state from reports where request_id = " + std::to_string(report));
    }
    std::uint64_t frame_no = 1;
};

TEST_F(Reports, GoOnWithANewOwner) {
    handle({part(7, 0, true), part(7, 1, true)});
    build(2);
    handle({worker_up({{"cs1", std::uint64_t{1} << 32, 1}})});
    handle({part(7, 2, false)});
    EXPECT_EQ(state(7), "complete");
    EXPECT_EQ(text("select seen from reports"), "0-2");
}

TEST_F(Reports, ANewOwnerGivesUpWhatStaysAway) {
    handle({part(7, 0, true)});
    clock.advance(seconds{60});
    build(2);
    pass(seconds{50});
    EXPECT_EQ(state(7), "receiving");
    pass(seconds{20});
    EXPECT_EQ(state(7), "incomplete");
}

TEST_F(Reports, ARepetitionAtANewOwnerLeavesACompleteOneAlone) {
    handle({part(7, 0, true), part(7, 1, false)});
    ASSERT_EQ(state(7), "complete");
    build(2);
    handle({worker_up({{"cs1", std::uint64_t{1} << 32, 1}})});
    handle({part(7, 1, false)});
    EXPECT_EQ(state(7), "complete");
    EXPECT_EQ(number("select parts from reports"), 2);
}

TEST_F(Reports, AreForgottenWithABatchThatFails) {
    handle({part(7, 0, true)});
    sql.poison = "complete";
    handle({part(7, 1, false)});  // goes to quarantine
    sql.poison.clear();
    EXPECT_EQ(state(7), "receiving");
    handle({part(7, 1, false)});
    EXPECT_EQ(state(7), "complete");
    EXPECT_EQ(number("select parts from reports"), 2);
}

TEST_F(Reports, TooManyAtOnceLetTheOldestGo) {
    for (std::size_t i = 0; i <= limits::reports_followed; ++i)
        handle({part(static_cast<std::int64_t>(i + 1), 0, true)});
    EXPECT_EQ(state(1), "incomplete");
    EXPECT_EQ(state(2), "receiving");
    EXPECT_EQ(count("reports where state = 'receiving'"),
              static_cast<std::int64_t>(limits::reports_followed));
}

}  // namespace
}  // namespace ohm::api::testing
