// The contract of Sql: the same cases for both drivers.
#include "store/sql.hpp"

#include <gtest/gtest.h>

#include "store/test_database.hpp"

namespace ohm::store {
namespace {

using Kinds = std::vector<Column>;
const Kinds fact_columns{{"a", Kind::integer},
                         {"b", Kind::text},
                         {"n", Kind::integer},
                         {"t", Kind::text},
                         {"x", Kind::bytes}};
const Write insert_fact{"fact", Mode::insert, 2, fact_columns, 2};
const Write add_fact{"fact", Mode::insert_if_absent, 2, fact_columns, 2};
const Write put_fact{"fact", Mode::upsert, 2, fact_columns, 2};
const Write put_parent{"parent", Mode::upsert, 1, {{"id", Kind::integer}, {"name", Kind::text}}, 1};
const Write update_fact{
    "fact", Mode::update, 2, {{"a", Kind::integer}, {"b", Kind::text}, {"n", Kind::integer}}, 3};
const Write remove_fact{"fact", Mode::remove, 2, {{"a", Kind::integer}, {"b", Kind::text}}, 4};

constexpr auto bad_data = Fault::Kind::bad_data;
constexpr auto away = Fault::Kind::away;

std::vector<Value> fact(std::int64_t a, std::string b, Value n, Value t = std::string{"t"},
                        Value x = Null{}) {
    return {a, std::move(b), std::move(n), std::move(t), std::move(x)};
}

class SqlContract : public EveryDatabase {
protected:
    void SetUp() override {
        EveryDatabase::SetUp();
        if (!sql_) return;
        sql_->script(
            std::string{"create table fact (a bigint not null, b text not null, n bigint, "
                        "t text not null, x "} +
            bytes_type() +
            ", primary key (a, b)); create table parent (id bigint primary key, name text)");
    }

    void commit(const Write& write, std::vector<std::vector<Value>> rows) {
        Unit unit;
        for (auto& row : rows) unit.add(write, std::move(row));
        sql_->commit(unit, {});
    }
    std::int64_t count() { return as_int(sql_->query("select count(*) from fact").at(0).at(0)); }
    std::int64_t n_of(std::int64_t a, const std::string& b) {
        const auto rows = sql_->query("select n from fact where a = $1 and b = $2", {a, b});
        return rows.size() == 1 ? as_int(rows[0][0], -1) : -2;
    }
};
INSTANTIATE_TEST_SUITE_P(Databases, SqlContract,
                         testing::Values(Dialect::sqlite, Dialect::postgres), dialect_name);

TEST_P(SqlContract, EveryKindOfValueComesBackAsItWas) {
    const std::string every_byte = [] {
        std::string bytes;
        for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
        return bytes;
    }();
    commit(insert_fact, {fact(std::numeric_limits<std::int64_t>::min(), "", Null{}, std::string{},
                              Bytes{every_byte}),
                         fact(std::numeric_limits<std::int64_t>::max(), "Größe € 😀 '\"\\",
                              std::int64_t{-1}, std::string{"{a,\"b\"}\n"}, Bytes{})});
    const auto rows = sql_->query("select a, b, n, t, x from fact order by a");
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0], (Row{std::numeric_limits<std::int64_t>::min(), std::string{}, Null{},
                            std::string{}, Bytes{every_byte}}));
    EXPECT_EQ(rows[1],
              (Row{std::numeric_limits<std::int64_t>::max(), std::string{"Größe € 😀 '\"\\"},
                   std::int64_t{-1}, std::string{"{a,\"b\"}\n"}, Bytes{}}));
}

