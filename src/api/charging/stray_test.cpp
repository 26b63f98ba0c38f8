// Stops under an id that is none of the station's, over the end of an owner and a lost commit. What
// stations are answered is in tests/transcripts.
#include "api/test_shard.hpp"

namespace ohm::api {
namespace {

using testing::ShardTest;

class Strays : public ShardTest {
protected:
    Strays() { put_online("CP1"); }
    static std::string start(const std::string& at, int meter) {
        return R"([2,"1","StartTransaction",{"connectorId":1,"idTag":"A","meterStart":)" +
               std::to_string(meter) + R"(,"timestamp":")" + at + R"("}])";
    }
    static std::string stop(const std::string& at, int meter) {
        return R"([2,"2","StopTransaction",{"transactionId":-1,"meterStop":)" +
               std::to_string(meter) + R"(,"timestamp":")" + at + R"("}])";
    }
    void say(const std::string& frame) { handle({call_of("CP1", 1, ++frame_no_, frame)}); }
    std::uint64_t frame_no_ = 10;
};

TEST_F(Strays, a_new_owner_knows_stops_that_wait_for_their_start) {
    say(stop("2027-01-10T01:00:00Z", 300));
    EXPECT_EQ(count("orphan_stops where transaction_id is null"), 1);
    build(2);
    say(start("2027-01-10T00:00:00Z", 100));
    EXPECT_EQ(number("select energy_mwh from transactions"), 200'000);
    EXPECT_EQ(count("orphan_stops where transaction_id is null"), 0);
}

TEST_F(Strays, a_stop_said_again_to_a_new_owner_changes_nothing) {
    say(start("2027-01-10T00:00:00Z", 100));
    say(stop("2027-01-10T01:00:00Z", 300));
    build(2);
    say(stop("2027-01-10T01:00:00Z", 300));
    EXPECT_EQ(count("orphan_stops"), 1);
    EXPECT_EQ(count("transaction_events"), 2);
    EXPECT_EQ(number("select energy_mwh from transactions"), 200'000);
}

TEST_F(Strays, a_commit_whose_answer_was_lost_matches_once) {
    say(start("2027-01-10T00:00:00Z", 100));
    sql.lose_answer = true;
    deliver({call_of("CP1", 1, ++frame_no_, stop("2027-01-10T01:00:00Z", 300))});
    EXPECT_FALSE(run());
    ASSERT_TRUE(run());
    EXPECT_EQ(count("orphan_stops where transaction_id is not null"), 1);
    EXPECT_EQ(text("select state from transactions"), "ended");
}

TEST_F(Strays, those_in_memory_are_bounded_and_all_are_kept) {
    const auto many = static_cast<int>(limits::stray_stops_in_memory) + 5;
    for (int i = 1; i <= many; ++i) say(stop("2027-01-10T01:00:00Z", i));
    EXPECT_EQ(count("orphan_stops"), many);
    say(start("2027-01-10T00:00:00Z", 3));  // its stop is among those that went out of memory
    EXPECT_EQ(count("orphan_stops where transaction_id is not null"), 1);
}

}  // namespace
}  // namespace ohm::api
