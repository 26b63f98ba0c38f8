#include "bus/sequence.hpp"

#include <gtest/gtest.h>

namespace ohm::bus {
namespace {

TEST(Sequence, PassesOverWhatCameTooEarly) {
    Sequence sequence;
    const Mono now{seconds{1}};
    const auto seq = [](std::uint64_t value) {
        UpBatch batch;
        batch.incarnation = "i", batch.n = 1, batch.seq = value;
        return batch;
    };
    EXPECT_TRUE(sequence.admit(seq(5), now));  // a successor begins anywhere
    EXPECT_FALSE(sequence.admit(seq(7), now));
    EXPECT_TRUE(sequence.admit(seq(6), now));
    EXPECT_TRUE(sequence.admit(seq(7), now));
    EXPECT_TRUE(sequence.admit(seq(6), now));
    EXPECT_FALSE(sequence.admit(seq(9), now));  // 8 was purged: go on some time later
    EXPECT_FALSE(sequence.admit(seq(10), now + seconds{1}));
    EXPECT_TRUE(sequence.admit(seq(11), now + limits::sequence_gap_max));
    EXPECT_TRUE(sequence.admit(seq(12), now + limits::sequence_gap_max));
}

TEST(Sequence, ANewConnectionBeginsAnew) {
    Sequence sequence;
    UpBatch batch;
    batch.incarnation = "i", batch.n = 1, batch.seq = 5;
    EXPECT_TRUE(sequence.admit(batch, Mono{}));
    batch.n = 2, batch.seq = 9;
    EXPECT_TRUE(sequence.admit(batch, Mono{}));
}

}  // namespace
}  // namespace ohm::bus