TEST_P(SqlContract, ParametersOfReadsKeepTheirKinds) {
    commit(insert_fact,
           {fact(1, "x", std::int64_t{5}, std::string{"t"}, Bytes{std::string{"\0\xff", 2}})});
    EXPECT_EQ(
        sql_->query("select a from fact where x = $1", {Bytes{std::string{"\0\xff", 2}}}).size(),
        1u);
    EXPECT_EQ(sql_->query("select a from fact where t = $2 and n = $1",
                          {std::int64_t{5}, std::string{"t"}})
                  .size(),
              1u);
    EXPECT_EQ(sql_->query("select a from fact where b = $1 or t = $1", {std::string{"x"}}).size(),
              1u);
    EXPECT_EQ(sql_->query("select a from fact order by a limit $1", {std::int64_t{0}}).size(), 0u);
    // The same text with another kind is another statement.
    const char* optional_n = "select a from fact where cast($1 as bigint) is null or n = $1";
    EXPECT_EQ(sql_->query(optional_n, {std::int64_t{5}}).size(), 1u);
    EXPECT_EQ(sql_->query(optional_n, {std::int64_t{6}}).size(), 0u);
    EXPECT_EQ(sql_->query(optional_n, {Null{}}).size(), 1u);
    const auto sums = sql_->query("select sum(n), count(*), 1 = 1, n is null from fact group by n");
    EXPECT_EQ(sums.at(0),
              (Row{std::int64_t{5}, std::int64_t{1}, std::int64_t{1}, std::int64_t{0}}));
}

TEST_P(SqlContract, ListsSelectRows) {
    commit(insert_fact, {fact(1, "a", Null{}), fact(2, "b\"c", Null{}), fact(3, "", Null{})});
    const auto numbers =
        "select a from fact where " + any_of(GetParam(), "a", "$1") + " order by a";
    const auto texts = "select a from fact where " + any_of(GetParam(), "b", "$1") + " order by a";
    using Numbers = std::vector<std::int64_t>;
    using Texts = std::vector<std::string>;
    EXPECT_EQ(sql_->query(numbers, {Numbers{3, 1, 9}}).size(), 2u);
    EXPECT_EQ(sql_->query(numbers, {Numbers{}}).size(), 0u);
    EXPECT_EQ(sql_->query(texts, {Texts{"b\"c", ""}}).size(), 2u);
    EXPECT_EQ(sql_->query(texts, {Texts{}}).size(), 0u);
    EXPECT_EQ(fault_of([&] { sql_->query(texts, {Texts{"\xff"}}); }), bad_data);
    EXPECT_EQ(fault_of([&] { sql_->query(texts, {Texts{std::string{"\0", 1}}}); }), bad_data);
}

TEST_P(SqlContract, RowsOfKeysAreJoinedPlaceByPlace) {
    commit(insert_fact, {fact(1, "a", Null{}), fact(1, "b\"]", Null{}), fact(2, "a", Null{})});
    const auto read = [&](std::vector<std::int64_t> numbers, std::vector<std::string> texts) {
        const KeyedRead asked = read_by_keys(GetParam(), {std::move(numbers), std::move(texts)},
                                             "f.a, f.b", "fact f", "f.a = u.c1 and f.b = u.c2");
        return sql_->query(asked.text + " order by 1", asked.values);
    };
    const auto rows = read({1, 2, 2}, {"b\"]", "a", "none"});
    ASSERT_EQ(rows.size(), 2u) << "1 with a was not asked for";
    EXPECT_EQ(as_text(rows[0][1]), "b\"]");
    EXPECT_EQ(as_int(rows[1][0]), 2);
    EXPECT_EQ(read({}, {}).size(), 0u);
    EXPECT_EQ(fault_of([&] { read({1}, {"\xff"}); }), bad_data);
}

TEST_P(SqlContract, InsertRefusesAKeyThatIsThere) {
    commit(insert_fact, {fact(1, "a", std::int64_t{1})});
    EXPECT_EQ(
        fault_of([&] {
            commit(insert_fact, {fact(2, "a", std::int64_t{2}), fact(1, "a", std::int64_t{2})});
        }),
        bad_data);
    EXPECT_EQ(count(), 1);
    EXPECT_EQ(n_of(1, "a"), 1);
}

