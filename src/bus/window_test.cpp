#include "bus/window.hpp"

#include <deque>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "bus/sequence.hpp"

namespace ohm::bus {
namespace {

using ::testing::ElementsAre;

Envelope envelope_of(std::string frame) {
    Envelope envelope;
    envelope.kind = "call";
    envelope.station = "S";
    envelope.frame = std::move(frame);
    return envelope;
}

UpBatch batch_of(std::string_view body) {
    UpBatch batch;
    EXPECT_TRUE(wire::unpack(body, batch));
    return batch;
}

class WindowTest : public ::testing::Test {
protected:
    struct Sent {
        std::uint32_t partition;
        std::uint64_t tag, seq;
        std::vector<std::string> frames;
    };
    void SetUp() override { window.begin(7, "ohm.w.w1.7"); }
    void add(std::uint32_t partition, const std::string& frame) {
        window.add({partition}, envelope_of(frame), now);
    }
    // Everything that may be published now.
    std::vector<Sent> publish() {
        std::vector<Sent> all;
        while (auto outgoing = window.next(now)) {
            const UpBatch batch = batch_of(outgoing->body);
            Sent sent{outgoing->partition.value, outgoing->tag, batch.seq, {}};
            for (const Envelope& e : batch.envelopes) sent.frames.push_back(e.frame);
            all.push_back(std::move(sent));
        }
        return all;
    }
    std::vector<Sent> publish_after_linger() {
        now += limits::linger;
        return publish();
    }
    Window window{{.sender = "w1", .incarnation = std::string(16, 'i')}};
    Mono now{seconds{1}};
};

TEST_F(WindowTest, WaitsAMomentForCompanyWhenNothingIsUnconfirmed) {
    add(0, "a");
    EXPECT_TRUE(publish().empty());
    EXPECT_EQ(window.due(), now + limits::linger);
    add(0, "b");
    const auto sent = publish_after_linger();
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_THAT(sent[0].frames, ElementsAre("a", "b"));
    EXPECT_EQ(window.due(), std::nullopt);  // nothing to do until a confirm
}

TEST_F(WindowTest, TellsWhoSends) {
    add(3, "a");
    now += limits::linger;
    const UpBatch batch = batch_of(window.next(now)->body);
    EXPECT_EQ(batch.sender, "w1");
    EXPECT_EQ(batch.incarnation, std::string(16, 'i'));
    EXPECT_EQ(batch.n, 7u);
    EXPECT_EQ(batch.reply_queue, "ohm.w.w1.7");
}

TEST_F(WindowTest, TwoUnconfirmedAPartitionAndTheRestGathers) {
    add(0, "a");
    ASSERT_EQ(publish_after_linger().size(), 1u);
    add(0, "b");
    ASSERT_EQ(publish().size(), 1u);
    add(0, "c");
    add(0, "d");
    EXPECT_TRUE(publish_after_linger().empty());
    EXPECT_EQ(window.due(), std::nullopt);
    EXPECT_EQ(window.confirm(1, false, now).size(), 1u);
    const auto sent = publish();
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_THAT(sent[0].frames, ElementsAre("c", "d"));
    EXPECT_EQ(sent[0].seq, 3u);
}

TEST_F(WindowTest, APartitionDoesNotHoldUpAnother) {
    for (const std::uint32_t p : {0u, 1u}) add(p, "a");
    EXPECT_EQ(publish_after_linger().size(), 2u);
}

TEST_F(WindowTest, SixtyFourUnconfirmedAConnection) {
    for (std::uint32_t p = 0; p < 70; ++p) add(p, "a");
    ASSERT_EQ(publish_after_linger().size(), 64u);
    EXPECT_EQ(window.due(), std::nullopt);
    window.confirm(6, true, now);
    EXPECT_EQ(publish().size(), 6u);
    EXPECT_EQ(window.unconfirmed(), 64u);
}

TEST_F(WindowTest, BoundsABatchByCount) {
    for (int i = 0; i < 600; ++i) add(0, "x");
    const auto sent = publish();  // full: no lingering
    ASSERT_EQ(sent.size(), 2u);
    EXPECT_EQ(sent[0].frames.size(), 512u);
    EXPECT_EQ(sent[1].frames.size(), 88u);
}

TEST_F(WindowTest, BoundsABatchByBytesAndALargeEnvelopeTravelsAlone) {
    add(0, "small");
    add(0, std::string(200'000, 'L'));
    add(0, "after");
    const auto first = publish();
    ASSERT_EQ(first.size(), 2u);
    EXPECT_THAT(first[0].frames, ElementsAre("small"));
    EXPECT_EQ(first[1].frames.size(), 1u);
    window.confirm(2, true, now);
    EXPECT_THAT(publish_after_linger().at(0).frames, ElementsAre("after"));
}

TEST_F(WindowTest, ABatchStaysWithinOneFrame) {
    for (int i = 0; i < 500; ++i) add(0, std::string(1000, 'x'));
    while (auto outgoing = window.next(now)) {
        EXPECT_LE(outgoing->body.size(), limits::batch_bytes + 200);
        window.confirm(outgoing->tag, false, now);
    }
}

TEST_F(WindowTest, ConfirmsComeInAnyOrder) {
    add(0, "a");
    publish_after_linger();
    add(0, "b");
    publish();
    EXPECT_TRUE(window.confirm(2, false, now).empty());  // the first is still open
    const auto settled = window.confirm(1, false, now);
    ASSERT_EQ(settled.size(), 2u);
    EXPECT_EQ(settled[0].envelopes + settled[1].envelopes, 2u);
    EXPECT_EQ(window.unconfirmed(), 0u);
}

TEST_F(WindowTest, AConfirmOfManyAndAnUnknownTag) {
    for (const std::uint32_t p : {0u, 1u, 2u}) add(p, "a");
    publish_after_linger();
    EXPECT_TRUE(window.confirm(99, false, now).empty());
    EXPECT_EQ(window.confirm(2, true, now).size(), 2u);
    EXPECT_EQ(window.confirm(2, true, now).size(), 0u);
    EXPECT_EQ(window.unconfirmed(), 1u);
}

TEST_F(WindowTest, ANackStopsThePartitionUntilItsWindowSettles) {
    add(0, "a");
    publish_after_linger();
    add(0, "b");
    publish();
    add(0, "c");
    EXPECT_TRUE(window.nack(1, false, now).empty());
    EXPECT_TRUE(publish_after_linger().empty());
    EXPECT_TRUE(window.confirm(2, false, now).empty());  // accepted, but goes again
    EXPECT_TRUE(publish().empty());
    EXPECT_EQ(window.due(), now + limits::nack_backoff_min);
    now += limits::nack_backoff_min;
    const auto again = publish();
    ASSERT_EQ(again.size(), 2u);
    EXPECT_EQ(again[0].seq, 1u);
    EXPECT_EQ(again[1].seq, 2u);
    EXPECT_EQ(again[0].tag, 3u);
    EXPECT_EQ(window.confirm(4, true, now).size(), 2u);
    EXPECT_THAT(publish_after_linger().at(0).frames, ElementsAre("c"));
}

TEST_F(WindowTest, OnlyFromTheFirstRefusedOnIsSentAgain) {
    add(0, "a");
    publish_after_linger();
    add(0, "b");
    publish();
    EXPECT_EQ(window.confirm(1, false, now).size(), 1u);
    EXPECT_TRUE(window.nack(2, false, now).empty());
    now += limits::nack_backoff_min;
    const auto again = publish();
    ASSERT_EQ(again.size(), 1u);
    EXPECT_EQ(again[0].seq, 2u);
}

TEST_F(WindowTest, BackOffDoublesToItsBoundAndASuccessEndsIt) {
    add(0, "a");
    std::uint64_t tag = publish_after_linger().at(0).tag;
    for (const int ms : {50, 100, 200, 400, 800, 1000, 1000}) {
        window.nack(tag, true, now);
        EXPECT_EQ(window.due(), now + milliseconds{ms});
        now += milliseconds{ms} - Micros{1};
        EXPECT_TRUE(publish().empty());
        now += Micros{1};
        tag = publish().at(0).tag;
    }
    window.confirm(tag, false, now);
    add(0, "b");
    tag = publish_after_linger().at(0).tag;
    window.nack(tag, false, now);
    EXPECT_EQ(window.due(), now + limits::nack_backoff_min);
}

TEST_F(WindowTest, ANewConnectionForgetsAllButTheSequence) {
    add(0, "a");
    publish_after_linger();
    add(0, "b");
    window.begin(8, "ohm.w.w1.8");
    EXPECT_EQ(window.unconfirmed(), 0u);
    EXPECT_TRUE(publish_after_linger().empty());
    EXPECT_TRUE(window.confirm(1, false, now).empty());
    add(0, "c");
    const auto sent = publish_after_linger();
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_EQ(sent[0].tag, 1u);
    EXPECT_EQ(sent[0].seq, 2u);
    EXPECT_THAT(sent[0].frames, ElementsAre("c"));
}

// A broker with a small queue that refuses at random and answers in any order, alone or for many
// at once. Whatever it does, the reader gets everything, and each first appearance in order.
class SmallBroker {
public:
    explicit SmallBroker(std::uint64_t seed) : random_{seed} { window_.begin(1, "q"); }

    void run(int envelopes) {
        window_.add({0}, envelope_of("0"), now_);
        now_ += limits::linger;
        queue_.push_back(window_.next(now_)->body);  // from here on the reader knows the sender
        window_.confirm(1, false, now_);
        int added = 1;
        for (int step = 0; step < 200'000 && read_ < envelopes; ++step) {
            now_ += milliseconds{1 + static_cast<int>(random_.below(30))};
            for (std::uint64_t i = random_.below(4); i > 0 && added < envelopes; --i)
                window_.add({0}, envelope_of(std::to_string(added++)), now_);
            while (auto outgoing = window_.next(now_)) take(*outgoing);
            answer_some();
            if (random_.chance(0.4)) read_one();
        }
        EXPECT_EQ(read_, envelopes);
        EXPECT_GT(refusals_, 0);
    }

private:
    void take(const Window::Outgoing& outgoing) {
        const bool room = queue_.size() < 3 && !random_.chance(0.2);
        if (room) queue_.push_back(outgoing.body);
        refusals_ += room ? 0 : 1;
        answers_.emplace_back(outgoing.tag, room);
    }
    void answer_some() {
        while (!answers_.empty() && random_.chance(0.6)) {
            const auto at = static_cast<std::ptrdiff_t>(random_.below(answers_.size()));
            const std::uint64_t tag = answers_.at(static_cast<std::size_t>(at)).first;
            const bool room = answers_.at(static_cast<std::size_t>(at)).second;
            // For many at once only where all before had the same answer.
            const bool multiple = std::all_of(answers_.begin(), answers_.begin() + at,
                                              [&](const auto& a) { return a.second == room; });
            if (room) window_.confirm(tag, multiple, now_);
            if (!room) window_.nack(tag, multiple, now_);
            answers_.erase(multiple ? answers_.begin() : answers_.begin() + at,
                           answers_.begin() + at + 1);
        }
    }
    void read_one() {
        if (queue_.empty()) return;
        const UpBatch batch = batch_of(queue_.front());
        queue_.pop_front();
        if (!sequence_.admit(batch, now_)) return;
        for (const Envelope& envelope : batch.envelopes) {
            const int number = std::stoi(envelope.frame);
            ASSERT_LE(number, read_) << "came before its predecessor";
            if (number == read_) ++read_;
        }
    }

    SeededRandom random_;
    Window window_{{.sender = "w", .incarnation = "i"}};
    Sequence sequence_;
    Mono now_{seconds{1}};
    std::deque<std::string> queue_;
    std::vector<std::pair<std::uint64_t, bool>> answers_;
    int read_ = 0;
    int refusals_ = 0;
};

TEST(WindowProperty, NothingIsLostAndTheOrderHolds) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        SCOPED_TRACE(seed);
        SmallBroker{seed}.run(500);
        if (::testing::Test::HasFailure()) return;
    }
}

}  // namespace
}  // namespace ohm::bus
