#include "base/text.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace ohm {
namespace {

using namespace std::string_view_literals;

std::string json(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

std::string utf8(std::uint32_t code) {
    std::string out;
    if (code < 0x80) return out += static_cast<char>(code);
    if (code < 0x800) {
        out += static_cast<char>(0xC0 | code >> 6);
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0 | code >> 12);
        out += static_cast<char>(0x80 | (code >> 6 & 63));
    } else {
        out += static_cast<char>(0xF0 | code >> 18);
        out += static_cast<char>(0x80 | (code >> 12 & 63));
        out += static_cast<char>(0x80 | (code >> 6 & 63));
    }
    return out += static_cast<char>(0x80 | (code & 63));
}

TEST(Utf8, EveryCodePointButSurrogates) {
    for (std::uint32_t code = 0; code <= 0x10FFFF; code += code < 0x3000 ? 1 : 37)
        ASSERT_EQ(is_utf8(utf8(code)), code < 0xD800 || code > 0xDFFF) << std::hex << code;
    EXPECT_TRUE(is_utf8(utf8(0x10FFFF)));
    EXPECT_FALSE(is_utf8(utf8(0x110000)));
}

TEST(Utf8, BrokenSequences) {
    constexpr std::string_view broken[] = {
        "\x80"sv,  // continuation alone
        "\xBF"sv,
        "\xC0\x80"sv,  // overlong NUL
        "\xC1\xBF"sv,
        "\xC2"sv,  // truncated
        "\xE0\x80\x80"sv,
        "\xE0\x9F\xBF"sv,  // overlong
        "\xE1\x80"sv,
        "\xED\xA0\x80"sv,  // surrogate
        "\xED\xBF\xBF"sv,
        "\xF0\x80\x80\x80"sv,
        "\xF0\x8F\xBF\xBF"sv,
        "\xF4\x90\x80\x80"sv,
        "\xF5\x80\x80\x80"sv,
        "\xF1\x80\x80"sv,
        "\xFE"sv,
        "\xFF"sv,
        "\xC2\x41"sv,
        "\xE1\x80\x41"sv,
        "\xF1\x80\x80\x41"sv,
    };
    for (const auto text : broken)
        for (std::size_t before = 0; before < 10; ++before) {  // also behind the fast path
            EXPECT_FALSE(is_utf8(std::string(before, 'a').append(text))) << json(text);
            EXPECT_FALSE(is_utf8(std::string(before, 'a').append(text).append(9, 'b')));
        }
    EXPECT_TRUE(is_utf8(""));
    EXPECT_TRUE(is_utf8("\0"sv));
}

TEST(Utf8, CountsAndCutsCodePoints) {
    EXPECT_EQ(count_code_points(""), 0u);
    EXPECT_EQ(count_code_points("aä€😀"), 4u);
    EXPECT_EQ(first_code_points("aä€😀", 0), "");
    EXPECT_EQ(first_code_points("aä€😀", 2), "aä");
    EXPECT_EQ(first_code_points("aä€😀", 3), "aä€");
    EXPECT_EQ(first_code_points("aä€😀", 9), "aä€😀");
    EXPECT_EQ(first_code_points("\x80\x80\x80", 2), "\x80\x80") << "a broken byte counts as one";
}

TEST(Percent, DecodesOnceAndOnlyWholeEscapes) {
    EXPECT_EQ(percent_decode("CP%20%c3%A4+"), "CP \xC3\xA4+");
    EXPECT_EQ(percent_decode("%2541"), "%41");
    EXPECT_EQ(percent_decode("%00"), "\0"sv);
    EXPECT_EQ(percent_decode(""), "");
    for (const auto text : {"%", "%4", "abc%", "abc%4", "%zz", "%4g", "% 41", "%%41", "%-1"})
        EXPECT_FALSE(percent_decode(text)) << text;
    EXPECT_EQ(percent_decode("abc%41"), "abcA") << "an escape that ends the text";
}

TEST(Percent, EveryByteSurvives) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    const std::string encoded = percent_encode(all);
    EXPECT_EQ(percent_decode(encoded), all);
    EXPECT_EQ(encoded.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                        "0123456789-._~%"),
              std::string::npos);
    EXPECT_EQ(percent_encode("a/b c"), "a%2Fb%20c");
}

TEST(Uri, SchemeAndWhatMayStandInOne) {
    for (const auto good : {"ftp://user:word@files.example/in/", "https://[::1]:8443/a%20b?c=d#e",
                            "urn:x:y", "sftp://h", "a+b-c.1:"})
        EXPECT_TRUE(is_uri(good)) << good;
    for (const auto bad : {"", ":", "files.example/in", "://h", "1a:b", "http://a b", "h:%", "h:%2",
                           "h:%2g", "h:\"", "h:ä", "h:\\", "h:<x>"})
        EXPECT_FALSE(is_uri(bad)) << bad;
}

