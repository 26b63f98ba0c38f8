// The contract of Sql, the same cases for every driver.
#include "store/sql.hpp"

#include <gtest/gtest.h>

#include "store/migrations.hpp"
#include "store/sequences.hpp"

namespace ohm::store {
namespace {

const Write insert_fact{"fact", Mode::insert, 1, {{"k", Kind::integer}, {"t", Kind::text}}, 1};

TEST(Sqlite, WritesAndReads) {
    const auto sql = open_sqlite({.path = ":memory:"});
    sql->script("create table fact(k bigint primary key, t text not null, b blob)");
    Unit unit;
    unit.add(insert_fact, {std::int64_t{1}, std::string{}});
    sql->commit(unit, {});
    EXPECT_TRUE(unit.empty());
    const auto rows = sql->query("select k, t, b from fact where t = $1", {std::string{}});
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(as_int(rows[0][0]), 1);
    EXPECT_TRUE(is_null(rows[0][2]));
}

TEST(Migrations, RunOnceAndAgain) {
    const auto sql = open_sqlite({.path = ":memory:"});
    EXPECT_EQ(migrate(*sql, utc_from_micros(7)), 1);
    EXPECT_EQ(migrate(*sql, utc_from_micros(8)), 1);
    EXPECT_EQ(take_block(*sql, station_numbers, 10), 1);
    EXPECT_EQ(take_block(*sql, station_numbers, 1), 11);
}

}  // namespace
}  // namespace ohm::store
