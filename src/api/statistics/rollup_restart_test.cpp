// What counting goes on from: starts and restarts, answers that were lost, events that are gone,
// and what is swept away.
#include <functional>

#include "api/statistics/test_rollup.hpp"
#include "store/test_sql.hpp"

namespace ohm::api::statistics {
namespace {

class RollupGoesOn : public RollupCase {
protected:
    // All that is counted, as text.
    std::string everything() {
        std::string text;
        for (const std::string table : {"days", "hours", "place_days", "place_hours"})
            for (const store::Row& row :
                 sql_->query("select * from statistics_" + table + " order by 1, 2, 3, 4")) {
                std::string line = table;
                for (const store::Value& value : row)
                    line += " " + std::to_string(store::as_int(value));
                text += line + "\n";
            }
        for (const store::Row& row : sql_->query(
                 "select station_no, day, error_code, count, lasted_us from statistics_faults "
                 "order by 1, 2, 3"))
            text += "fault " + std::to_string(store::as_int(row[1])) + store::as_text(row[2]) +
                    std::to_string(store::as_int(row[3])) + " " +
                    std::to_string(store::as_int(row[4])) + "\n";
        return text;
    }
    void forget_all() {
        for (const std::string table :
             {"days", "hours", "place_days", "place_hours", "faults", "connectors", "transactions"})
            sql_->query("delete from statistics_" + table);
        sql_->query("update statistics_positions set next_n = 1");
    }
};
INSTANTIATE_TEST_SUITE_P(Databases, RollupGoesOn,
                         testing::Values(store::Dialect::sqlite, store::Dialect::postgres),
                         store::dialect_name);

// Commits, and says that it did not.
class LosesAnswers final : public store::PassesOn {
public:
    using PassesOn::PassesOn;
    void commit(store::Unit& unit, const store::Fence& fence) override {
        if (!commits_nothing) PassesOn::commit(unit, fence);
        throw Fault{Fault::Kind::away, "nobody knows"};
    }
    bool commits_nothing = false;
};

// Before the place is read for the second time, a commit of before comes to its end.
class EndsLate final : public store::PassesOn {
public:
    EndsLate(std::unique_ptr<store::Sql> truth, std::function<void()> late)
        : PassesOn{std::move(truth)}, late_{std::move(late)} {}
    std::vector<store::Row> query(std::string_view sql,
                                  std::span<const store::Value> parameters) override {
        if (sql.find("statistics_positions") != sql.npos && ++looks_ == 2) late_();
        return PassesOn::query(sql, parameters);
    }

private:
    const std::function<void()> late_;
    int looks_ = 0;
};

TEST_P(RollupGoesOn, WhatWasThereBeforeIsCountedOnce) {
    const std::int64_t from = at("2026-03-20T10:00:00Z");
    put({.from = from, .to = from + hours, .end_mwh = 300'000});
    put({.id = "2", .from = from, .end_mwh = 100'000});
    tell_transaction("started", from, "2");
    sql_->query("delete from statistics_positions");
    step();
    EXPECT_EQ(figure(Figure::energy_mwh, "days", "1 = 1"), 400'000);
    EXPECT_EQ(figure(Figure::sessions_started, "place_days", "1 = 1"), 2);
    EXPECT_EQ(figure(Figure::sessions_ended, "place_days", "1 = 1"), 1);
}

TEST_P(RollupGoesOn, ThePastOfAnotherPartitionIsGoneOver) {
    const std::int64_t from = at("2026-03-20T10:00:00Z");
    const auto more = [](int i) { return std::to_string(1'000 + i); };
    for (int i = 0; i < 250; ++i) put({.id = more(i), .from = from, .to = from + hours});
    sql_->query("update transactions set station_no = 2");
    sql_->query("update charge_points set partition_no = 1 where station_no = 2");
    put({.id = "2", .from = from, .to = from + hours, .end_mwh = 300'000});
    sql_->query("delete from statistics_positions");
    Rollup rollup{{{0}, 0, 1}};
    EXPECT_EQ(rollup.step(*sql_, utc_from_micros(now_)), Left::news);
    EXPECT_EQ(rollup.step(*sql_, utc_from_micros(now_)), Left::past);
    EXPECT_EQ(figure(Figure::energy_mwh, "days", "1 = 1"), 0);
    EXPECT_EQ(rollup.step(*sql_, utc_from_micros(now_)), Left::nothing);
    EXPECT_EQ(figure(Figure::sessions_ended, "days", "1 = 1"), 1);
    EXPECT_EQ(figure(Figure::energy_mwh, "days", "1 = 1"), 300'000);
}

TEST_P(RollupGoesOn, RestartsAndLostAnswersCountNothingTwice) {
    const std::int64_t from = at("2026-03-28T22:30:00Z");
    const auto happen = [&](auto&& between) {
        tell_status("CP1", 1, from, "Available"), between();
        put({.from = from + hours});
        tell_transaction("started", from + hours, "1"), between();
        tell_status("CP1", 1, from + hours, "Charging"), between();
        put({.from = from + hours, .end_mwh = 250'000});
        tell_transaction("updated", from + 2 * hours, "1"), between();
        tell_status("CP1", 1, from + 3 * hours, "Faulted", "GroundFailure"), between();
        put({.from = from + hours, .to = from + 3 * hours, .end_mwh = 350'000});
        tell_transaction("ended", from + 3 * hours, "1"), between();
        tell_status("CP1", 1, from + 4 * hours, "Available"), between();
    };
    happen([] {});
    step();
    const std::string at_once = everything();
    EXPECT_EQ(of_day(Figure::energy_mwh, "2026-03-29"), 350'000);

    forget_all();
    sql_->query("delete from outbox");
    next_n_ = 1;
    LosesAnswers loses{database_->open()};
    happen([&] {
        // It dies before the commit, and behind it; both times the next one goes on.
        for (const bool commits_nothing : {true, false}) {
            loses.commits_nothing = commits_nothing;
            Rollup dying{{{0}, 0, 1}};
            EXPECT_THROW(dying.step(loses, utc_from_micros(now_)), Fault);
        }
        step();
    });
    EXPECT_EQ(everything(), at_once);
}

TEST_P(RollupGoesOn, ACommitThatEndsLateIsNotAddedTo) {
    const std::string accepted =
        R"({"action":"Authorize","token":null,"token_type":null,"status":"Accepted",)"
        R"("reason":null,"decided_by":null,"transaction_id":null,"evse_id":null})";
    tell("authorization.decided", "CP1", at("2026-03-28T10:00:00Z"), accepted);
    EndsLate late{database_->open(), [this] { step(); }};
    Rollup again{{{0}, 0, 1}};
    EXPECT_EQ(again.step(late, utc_from_micros(now_)), Left::news);
    EXPECT_EQ(of_day(Figure::accepted, "2026-03-28"), 1);
    again.step(late, utc_from_micros(now_));
    EXPECT_EQ(of_day(Figure::accepted, "2026-03-28"), 1);
    tell("authorization.decided", "CP1", at("2026-03-28T11:00:00Z"), accepted);
    again.step(late, utc_from_micros(now_));
    EXPECT_EQ(of_day(Figure::accepted, "2026-03-28"), 2);
}

TEST_P(RollupGoesOn, AnotherOwnersStepWritesNothing) {
    if (!on_postgres()) GTEST_SKIP() << "one process holds everything";
    tell_status("CP1", 1, at("2026-03-28T10:00:00Z"), "Available");
    sql_->query("update bus_partition set epoch = 2");
    Rollup late{{{0}, 0, 1}};
    EXPECT_EQ(store::fault_of([&] { late.step(*sql_, utc_from_micros(now_)); }),
              Fault::Kind::fenced);
    EXPECT_TRUE(sql_->query("select 1 from statistics_connectors").empty());
}

TEST_P(RollupGoesOn, EventsThatAreGoneAreGoneOver) {
    for (int i = 0; i < 5; ++i)
        tell_status("CP1", 1, at("2026-03-28T10:00:00Z") + i * hours,
                    i % 2 ? "Charging" : "Available");
    sql_->query("delete from outbox where first_n < 4");
    step();
    EXPECT_EQ(of_day(Figure::charging_us, "2026-03-28"), hours);
    EXPECT_EQ(store::as_int(sql_->query("select next_n from statistics_positions")[0][0]), 6);
}

TEST_P(RollupGoesOn, WhatHappenedInAGapIsReadFromItsEnd) {
    const std::int64_t from = at("2026-03-28T10:00:00Z");
    tell_status("CP1", 1, from, "Faulted", "GroundFailure");
    put({.from = from});
    tell_transaction("started", from, "1");
    step();
    put({.from = from, .to = from + hours, .end_mwh = 300'000});
    put({.id = "2", .from = from + hours, .to = from + 2 * hours, .end_mwh = 100'000});
    for (const std::int64_t hour : {1, 2, 3})
        tell_status("CP1", 1, from + hour * hours, "Charging");
    sql_->query("delete from outbox where first_n < 5");
    sql_->query(
        "insert into connectors (station_no, evse, connector, status, received_at) values (1, 1, "
        "1, 'Charging', $1)",
        {from + 3 * hours});
    step();
    EXPECT_EQ(figure(Figure::energy_mwh, "days", "1 = 1"), 400'000);
    EXPECT_EQ(figure(Figure::sessions_started, "place_days", "1 = 1"), 2);
    EXPECT_EQ(figure(Figure::sessions_ended, "place_days", "1 = 1"), 2);
    const auto rows = sql_->query("select status, error_code, since_at from statistics_connectors");
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(store::as_text(rows[0][0]), "Charging");
    EXPECT_EQ(store::as_int(rows[0][2]), from + 3 * hours);
    EXPECT_EQ(figure(Figure::faulted_us, "days", "1 = 1"), 0);
}

TEST_P(RollupGoesOn, TheFirstStartReadsStationsInPortions) {
    sql_->query(
        "insert into charge_points (station_no, id, id_key, partition_no, security_profile, "
        "version, created_at, updated_at) with recursive n(i) as (select 10 union all select i + 1 "
        "from n where i < 2100) select i, 'S' || i, 's' || i, 0, 1, 1, 1, 1 from n");
    sql_->query(
        "insert into connectors (station_no, evse, connector, status) select station_no, 1, 1, "
        "'Available' from charge_points");
    sql_->query("delete from statistics_positions");
    Rollup rollup{{{0}, 0, 1}};
    const auto seeded = [&] { return sql_->query("select 1 from statistics_connectors").size(); };
    EXPECT_EQ(rollup.step(*sql_, utc_from_micros(now_)), Left::news);
    EXPECT_EQ(seeded(), 2'000u);
    EXPECT_TRUE(sql_->query("select 1 from statistics_positions").empty());
    EXPECT_EQ(rollup.step(*sql_, utc_from_micros(now_)), Left::news);
    EXPECT_EQ(seeded(), 2'093u);
    EXPECT_EQ(sql_->query("select 1 from statistics_positions").size(), 1u);
    EXPECT_EQ(rollup.step(*sql_, utc_from_micros(now_)), Left::nothing);
}

TEST_P(RollupGoesOn, ADeletedStationsConnectorsAreForgotten) {
    tell_status("CP1", 1, at("2026-03-27T10:00:00Z"), "Available");
    step();
    sql_->query("update charge_points set archived_at = 5 where station_no = 1");
    now_ = at("2026-03-30T10:00:00Z");
    step();
    EXPECT_TRUE(sql_->query("select 1 from statistics_connectors").empty());
}

TEST_P(RollupGoesOn, WhatIsOldGoes) {
    const std::int64_t from = at("2026-03-20T10:00:00Z");
    put({.from = from, .to = from + hours, .end_mwh = 300'000});
    tell_transaction("ended", from + hours, "1");
    step();
    EXPECT_FALSE(sweep(*sql_, utc_from_micros(from), 30));
    EXPECT_EQ(figure(Figure::energy_mwh, "days", "1 = 1"), 300'000);
    sweep(*sql_, utc_from_micros(from + 70 * 24 * hours), 100);
    EXPECT_EQ(figure(Figure::energy_mwh, "days", "1 = 1"), 300'000);
    EXPECT_TRUE(sql_->query("select 1 from statistics_hours").empty());
    EXPECT_TRUE(sql_->query("select 1 from statistics_transactions").empty());
    sweep(*sql_, utc_from_micros(from + 70 * 24 * hours), 30);
    EXPECT_TRUE(sql_->query("select 1 from statistics_days").empty());
    EXPECT_TRUE(sql_->query("select 1 from statistics_place_days").empty());
}

TEST_P(RollupGoesOn, WhatIsMoreThanAPortionIsSaid) {
    sql_->query(
        "insert into statistics_latency (source, direction, hour_at, classes) with recursive n(i) "
        "as (select 1 union all select i + 1 from n where i < 10005) select 'w', 'in', i, '' from "
        "n");
    const Utc now = utc_from_micros(at("2026-03-28T10:00:00Z"));
    EXPECT_TRUE(sweep(*sql_, now, 30));
    EXPECT_EQ(sql_->query("select 1 from statistics_latency").size(), 5u);
    EXPECT_FALSE(sweep(*sql_, now, 30));
    EXPECT_TRUE(sql_->query("select 1 from statistics_latency").empty());
}

}  // namespace
}  // namespace ohm::api::statistics