TEST_P(SqlContract, InsertIfAbsentLeavesWhatIsThere) {
    commit(insert_fact, {fact(2, "b", std::int64_t{0})});
    Unit unit;
    unit.add(put_parent, {std::int64_t{1}, std::string{"p"}});
    // Not in the order of the keys, and the last one twice.
    for (const auto* b : {"c", "b", "a", "a"}) unit.add(add_fact, fact(2, b, std::int64_t{1}));
    sql_->commit(unit, {});
    EXPECT_EQ(n_of(2, "a"), 1);
    EXPECT_EQ(n_of(2, "c"), 1);
    EXPECT_EQ(n_of(2, "b"), 0);
    EXPECT_EQ(count(), 3);
}

TEST_P(SqlContract, InsertIfAbsentDoesNotHideBadData) {
    EXPECT_EQ(fault_of([&] { commit(add_fact, {fact(1, "a", Null{}, Null{})}); }), bad_data);
    EXPECT_EQ(count(), 0);
}

TEST_P(SqlContract, UpsertWritesTheLastRowOfAKey) {
    commit(put_fact, {fact(1, "a", std::int64_t{1}), fact(1, "b", std::int64_t{2}),
                      fact(1, "a", std::int64_t{3})});
    EXPECT_EQ(n_of(1, "a"), 3);
    EXPECT_EQ(count(), 2);
    commit(put_fact, {fact(1, "a", Null{}), fact(2, "a", std::int64_t{4})});
    EXPECT_EQ(n_of(1, "a"), -1);
    EXPECT_EQ(count(), 3);
}

TEST_P(SqlContract, UpdateLeavesAbsentRowsAbsentAndOtherColumnsAlone) {
    commit(insert_fact, {fact(1, "a", std::int64_t{1}, std::string{"keep"})});
    commit(update_fact, {{std::int64_t{1}, std::string{"a"}, std::int64_t{7}},
                         {std::int64_t{9}, std::string{"z"}, std::int64_t{7}},
                         {std::int64_t{1}, std::string{"a"}, std::int64_t{8}}});
    EXPECT_EQ(sql_->query("select n, t from fact"),
              (std::vector<Row>{{std::int64_t{8}, std::string{"keep"}}}));
}

TEST_P(SqlContract, RemoveDeletesByKey) {
    commit(insert_fact, {fact(1, "a", Null{}), fact(1, "b", Null{}), fact(2, "a", Null{})});
    commit(remove_fact, {{std::int64_t{2}, std::string{"a"}},
                         {std::int64_t{1}, std::string{"a"}},
                         {std::int64_t{5}, std::string{"a"}}});
    EXPECT_EQ(count(), 1);
    EXPECT_EQ(n_of(1, "b"), -1);
}

TEST_P(SqlContract, StatementsOfAUnitRunInTheirOrder) {
    Unit unit;
    unit.add(remove_fact, {std::int64_t{1}, std::string{"a"}});                   // order 4
    unit.add(update_fact, {std::int64_t{1}, std::string{"b"}, std::int64_t{6}});  // order 3
    unit.add(insert_fact, fact(1, "a", Null{}));                                  // order 2
    unit.add(insert_fact, fact(1, "b", Null{}));
    sql_->commit(unit, {});
    EXPECT_EQ(count(), 1);
    EXPECT_EQ(n_of(1, "b"), 6);
}

TEST_P(SqlContract, AUnitIsWholeOrNothingAndCanBeRepeated) {
    Unit unit;
    unit.add(put_parent, {std::int64_t{1}, std::string{"p"}});
    unit.add(insert_fact, fact(1, "a", Null{}));
    unit.add(insert_fact, fact(2, "a", Null{}, Null{}));  // t is not null
    EXPECT_EQ(fault_of([&] { sql_->commit(unit, {}); }), bad_data);
    EXPECT_EQ(count(), 0);
    EXPECT_EQ(sql_->query("select id from parent").size(), 0u);
    EXPECT_EQ(unit.row_count(), 3u);

    sql_->script(on_postgres() ? "alter table fact alter column t drop not null"
                               : "drop table fact; create table fact (a, b, n, t, x)");
    sql_->commit(unit, {});
    EXPECT_TRUE(unit.empty());
    EXPECT_EQ(count(), 2);
}

