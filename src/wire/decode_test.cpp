#include <cmath>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "wire/codec.hpp"
#include "wire/test_types.hpp"

namespace ohm::wire {
namespace {

using namespace std::string_view_literals;
using test::All;
using test::Line;
using test::Optionals;
using test::Patched;
using test::Point;

constexpr Rules strict{Strictness::strict};
constexpr Rules lenient{Strictness::lenient};

template <class T>
struct One {  // a message of one required member
    T it;
    FIELDS(it)
};
template <class T>
struct Maybe {
    Optional<T> it;
    FIELDS(it)
};

// "rule path", or "ok" where the text decodes.
template <class T>
std::string verdict(std::string_view json, Rules rules = strict) {
    static Decoder decoder;
    T out{};
    const auto violation = decoder.decode(json, out, rules);
    if (!violation) return "ok";
    EXPECT_FALSE(violation->detail.empty());
    constexpr std::string_view names[] = {"malformed", "occurrence", "type", "property", "extra"};
    return std::string{names[static_cast<std::size_t>(violation->rule)]} + " " + violation->path;
}

template <class T>
std::string repairs(std::string_view json, T& out, Rules rules = lenient) {
    static Decoder decoder;
    Repairs list;
    if (const auto violation = decoder.decode(json, out, rules, &list))
        return "violation at " + violation->path + ": " + violation->detail;
    std::string text;
    for (const Repair& repair : list) {
        if (!text.empty()) text += ' ';
        (text += repair.path + "=") += repair.what;
    }
    return text;
}
template <class T>
std::string repairs_of(std::string_view value) {
    T out{};
    return repairs(R"({"it":)" + std::string{value} + "}", out);
}
template <class T>
std::string strict_value(std::string_view value) {
    return verdict<One<T>>(R"({"it":)" + std::string{value} + "}");
}
template <class T>
std::string lenient_value(std::string_view value) {
    return verdict<One<T>>(R"({"it":)" + std::string{value} + "}", lenient);
}

TEST(Decode, WhatIsNotJson) {
    for (const auto text : {""sv,
                            " "sv,
                            "{"sv,
                            "}"sv,
                            "nul"sv,
                            "{\"x\":1,}"sv,
                            "{\"x\":1}{}"sv,
                            "{\"x\":1} x"sv,
                            "{x:1}"sv,
                            "{\"x\":01}"sv,
                            "{\"x\":+1}"sv,
                            "{\"x\":.5}"sv,
                            "{\"x\":1.}"sv,
                            "{\"x\":NaN}"sv,
                            "{\"x\":'1'}"sv,
                            "{\"x\" 1}"sv,
                            "{\"x\":\"a\nb\"}"sv,
                            "{\"x\":\"\\q\"}"sv,
                            "{\"x\":\"\\ud800\"}"sv,
                            "{\"x\":\"\\udc00\\ud800\"}"sv,
                            "{\"x\":\"\xFF\"}"sv,
                            "{\"x\":\"\xED\xA0\x80\"}"sv,
                            "{\"x\":1e400}"sv,
                            "{\"x\":123456789012345678901234567890}"sv,
                            "\0{}"sv,
                            "{\"x\":1}\0"sv,
                            "[1,2"sv}) {
        EXPECT_EQ(verdict<Point>(text, strict), "malformed ") << text;
        EXPECT_EQ(verdict<Point>(text, lenient), "malformed ") << text;
    }
}

TEST(Decode, ATopThatIsNoObject) {
    for (const auto text : {"1", "\"x\"", "null", "[]", "true"})
        EXPECT_EQ(verdict<Point>(text), "type ");
}

TEST(Decode, DepthIsBounded) {
    const auto nested = [](std::size_t depth) {
        return R"({"it":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
    };
    EXPECT_EQ(verdict<One<Any>>(nested(31)), "ok");
    EXPECT_EQ(verdict<One<Any>>(nested(33)), "malformed ");
    EXPECT_EQ(verdict<One<Any>>(nested(100'000)), "malformed ");
    EXPECT_EQ(verdict<One<Any>>(R"({"it":")" + std::string(5'000, 'x') + R"("})"), "ok");
    EXPECT_EQ(verdict<One<Any>>(nested(33)), "malformed ") << "also once the parser has grown";
}

TEST(Decode, Booleans) {
    EXPECT_EQ(strict_value<bool>("true"), "ok");
    EXPECT_EQ(strict_value<bool>("false"), "ok");
    for (const auto text : {"1", "0", "\"true\"", "null", "[]", "{}", "\"\""})
        EXPECT_EQ(strict_value<bool>(text), "type /it") << text;
    One<bool> out;
    EXPECT_EQ(repairs(R"({"it":" TRUE "})", out), "/it=text_to_boolean");
    EXPECT_TRUE(out.it);
    EXPECT_EQ(repairs(R"({"it":"False"})", out), "/it=text_to_boolean");
    EXPECT_FALSE(out.it);
    for (const auto text : {"1", "\"yes\"", "\"\"", "null"})
        EXPECT_EQ(lenient_value<bool>(text), "type /it") << text;
}

TEST(Decode, Integers) {
    for (const auto text : {"0", "-0", "1.0", "-0.0", "1e3", "2147483647", "-2147483648", "1.5e1"})
        EXPECT_EQ(strict_value<Integer>(text), "ok") << text;
    for (const auto text : {"2147483648", "-2147483649", "9007199254740992", "1e19", "-1e19",
                            "9223372036854775808", "18446744073709551615", "1e300"})
        EXPECT_EQ(strict_value<Integer>(text), "property /it") << text;
    for (const auto text : {"1.5", "\"1\"", "true", "null", "[]", "{}", "1e-1"})
        EXPECT_EQ(strict_value<Integer>(text), "type /it") << text;
    EXPECT_EQ((strict_value<Int<1, 10>>("0")), "property /it");
    EXPECT_EQ((strict_value<Int<1, 10>>("10")), "ok");
    EXPECT_EQ((strict_value<Int<1, 10>>("11")), "property /it");
    EXPECT_EQ(strict_value<std::int64_t>("9223372036854775807"), "ok");
    EXPECT_EQ(strict_value<std::int64_t>("-9223372036854775808"), "ok");
    EXPECT_EQ(strict_value<std::int64_t>("9223372036854775808"), "property /it");
}

TEST(Decode, IntegersThatChargersWrite) {
    One<Integer> out;
    EXPECT_EQ(repairs(R"({"it":" 17 "})", out), "/it=text_to_number");
    EXPECT_EQ(out.it, 17);
    EXPECT_EQ(repairs(R"({"it":2.5})", out), "/it=rounded");
    EXPECT_EQ(out.it, 3);
    EXPECT_EQ(repairs(R"({"it":"2.4"})", out), "/it=rounded /it=text_to_number");
    EXPECT_EQ(out.it, 2);
    EXPECT_EQ(lenient_value<Integer>("\"2147483648\""), "property /it");
    EXPECT_EQ(lenient_value<Integer>("2147483647.6"), "property /it");
    for (const auto text :
         {"\"\"", "\"x\"", "\"1 2\"", "\"0x10\"", "\"1e999\"", "\"nan\"", "null", "true", "[]"})
        EXPECT_EQ(lenient_value<Integer>(text), "type /it") << text;
}

TEST(Decode, UnsignedIntegers) {
    EXPECT_EQ(strict_value<std::uint64_t>("18446744073709551615"), "ok");
    for (const auto text : {"-1", "1.0", "\"1\"", "null"})
        EXPECT_EQ(strict_value<std::uint64_t>(text), "type /it") << text;
}

TEST(Decode, Numbers) {
    for (const auto text : {"0", "-0", "1", "1.5", "-1e-300", "1e308", "18446744073709551615"})
        EXPECT_EQ(strict_value<Number>(text), "ok") << text;
    for (const auto text : {"\"1.5\"", "true", "null", "[]"})
        EXPECT_EQ(strict_value<Number>(text), "type /it") << text;
    One<Number> out;
    EXPECT_EQ(repairs(R"({"it":" 1.5"})", out), "/it=text_to_number");
    EXPECT_EQ(out.it.value, 1.5);
    for (const auto text :
         {"\"\"", "\"1,5\"", "\"inf\"", "\"nan\"", "\"1e400\"", "\"1.5x\"", "true"})
        EXPECT_EQ(lenient_value<Number>(text), "type /it") << text;
}

TEST(Decode, Tenths) {
    for (const auto text : {"0.1", "0.3", "16", "-8.1", "1e300", "214748364.7", "1.10"})
        EXPECT_EQ(strict_value<wire::Tenths>(text), "ok") << text;
    for (const auto text : {"0.15", "8.11", "1e-3"})
        EXPECT_EQ(strict_value<wire::Tenths>(text), "property /it") << text;
    One<wire::Tenths> out;
    EXPECT_EQ(repairs(R"({"it":8.14})", out), "/it=rounded");
    EXPECT_EQ(out.it.value, 8.1);
    EXPECT_EQ(strict_value<Number>("0.15"), "ok");
}

TEST(Decode, Uris) {
    EXPECT_EQ(strict_value<wire::Uri>(R"("ftp://files.example/in")"), "ok");
    EXPECT_EQ(strict_value<wire::Uri>(R"("files.example/in")"), "property /it");
    EXPECT_EQ(strict_value<wire::Uri>("5"), "type /it");
    One<wire::Uri> out;
    EXPECT_EQ(repairs(R"({"it":"files.example/in"})", out), "/it=uri_malformed");
    EXPECT_EQ(out.it.value, "files.example/in");
}

TEST(Decode, ATextWithoutBound) {
    const std::string long_text = '"' + std::string(200'000, 'x') + '"';
    EXPECT_EQ(strict_value<Text<>>(long_text), "ok");
    EXPECT_EQ(lenient_value<Text<>>(long_text), "ok");
}

TEST(Decode, Texts) {
    EXPECT_EQ(strict_value<Text<5>>(R"("abcde")"), "ok");
    EXPECT_EQ(strict_value<Text<5>>(R"("ä€😀äx")"), "ok") << "characters, not bytes";
    EXPECT_EQ(strict_value<Text<5>>(R"("abcdef")"), "property /it");
    EXPECT_EQ(strict_value<Text<5>>(R"("ä€😀äxy")"), "property /it");
    EXPECT_EQ((strict_value<Text<5, 2>>(R"("ä")")), "property /it");
    EXPECT_EQ((strict_value<Text<5, 2>>(R"("ää")")), "ok");
    EXPECT_EQ(strict_value<Text<5>>(R"("a\u0000b")"), "property /it");
    EXPECT_EQ(lenient_value<Text<5>>(R"("a\u0000b")"), "property /it") << "never, it ends C texts";
    EXPECT_EQ(strict_value<std::string>(R"("a\u0000b")"), "property /it");
    EXPECT_EQ(strict_value<Secret<Text<4>>>(R"("12345")"), "property /it");
    for (const auto text : {"1", "true", "null", "[]", "{}"})
        EXPECT_EQ(strict_value<Text<5>>(text), "type /it") << text;
}

TEST(Decode, JsonInPlaceOfFreeTextIsItsOwnText) {
    One<Text<>> out;
    EXPECT_EQ(repairs(R"({"it":{"a":[1, 2]}})", out), "/it=json_to_text");
    EXPECT_EQ(out.it.value, R"({"a":[1,2]})");
    EXPECT_EQ(repairs(R"({"it":[]})", out), "/it=json_to_text");
    EXPECT_EQ(lenient_value<Text<>>("null"), "type /it");
    EXPECT_EQ(strict_value<Text<>>("{}"), "type /it");
}

TEST(Decode, TextsThatChargersWrite) {
    One<Text<5>> out;
    EXPECT_EQ(repairs(R"({"it":12.5})", out), "/it=number_to_text");
    EXPECT_EQ(out.it.value, "12.5");
    EXPECT_EQ(repairs(R"({"it":-7})", out), "/it=number_to_text");
    EXPECT_EQ(out.it.value, "-7");
    EXPECT_EQ(repairs(R"({"it":true})", out), "/it=number_to_text");
    EXPECT_EQ(out.it.value, "true");
    EXPECT_EQ(repairs(R"({"it":"much too long"})", out), "/it=too_long");
    EXPECT_EQ(out.it.value, "much too long") << "the station's text is kept";
    EXPECT_EQ(repairs(R"({"it":1234567})", out), "/it=number_to_text /it=too_long");
    for (const auto text : {"null", "[]", "{}"})
        EXPECT_EQ(lenient_value<Text<5>>(text), "type /it") << text;
    EXPECT_EQ(lenient_value<Text<5>>("\"\""), "ok") << "required and empty is for the handler";
}

TEST(Decode, Times) {
    EXPECT_EQ(strict_value<DateTime>(R"("2024-02-29T12:00:00+02:00")"), "ok");
    EXPECT_EQ(strict_value<DateTime>(R"("2024-02-29T12:00:00")"), "property /it");
    EXPECT_EQ(strict_value<DateTime>(R"("")"), "property /it");
    EXPECT_EQ(strict_value<DateTime>("1709210096"), "type /it");
    EXPECT_EQ(verdict<One<DateTime>>("{}"), "occurrence /it");
    One<DateTime> out;
    EXPECT_EQ(repairs(R"({"it":"2024-02-29 12:00:00Z"})", out), "/it=time_guessed");
    EXPECT_TRUE(out.it.zoned);
    EXPECT_EQ(repairs(R"({"it":"2024-02-29 12:00:00"})", out), "/it=time_without_zone");
    EXPECT_FALSE(out.it.zoned);
    EXPECT_EQ(to_rfc3339(out.it.at, 0), "2024-02-29T12:00:00Z");
    for (const auto text : {R"({"it":""})", R"({"it":"yesterday"})", R"({"it":null})", "{}"}) {
        One<DateTime> unknown;
        EXPECT_EQ(repairs(text, unknown), "/it=time_missing") << text;
        EXPECT_FALSE(unknown.it.known) << text;
    }
    EXPECT_EQ(lenient_value<DateTime>("1709210096"), "type /it");
}

TEST(Decode, Enums) {
    using Colour = OneOf<"Red", "Green">;
    EXPECT_EQ(strict_value<Colour>(R"("Green")"), "ok");
    for (const auto text : {R"("green")", R"(" Green")", R"("Blue")", R"("")"})
        EXPECT_EQ(strict_value<Colour>(text), "property /it") << text;
    EXPECT_EQ(strict_value<Colour>("1"), "type /it");
    One<Colour> out;
    EXPECT_EQ(repairs(R"({"it":" gREEN "})", out), "/it=enum_respelled");
    EXPECT_TRUE(out.it.is("Green"));
    EXPECT_EQ(lenient_value<Colour>(R"("Blue")"), "property /it") << "no fallback declared";
}

TEST(Decode, EnumsWithAFallback) {
    One<OneOfElse<"Other", "Small", "Other">> size;
    EXPECT_EQ(repairs(R"({"it":"Huge"})", size), "/it=enum_unknown");
    EXPECT_TRUE(size.it.is("Other"));
    EXPECT_EQ((strict_value<OneOfElse<"Other", "Small", "Other">>(R"("Huge")")), "property /it");

    using Unit = OneOfOrOther<"Wh", "kWh">;
    One<Unit> unit;
    EXPECT_EQ(repairs(R"({"it":"Hz"})", unit), "/it=enum_unknown");
    EXPECT_EQ(unit.it.name(), "(other)");
    EXPECT_EQ(strict_value<Unit>(R"("Hz")"), "property /it");
    EXPECT_EQ(strict_value<Unit>("\"(other)\""), "property /it") << "ours, not the wire's";
    EXPECT_THROW(encode(unit), Bug);
}

TEST(Decode, Lists) {
    using Three = List<Integer, 1, 3>;
    EXPECT_EQ(strict_value<Three>("[1]"), "ok");
    EXPECT_EQ(strict_value<Three>("[1,2,3]"), "ok");
    EXPECT_EQ(strict_value<Three>("[]"), "occurrence /it");
    EXPECT_EQ(strict_value<Three>("[1,2,3,4]"), "occurrence /it");
    EXPECT_EQ(strict_value<Three>("[1,\"x\"]"), "type /it/1");
    EXPECT_EQ(strict_value<Three>("[1,2147483648]"), "property /it/1");
    EXPECT_EQ(strict_value<Three>("1"), "type /it");
    EXPECT_EQ(strict_value<List<Integer>>("[]"), "ok");
    One<Three> out;
    EXPECT_EQ(repairs(R"({"it":[]})", out), "/it=list_missing");
    EXPECT_EQ(repairs("{}", out), "/it=list_missing");
    EXPECT_EQ(repairs(R"({"it":null})", out), "/it=list_missing");
    EXPECT_TRUE(out.it.items.empty());
    EXPECT_EQ(lenient_value<Three>("[1,2,3,4]"), "occurrence /it");
    EXPECT_EQ(lenient_value<Three>("[1,null]"), "type /it/1");
}

TEST(Decode, AnObjectInPlaceOfAList) {
    One<List<Point>> out;
    EXPECT_EQ(repairs(R"({"it":{"x":"5"}})", out), "/it=wrapped_in_list /it/0/x=text_to_number");
    ASSERT_EQ(out.it.items.size(), 1u);
    EXPECT_EQ(out.it.items[0].x, 5);
    EXPECT_EQ(strict_value<List<Point>>(R"({"x":5})"), "type /it");
    EXPECT_EQ(lenient_value<List<Point>>(R"({"y":5})"), "occurrence /it/0/x");
}

TEST(Decode, PathsAreJsonPointersToTheSpot) {
    const auto lines = [](std::string_view items) {
        return verdict<One<List<Line>>>(R"({"it":)" + std::string{items} + "}");
    };
    EXPECT_EQ(lines(R"([{"name":"a","points":[{"x":1},{"x":1,"y":null}]}])"),
              "type /it/0/points/1/y");
    EXPECT_EQ(lines(R"([{"name":"a","points":[{"x":1}]},{"name":"b","points":[]}])"),
              "occurrence /it/1/points");
    EXPECT_EQ(lines(R"([{"name":"abcdef","points":[{"x":1}]}])"), "property /it/0/name");
    EXPECT_EQ(lines(R"([{"name":"a","points":[{"z":1}]}])"), "extra /it/0/points/0/z");
    EXPECT_EQ(lines(R"([{"points":[{"x":1}]}])"), "occurrence /it/0/name");
    EXPECT_EQ(lines(R"([{"name":"a","name":"b","points":[]}])"), "malformed /it/0/name");
}

TEST(Decode, NamesFromOutsideAreEscapedAndShortInPaths) {
    EXPECT_EQ(verdict<Point>(R"({"x":1,"a/b~c":2})"), "extra /a~1b~0c");
    EXPECT_EQ(verdict<Point>(R"({"x":1,"":2})"), "extra /");
    const std::string long_name(10'000, 'n');
    EXPECT_EQ(verdict<Point>(R"({")" + long_name + R"(":2})"), "extra /" + long_name.substr(0, 64));
}

TEST(Decode, RequiredAndTwice) {
    EXPECT_EQ(verdict<Point>("{}"), "occurrence /x");
    EXPECT_EQ(verdict<Point>("{}", lenient), "occurrence /x");
    EXPECT_EQ(verdict<Point>(R"({"x":1,"x":1})"), "malformed /x");
    EXPECT_EQ(verdict<Point>(R"({"x":1,"x":1})", lenient), "malformed /x");
    EXPECT_EQ(verdict<Point>(R"({"x":1,"y":null,"y":2})", lenient), "malformed /y");
    EXPECT_EQ(verdict<Point>(R"({"x":1,"y":2,"y":null})", lenient), "malformed /y");
    EXPECT_EQ(verdict<Point>(R"({"x":1,"\u0078":1})"), "malformed /x") << "the same name";
    EXPECT_EQ(verdict<Point>(R"({"y":2,"x":1})"), "ok") << "any order";
    EXPECT_EQ(verdict<Point>(R"({"X":1})"), "extra /X") << "names have a case";
    EXPECT_EQ(verdict<test::Empty>("{}"), "ok");
    EXPECT_EQ(verdict<test::Empty>(R"({"a":1})"), "extra /a");
}

TEST(Decode, NothingInPlaceOfAnOptional) {
    for (const auto name : {"boolean", "integer", "number", "text", "blob", "time", "colour",
                            "unit", "list", "object"}) {
        const std::string null = "{\"" + std::string{name} + "\":null}";
        const std::string empty = "{\"" + std::string{name} + "\":\"\"}";
        Optionals out;
        EXPECT_EQ(repairs(null, out), "/" + std::string{name} + "=null_removed");
        EXPECT_EQ(repairs(empty, out), "/" + std::string{name} + "=empty_removed");
        EXPECT_EQ(encode(out), "{}");
        EXPECT_EQ(verdict<Optionals>(null), "type /" + std::string{name});
    }
    EXPECT_EQ(verdict<Optionals>(R"({"text":"","blob":""})"), "ok") << "strict: an empty text";
    Optionals any;
    EXPECT_EQ(repairs(R"({"any":""})", any), "") << "an empty text is a value of any";
    ASSERT_TRUE(any.any);
    EXPECT_EQ(any.any->json, "\"\"");
}

TEST(Decode, ExtraMembersAreNamedButNotEndlessly) {
    Point out;
    EXPECT_EQ(repairs(R"({"x":1,"connectorId":{"a":[1]}})", out), "/connectorId=extra_ignored");
    std::string many = R"({"x":1)";
    for (int i = 0; i < 1'000; ++i) many += ",\"m" + std::to_string(i) + "\":0";
    Decoder decoder;
    Repairs list;
    EXPECT_FALSE(decoder.decode(many + "}", out, lenient, &list));
    EXPECT_EQ(list.size(), limits::repairs_per_message);
}

TEST(Decode, RepairsCarryTheWholePath) {
    One<List<Line>> out;
    EXPECT_EQ(repairs(R"({"it":[{"name":"a","points":[{"x":1}]},
                         {"name":7,"points":{"x":"2","y":""},"z":0}]})",
                      out),
              "/it/1/name=number_to_text /it/1/points=wrapped_in_list "
              "/it/1/points/0/x=text_to_number /it/1/points/0/y=empty_removed "
              "/it/1/z=extra_ignored");
}

TEST(Decode, CustomData) {
    constexpr Rules with{Strictness::strict, true};
    constexpr Rules lenient_with{Strictness::lenient, true};
    const auto custom = [&](std::string_view data, Rules rules) {
        return verdict<Point>(R"({"x":1,"customData":)" + std::string{data} + "}", rules);
    };
    EXPECT_EQ(custom(R"({"vendorId":"v"})", with), "ok");
    EXPECT_EQ(custom(R"({"vendorId":"v","more":{"a":[1]}})", with), "ok");
    EXPECT_EQ(custom(R"({"vendorId":"v"})", strict), "extra /customData");
    EXPECT_EQ(custom("{}", with), "occurrence /customData/vendorId");
    EXPECT_EQ(custom("5", with), "type /customData");
    EXPECT_EQ(custom("null", with), "type /customData");
    EXPECT_EQ(custom(R"({"vendorId":5})", with), "type /customData/vendorId");
    const std::string ok(255, 'v');
    EXPECT_EQ(custom(R"({"vendorId":")" + ok + R"("})", with), "ok");
    EXPECT_EQ(custom(R"({"vendorId":")" + ok + R"(v"})", with), "property /customData/vendorId");
    EXPECT_EQ(custom(R"({"vendorId":"v"},"customData":{"vendorId":"v"})", with),
              "malformed /customData");
    EXPECT_EQ(custom("5", lenient_with), "ok");
    EXPECT_EQ((verdict<One<List<Point>>>(R"({"it":[{"x":1,"customData":{}}]})", with)),
              "occurrence /it/0/customData/vendorId");
}

TEST(Decode, MergePatches) {
    Decoder decoder;
    Patched out;
    ASSERT_FALSE(decoder.decode(R"({"note":null,"count":7})", out));
    EXPECT_TRUE(out.note.present);
    EXPECT_FALSE(out.note.value);
    EXPECT_EQ(out.count.value->value, 7);
    EXPECT_EQ(encode(out), R"({"note":null,"count":7})");
    EXPECT_EQ(encode(Patched{}), "{}");
    EXPECT_EQ(verdict<Patched>(R"({"count":"x"})"), "type /count");
    EXPECT_EQ(verdict<Patched>(R"({"note":null,"note":"a"})"), "malformed /note");
}

TEST(Decode, AnyKeepsTheValue) {
    Decoder decoder;
    One<Any> out;
    ASSERT_FALSE(decoder.decode(R"({"it": { "a" : [ 1 , null ] , "b":"\u00e4\n" } })", out));
    EXPECT_EQ(out.it.json, "{\"a\":[1,null],\"b\":\"ä\\n\"}");
}

TEST(Minify, OneValueOrNothing) {
    EXPECT_EQ(minify(" [ 1 , 2 ] "), "[1,2]");
    EXPECT_EQ(minify(R"({"a" : "b"})"), R"({"a":"b"})");
    for (const auto text : {"", " ", "[1,", "{} {}", "x", "\"\\ud800\""})
        EXPECT_FALSE(minify(text)) << text;
    EXPECT_FALSE(minify(std::string(33, '[') + std::string(33, ']')));
}

}  // namespace

// What cannot be read is left out, and everything else is there. Described types have linkage.
struct Inner {
    Integer number;
    OneOfElse<"Other", "This", "Other"> word;
    FIELDS(number, word)
};
struct Salvaged {
    Integer number;
    Text<5> text;
    Number real;
    OneOf<"First", "Second"> word;
    Inner inner;
    Optional<Inner> maybe;
    Optional<Integer> count;
    List<Inner> list;
    FIELDS(number, text, real, word, inner, maybe, count, list)
};

namespace {

constexpr Rules salvage{.strictness = Strictness::lenient, .salvage = true};

TEST(Salvage, LeavesOutWhatCannotBeReadAndSaysWhat) {
    Salvaged out;
    EXPECT_EQ(repairs(R"({"number":"x","text":["a"],"real":{},"word":"Third","inner":{"number":[]},
                          "maybe":{"number":"y","word":"This"},"count":1e99,
                          "list":[{"number":1,"word":"This"},{"word":"This"},7,{"number":2}]})",
                      out, salvage),
              "/number=left_out /text=left_out /real=left_out /word=left_out "
              "/inner/number=left_out /inner/word=missing /maybe=left_out /count=left_out "
              "/list/1=item_dropped /list/2=item_dropped /list/3/word=missing");
    EXPECT_EQ(out.number, 0);
    EXPECT_EQ(out.text.value, "");
    EXPECT_TRUE(std::isnan(out.real.value));
    EXPECT_FALSE(out.maybe);
    EXPECT_FALSE(out.count);
    ASSERT_EQ(out.list.items.size(), 2u);
    EXPECT_EQ(out.list.items[1].number, 2);
    EXPECT_TRUE(out.list.items[1].word.is("Other"));
}

TEST(Salvage, TakesAMessageThatSaysNothing) {
    Salvaged out;
    EXPECT_EQ(repairs("{}", out, salvage),
              "/number=missing /text=missing /real=missing /word=missing /inner=missing "
              "/list=list_missing");
    EXPECT_EQ(
        repairs(R"({"number":1,"number":2,"text":"a\u0000b"})", out = {}, salvage).substr(0, 35),
        "/number=twice /text=nul_removed /re");
    EXPECT_EQ(out.number, 1);
    EXPECT_EQ(out.text.value, "ab");
    EXPECT_EQ(verdict<Salvaged>("[]", salvage), "type ");
    EXPECT_EQ(verdict<Salvaged>("{", salvage), "malformed ");
}

// The handlers must learn of each required member, however much else was wrong before it.
TEST(Salvage, RequiredMembersAreNamedBeyondTheBound) {
    std::string many = R"({"list":[)";
    for (int i = 0; i < 500; ++i) many += "7,";
    many += R"({"number":1,"word":"This"}]})";
    Salvaged out;
    Repairs list;
    Decoder decoder;
    ASSERT_FALSE(decoder.decode(many, out, salvage, &list));
    EXPECT_EQ(list.size(), limits::repairs_per_message + 5);
    EXPECT_TRUE(was_left_out(list, "/number"));
    EXPECT_TRUE(was_left_out(list, "/inner"));
    EXPECT_FALSE(was_left_out(list, "/list"));
    EXPECT_EQ(out.list.items.size(), 1u);
}

}  // namespace
}  // namespace ohm::wire
