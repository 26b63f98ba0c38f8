#include "api/log_writer.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace ohm::api {
namespace {

// What a log was told; outlives the log, and is read when its writer has stopped.
struct Told {
    std::int64_t frames = 0;
    std::vector<store::LogGap> gaps;
    int pruned = 0, opened = 0;
    bool away = false;
};

class NotedLog final : public store::MessageLog {
public:
    explicit NotedLog(std::shared_ptr<Told> told) : told_{std::move(told)} {
        if (told_->away) throw Fault{Fault::Kind::away, "no log"};
        ++told_->opened;
    }
    void append(std::span<const store::LoggedFrame> frames) override {
        told_->frames += static_cast<std::int64_t>(frames.size());
    }
    void note_gap(const store::LogGap& gap) override { told_->gaps.push_back(gap); }
    Page read(const Filter&) override { return {}; }
    std::vector<store::LogGap> read_gaps(Utc, Utc) override { return {}; }
    void prune(Utc, Micros, std::int64_t) override { ++told_->pruned; }
    void reconnect() override {}

private:
    std::shared_ptr<Told> told_;
};

class LogWriting : public testing::Test {
protected:
    static std::vector<store::LoggedFrame> frames(std::size_t count) {
        return std::vector<store::LoggedFrame>(count);
    }
    SystemClock clock;
    std::shared_ptr<Told> told = std::make_shared<Told>();
    LogWriter writer{{}, clock, [told = told] { return std::make_unique<NotedLog>(told); }};
};

TEST_F(LogWriting, everything_that_waits_is_written_at_the_end) {
    for (int i = 0; i < 100; ++i) writer.write(frames(3));
    writer.start();
    writer.write(frames(5));
    writer.stop();
    EXPECT_EQ(told->frames, 305);
    EXPECT_TRUE(told->gaps.empty());
    EXPECT_GE(told->pruned, 1);
    EXPECT_EQ(told->opened, 1);
}

TEST_F(LogWriting, what_does_not_fit_is_a_gap_that_says_how_many) {
    const std::int64_t writes = 10'000;  // nobody takes them: the queue is bounded
    for (std::int64_t i = 0; i < writes; ++i) writer.write(frames(2));
    writer.start();
    writer.stop();
    EXPECT_GT(told->frames, 0);
    EXPECT_LT(told->frames, 2 * writes);
    std::int64_t missing = 0;
    for (const auto& gap : told->gaps) missing += gap.frames;
    EXPECT_EQ(told->frames + missing, 2 * writes);
}

TEST_F(LogWriting, a_log_that_is_away_delays_nobody) {
    told->away = true;
    writer.start();
    for (int i = 0; i < 100; ++i) writer.write(frames(1));
    writer.stop();
    EXPECT_EQ(told->frames, 0);
    EXPECT_EQ(told->opened, 0);
}

}  // namespace
}  // namespace ohm::api
