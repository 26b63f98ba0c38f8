// Who holds which partitions: one process without leases; several with them, on PostgreSQL.
#include "api/keeper.hpp"

#include "api/test_shard.hpp"
#include "store/test_database.hpp"

namespace ohm::api {
namespace {

using testing::Events;
using testing::NotedApiBus;

// A keeper with what it told its shards; each give-up is done at once.
class Api {
public:
    Api(const std::string& name, bool leases, const store::TestDatabase& database)
        : keeper_{{.me = name, .leases = leases, .partition_count = 4},
                  clock_,
                  [&database] { return database.open(); },
                  {bus_,
                   [this](Partition p, std::uint64_t epoch) {
                       told_.push({p, epoch});
                   },
                   [this](Partition p, std::function<void()> done) {
                       told_.push({p, 0});
                       if (done) done();
                   },
                   [](bool) {}}} {
        keeper_.start();
        keeper_.on_bus(true);
    }
    Keeper& keeper() { return keeper_; }
    // Partitions with the epoch under which they are held.
    const std::map<Partition, std::uint64_t>& held() {
        std::vector<std::pair<Partition, std::uint64_t>> news;
        told_.take(news);
        for (const auto& [partition, epoch] : news) {
            if (epoch == 0)
                held_.erase(partition);
            else
                held_[partition] = epoch;
        }
        return held_;
    }

private:
    SystemClock clock_;
    NotedApiBus bus_{std::make_shared<testing::Words>()};
    Mailbox<std::pair<Partition, std::uint64_t>> told_{1'000};
    std::map<Partition, std::uint64_t> held_;
    Keeper keeper_;
};

bool within(seconds time, const std::function<bool()>& is_so) {
    const SystemClock clock;
    Mailbox<int> nobody{1};
    std::vector<int> nothing;
    for (const Mono end = clock.mono() + time; clock.mono() < end;) {
        if (is_so()) return true;
        nobody.wait(nothing, 1, milliseconds{20});
    }
    return is_so();
}

TEST(KeeperTest, one_process_holds_everything_once_the_bus_stands) {
    const store::TestDatabase database{store::Dialect::sqlite};
    store::migrate(*database.open(), utc_from_micros(0));
    Api one{"one", false, database};
    EXPECT_TRUE(within(seconds{10}, [&] { return one.held().size() == 4; }));
    for (const auto& [partition, epoch] : one.held()) EXPECT_EQ(epoch, 1u);
    one.keeper().on_bus(false);
    one.keeper().on_bus(true);
    one.keeper().stop();
    EXPECT_EQ(one.held().size(), 4u);
}

class KeepersTest : public ::testing::Test {
protected:
    void SetUp() override {
        if (!store::test_server()) {
            if (store::services_are_required()) FAIL() << "OHM_TEST_PG_PORT names no PostgreSQL";
            GTEST_SKIP() << "no PostgreSQL: set OHM_TEST_PG_PORT (tests/lab/postgres.sh start DIR)";
        }
        database = std::make_unique<store::TestDatabase>(store::Dialect::postgres);
        store::migrate(*database->open(), utc_from_micros(0));
        store::prepare_partitions(*database->open(), 4);
    }
    std::unique_ptr<store::TestDatabase> database;
};

TEST_F(KeepersTest, two_share_and_one_takes_over_when_the_other_stops) {
    Api one{"one", true, *database}, two{"two", true, *database};
    ASSERT_TRUE(
        within(seconds{30}, [&] { return one.held().size() == 2 && two.held().size() == 2; }));
    for (const auto& [partition, epoch] : one.held()) EXPECT_FALSE(two.held().contains(partition));
    const auto before = two.held();
    one.keeper().stop();
    EXPECT_TRUE(within(seconds{20}, [&] { return two.held().size() == 4; }));
    for (const auto& [partition, epoch] : before) EXPECT_EQ(two.held().at(partition), epoch);
    two.keeper().stop();
}

TEST_F(KeepersTest, what_a_dead_process_held_is_taken_after_its_lease_under_a_new_epoch) {
    const auto sql = database->open();
    store::beat_member(*sql, "dead", limits::lease);
    const auto dead = store::claim(*sql, "dead", 4, limits::lease);
    ASSERT_EQ(dead.size(), 4u);
    const SystemClock clock;
    const Mono died_at = clock.mono();
    Api heir{"heir", true, *database};
    EXPECT_TRUE(within(seconds{30}, [&] { return heir.held().size() == 4; }));
    EXPECT_GE(clock.mono() - died_at, limits::lease - seconds{1});
    for (const auto& one : dead)
        EXPECT_EQ(heir.held().at(one.partition), static_cast<std::uint64_t>(one.epoch) + 1);
    heir.keeper().stop();
}

TEST_F(KeepersTest, what_a_shard_lost_to_the_fence_is_asked_for_again) {
    Api one{"one", true, *database};
    ASSERT_TRUE(within(seconds{30}, [&] { return one.held().size() == 4; }));
    database->open()->query(
        "update bus_partition set epoch = 9, owner = 'thief', lease_until = "
        "now() + interval '1 second' where id = 2");
    EXPECT_TRUE(within(seconds{10}, [&] { return !one.held().contains(Partition{2}); }));
    EXPECT_TRUE(within(seconds{20}, [&] { return one.held().contains(Partition{2}); }));
    EXPECT_EQ(one.held().at(Partition{2}), 10u);
    one.keeper().stop();
}

}  // namespace
}  // namespace ohm::api
