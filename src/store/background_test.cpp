#include "store/background.hpp"

#include <gtest/gtest.h>

#include "base/limits_background.hpp"
#include "store/migrations.hpp"
#include "store/test_database.hpp"

namespace ohm::store {
namespace {

const Write sample{
    "background_samples", Mode::insert, 1, {{"id", Kind::integer}, {"value", Kind::integer}}, 0};

class Background : public EveryDatabase {
protected:
    static constexpr std::int64_t rows = 2 * limits::background_rows + 1;  // three portions
    void SetUp() override {
        EveryDatabase::SetUp();
        if (!sql_) return;
        migrate(*sql_, utc_from_micros(0));
        sql_->query("insert into bus_partition (id, epoch) values (3, 7)");
        sql_->query("create table background_samples (id bigint primary key, value bigint)");
        background_ = open_background_postgres(database_->postgres());
    }
    static void fill(Unit& unit) {
        for (std::int64_t i = 0; i < rows; ++i) unit.add(sample, {i, 2 * i});
    }
    std::int64_t stored() {
        return as_int(sql_->query("select count(*) from background_samples")[0][0]);
    }
    std::unique_ptr<Sql> background_;
};

TEST_P(Background, a_unit_is_stored_whole) {
    Unit unit;
    fill(unit);
    background_->commit(unit, {{3}, {7}});
    EXPECT_TRUE(unit.empty());
    EXPECT_EQ(stored(), rows);
}

TEST_P(Background, what_is_no_longer_ours_is_not_stored) {
    Unit unit;
    fill(unit);
    try {
        background_->commit(unit, {{3}, {6}});
        FAIL() << "stored under an old epoch";
    } catch (const Fault& fault) {
        EXPECT_EQ(fault.kind(), Fault::Kind::fenced);
    }
    EXPECT_EQ(stored(), 0);
    EXPECT_EQ(unit.row_count(), static_cast<std::size_t>(rows));
}

TEST_P(Background, one_bad_row_keeps_all_out_and_the_connection_goes_on) {
    sql_->query("insert into background_samples values ($1, 0)", {rows - 1});
    Unit unit;
    fill(unit);
    EXPECT_THROW(background_->commit(unit, {{3}, {7}}), Fault);
    EXPECT_EQ(stored(), 1);
    sql_->query("delete from background_samples");
    background_->commit(unit, {{3}, {7}});
    EXPECT_EQ(stored(), rows);
}

INSTANTIATE_TEST_SUITE_P(Databases, Background, testing::Values(Dialect::postgres), dialect_name);

}  // namespace
}  // namespace ohm::store
