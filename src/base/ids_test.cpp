#include "base/ids.hpp"

#include <gtest/gtest.h>
#include <set>

namespace ohm {
namespace {

// Always the largest number: every random part overflows.
class FullRandom final : public Random {
public:
    std::uint64_t next() override { return ~std::uint64_t{0}; }
};

TEST(Ulid, SurvivesTextAndBytes) {
    SeededRandom random{1};
    for (int i = 0; i < 10'000; ++i) {
        const Ulid id{random.next(), random.next()};
        ASSERT_EQ(Ulid::from_text(id.text()), id);
        ASSERT_EQ(Ulid::from_bytes(id.bytes()), id);
    }
}

TEST(Ulid, TextAndBytesSortAsTheIdDoes) {
    SeededRandom random{2};
    for (int i = 0; i < 1'000; ++i) {
        const Ulid a{random.next(), random.next()};
        const Ulid b{random.chance(0.5) ? a.high : random.next(), random.next()};
        EXPECT_EQ(a < b, a.text() < b.text());
        EXPECT_EQ(a < b, a.bytes() < b.bytes());
    }
}

TEST(Ulid, EdgesOfTheRange) {
    EXPECT_EQ((Ulid{0, 0}.text()), "00000000000000000000000000");
    EXPECT_EQ((Ulid{~0ull, ~0ull}.text()), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    EXPECT_EQ((Ulid{0, 1}.text()), "00000000000000000000000001");
    EXPECT_EQ((Ulid{1, 0}.text()), "0000000000000G000000000000");
}

TEST(Ulid, ReadsPeoplesSpellings) {
    const Ulid id{0x0123456789ABCDEF, 0xFEDCBA9876543210};
    std::string lower = id.text();
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    EXPECT_EQ(Ulid::from_text(lower), id);
    EXPECT_EQ(Ulid::from_text("0000000000000000000000000O"), (Ulid{0, 0}));
    EXPECT_EQ(Ulid::from_text("0000000000000000000000000l"), (Ulid{0, 1}));
    EXPECT_EQ(Ulid::from_text("0000000000000000000000000I"), (Ulid{0, 1}));
}

TEST(Ulid, RefusesWhatIsNone) {
    EXPECT_FALSE(Ulid::from_text(""));
    EXPECT_FALSE(Ulid::from_text("7ZZZZZZZZZZZZZZZZZZZZZZZZ"));
    EXPECT_FALSE(Ulid::from_text("7ZZZZZZZZZZZZZZZZZZZZZZZZZZ"));
    EXPECT_FALSE(Ulid::from_text("80000000000000000000000000")) << "129 bits";
    EXPECT_FALSE(Ulid::from_text("ZZZZZZZZZZZZZZZZZZZZZZZZZZ"));
    EXPECT_FALSE(Ulid::from_text("0000000000000000000000000U"));
    EXPECT_FALSE(Ulid::from_text("0000000000000000000000000-"));
    EXPECT_FALSE(Ulid::from_text(std::string_view{"0000000000000000000000000\0", 26}));
    EXPECT_FALSE(Ulid::from_bytes("123456789012345"));
    EXPECT_FALSE(Ulid::from_bytes("12345678901234567"));
}

TEST(IdSource, GrowsStrictlyWhateverTheClockDoes) {
    ManualClock clock{utc_from_micros(1'700'000'000'000'000)};
    SeededRandom random{3};
    IdSource ids{clock, random};
    Ulid last = ids.next();
    for (int i = 0; i < 10'000; ++i) {
        if (i % 7 == 0) clock.step_utc(Micros{-3'600'000'000});
        if (i % 5 == 0) clock.step_utc(Micros{2'500'000'000});
        const Ulid next = ids.next();
        ASSERT_LT(last, next);
        last = next;
    }
}

TEST(IdSource, CarriesIntoTheHigherHalf) {
    ManualClock clock{utc_from_micros(0)};
    FullRandom random;
    IdSource ids{clock, random};
    const Ulid first = ids.next();
    const Ulid second = ids.next();
    EXPECT_EQ(first, (Ulid{0xFFFF, ~0ull}));
    EXPECT_EQ(second, (Ulid{0x10000, 0}));
}

TEST(IdSource, BeginsWithTheTime) {
    ManualClock clock{utc_from_micros(0x0123'4567'89ABLL * 1000)};
    SeededRandom random{4};
    EXPECT_EQ((IdSource{clock, random}.next().high >> 16), 0x0123'4567'89ABu);
}

TEST(Partition, IsTheSameInEveryRelease) {
    // Values of FNV-1a, 64 bits, from its authors' tables.
    static_assert(fnv1a("") == 0xcbf29ce484222325u);
    static_assert(fnv1a("a") == 0xaf63dc4c8601ec8cu);
    static_assert(fnv1a("foobar") == 0x85944171f73967e8u);
    EXPECT_EQ(partition_of("foobar", 64).value, 0x85944171f73967e8u % 64);
    std::set<std::uint32_t> hit;
    for (int i = 0; i < 2'000; ++i) hit.insert(partition_of("CP" + std::to_string(i), 16).value);
    EXPECT_EQ(hit.size(), 16u);
}

TEST(Random, SeededRepeatsAndStaysInBounds) {
    SeededRandom a{9}, b{9};
    for (int i = 0; i < 1'000; ++i) {
        ASSERT_EQ(a.next(), b.next());
        ASSERT_LT(a.below(7), 7u);
        b.below(7);
    }
    EXPECT_EQ(a.below(0), 0u);
    EXPECT_FALSE(a.chance(0.0));
    EXPECT_TRUE(a.chance(1.0));
}

TEST(Random, FillCoversOddLengths) {
    SeededRandom random{10};
    std::vector<std::uint8_t> bytes(13, 0);
    std::vector<std::uint8_t> ever(13, 0);
    for (int i = 0; i < 20; ++i) {
        random.fill(bytes);
        for (std::size_t k = 0; k < bytes.size(); ++k)
            ever[k] = static_cast<std::uint8_t>(ever[k] | bytes[k]);
    }
    for (const auto byte : ever) EXPECT_NE(byte, 0);
}

}  // namespace
}  // namespace ohm
