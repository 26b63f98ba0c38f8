// The fence and the leases against a real PostgreSQL: who may commit, who may claim, and when.
#include "store/ownership.hpp"

#include <future>
#include <gtest/gtest.h>

#include "store/migrations.hpp"
#include "store/test_database.hpp"

namespace ohm::store {
namespace {

constexpr milliseconds lease{4'000};
constexpr milliseconds over{-1};  // a lease that has run out when it begins
const Utc now = utc_from_micros(1'700'000'000'000'000);
const Write put_setting{
    "settings", Mode::upsert, 1, {{"key", Kind::text}, {"value", Kind::text}}, 0};

class PartitionsContract : public EveryDatabase {
protected:
    void SetUp() override {
        EveryDatabase::SetUp();
        if (sql_) migrate(*sql_, now);
    }
};
INSTANTIATE_TEST_SUITE_P(Databases, PartitionsContract,
                         testing::Values(Dialect::sqlite, Dialect::postgres), dialect_name);

TEST_P(PartitionsContract, TheirNumberIsDecidedOnce) {
    prepare_partitions(*sql_, 4);
    prepare_partitions(*sql_, 4);
    EXPECT_EQ(fault_of([&] { prepare_partitions(*sql_, 8); }), Fault::Kind::fatal);
    EXPECT_EQ(sql_->query("select id from bus_partition where epoch = 0").size(), 4u);
}

class Ownerships : public EveryDatabase {
protected:
    void SetUp() override {
        EveryDatabase::SetUp();
        if (!sql_) return;
        migrate(*sql_, now);
        prepare_partitions(*sql_, 4);
        other_ = database_->open();
    }
    void TearDown() override {
        other_.reset();
        EveryDatabase::TearDown();
    }
    void expire_leases() { other_->query("update bus_partition set lease_until = '-infinity'"); }
    static Unit one_setting(const std::string& value) {
        Unit unit;
        unit.add(put_setting, {std::string{"x"}, value});
        return unit;
    }
    std::string setting() {
        const auto rows = sql_->query("select value from settings where key = 'x'");
        return rows.empty() ? "" : as_text(rows[0][0]);
    }
    // An open transaction of the batch's kind: the fence has passed, nothing is committed.
    void open_batch(Sql& sql, const Ownership& owned, const std::string& value) {
        sql.query("begin");
        sql.query("select bus_fence(array[$1]::int[], array[$2])",
                  {std::int64_t{owned.partition.value}, owned.epoch});
        sql.query("insert into settings values ('x', $1)", {value});
    }
    bool somebody_waits_for_a_lock() {
        return as_int(sql_->query("select count(*) from pg_locks where not granted")[0][0]) > 0;
    }
    // Bounded: each look is a round trip, and what waits ends by itself after 5 s.
    bool wait_until_somebody_waits() {
        for (int look = 0; look < 2'000; ++look) {
            sql_->query("select pg_sleep(0.001)");
            if (somebody_waits_for_a_lock()) return true;
        }
        return false;
    }

    std::unique_ptr<Sql> other_;
};
INSTANTIATE_TEST_SUITE_P(Databases, Ownerships, testing::Values(Dialect::postgres), dialect_name);

TEST_P(Ownerships, ABatchCommitsUnderItsEpochAndIsFencedUnderAnOldOne) {
    const auto mine = claim(*sql_, "me", 4, lease);
    ASSERT_EQ(mine.size(), 4u);
    EXPECT_EQ(mine[0], (Ownership{{0}, 1}));
    Unit unit = one_setting("first");
    sql_->commit(unit, fence_of(mine));
    expire_leases();
    ASSERT_EQ(claim(*other_, "you", 1, lease).size(), 1u);
    unit = one_setting("second");
    EXPECT_EQ(fault_of([&] { sql_->commit(unit, fence_of(mine)); }), Fault::Kind::fenced);
    EXPECT_EQ(setting(), "first");
    EXPECT_EQ(unit.row_count(), 1u);
    sql_->commit(unit, {});  // the connection is sound, and without a fence nobody asks
    EXPECT_EQ(setting(), "second");
}

TEST_P(Ownerships, AnUnknownPartitionIsFenced) {
    Unit unit = one_setting("x");
    EXPECT_EQ(fault_of([&] { sql_->commit(unit, Fence{{99}, {0}}); }), Fault::Kind::fenced);
}

TEST_P(Ownerships, AnOpenBatchIsNeverClaimedUnder) {
    const auto mine = claim(*sql_, "me", 4, over);
    const auto batch = database_->open();
    open_batch(*batch, mine[2], "from the batch");
    const auto yours = claim(*other_, "you", 4, lease);
    EXPECT_EQ(yours.size(), 3u);
    batch->query("commit");
    const auto rest = claim(*other_, "you", 4, lease);
    ASSERT_EQ(rest.size(), 1u);
    EXPECT_EQ(rest[0], (Ownership{{2}, 2}));
    EXPECT_EQ(as_text(other_->query("select value from settings where key = 'x'")[0][0]),
              "from the batch");
}

TEST_P(Ownerships, ABatchDuringAnOpenClaimWaitsAndIsFenced) {
    const auto mine = claim(*sql_, "me", 1, lease);
    const auto claimant = database_->open();
    claimant->query("begin");
    claimant->query("update bus_partition set epoch = epoch + 1 where id = $1",
                    {std::int64_t{mine[0].partition.value}});
    auto batch = std::async(std::launch::async, [&] {
        Unit unit = one_setting("late");
        return fault_of([&] { other_->commit(unit, fence_of(mine)); });
    });
    EXPECT_TRUE(wait_until_somebody_waits());
    claimant->query("commit");
    EXPECT_EQ(batch.get(), Fault::Kind::fenced);
    EXPECT_EQ(setting(), "");
}

TEST_P(Ownerships, TwoClaimantsNeverGetTheSame) {
    const auto first = database_->open();
    first->query("begin");
    const auto mine = claim(*first, "me", 2, lease);
    const auto yours = claim(*other_, "you", 4, lease);
    first->query("commit");
    EXPECT_EQ(mine.size(), 2u);
    EXPECT_EQ(yours.size(), 2u);
    EXPECT_EQ(claim(*other_, "you", 4, lease).size(), 0u);
    EXPECT_EQ(renew(*sql_, "me", lease), mine);
    EXPECT_EQ(renew(*sql_, "you", lease), yours);
}

TEST_P(Ownerships, AFrozenOwnerLosesItsTransactionAndThenItsPartition) {
    const auto mine = claim(*sql_, "me", 1, over);
    const auto frozen = database_->open();
    open_batch(*frozen, mine[0], "frozen");
    // The claim of a row by name waits; the session that idles in its transaction is ended.
    const auto waited = other_->query(
        "update bus_partition set epoch = epoch + 1, owner = 'you' where id = $1 returning epoch",
        {std::int64_t{mine[0].partition.value}});
    EXPECT_EQ(as_int(waited.at(0).at(0)), 2);
    EXPECT_EQ(fault_of([&] { frozen->query("commit"); }), Fault::Kind::away);
    EXPECT_EQ(setting(), "");
    frozen->reconnect();
    EXPECT_EQ(frozen->query("select 1").size(), 1u);
}

TEST_P(Ownerships, RenewingTellsWhatIsStillMine) {
    const auto mine = claim(*sql_, "me", 3, lease);
    EXPECT_EQ(renew(*sql_, "me", lease), mine);
    EXPECT_EQ(claim(*other_, "you", 4, lease).size(), 1u);
    expire_leases();
    EXPECT_EQ(claim(*other_, "you", 1, lease).size(), 1u);
    EXPECT_EQ(renew(*sql_, "me", lease).size() + renew(*sql_, "you", lease).size(), 4u);
    EXPECT_EQ(claim(*sql_, "me", 0, lease).size(), 0u);
}

TEST_P(Ownerships, OnlyTheOwnerReleases) {
    const auto mine = claim(*sql_, "me", 1, lease);
    EXPECT_FALSE(release(*other_, "you", mine[0]));
    EXPECT_FALSE(release(*sql_, "me", {mine[0].partition, mine[0].epoch - 1}));
    EXPECT_TRUE(release(*sql_, "me", mine[0]));
    EXPECT_FALSE(release(*sql_, "me", mine[0]));
    EXPECT_EQ(claim(*other_, "you", 4, lease).size(), 4u);
}

TEST_P(Ownerships, MembersAreThoseSeenWithinALease) {
    EXPECT_EQ(count_members(*sql_, lease), 0);
    beat_member(*sql_, "me", lease);
    beat_member(*sql_, "you", lease);
    beat_member(*sql_, "me", lease);
    EXPECT_EQ(count_members(*sql_, lease), 2);
    sql_->query("update bus_member set seen_at = now() - interval '5 s' where id = 'you'");
    EXPECT_EQ(count_members(*sql_, lease), 1);
    sql_->query("update bus_member set seen_at = now() - interval '1 min' where id = 'you'");
    beat_member(*sql_, "me", lease);
    EXPECT_EQ(sql_->query("select id from bus_member").size(), 1u);
    leave_members(*sql_, "me");
    EXPECT_EQ(count_members(*sql_, lease), 0);
}

TEST(FairShare, IsRoundedUp) {
    EXPECT_EQ(fair_share(16, 3), 6u);
    EXPECT_EQ(fair_share(16, 16), 1u);
    EXPECT_EQ(fair_share(4, 0), 4u);
    EXPECT_EQ(fair_share(4, 9), 1u);
}

class PostgresFaults : public EveryDatabase {
protected:
    std::optional<Fault::Kind> raised(const std::string& sqlstate) {
        return fault_of([&] {
            sql_->query("do $$ begin raise exception 'raised' using errcode = '" + sqlstate +
                        "'; end $$");
        });
    }
};
INSTANTIATE_TEST_SUITE_P(Databases, PostgresFaults, testing::Values(Dialect::postgres),
                         dialect_name);

TEST_P(PostgresFaults, SqlstatesHaveTheirKinds) {
    for (const char* state : {"22003", "22P05", "23502", "23505"}) {
        EXPECT_EQ(raised(state), Fault::Kind::bad_data) << state;
    }
    for (const char* state : {"08006", "40001", "40P01", "53100", "53300", "57014", "57P03",
                              "58030", "XX000", "42P01", "0A000", "OH002"}) {
        EXPECT_EQ(raised(state), Fault::Kind::away) << state;
    }
    EXPECT_EQ(raised("OH001"), Fault::Kind::fenced);
    EXPECT_EQ(sql_->query("select 1").size(), 1u);
}

TEST_P(PostgresFaults, AnErrorAtTheCommitItselfIsFound) {
    sql_->script("create table late (a bigint unique deferrable initially deferred)");
    const Write insert{"late", Mode::insert, 0, {{"a", Kind::integer}}, 0};
    Unit unit;
    for (int i = 0; i < 2; ++i) unit.add(insert, {std::int64_t{1}});
    EXPECT_EQ(fault_of([&] { sql_->commit(unit, {}); }), Fault::Kind::bad_data);
    EXPECT_EQ(sql_->query("select * from late").size(), 0u);
}

TEST_P(PostgresFaults, AnEndedConnectionIsAwayUntilReconnected) {
    migrate(*sql_, now);
    const auto pid = sql_->query("select pg_backend_pid()")[0][0];
    const auto other = database_->open();
    Unit unit;
    unit.add(put_setting, {std::string{"x"}, std::string{"y"}});
    other->query("select pg_terminate_backend(cast($1 as int), 2000)", {pid});
    EXPECT_EQ(fault_of([&] { sql_->commit(unit, {}); }), Fault::Kind::away);
    EXPECT_EQ(fault_of([&] { sql_->commit(unit, {}); }), Fault::Kind::away);
    EXPECT_EQ(unit.row_count(), 1u);
    sql_->reconnect();
    sql_->commit(unit, {});
    EXPECT_EQ(other->query("select value from settings where key = 'x'").size(), 1u);
}

TEST_P(PostgresFaults, AServerThatIsNotThereIsAway) {
    PostgresOptions options = database_->postgres();
    options.port = 1;
    EXPECT_EQ(fault_of([&] { open_postgres(options); }), Fault::Kind::away);
    options = database_->postgres();
    options.password = "wrong";
    EXPECT_EQ(fault_of([&] { open_postgres(options); }), Fault::Kind::away);
}

TEST_P(PostgresFaults, SessionsAreBounded) {
    const auto setting = [&](const char* name) {
        return as_text(sql_->query("select current_setting($1)", {std::string{name}})[0][0]);
    };
    EXPECT_EQ(setting("statement_timeout"), "5s");
    EXPECT_EQ(setting("idle_in_transaction_session_timeout"), "2s");
    EXPECT_EQ(setting("transaction_isolation"), "read committed");
    EXPECT_EQ(setting("synchronous_commit"), "on");
    PostgresOptions options = database_->postgres();
    options.durable = false;
    EXPECT_EQ(as_text(open_postgres(options)->query("show synchronous_commit")[0][0]), "off");
}

// Nothing has analyzed the table, which seems small: all of it would be read for each key.
TEST_P(PostgresFaults, WhoWorksByKeyLooksUpByAnIndex) {
    sql_->script("create table small (a bigint, b text, c text, primary key (a, b))");
    PostgresOptions options = database_->postgres();
    options.by_key = true;
    const auto by_key = open_postgres(options);
    const KeyedRead read = read_by_keys(
        Dialect::postgres, {std::vector<std::int64_t>{1}, std::vector<std::string>{"x"}}, "t.c",
        "small t", "t.a = u.c1 and t.b = u.c2");
    std::string plan;
    for (const Row& row : by_key->query("explain " + read.text, read.values))
        plan += as_text(row[0]) + "\n";
    EXPECT_NE(plan.find("Index Cond: ((a = u.c1) AND (b = u.c2))"), std::string::npos) << plan;
    EXPECT_EQ(as_text(by_key->query("show enable_seqscan")[0][0]), "off");
    EXPECT_EQ(as_text(sql_->query("show enable_seqscan")[0][0]), "on");
}

}  // namespace
}  // namespace ohm::store
