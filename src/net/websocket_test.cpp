// RFC 6455 frame by frame, in the order of its chapters: framing, pings, reserved bits and opcodes,
// fragmentation, UTF-8, closing, limits; then compressed messages.
#include "net/websocket.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "base/random.hpp"

namespace ohm::net::websocket {
namespace {

constexpr Mask mask = {0x37, 0xfa, 0x21, 0x3d};

// A frame as a client may send it, with bits that append_masked_frame would never set.
std::string frame(int first, std::string_view payload) {
    std::string bytes;
    append_masked_frame(bytes, Opcode::text, false, payload, mask);
    bytes[0] = static_cast<char>(first);
    return bytes;
}

// What came out, as text: `t:` and `b:` messages, `p:` pings, `o:` pongs, `c<code>:` a close,
// `!<code>` a failure, after which nothing is read.
std::string read_all(const std::string& bytes, const Reader::Rules& rules,
                     const std::function<std::size_t()>& next_piece) {
    Reader reader;
    Inflater inflater;
    std::string kept;
    std::string seen;
    std::size_t at = 0;
    while (at < bytes.size()) {
        const std::size_t size = std::min(next_piece(), bytes.size() - at);
        kept.append(bytes, at, size);
        at += size;
        std::span<char> input{kept};
        for (bool moved = true; moved;) {
            const Event event = reader.next(input, rules, inflater);
            const std::string text = ":" + std::string{event.payload} + " ";
            switch (event.kind) {
                case Event::Kind::need_more: moved = false; break;
                case Event::Kind::fragment: break;
                case Event::Kind::message: seen += (event.text ? "t" : "b") + text; break;
                case Event::Kind::ping: seen += "p" + text; break;
                case Event::Kind::pong: seen += "o" + text; break;
                case Event::Kind::close: seen += "c" + std::to_string(event.code) + text; break;
                case Event::Kind::failed: return seen + "!" + std::to_string(event.code);
            }
        }
        kept.erase(0, kept.size() - input.size());
    }
    return seen + (reader.is_idle() && kept.empty() ? "" : "...");
}

std::string read_all(const std::string& bytes, const Reader::Rules& rules) {
    return read_all(bytes, rules, [&] { return bytes.size(); });
}

constexpr Reader::Rules server_rules{
    .role = Role::server, .deflate = false, .message_bytes = 70'000};
constexpr Reader::Rules deflate_rules{
    .role = Role::server, .deflate = true, .message_bytes = 256 * 1024};

struct Row {
    std::string what;
    std::string bytes;
    std::string seen;
};

std::string close_frame(std::string_view payload) { return frame(0x88, payload); }
std::string code_bytes(int value) {
    return {static_cast<char>(value >> 8), static_cast<char>(value & 0xFF)};
}

std::vector<Row> framing_rows() {
    std::vector<Row> rows;
    for (const std::size_t size : {0u, 1u, 7u, 8u, 9u, 125u, 126u, 127u, 128u, 65535u, 65536u}) {
        const std::string payload(size, '*');
        rows.push_back(
            {"text of " + std::to_string(size), frame(0x81, payload), "t:" + payload + " "});
        rows.push_back(
            {"binary of " + std::to_string(size), frame(0x82, payload), "b:" + payload + " "});
    }
    rows.push_back({"two messages", frame(0x81, "a") + frame(0x81, "b"), "t:a t:b "});
    rows.push_back({"unmasked", std::string{"\x81\x01x"}, "!1002"});
    rows.push_back({"16-bit length of 125", std::string{"\x81\xfe\x00\x7d", 4} + "mask", "!1002"});
    rows.push_back({"64-bit length of 65535",
                    std::string{"\x81\xff\0\0\0\0\0\0\xff\xff", 10} + "mask", "!1002"});
    rows.push_back({"64-bit length with its top bit",
                    std::string{"\x81\xff\x80\0\0\0\0\0\0\0", 10} + "mask", "!1002"});
    return rows;
}

std::vector<Row> control_rows() {
    const std::string full(125, 'p');
    std::vector<Row> rows = {
        {"ping without payload", frame(0x89, ""), "p: "},
        {"ping with payload", frame(0x89, "hi"), "p:hi "},
        {"ping with bytes", frame(0x89, "\xff\xfe"), "p:\xff\xfe "},
        {"ping of 125", frame(0x89, full), "p:" + full + " "},
        {"ping of 126", frame(0x89, full + "p"), "!1002"},
        {"pong nobody asked for", frame(0x8a, "x") + frame(0x81, "a"), "o:x t:a "},
        {"fragmented ping", frame(0x09, "x"), "!1002"},
        {"fragmented close", frame(0x08, ""), "!1002"},
        {"ten pings",
         [] {
             std::string ten;
             for (int i = 0; i < 10; ++i) ten += frame(0x89, std::to_string(i));
             return ten;
         }(),
         "p:0 p:1 p:2 p:3 p:4 p:5 p:6 p:7 p:8 p:9 "},
    };
    for (const int bits : {0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70}) {
        rows.push_back({"text with reserved bits", frame(0x81 | bits, "x"), "!1002"});
        rows.push_back({"ping with reserved bits", frame(0x89 | bits, "x"), "!1002"});
        rows.push_back({"close with reserved bits", frame(0x88 | bits, ""), "!1002"});
        rows.push_back(
            {"after a good message", frame(0x81, "a") + frame(0x81 | bits, ""), "t:a !1002"});
    }
    for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
        rows.push_back({"opcode " + std::to_string(opcode), frame(0x80 | opcode, "x"), "!1002"});
    return rows;
}

std::vector<Row> fragment_rows() {
    const auto many = [](std::size_t count) {
        std::string bytes = frame(0x01, "a");
        for (std::size_t i = 2; i < count; ++i) bytes += frame(0x00, "a");
        return bytes + frame(0x80, "a");
    };
    const std::size_t most = limits::fragments_per_message;
    return {
        {"two fragments", frame(0x01, "ab") + frame(0x80, "cd"), "t:abcd "},
        {"empty fragments", frame(0x01, "") + frame(0x00, "") + frame(0x80, ""), "t: "},
        {"a filled one between", frame(0x01, "") + frame(0x00, "x") + frame(0x80, ""), "t:x "},
        {"binary fragments", frame(0x02, "\xff") + frame(0x80, "\xfe"), "b:\xff\xfe "},
        {"a ping between", frame(0x01, "a") + frame(0x89, "p") + frame(0x80, "b"), "p:p t:ab "},
        {"a pong between", frame(0x01, "a") + frame(0x8a, "p") + frame(0x80, "b"), "o:p t:ab "},
        {"a close between", frame(0x01, "a") + close_frame(code_bytes(1000)), "c1000: ..."},
        {"a text between", frame(0x01, "a") + frame(0x81, "b"), "!1002"},
        {"a binary between", frame(0x01, "a") + frame(0x02, "b"), "!1002"},
        {"a continuation alone", frame(0x80, "a"), "!1002"},
        {"an open continuation alone", frame(0x00, "a"), "!1002"},
        {"a continuation too many", frame(0x01, "a") + frame(0x80, "b") + frame(0x80, "c"),
         "t:ab !1002"},
        {"two messages", frame(0x01, "a") + frame(0x80, "b") + frame(0x02, "c") + frame(0x80, "d"),
         "t:ab b:cd "},
        {"a whole one after", frame(0x01, "a") + frame(0x80, "b") + frame(0x81, "c"), "t:ab t:c "},
        {"as many as allowed", many(most), "t:" + std::string(most, 'a') + " "},
        {"one more", many(most + 1), "!1008"},
        {"the end is missing", frame(0x01, "a") + frame(0x00, "b"), "..."},
        {"half a frame", frame(0x81, "abc").substr(0, 7), "..."},
        {"half a head", frame(0x81, "abc").substr(0, 1), "..."},
    };
}

std::vector<Row> utf8_rows() {
    const std::string word = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5";  // κόσμε
    std::vector<Row> rows = {{"a word", frame(0x81, word), "t:" + word + " "}};
    for (std::size_t cut = 0; cut <= word.size(); ++cut)
        rows.push_back({"cut at " + std::to_string(cut),
                        frame(0x01, word.substr(0, cut)) + frame(0x80, word.substr(cut)),
                        "t:" + word + " "});
    for (const char* bad : {"\xff", "\x80", "\xbf", "\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf",
                            "\xc1\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80",
                            "\xf8\x88\x80\x80\x80", "\xce", "\xe1\xbd", "\xf0\x9f\x98", "a\xfe"}) {
        rows.push_back({"broken", frame(0x81, bad), "!1007"});
        rows.push_back({"broken in two", frame(0x01, bad) + frame(0x80, ""), "!1007"});
        rows.push_back({"fine as binary", frame(0x82, bad), "b:" + std::string{bad} + " "});
    }
    for (const char* good : {"\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                             "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
        rows.push_back({"the edge of a range", frame(0x81, good), "t:" + std::string{good} + " "});
    return rows;
}

std::vector<Row> close_rows() {
    std::vector<Row> rows = {
        {"no code", close_frame(""), "c1005: "},
        {"half a code", close_frame("\x03"), "!1002"},
        {"a reason", close_frame(code_bytes(1000) + "bye"), "c1000:bye "},
        {"the longest reason", close_frame(code_bytes(1000) + std::string(123, 'r')),
         "c1000:" + std::string(123, 'r') + " "},
        {"too long a reason", close_frame(code_bytes(1000) + std::string(124, 'r')), "!1002"},
        {"a reason that is not UTF-8", close_frame(code_bytes(1000) + "\xff"), "!1007"},
        {"after a message", frame(0x81, "a") + close_frame(""), "t:a c1005: "},
    };
    for (const int good : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
                           3000, 3999, 4000, 4999})
        rows.push_back({"code " + std::to_string(good), close_frame(code_bytes(good)),
                        "c" + std::to_string(good) + ": "});
    for (const int bad : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535})
        rows.push_back({"code " + std::to_string(bad), close_frame(code_bytes(bad)), "!1002"});
    return rows;
}

std::vector<Row> limit_rows() {
    const std::string half(35'000, 'h');
    return {
        {"the largest", frame(0x81, half + half), "t:" + half + half + " "},
        {"one byte more", frame(0x81, half + half + "h"), "!1009"},
        {"only announced", std::string{"\x81\xff\x00\x00\x00\x00\x40\x00\x00\x00mask", 14},
         "!1009"},
        {"the largest in two", frame(0x01, half) + frame(0x80, half), "t:" + half + half + " "},
        {"one byte more in three", frame(0x01, half) + frame(0x00, half) + frame(0x80, "h"),
         "!1009"},
        {"large ones in a row", frame(0x01, half) + frame(0x80, half) + frame(0x81, half + half),
         "t:" + half + half + " t:" + half + half + " "},
    };
}

TEST(WebSocketReader, GivesOneVerdictInAnyChunking) {
    SeededRandom random{7};
    for (const auto& rows : {framing_rows(), control_rows(), fragment_rows(), utf8_rows(),
                             close_rows(), limit_rows()}) {
        for (const Row& row : rows) {
            EXPECT_TRUE(read_all(row.bytes, server_rules) == row.seen) << row.what;
            const bool large = row.bytes.size() > 1000;
            if (!large) {
                EXPECT_EQ(read_all(row.bytes, server_rules, [] { return std::size_t{1}; }),
                          row.seen)
                    << row.what;
            }
            for (int i = 0; i < 5; ++i) {
                const auto piece = [&] { return std::size_t{1 + random.below(large ? 9000 : 9)}; };
                EXPECT_TRUE(read_all(row.bytes, server_rules, piece) == row.seen) << row.what;
            }
        }
    }
}

TEST(WebSocketReader, ReadsUnmaskedFramesAsAClient) {
    constexpr Reader::Rules rules{.role = Role::client, .deflate = false, .message_bytes = 1000};
    std::string bytes;
    append_frame(bytes, Opcode::text, false, "hello");
    append_frame(bytes, Opcode::ping, false, "");
    EXPECT_EQ(read_all(bytes, rules), "t:hello p: ");
    EXPECT_EQ(read_all(frame(0x81, "masked"), rules), "!1002");
}

TEST(WebSocketFrames, MatchTheExamplesOfTheRfc) {
    std::string bytes;
    append_frame(bytes, Opcode::text, false, "Hello");
    EXPECT_EQ(bytes, "\x81\x05Hello");
    bytes.clear();
    append_masked_frame(bytes, Opcode::text, false, "Hello", mask);
    EXPECT_EQ(bytes, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
    bytes.clear();
    append_frame(bytes, Opcode::binary, false, std::string(256, 'x'));
    EXPECT_EQ(bytes.substr(0, 4), std::string("\x82\x7e\x01\x00", 4));
    bytes.clear();
    append_frame(bytes, Opcode::binary, false, std::string(65536, 'x'));
    EXPECT_EQ(bytes.substr(0, 10), std::string("\x82\x7f\0\0\0\0\0\x01\0\0", 10));
}

TEST(WebSocketFrames, CutACloseReasonBetweenCharacters) {
    EXPECT_EQ(close_payload(1000, "ok"), std::string("\x03\xe8ok", 4));
    EXPECT_EQ(close_payload(1005, "ok"), "") << "never on the wire";
    std::string reason;
    for (int i = 0; i < 100; ++i) reason += "\xe2\x82\xac";
    const std::string payload = close_payload(1000, reason);
    EXPECT_EQ(payload.size(), 2u + 123u);
    EXPECT_EQ(close_payload(1000, "x" + reason).size(), 2u + 121u);
}

// ---- compressed messages ----

std::string compress(const std::string& message) {
    Deflater deflater;
    const auto smaller = deflater.deflate(message, 15);
    EXPECT_TRUE(smaller);
    return std::string{smaller.value_or("")};
}

TEST(WebSocketDeflate, ReadsTheExamplesOfTheRfc) {
    // RFC 7692 §7.2.3: "Hello", as one frame, in two, stored, with BFINAL, in two blocks.
    const std::string whole{"\xf2\x48\xcd\xc9\xc9\x07\x00", 7};
    EXPECT_EQ(read_all(frame(0xc1, whole), deflate_rules), "t:Hello ");
    EXPECT_EQ(
        read_all(frame(0x41, whole.substr(0, 3)) + frame(0x80, whole.substr(3)), deflate_rules),
        "t:Hello ");
    EXPECT_EQ(
        read_all(frame(0xc1, std::string{"\x00\x05\x00\xfa\xffHello\x00", 11}), deflate_rules),
        "t:Hello ");
    EXPECT_EQ(
        read_all(frame(0xc1, std::string{"\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 8}), deflate_rules),
        "t:Hello ");
    EXPECT_EQ(
        read_all(
            frame(0xc1, std::string{"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00", 13}),
            deflate_rules),
        "t:Hello ");
}

TEST(WebSocketDeflate, ReadsEmptyAndMixedMessages) {
    EXPECT_EQ(read_all(frame(0xc1, std::string{"\x00", 1}), deflate_rules), "t: ");
    EXPECT_EQ(read_all(frame(0xc1, std::string{"\x02\x00", 2}), deflate_rules), "t: ");
    const std::string text(3000, 'q');
    const std::string small = compress(text);
    const std::string bytes =
        frame(0xc1, small) + frame(0x81, "plain") + frame(0x89, "p") + frame(0xc1, small);
    EXPECT_EQ(read_all(bytes, deflate_rules), "t:" + text + " t:plain p:p t:" + text + " ");
    EXPECT_EQ(read_all(bytes, deflate_rules, [] { return std::size_t{1}; }),
              "t:" + text + " t:plain p:p t:" + text + " ");
    EXPECT_EQ(
        read_all(frame(0x41, small.substr(0, 5)) + frame(0x89, "p") + frame(0x80, small.substr(5)),
                 deflate_rules),
        "p:p t:" + text + " ");
}

TEST(WebSocketDeflate, RefusesWhatIsBroken) {
    EXPECT_EQ(read_all(frame(0xc1, "\xff\xff\xff\xff"), deflate_rules), "!1007");
    EXPECT_EQ(read_all(frame(0x41, "a") + frame(0xc0, "b"), deflate_rules), "!1002")
        << "RSV1 again";
    EXPECT_EQ(read_all(frame(0xc9, ""), deflate_rules), "!1002") << "a compressed ping";
    EXPECT_EQ(read_all(frame(0xc1, compress(std::string(300, 'a') + std::string(10, '\xff'))),
                       deflate_rules),
              "!1007");
}

TEST(WebSocketDeflate, StopsABomb) {
    const std::string bomb = compress(std::string(10'000'000, '\0'));  // about 1000:1
    ASSERT_LT(bomb.size(), 11'000u);
    EXPECT_EQ(read_all(frame(0xc2, bomb), deflate_rules), "!1009");
    // Within the message's bound, but beyond the ratio.
    const std::string small_bomb = compress(std::string(200'000, '\0'));
    ASSERT_LT(small_bomb.size(), 2000u);
    EXPECT_EQ(read_all(frame(0xc2, small_bomb), deflate_rules), "!1009");
    // Small enough for the ratio not to count.
    const std::string tiny(limits::inflate_ratio_free_bytes, '\0');
    EXPECT_TRUE(read_all(frame(0xc2, compress(tiny)), deflate_rules) == "b:" + tiny + " ");
}

TEST(WebSocketDeflate, InflatesUpToTheBoundAndNoFurther) {
    SeededRandom random{3};
    std::string text;
    while (text.size() < 256 * 1024) text += std::to_string(random.next());
    text.resize(256 * 1024);
    EXPECT_TRUE(read_all(frame(0xc1, compress(text)), deflate_rules) == "t:" + text + " ");
    EXPECT_EQ(read_all(frame(0xc1, compress(text + "x")), deflate_rules), "!1009");
}

TEST(Deflater, LeavesAloneWhatWouldNotShrink) {
    Deflater deflater;
    EXPECT_FALSE(deflater.deflate(std::string(255, 'a'), 15)) << "too short";
    SeededRandom random{1};
    std::string noise;
    for (int i = 0; i < 1000; ++i) noise += static_cast<char>(random.next());
    EXPECT_FALSE(deflater.deflate(noise, 15));
    EXPECT_TRUE(deflater.deflate(std::string(512, 'a'), 9));
    EXPECT_FALSE(deflater.deflate(std::string(513, 'a'), 9)) << "may reach beyond the window";
}

}  // namespace
}  // namespace ohm::net::websocket
