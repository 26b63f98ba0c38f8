#include "base/mailbox.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <memory>
#include <thread>

namespace ohm {
namespace {

constexpr auto all = static_cast<std::size_t>(-1);

TEST(Mailbox, RefusesAtTheBoundAndLeavesTheItem) {
    Mailbox<std::unique_ptr<int>> box{2};
    EXPECT_TRUE(box.push(std::make_unique<int>(1)));
    EXPECT_TRUE(box.push(std::make_unique<int>(2)));
    auto third = std::make_unique<int>(3);
    EXPECT_FALSE(box.push(std::move(third)));
    ASSERT_TRUE(third) << "the writer keeps what was refused";
    EXPECT_TRUE(box.push_always(std::move(third))) << "past the bound";
    EXPECT_EQ(box.size(), 3u);
    std::vector<std::unique_ptr<int>> out;
    EXPECT_EQ(box.take(out), 3u);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(*out[static_cast<std::size_t>(i)], i + 1);
}

TEST(Mailbox, TakesInOrderUpToTheAskedCount) {
    Mailbox<int> box{100};
    for (int i = 0; i < 10; ++i) box.push(int{i});
    std::vector<int> out{-1};
    EXPECT_EQ(box.take(out, 4), 4u);
    EXPECT_EQ(box.take(out, 0), 0u);
    EXPECT_EQ(box.take(out), 6u);
    EXPECT_EQ(box.take(out), 0u);
    EXPECT_EQ(out, (std::vector<int>{-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(Mailbox, WakesOncePerEmptiness) {
    int wakes = 0;
    Mailbox<int> box{100, [&] { ++wakes; }};
    box.push(1);
    box.push(2);
    EXPECT_EQ(wakes, 1);
    std::vector<int> out;
    box.take(out);
    EXPECT_EQ(wakes, 1);
    box.push_always(3);
    EXPECT_EQ(wakes, 2);
    box.close();
    EXPECT_EQ(wakes, 3);
}

TEST(Mailbox, TheWakeMayUseTheMailbox) {
    std::vector<int> out;
    Mailbox<int>* self = nullptr;
    Mailbox<int> box{10, [&] { self->take(out); }};
    self = &box;
    EXPECT_TRUE(box.push(7));
    EXPECT_EQ(out, std::vector<int>{7});
}

TEST(Mailbox, AClosedOneRefusesButGivesWhatItHas) {
    Mailbox<int> box{10};
    box.push(1);
    box.close();
    EXPECT_TRUE(box.closed());
    EXPECT_FALSE(box.push(2));
    EXPECT_FALSE(box.push_always(3));
    std::vector<int> out;
    EXPECT_EQ(box.wait(out, all, seconds{5}), 1u);
    EXPECT_EQ(box.wait(out, all, seconds{5}), 0u) << "closed: returns at once";
}

TEST(Mailbox, WaitEndsWithTheTimeOut) {
    Mailbox<int> box{10};
    std::vector<int> out;
    EXPECT_EQ(box.wait(out, all, milliseconds{1}), 0u);
}

TEST(Mailbox, ClosingWakesABlockedReader) {
    Mailbox<int> box{10};
    std::atomic<bool> done{false};
    std::thread reader{[&] {
        std::vector<int> out;
        box.wait(out, all, seconds{20});
        done = true;
    }};
    box.close();
    reader.join();
    EXPECT_TRUE(done);
}

TEST(Mailbox, ManyWritersLoseNothingAndKeepTheirOrder) {
    constexpr int writers = 4;
    constexpr int each = 5'000;
    Mailbox<std::pair<int, int>> box{64};
    std::vector<std::thread> threads;
    for (int w = 0; w < writers; ++w)
        threads.emplace_back([&box, w] {
            for (int i = 0; i < each; ++i)
                while (!box.push({w, i})) std::this_thread::yield();
        });
    std::vector<int> next(writers, 0);
    int received = 0;
    std::vector<std::pair<int, int>> out;
    while (received < writers * each) {
        out.clear();
        ASSERT_GT(box.wait(out, 16, seconds{20}), 0u);
        ASSERT_LE(out.size(), 16u);
        for (const auto& [writer, number] : out) {
            ASSERT_EQ(number, next[static_cast<std::size_t>(writer)]++);
            ++received;
        }
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(box.size(), 0u);
}

}  // namespace
}  // namespace ohm
