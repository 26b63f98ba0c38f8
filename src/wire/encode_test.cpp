#include <gtest/gtest.h>
#include <limits>

#include "base/error.hpp"
#include "wire/codec.hpp"
#include "wire/test_types.hpp"

namespace ohm::wire {
namespace {

using test::All;
using test::Optionals;
using test::Point;

std::string number(double value) { return encode(Number{value}); }

TEST(Encode, NumbersHaveSixDecimalsAndNoExponent) {
    EXPECT_EQ(number(0), "0");
    EXPECT_EQ(number(-0.0), "0");
    EXPECT_EQ(number(1), "1");
    EXPECT_EQ(number(-1.5), "-1.5");
    EXPECT_EQ(number(0.1), "0.1");
    EXPECT_EQ(number(0.1 + 0.2), "0.3");
    EXPECT_EQ(number(1.0 / 3), "0.333333");
    EXPECT_EQ(number(2.0 / 3), "0.666667");
    EXPECT_EQ(number(1e-7), "0");
    EXPECT_EQ(number(-1e-7), "0");
    EXPECT_EQ(number(100), "100");
    EXPECT_EQ(number(1e15), "1000000000000000");
    EXPECT_EQ(number(1e20), "100000000000000000000.0") << "no 64-bit integer: keeps a decimal";
    EXPECT_THROW(number(std::numeric_limits<double>::infinity()), Bug);
    EXPECT_THROW(number(std::numeric_limits<double>::quiet_NaN()), Bug);
}

TEST(Encode, EveryFiniteNumberCanBeReadAgain) {
    Decoder decoder;
    for (const double value : {std::numeric_limits<double>::max(), -1e300, 1e18, 9.3e18, 0x1p63,
                               -0x1p63, 1e-300, std::numeric_limits<double>::denorm_min()}) {
        const std::string text = number(value);
        EXPECT_EQ(text.find_first_of("eE"), std::string::npos) << text;
        Number back;
        EXPECT_FALSE(decoder.decode(text, back)) << text;
        EXPECT_NEAR(back.value, value, 1e-6);
    }
}

TEST(Encode, TenthsHaveOneDecimal) {
    EXPECT_EQ(encode(Tenths{{8.14}}), "8.1");
    EXPECT_EQ(encode(Tenths{{0.1 * 3}}), "0.3");
    EXPECT_EQ(encode(Tenths{{-0.04}}), "0");
    EXPECT_EQ(encode(Tenths{{16}}), "16");
}

TEST(Encode, LeavesOutWhatIsNotThere) {
    EXPECT_EQ(encode(Optionals{}), "{}");
    EXPECT_EQ(encode(Optionals{.list = List<Text<3>>{}}), "{}") << "an optional list without items";
    EXPECT_EQ(encode(Optionals{.list = List<Text<3>>{{{"a"}, {""}}}}), R"({"list":["a",""]})");
    EXPECT_EQ(encode(Optionals{.text = Text<5>{""}}), R"({"text":""})");
    EXPECT_EQ(encode(Optionals{.boolean = false, .integer = Integer{0}}),
              R"({"boolean":false,"integer":0})");
    EXPECT_EQ(encode(test::Empty{}), "{}");
    EXPECT_EQ(encode(Point{{-1}, {}}), R"({"x":-1})");
}

TEST(Encode, OneOfEverything) {
    All all;
    all.integer = {-2147483648LL};
    all.wide = std::numeric_limits<std::int64_t>::min();
    all.bounded = {10};
    all.unsigned64 = std::numeric_limits<std::uint64_t>::max();
    all.number = {2.50};
    all.text = {"a\"\n"};
    all.blob = "ä\xFF";
    all.time = {utc_from_micros(1'709'210'096'999'999)};
    all.colour = "Green";
    all.lines = {{{{"l"}, {{{{1}, {}}}}}}};
    all.any = {"[1]"};
    EXPECT_EQ(encode(all),
              "{\"boolean\":false,\"integer\":-2147483648,\"wide\":-9223372036854775808,"
              "\"bounded\":10,\"unsigned64\":18446744073709551615,\"number\":2.5,"
              "\"text\":\"a\\\"\\n\",\"secret\":\"\",\"blob\":\"ä\xEF\xBF\xBD\","
              "\"time\":\"2024-02-29T12:34:56Z\",\"colour\":\"Green\",\"size\":\"Small\","
              "\"unit\":\"Wh\",\"lines\":[{\"name\":\"l\",\"points\":[{\"x\":1}]}],"
              "\"object\":{\"name\":\"\",\"points\":[]},\"any\":[1]}");
}

TEST(Encode, AnyWithoutValueIsNull) { EXPECT_EQ(encode(Any{}), "null"); }

TEST(Describe, EveryKindAsText) {
    EXPECT_EQ(describe<bool>(), R"({"type":"boolean"})");
    EXPECT_EQ(describe<Integer>(), R"({"type":"integer","format":"int32"})");
    EXPECT_EQ((describe<Int<1, 10>>()), R"({"type":"integer","minimum":1,"maximum":10})");
    EXPECT_EQ((describe<Int<0>>()), R"({"type":"integer","minimum":0})");
    EXPECT_EQ(describe<std::int64_t>(), R"({"type":"integer"})");
    EXPECT_EQ(describe<std::uint64_t>(), R"({"type":"integer","minimum":0})");
    EXPECT_EQ(describe<Number>(), R"({"type":"number"})");
    EXPECT_EQ(describe<Tenths>(), R"({"type":"number","multipleOf":0.1})");
    EXPECT_EQ(describe<Text<>>(), R"({"type":"string"})");
    EXPECT_EQ(describe<Uri>(), R"({"type":"string","format":"uri"})");
    EXPECT_EQ((describe<Text<5, 2>>()), R"({"type":"string","minLength":2,"maxLength":5})");
    EXPECT_EQ(describe<Secret<Text<4>>>(), R"({"type":"string","maxLength":4})");
    EXPECT_EQ(describe<std::string>(), R"({"type":"string"})");
    EXPECT_EQ(describe<DateTime>(), R"({"type":"string","format":"date-time"})");
    EXPECT_EQ((describe<OneOf<"A", "B">>()), R"({"type":"string","enum":["A","B"]})");
    EXPECT_EQ((describe<OneOfElse<"B", "A", "B">>()), R"({"type":"string","enum":["A","B"]})");
    EXPECT_EQ((describe<OneOfOrOther<"A", "B">>()), R"({"type":"string","enum":["A","B"]})");
    EXPECT_EQ(
        (describe<List<Text<3>, 1, 4>>()),
        R"({"type":"array","items":{"type":"string","maxLength":3},"minItems":1,"maxItems":4})");
    EXPECT_EQ(describe<Any>(), "{}");
    EXPECT_EQ(describe<test::Patched>(),
              R"({"type":"object","properties":{"note":{"anyOf":[{"type":"string","maxLength":5},)"
              R"({"type":"null"}]},"count":{"anyOf":[{"type":"integer","format":"int32"},)"
              R"({"type":"null"}]}},"additionalProperties":false})");
}

TEST(Describe, ObjectsWithAndWithoutCustomData) {
    constexpr std::string_view x_and_y =
        R"("x":{"type":"integer","format":"int32"},"y":{"type":"integer","format":"int32"}},)"
        R"("additionalProperties":false,"required":["x"]})";
    EXPECT_EQ(describe<Point>(), R"({"type":"object","properties":{)" + std::string{x_and_y});
    EXPECT_EQ(describe<Point>({Strictness::strict, true}),
              R"({"type":"object","properties":{"customData":{"type":"object","properties":)"
              R"({"vendorId":{"type":"string","maxLength":255}},"required":["vendorId"]},)" +
                  std::string{x_and_y});
    EXPECT_EQ(describe<test::Empty>(),
              R"({"type":"object","properties":{},"additionalProperties":false})");
}

struct Shown {
    Nullable<std::string> name;
    Nullable<Instant> at;
    Nullable<List<std::int64_t>> numbers;
    FIELDS(name, at, numbers)
};

TEST(Encode, WhatIsNullableIsAlwaysThereAndAnInstantHasMilliseconds) {
    Shown shown;
    EXPECT_EQ(encode(shown), R"({"name":null,"at":null,"numbers":null})");
    shown.name = std::string{};
    shown.at.emplace().at = utc_from_micros(1'234'567);
    shown.numbers.emplace();
    EXPECT_EQ(encode(shown), R"({"name":"","at":"1970-01-01T00:00:01.234Z","numbers":[]})");
    EXPECT_NE(describe<Shown>().find(R"("required":["name","at","numbers"])"), std::string::npos);
    Shown read;
    EXPECT_FALSE(Decoder{}.decode(R"({"name":null,"numbers":[7]})", read));
    EXPECT_FALSE(read.name);
    EXPECT_EQ(read.numbers->items.at(0), 7);
}

TEST(Describe, ADescriptionIsJson) {
    const std::string text = describe<All>();
    EXPECT_EQ(minify(text), text);
}

}  // namespace
}  // namespace ohm::wire
