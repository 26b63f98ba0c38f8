#include "api/people/audit_chain.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "store/migrations.hpp"
#include "store/test_database.hpp"

namespace ohm::api::people {
namespace {

class AuditChainTest : public store::EveryDatabase {
protected:
    void SetUp() override {
        EveryDatabase::SetUp();
        if (sql_) store::migrate(*sql_, clock_.utc());
    }
    AuditRow row(const std::string& who, std::int64_t at = 1'000) {
        AuditRow made;
        made.id = ids_.next();
        made.at = at, made.status = 200;
        made.who = who, made.method = "PATCH", made.target = "stations/CP1";
        made.summary = R"({"name":"x"})";
        return made;
    }
    void append(store::Sql& sql, std::vector<AuditRow> rows) {
        store::Unit unit;
        append_audit(sql, unit, rows);
    }
    std::int64_t count() {
        return store::as_int(sql_->query("select count(*) from audit").at(0).at(0));
    }

    SystemClock clock_;
    SeededRandom random_{3};
    IdSource ids_{clock_, random_};
};

TEST_P(AuditChainTest, IsWholeOverSeveralWritesAndWriters) {
    const auto other = database_->open();
    append(*sql_, {row("key:a"), row("key:b")});
    append(*other, {row("user:c")});
    append(*sql_, {row("key:d")});
    const AuditCheck check = check_audit(*sql_, 1, 100);
    EXPECT_EQ(check.first, 1);
    EXPECT_EQ(check.last, 4);
    EXPECT_FALSE(check.broken_at) << *check.broken_at;
    EXPECT_TRUE(check.is_end);
}

TEST_P(AuditChainTest, ShowsWhatWasChangedTakenOutOrPutIn) {
    for (const char* harm :
         {"update audit set who = 'key:other' where number = 3",
          "update audit set status = 403 where number = 3",
          "update audit set summary = '' where number = 3", "delete from audit where number = 3",
          "update audit set digest = digest_before where number = 3"}) {
        sql_->query("delete from audit");
        for (int i = 0; i < 5; ++i) append(*sql_, {row("key:a")});
        ASSERT_FALSE(check_audit(*sql_, 1, 100).broken_at);
        sql_->query(harm);
        const AuditCheck check = check_audit(*sql_, 1, 100);
        ASSERT_TRUE(check.broken_at) << harm;
        EXPECT_GE(*check.broken_at, 3) << harm;
        EXPECT_LE(*check.broken_at, 4) << harm;
    }
}

TEST_P(AuditChainTest, ARowHandedOverTwiceIsStoredOnce) {
    const AuditRow once = row("key:a");
    append(*sql_, {once});
    append(*sql_, {once, row("key:b")});
    EXPECT_EQ(count(), 2);
    EXPECT_FALSE(check_audit(*sql_, 1, 100).broken_at);
}

TEST_P(AuditChainTest, GoesWithItsUnitOrNotAtAll) {
    static const store::Write broken{
        "operators", store::Mode::insert, 1, {{"id", store::Kind::bytes}}, 0};
    store::Unit unit;
    unit.add(broken, {store::Bytes{"0123456789abcdef"}});
    const std::vector<AuditRow> rows{row("key:a")};
    EXPECT_THROW(append_audit(*sql_, unit, rows), Fault);
    EXPECT_EQ(count(), 0);
    EXPECT_FALSE(unit.empty());
}

TEST_P(AuditChainTest, AUnitBehindAHeadThatHasMovedIsRefused) {
    append(*sql_, {row("key:a")});
    const AuditHead head = read_audit_head(*sql_);
    EXPECT_EQ(head.number, 1);
    append(*database_->open(), {row("key:b")});
    store::Unit unit;
    EXPECT_THROW(append_audit(*sql_, unit, row("key:c"), head), Fault);
    EXPECT_EQ(count(), 2);
    append_audit(*sql_, unit, row("key:c"), read_audit_head(*sql_));
    EXPECT_EQ(count(), 3);
    EXPECT_FALSE(check_audit(*sql_, 1, 100).broken_at);
}

TEST_P(AuditChainTest, OldRowsGoAndTheRestStaysWhole) {
    const std::int64_t day = 86'400'000'000;
    for (std::int64_t i = 0; i < 5; ++i) append(*sql_, {row("key:a", i * day)});
    sweep_people(*sql_, Utc{Micros{12 * day}}, 10);
    EXPECT_EQ(count(), 3);
    append(*sql_, {row("key:b", 12 * day)});
    const AuditCheck check = check_audit(*sql_, 1, 100);
    EXPECT_EQ(check.first, 3);
    EXPECT_EQ(check.last, 6);
    EXPECT_FALSE(check.broken_at);
    sweep_people(*sql_, Utc{Micros{100 * day}}, 0);
    EXPECT_EQ(count(), 4);
    sweep_people(*sql_, Utc{Micros{100 * day}}, 10);
    append(*sql_, {row("key:c", 100 * day)});
    EXPECT_EQ(check_audit(*sql_, 1, 100).last, 7);
}

INSTANTIATE_TEST_SUITE_P(On, AuditChainTest,
                         testing::Values(store::Dialect::sqlite, store::Dialect::postgres),
                         store::dialect_name);

}  // namespace
}  // namespace ohm::api::people
