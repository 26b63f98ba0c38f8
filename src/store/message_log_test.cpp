// The contract of the message log: the same cases for both.
#include "store/message_log.hpp"

#include <gtest/gtest.h>

#include "store/migrations.hpp"
#include "store/test_database.hpp"

namespace ohm::store {
namespace {

const Utc noon = utc_from_micros(472'000LL * 3'600'000'000);  // a full hour
constexpr std::chrono::hours hour{1};
constexpr std::int64_t plenty = std::int64_t{1} << 40;

LoggedFrame frame(std::int64_t station, Utc at, const std::string& action) {
    LoggedFrame logged;
    logged.station = {station};
    logged.at = at;
    logged.connection = {0xffff'ffff'ffff'fff0u};
    logged.message_type = "CALL";
    logged.message_id = "id-" + std::to_string((at - noon).count());
    logged.action = action;
    logged.frame = "[2,\"x\",\"" + action + "\",{}]";
    logged.bytes = static_cast<std::int64_t>(logged.frame.size());
    return logged;
}

std::vector<std::string> ids_of(const MessageLog::Page& page) {
    std::vector<std::string> ids;
    for (const LoggedFrame& logged : page.frames) ids.push_back(logged.message_id);
    return ids;
}
using Ids = std::vector<std::string>;

class MessageLogContract : public EveryDatabase {
protected:
    void SetUp() override {
        EveryDatabase::SetUp();
        if (!sql_) return;
        if (on_postgres()) migrate(*sql_, noon);
        sql_.reset();
        log_ = open(false);
    }
    void TearDown() override {
        log_.reset();
        EveryDatabase::TearDown();
    }
    std::unique_ptr<MessageLog> open(bool read_only) {
        if (on_postgres()) return open_postgres_message_log(database_->postgres());
        return open_sqlite_message_log(database_->path(), read_only);
    }
    void append(std::vector<LoggedFrame> frames) { log_->append(frames); }

    std::unique_ptr<MessageLog> log_;
};
INSTANTIATE_TEST_SUITE_P(Databases, MessageLogContract,
                         testing::Values(Dialect::sqlite, Dialect::postgres), dialect_name);

TEST_P(MessageLogContract, FramesComeBackAsTheyWere) {
    LoggedFrame odd = frame(7, noon + seconds{1}, "BootNotification");
    odd.direction = Direction::out;
    odd.frame = std::string{"\0\xff[", 3};
    odd.error_code = "FormationViolation";
    odd.message_type = "CALLERROR";
    odd.bytes = 70'000;
    append({frame(7, noon, "Heartbeat"), odd});
    const auto page = log_->read({.limit = 10});
    ASSERT_EQ(page.frames.size(), 2u);
    EXPECT_TRUE(page.next.empty());
    const LoggedFrame& back = page.frames[0];
    EXPECT_EQ(back.station, odd.station);
    EXPECT_EQ(back.at, odd.at);
    EXPECT_EQ(back.direction, Direction::out);
    EXPECT_EQ(back.connection, odd.connection);
    EXPECT_EQ(back.message_type, "CALLERROR");
    EXPECT_EQ(back.message_id, odd.message_id);
    EXPECT_EQ(back.action, odd.action);
    EXPECT_EQ(back.error_code, odd.error_code);
    EXPECT_EQ(back.frame, odd.frame);
    EXPECT_EQ(back.bytes, 70'000);
    EXPECT_EQ(page.frames[1].direction, Direction::in);
}

TEST_P(MessageLogContract, TextThatCannotBeStoredDoesNotCostTheFrame) {
    LoggedFrame odd = frame(1, noon, "A");
    odd.message_id = std::string{"a\0b", 3};
    odd.action = "\xff\xc3\xa4";
    append({odd});
    const auto page = log_->read({.limit = 1});
    ASSERT_EQ(page.frames.size(), 1u);
    EXPECT_EQ(page.frames[0].message_id, "a?b");
    EXPECT_EQ(page.frames[0].action, "???");
}

TEST_P(MessageLogContract, PagesGoBackInTimeOverHoursWithoutLossOrRepetition) {
    std::vector<LoggedFrame> frames;
    Ids expected;
    for (int i = 0; i < 30; ++i) {  // three frames an instant, ten instants over four hours
        LoggedFrame logged = frame(1 + i % 2, noon + (i / 3) * minutes{20}, "A");
        logged.message_id = std::to_string(i);
        expected.insert(expected.begin(), logged.message_id);
        frames.push_back(logged);
    }
    append(frames);
    const auto reader = open(true);
    Ids read;
    MessageLog::Filter filter{.limit = 4};
    for (int pages = 0; pages < 20; ++pages) {
        const auto page = reader->read(filter);
        for (const auto& id : ids_of(page)) read.push_back(id);
        filter.cursor = page.next;
        if (page.next.empty()) break;
        EXPECT_EQ(page.frames.size(), 4u);
    }
    EXPECT_EQ(read, expected);
}

TEST_P(MessageLogContract, FiltersSelect) {
    LoggedFrame failed = frame(1, noon + seconds{3}, "StopTransaction");
    failed.error_code = "InternalError";
    LoggedFrame out = frame(1, noon + seconds{4}, "Reset");
    out.direction = Direction::out;
    append({frame(1, noon + seconds{1}, "Heartbeat"), frame(2, noon + seconds{2}, "Heartbeat"),
            failed, out, frame(1, noon + hour, "Heartbeat")});
    const auto ids = [&](MessageLog::Filter filter) {
        filter.limit = 10;
        return ids_of(log_->read(filter));
    };
    EXPECT_EQ(ids({.station = StationNo{2}}), (Ids{"id-2000000"}));
    EXPECT_EQ(ids({.station = StationNo{1}, .action = "Heartbeat"}),
              (Ids{"id-3600000000", "id-1000000"}));
    EXPECT_EQ(ids({.direction = Direction::out}), (Ids{"id-4000000"}));
    EXPECT_EQ(ids({.errors_only = true}), (Ids{"id-3000000"}));
    EXPECT_EQ(ids({.message_id = "id-2000000"}), (Ids{"id-2000000"}));
    EXPECT_EQ(ids({.from = noon + seconds{2}, .to = noon + seconds{4}}),
              (Ids{"id-3000000", "id-2000000"}));
    EXPECT_EQ(ids({.from = noon + hour}), (Ids{"id-3600000000"}));
    EXPECT_EQ(ids({.to = noon}), Ids{});
    EXPECT_EQ(ids({.text = "StopTr"}), (Ids{"id-3000000"}));
    EXPECT_EQ(ids({.station = StationNo{2}, .text = "StopTr"}), Ids{});
    EXPECT_EQ(fault_of([&] { ids({.cursor = "nonsense"}); }), Fault::Kind::bad_data);
}

// A filter that fits little does not read the whole log: the page ends, and says where to go on.
TEST_P(MessageLogContract, AReadLooksAtSoManyFrames) {
    std::vector<LoggedFrame> frames;
    for (int i = 0; i < 30; ++i)  // over four hours
        frames.push_back(frame(1 + i % 2, noon + i * minutes{8}, i == 2 ? "Rare" : "A"));
    append(frames);
    MessageLog::Filter filter{.action = "Rare", .limit = 5, .look_at = 8};
    const auto first = log_->read(filter);
    EXPECT_TRUE(first.frames.empty());
    ASSERT_FALSE(first.next.empty());
    Ids read;
    int pages = 0;
    do {
        const auto page = log_->read(filter);
        for (const auto& id : ids_of(page)) read.push_back(id);
        filter.cursor = page.next;
    } while (!filter.cursor.empty() && ++pages < 10);
    EXPECT_EQ(read, (Ids{"id-960000000"}));
    EXPECT_EQ(pages, 3) << "30 frames, 8 a page";
    EXPECT_EQ(log_->read({.limit = 9, .look_at = 8}).frames.size(), 8u);
    EXPECT_EQ(log_->read({.limit = 5, .look_at = 8}).frames.size(), 5u);
    const auto own = log_->read({.station = StationNo{1}, .limit = 50, .look_at = 20});
    EXPECT_EQ(own.frames.size(), 15u) << "another station's are not looked at";
    EXPECT_TRUE(own.next.empty());
}

TEST_P(MessageLogContract, GapsAreRowsOfTheirOwn) {
    log_->note_gap({noon, noon + seconds{5}, 1'234});
    log_->note_gap({noon + hour, noon + hour + seconds{1}, 5});
    const auto gaps = log_->read_gaps(noon + seconds{3}, noon + hour);
    ASSERT_EQ(gaps.size(), 1u);
    EXPECT_EQ(gaps[0].frames, 1'234);
    EXPECT_EQ(gaps[0].to, noon + seconds{5});
    log_->prune(noon + 2 * hour, hour, plenty);
    EXPECT_EQ(log_->read_gaps(noon, noon + 2 * hour).size(), 1u);
}

TEST_P(MessageLogContract, WholeHoursGoByAge) {
    append({frame(1, noon - Micros{1}, "A"), frame(1, noon, "A"), frame(1, noon + 2 * hour, "A")});
    log_->prune(noon + 2 * hour, 2 * hour, plenty);
    EXPECT_EQ(log_->read({.limit = 10}).frames.size(), 2u);
    log_->prune(noon + 9 * hour, 2 * hour, plenty);
    EXPECT_EQ(log_->read({.limit = 10}).frames.size(), 1u);  // the newest hour stays
    append({frame(1, noon, "B")});                           // an hour that was dropped
    EXPECT_EQ(log_->read({.limit = 10}).frames.size(), 2u);
}

TEST_P(MessageLogContract, WholeHoursGoBySizeOldestFirst) {
    std::vector<LoggedFrame> frames;
    for (int h = 0; h < 4; ++h) {
        for (int i = 0; i < 40; ++i) {
            LoggedFrame logged = frame(1, noon + h * hour + seconds{i}, "A");
            // Not compressible, so that sizes are what they seem.
            logged.frame = secret::random_bytes(10'000);
            frames.push_back(logged);
        }
    }
    append(frames);
    log_->prune(noon + 4 * hour, 100 * hour, plenty);
    EXPECT_EQ(log_->read({.limit = 500}).frames.size(), 160u);
    log_->prune(noon + 4 * hour, 100 * hour, 1'200'000);
    const auto left = log_->read({.limit = 500}).frames;
    ASSERT_EQ(left.size(), 80u);
    EXPECT_GE(left.back().at, noon + 2 * hour);
    log_->prune(noon + 4 * hour, 100 * hour, 0);
    EXPECT_EQ(log_->read({.limit = 500}).frames.size(), 40u);
}

TEST_P(MessageLogContract, ManyFramesAtOnce) {
    std::vector<LoggedFrame> frames;
    for (int i = 0; i < 5'000; ++i) {
        frames.push_back(frame(i % 50, noon + milliseconds{i}, "MeterValues"));
        frames.back().frame = std::string(1'500, 'x');
    }
    append(frames);
    log_->reconnect();
    EXPECT_EQ(log_->read({.station = StationNo{3}, .limit = 500}).frames.size(), 100u);
    append({});
}

TEST(PostgresMessageLog, AnotherProcessMayDropAnHour) {
    if (!test_server()) {
        if (services_are_required()) FAIL() << "OHM_TEST_PG_PORT names no PostgreSQL";
        GTEST_SKIP() << "no PostgreSQL";
    }
    const TestDatabase database{Dialect::postgres};
    migrate(*database.open(), noon);
    const auto one = open_postgres_message_log(database.postgres());
    const auto two = open_postgres_message_log(database.postgres());
    const std::vector<LoggedFrame> old{frame(1, noon, "A")};
    const std::vector<LoggedFrame> fresh{frame(1, noon + hour, "A")};
    one->append(old);
    two->append(old);
    two->append(fresh);
    two->prune(noon + 9 * hour, hour, plenty);
    std::vector<LoggedFrame> many(2'000, frame(1, noon, "A"));
    for (LoggedFrame& logged : many) logged.frame = std::string(2'000, 'x');
    one->append(many);
    EXPECT_EQ(one->read({.limit = 9'000}).frames.size(), 2'001u);
}

}  // namespace
}  // namespace ohm::store