TEST_P(SqlContract, TextThatOneDatabaseRefusesIsRefusedByBoth) {
    for (const std::string& text :
         {std::string{"a\0b", 3}, std::string{"\xc3\x28"}, std::string{"\xed\xa0\x80"}}) {
        EXPECT_EQ(fault_of([&] { commit(insert_fact, {fact(1, "k", Null{}, text)}); }), bad_data);
        EXPECT_EQ(fault_of([&] { commit(put_fact, {fact(1, text, Null{})}); }), bad_data);
        EXPECT_EQ(fault_of([&] { sql_->query("select a from fact where t = $1", {text}); }),
                  bad_data);
    }
    EXPECT_EQ(count(), 0);
    commit(insert_fact, {fact(1, "k", Null{})});  // the connection is as good as before
    EXPECT_EQ(count(), 1);
}

TEST_P(SqlContract, TenThousandRowsInAndOut) {
    const std::string filler(700, 'f');
    Unit unit;
    for (std::int64_t i = 0; i < 10'000; ++i) {
        unit.add(add_fact, fact(i % 100, std::to_string(i) + filler, i, filler, Bytes{filler}));
    }
    sql_->commit(unit, {});
    EXPECT_EQ(count(), 10'000);
    for (std::int64_t i = 0; i < 10'000; ++i) {
        unit.add(update_fact, {i % 100, std::to_string(i) + filler, i + 1});
    }
    sql_->commit(unit, {});
    const auto rows = sql_->query("select n, b, x from fact order by n");
    ASSERT_EQ(rows.size(), 10'000u);
    EXPECT_EQ(as_int(rows[9'999][0]), 10'000);
    EXPECT_EQ(as_bytes(rows[0][2]), filler);
}

TEST_P(SqlContract, WhatCannotBeUnderstoodIsAway) {
    EXPECT_EQ(fault_of([&] { sql_->query("select nonsense from nowhere"); }), away);
    EXPECT_EQ(fault_of([&] { sql_->script("create table good (a bigint); create nonsense"); }),
              away);
    EXPECT_EQ(fault_of([&] { sql_->query("select * from good"); }), away);  // rolled back
    EXPECT_EQ(count(), 0);
}

TEST_P(SqlContract, ReconnectingKeepsWhatWasCommitted) {
    commit(insert_fact, {fact(1, "a", Null{})});
    sql_->reconnect();
    EXPECT_EQ(count(), 1);
    commit(insert_fact, {fact(2, "a", Null{})});
    EXPECT_EQ(count(), 2);
}

TEST_P(SqlContract, ATableMayGrowWhileItIsWritten) {
    commit(insert_fact, {fact(1, "a", Null{})});
    sql_->script("alter table fact add column extra text");
    const auto fault = fault_of([&] { commit(insert_fact, {fact(2, "a", Null{})}); });
    if (fault) {
        EXPECT_EQ(fault, away);
        sql_->reconnect();
        commit(insert_fact, {fact(2, "a", Null{})});
    }
    EXPECT_EQ(count(), 2);
}

TEST_P(SqlContract, MoreStatementsThanAreKept) {
    for (int i = 0; i < 600; ++i) {
        const auto rows = sql_->query("select " + std::to_string(i));
        ASSERT_EQ(as_int(rows.at(0).at(0)), i);
    }
    commit(insert_fact, {fact(1, "a", Null{})});
    EXPECT_EQ(count(), 1);
}

TEST_P(SqlContract, AnEmptyUnitIsNothing) {
    Unit unit;
    sql_->commit(unit, {});
    EXPECT_EQ(count(), 0);
}

TEST(Sqlite, AFileThatCannotBeOpenedIsAway) {
    EXPECT_EQ(fault_of([] { open_sqlite({.path = "/nonexistent/ohm.db"}); }), away);
    EXPECT_EQ(fault_of([] { open_sqlite({.path = "/tmp/absent-ohm.db", .read_only = true}); }),
              away);
}

TEST(Sqlite, AReaderReadsAndCannotWrite) {
    const TestDatabase database{Dialect::sqlite};
    const auto writer = database.open();
    writer->script("create table parent (id bigint primary key, name text)");
    const auto reader = open_sqlite({.path = database.path(), .read_only = true});
    Unit unit;
    unit.add(put_parent, {std::int64_t{1}, std::string{"p"}});
    EXPECT_EQ(fault_of([&] { reader->commit(unit, {}); }), away);
    writer->commit(unit, {});
    EXPECT_EQ(reader->query("select name from parent").size(), 1u);
}

TEST(Sqlite, MemoryKeepsItsContentOverAReconnect) {
    const auto sql = open_sqlite({.path = ":memory:"});
    sql->script("create table parent (id bigint primary key, name text)");
    sql->reconnect();
    EXPECT_EQ(sql->query("select * from parent").size(), 0u);
}

TEST(Unit, RowsThatDoNotFitTheirDeclarationAreBugs) {
    Unit unit;
    EXPECT_THROW(unit.add(put_parent, {std::int64_t{1}}), Bug);
    EXPECT_THROW(unit.add(put_parent, {std::string{"1"}, std::string{"p"}}), Bug);
    const Write all_key{"parent", Mode::update, 1, {{"id", Kind::integer}}, 0};
    EXPECT_THROW(unit.add(all_key, {std::int64_t{1}}), Bug);
}

TEST(Unit, SortsRowsByKeyAndStatementsByOrder) {
    Unit unit;
    for (const std::int64_t id : {3, 1, 2, 1})
        unit.add(put_parent, {id, std::to_string(unit.row_count())});
    for (const std::int64_t a : {2, 1}) unit.add(insert_fact, fact(a, "b", Null{}));
    EXPECT_EQ(unit.row_count(), 5u);
    const auto parts = unit.take_sorted();
    EXPECT_TRUE(unit.empty());
    ASSERT_EQ(parts.size(), 2u);
    EXPECT_EQ(parts[0].write, &put_parent);
    EXPECT_EQ(parts[0].rows,
              (std::vector<std::vector<Value>>{{std::int64_t{1}, std::string{"3"}},
                                               {std::int64_t{2}, std::string{"2"}},
                                               {std::int64_t{3}, std::string{"0"}}}));
    EXPECT_EQ(as_int(parts[1].rows[0][0]), 2);  // inserts stay in the order added
    unit.put_back(parts);
    unit.add(put_parent, {std::int64_t{2}, std::string{"new"}});
    EXPECT_EQ(unit.row_count(), 5u);
}

TEST_P(SqlContract, AClaimIsHadOnceAndMayBeSentAgain) {
    sql_->script("create table place (slot bigint not null primary key, owner text not null)");
    const Write claim{"place", Mode::claim, 1, {{"slot", Kind::integer}, {"owner", Kind::text}}, 5};
    commit(claim, {{std::int64_t{1}, std::string{"a"}}});
    commit(claim, {{std::int64_t{1}, std::string{"a"}}});  // its answer was lost
    Unit unit;
    unit.add(put_parent, {std::int64_t{7}, std::string{"beside it"}});
    unit.add(claim, {std::int64_t{2}, std::string{"b"}});
    unit.add(claim, {std::int64_t{1}, std::string{"b"}});
    EXPECT_THROW(sql_->commit(unit, {}), Taken);
    EXPECT_EQ(unit.row_count(), 3u);
    EXPECT_EQ(as_int(sql_->query("select count(*) from place")[0][0]), 1);
    EXPECT_EQ(as_int(sql_->query("select count(*) from parent")[0][0]), 0);
    // A null elsewhere in a unit without claims is bad data, as ever.
    EXPECT_EQ(
        fault_of([&] {
            commit(insert_fact, {{std::int64_t{1}, std::string{"x"}, Null{}, Null{}, Null{}}});
        }),
        bad_data);
}

}  // namespace
}  // namespace ohm::store
