// Transactions that never end, at stations that talk and at those that do not.
#include "api/charging/overdue.hpp"

#include "api/test_shard.hpp"

namespace ohm::api {
namespace {

using testing::ShardTest;

class Overdue : public ShardTest {
protected:
    Overdue() {
        put_online("CP1");
        handle({call_of("CP1", 1, 11,
                        R"([2,"1","StartTransaction",{"connectorId":1,"idTag":"A","meterStart":0,)"
                        R"("timestamp":"2027-01-01T00:00:00Z"}])")});
    }
    std::string evidence() { return text("select evidence from transactions"); }
    void tick() {
        shard->tick();
        EXPECT_TRUE(run());
    }
};

TEST_F(Overdue, is_marked_by_its_owner_also_after_a_restart) {
    clock.advance(limits::transaction_open_too_long - minutes{1});
    tick();
    EXPECT_EQ(number("select suspect from transactions"), 0);
    build(2);
    clock.advance(minutes{2});
    tick();
    EXPECT_EQ(evidence(), R"(["open_too_long"])");
    EXPECT_EQ(number("select suspect from transactions"), 1);
}

TEST_F(Overdue, its_stop_takes_that_back) {
    clock.advance(limits::transaction_open_too_long + minutes{1});
    tick();
    EXPECT_EQ(number("select suspect from transactions"), 1);
    handle({call_of("CP1", 1, 12,
                    R"([2,"2","StopTransaction",{"transactionId":1,"meterStop":5,)"
                    R"("timestamp":"2027-01-04T00:00:00Z"}])")});
    EXPECT_EQ(number("select suspect from transactions"), 0);
    EXPECT_EQ(text("select state from transactions"), "ended");
}

}  // namespace
}  // namespace ohm::api
