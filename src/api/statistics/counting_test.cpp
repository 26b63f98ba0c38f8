// The thread of the counting, over a database that refuses some partitions.
#include "api/statistics/counting.hpp"

#include <gtest/gtest.h>

#include "store/migrations.hpp"
#include "store/test_database.hpp"
#include "store/test_sql.hpp"

namespace ohm::api::statistics {
namespace {

// Says which partition was to be committed. Partition 0 is another's, 1 can never be written.
class Refuses final : public store::PassesOn {
public:
    Refuses(std::unique_ptr<store::Sql> truth, Mailbox<std::int64_t>& told)
        : PassesOn{std::move(truth)}, told_{told} {}
    void commit(store::Unit& unit, const store::Fence& fence) override {
        const std::int64_t partition = fence.partitions.empty() ? -1 : fence.partitions.front();
        told_.push_always(std::int64_t{partition});
        if (partition == 0) throw Fault{Fault::Kind::fenced, "lost"};
        if (partition == 1) throw Fault{Fault::Kind::bad_data, "wrong"};
        PassesOn::commit(unit, fence);
    }

private:
    Mailbox<std::int64_t>& told_;
};

TEST(Counting, AFailingPartitionKeepsNoOtherFromBeingCounted) {
    const store::TestDatabase database{store::Dialect::sqlite};
    const auto sql = database.open();
    store::migrate(*sql, utc_from_micros(0));
    const SystemClock clock;
    Mailbox<std::int64_t> told{1'000};
    Counting counting{
        {"api", 3, 800}, clock, [&] { return std::make_unique<Refuses>(database.open(), told); }};
    for (const std::uint32_t partition : {0u, 1u, 2u}) counting.take_over({partition}, 1);
    counting.start();
    std::map<std::int64_t, int> commits;
    // The second look at 1 comes after the pause behind its failure: 0 would have had one as well.
    for (const Mono end = clock.mono() + seconds{30}; clock.mono() < end && commits[1] < 2;) {
        std::vector<std::int64_t> news;
        told.wait(news, 100, milliseconds{100});
        for (const std::int64_t partition : news) ++commits[partition];
    }
    counting.stop();
    EXPECT_EQ(commits[0], 1);
    EXPECT_EQ(commits[1], 2);
    EXPECT_GE(commits[2], 1);
    const auto rows = sql->query("select partition_no from statistics_positions");
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(store::as_int(rows[0][0]), 2);
}

}  // namespace
}  // namespace ohm::api::statistics
