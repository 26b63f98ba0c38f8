#include "wire/binary.hpp"

#include <gtest/gtest.h>

#include "wire/codec.hpp"
#include "wire/sample.hpp"
#include "wire/test_types.hpp"

namespace ohm::wire {
namespace {

using namespace std::string_view_literals;
using test::All;
using test::Newer;
using test::Older;
using test::Patched;

template <class T>
T random_value(Random& random) {
    T out{};
    Decoder decoder;
    const std::string json = random_json(type_of<T>, random, {Strictness::strict});
    EXPECT_FALSE(decoder.decode(json, out)) << json;
    return out;
}

template <class T>
void expect_round_trips() {
    SeededRandom random{11};
    for (int i = 0; i < 500; ++i) {
        const T value = random_value<T>(random);
        const std::string bytes = packed(value);
        std::string_view in = bytes;
        T back{};
        ASSERT_TRUE(unpack(in, back));
        EXPECT_TRUE(in.empty());
        EXPECT_EQ(encode(back), encode(value));
        EXPECT_EQ(packed(back), bytes);
    }
}

TEST(Binary, EveryKindSurvives) {
    expect_round_trips<All>();
    expect_round_trips<test::Optionals>();
    expect_round_trips<Patched>();
    expect_round_trips<test::Empty>();
}

TEST(Binary, WhatJsonCannotSaySurvivesToo) {
    Patched patched;
    type_of<Patch<Integer>>.clear(&patched.count);
    std::string bytes = packed(patched);
    std::string_view in = bytes;
    Patched back;
    ASSERT_TRUE(unpack(in, back));
    EXPECT_FALSE(back.note.present);
    EXPECT_TRUE(back.count.present);
    EXPECT_FALSE(back.count.value);

    bytes = packed(DateTime{.known = false});
    in = bytes;
    DateTime time;
    ASSERT_TRUE(unpack(in, time));
    EXPECT_FALSE(time.known);

    OneOfOrOther<"A", "B"> other;
    const auto& type = type_of<decltype(other)>;
    ASSERT_TRUE(unpack(in = "\2"sv, other));
    EXPECT_EQ(other.name(), "(other)");
    EXPECT_FALSE(unpack(in = "\3"sv, other));
    EXPECT_EQ(type.names.size(), 2u);
}

TEST(Binary, BlobsHoldAnyByte) {
    Older value{.name = std::string{"\0\xFF\x80", 3}, .points = {}};
    const std::string bytes = packed(value);
    std::string_view in = bytes;
    Older back;
    ASSERT_TRUE(unpack(in, back));
    EXPECT_EQ(back.name, value.name);
}

TEST(Binary, OlderAndNewerReleasesReadEachOther) {
    SeededRandom random{12};
    for (int i = 0; i < 200; ++i) {
        const auto newer = random_value<Newer>(random);
        std::string bytes = packed(newer) + "rest";
        std::string_view in = bytes;
        Older older;
        ASSERT_TRUE(unpack(in, older));
        EXPECT_EQ(in, "rest") << "appended members are skipped";
        EXPECT_EQ(older.name, newer.name);

        bytes = packed(older) + "rest";
        in = bytes;
        Newer back;
        ASSERT_TRUE(unpack(in, back));
        EXPECT_EQ(in, "rest");
        EXPECT_EQ(back.name, newer.name);
        EXPECT_EQ(back.added, 42u) << "what is missing keeps its default";
        EXPECT_FALSE(back.line);
    }
}

TEST(Binary, TruncatedInputIsRefusedAtEveryByte) {
    SeededRandom random{13};
    for (int i = 0; i < 50; ++i) {
        const std::string bytes = packed(random_value<All>(random));
        for (std::size_t n = 0; n < bytes.size(); ++n) {
            const std::string part = bytes.substr(0, n);  // its own memory: reading past it shows
            std::string_view in = part;
            All back;
            ASSERT_FALSE(unpack(in, back)) << n << " of " << bytes.size();
        }
    }
}

TEST(Binary, DamagedInputNeverHarms) {
    SeededRandom random{14};
    for (int i = 0; i < 20'000; ++i) {
        std::string bytes = packed(random_value<Newer>(random));
        for (std::uint64_t k = random.below(4) + 1; k > 0; --k)
            bytes[random.below(bytes.size())] = static_cast<char>(random.next());
        std::string_view in = bytes;
        Newer back;
        const bool read = unpack(in, back);
        EXPECT_TRUE(!read || back.points.items.size() <= bytes.size());
    }
}

TEST(Binary, NumbersThatAreNone) {
    std::string_view in;
    std::uint64_t value = 0;
    EXPECT_TRUE(unpack(in = "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"sv, value));
    EXPECT_EQ(value, ~std::uint64_t{0});
    EXPECT_FALSE(unpack(in = "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02"sv, value)) << "65 bits";
    EXPECT_FALSE(unpack(in = "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"sv, value));
    EXPECT_FALSE(unpack(in = "\x80"sv, value));
    std::string text;
    EXPECT_FALSE(unpack(in = "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01x"sv, text)) << "huge length";
    List<Text<3>> list;
    EXPECT_FALSE(unpack(in = "\xFF\xFF\xFF\xFF\x0F"sv, list)) << "more items than bytes";
    std::optional<Integer> optional;
    EXPECT_FALSE(unpack(in = "\2\2\2"sv, optional)) << "an optional holds one";
}

}  // namespace
}  // namespace ohm::wire