TEST(Fold, SpellingsOfOneIdentityMeet) {
    EXPECT_EQ(fold("Cp-001"), "cp-001");
    EXPECT_EQ(fold("B\xC3\xA4r"), fold("BA\xCC\x88R")) << "NFC and NFD, and case";
    EXPECT_EQ(fold("STRASSE"), fold("straße"));
    EXPECT_EQ(fold("ΣΊΣΥΦΟΣ"), fold("σίσυφος")) << "final sigma";
    EXPECT_NE(fold("I"), fold("ı")) << "no Turkish rules: dotless i is a letter of its own";
    EXPECT_EQ(fold("İ"), "i\xCC\x87");
    EXPECT_EQ(fold("\xE2\x84\xAA"), "k") << "Kelvin sign";
    EXPECT_EQ(fold(""), "");
    EXPECT_FALSE(fold("a\xFF"));
    EXPECT_FALSE(fold("\xED\xA0\x80"));
}

TEST(Fold, FoldingTwiceChangesNothing) {
    for (std::uint32_t code = 1; code < 0x1F000; ++code) {
        if (code >= 0xD800 && code <= 0xDFFF) continue;
        const auto once = fold("x" + utf8(code) + "y");
        ASSERT_TRUE(once) << std::hex << code;
        ASSERT_EQ(fold(*once), once) << std::hex << code;
    }
}

TEST(Text, ControlCharacters) {
    EXPECT_TRUE(has_control_characters("a\nb"));
    EXPECT_TRUE(has_control_characters("\0"sv));
    EXPECT_TRUE(has_control_characters("\x7F"));
    EXPECT_FALSE(has_control_characters("a b~ä"));
    EXPECT_FALSE(has_control_characters(""));
}

TEST(Text, CaseTrimSplit) {
    EXPECT_TRUE(equals_ignoring_case("OCPP1.6", "ocpp1.6"));
    EXPECT_FALSE(equals_ignoring_case("ocpp1.6", "ocpp1.60"));
    EXPECT_FALSE(equals_ignoring_case("[", "{")) << "only letters have a case";
    EXPECT_FALSE(equals_ignoring_case("Ä", "ä")) << "ASCII only";
    EXPECT_EQ(trim(" \t\r\n a b \n"), "a b");
    EXPECT_EQ(trim(" \t"), "");
    EXPECT_EQ(trim(""), "");
    EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
    EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
    EXPECT_EQ(split(",", ','), (std::vector<std::string_view>{"", ""}));
}

TEST(Text, ParsesWholeIntegersOnly) {
    EXPECT_EQ(parse_int("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(parse_int("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(parse_int("007"), 7);
    for (const auto text : {"", "-", "+5", " 5", "5 ", "5.0", "0x5", "9223372036854775808", "1e3"})
        EXPECT_FALSE(parse_int(text)) << text;
}

TEST(Hex, BothCasesAndNothingElse) {
    EXPECT_EQ(to_hex("\x00\xFF\x1a"sv), "00ff1a");
    EXPECT_EQ(from_hex("00fF1A"), "\x00\xFF\x1a"sv);
    EXPECT_EQ(from_hex(""), "");
    for (const auto text : {"0", "0g", "g0", " 0", "0x", "000", "-1"})
        EXPECT_FALSE(from_hex(text)) << text;
}

TEST(Base64, RfcVectorsAndStrictness) {
    constexpr std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                         {"f", "Zg=="},
                                                                         {"fo", "Zm8="},
                                                                         {"foo", "Zm9v"},
                                                                         {"foob", "Zm9vYg=="},
                                                                         {"fooba", "Zm9vYmE="},
                                                                         {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, coded] : vectors) {
        EXPECT_EQ(to_base64(plain), coded);
        EXPECT_EQ(from_base64(coded), plain);
    }
    for (const auto text : {"Zg", "Zg=", "Z===", "====", "=Zg=", "Zg=Z", "Zh==", "Zm9=", "Zm9v\n",
                            "Zm 9", "Zm-_", "Zg==Zg==", "Zm9vZ"})
        EXPECT_FALSE(from_base64(text)) << text;
}

TEST(Base64, EveryLengthSurvives) {
    SeededRandom random{5};
    for (std::size_t n = 0; n < 200; ++n) {
        std::string bytes(n, '\0');
        for (char& c : bytes) c = static_cast<char>(random.next());
        ASSERT_EQ(from_base64(to_base64(bytes)), bytes);
    }
}

TEST(JsonString, EscapesWhatJsonMust) {
    EXPECT_EQ(json("a\"b\\c/"), R"("a\"b\\c/")");
    EXPECT_EQ(json("\n\r\t"), R"("\n\r\t")");
    EXPECT_EQ(json("\0\x01\x1F\x7F"sv), R"("\u0000\u0001\u001f\u007f")");
    EXPECT_EQ(json("ä€😀"), "\"ä€😀\"");
    EXPECT_EQ(json(""), "\"\"");
}

TEST(JsonString, BrokenBytesBecomeTheReplacementCharacter) {
    EXPECT_EQ(json("a\xFF z"), "\"a\xEF\xBF\xBD z\"");
    EXPECT_EQ(json("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
    EXPECT_EQ(json("\xE2\x82"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"") << "truncated at the end";
    SeededRandom random{6};
    for (int i = 0; i < 2'000; ++i) {
        std::string bytes(random.below(40), '\0');
        for (char& c : bytes) c = static_cast<char>(random.next());
        const std::string out = json(bytes);
        ASSERT_TRUE(is_utf8(out));
        ASSERT_FALSE(has_control_characters(out));
    }
}

}  // namespace
}  // namespace ohm
