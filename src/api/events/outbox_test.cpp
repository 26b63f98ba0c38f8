#include "api/events/outbox.hpp"

#include "store/migrations.hpp"
#include "store/test_database.hpp"

namespace ohm::api::events {
namespace {

class Outbox : public store::EveryDatabase {
protected:
    void SetUp() override {
        store::EveryDatabase::SetUp();
        if (!IsSkipped()) store::migrate(*sql_, utc_from_micros(0));
    }
    void write(std::uint32_t partition, std::int64_t first, int count, std::int64_t at = 5) {
        std::string text;
        for (int i = 0; i < count; ++i) {
            const std::int64_t n = first + i;
            text += (i > 0 ? "," : "[") + make_event({partition}, "station.updated", "CP", at,
                                                     "{\"version\":" + std::to_string(n) + "}")
                                              .json;
        }
        store::Unit unit;
        unit.add(tables::outbox,
                 {std::int64_t{partition}, first, std::int64_t{count}, at, text + "]"});
        sql_->commit(unit, {});
    }
    std::vector<std::string> read(Page& page, const Position& from, std::size_t most = 100) {
        page = read_page(*sql_, decoder_, from, most);
        std::vector<std::string> out;
        for (const Event& event : page.events)
            out.push_back(std::to_string(event.partition.value) + "-" + std::to_string(event.n) +
                          event.data);
        return out;
    }
    wire::Decoder decoder_;
    using Words = std::vector<std::string>;
};

TEST_P(Outbox, IsReadInOrderFromAPlaceOn) {
    write(0, 1, 2);
    write(0, 3, 1);
    write(2, 1, 1);
    Page page;
    EXPECT_EQ(read(page, beginning(3)), (Words{"0-1{\"version\":1}", "0-2{\"version\":2}",
                                               "0-3{\"version\":3}", "2-1{\"version\":1}"}));
    EXPECT_EQ(page.after, (Position{{4, 1, 2}}));
    EXPECT_FALSE(page.more);
    EXPECT_EQ(read(page, page.after), Words{});
    EXPECT_EQ(newest(*sql_, 3), (Position{{4, 1, 2}}));
}

TEST_P(Outbox, APlaceWithinABatchIsReadFromThereOn) {
    write(1, 1, 3);
    Page page;
    EXPECT_EQ(read(page, {{1, 3}}), Words{"1-3{\"version\":3}"});
    EXPECT_EQ(page.after, (Position{{1, 4}}));
}

TEST_P(Outbox, APageEndsWithABatch) {
    write(0, 1, 2);
    write(0, 3, 2);
    Page page;
    EXPECT_EQ(read(page, beginning(1), 1).size(), 2u);
    EXPECT_TRUE(page.more);
    EXPECT_EQ(read(page, page.after, 1).size(), 2u);
    EXPECT_EQ(page.after, (Position{{5}}));
}

TEST_P(Outbox, WhatIsGoneIsSaid) {
    write(0, 1, 1);
    write(0, 2, 1);
    write(0, 3, 1);
    sql_->query("delete from outbox where first_n < 3", {});
    Page page;
    read(page, beginning(1));
    EXPECT_TRUE(page.expired);
    read(page, {{3}});
    EXPECT_FALSE(page.expired);
    EXPECT_EQ(oldest(*sql_, 1), (Position{{3}}));
}

TEST_P(Outbox, NumbersGoOnBehindTheLastRow) {
    EXPECT_EQ(next_number(*sql_, {0}), 1);
    write(0, 1, 7);
    EXPECT_EQ(next_number(*sql_, {0}), 8);
    EXPECT_EQ(next_number(*sql_, {1}), 1);
}

TEST_P(Outbox, TheSameRowAgainIsTheSameRow) {
    write(0, 1, 2);
    write(0, 1, 2);
    EXPECT_EQ(next_number(*sql_, {0}), 3);
}

TEST_P(Outbox, IsSweptByAgeButKeepsItsLastRow) {
    write(0, 1, 1, 1);
    write(0, 2, 1, 1);
    const Utc later = utc_from_micros(0) + std::chrono::hours{100};
    sweep(*sql_, later, 1, 1'000);
    EXPECT_EQ(oldest(*sql_, 1), (Position{{2}}));
    EXPECT_EQ(next_number(*sql_, {0}), 3);
}

TEST_P(Outbox, IsSweptByNumber) {
    for (int i = 1; i <= 10; ++i) write(1, i, 1);
    write(0, 1, 1);
    sweep(*sql_, utc_from_micros(10), 2, 8);  // four of each partition
    EXPECT_EQ(oldest(*sql_, 2), (Position{{1, 7}}));
}

INSTANTIATE_TEST_SUITE_P(Stores, Outbox,
                         testing::Values(store::Dialect::sqlite, store::Dialect::postgres),
                         store::dialect_name);

}  // namespace
}  // namespace ohm::api::events
