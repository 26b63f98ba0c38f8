// Every row is parsed whole, byte by byte and in random pieces: the verdict must be the same.
#include "net/http.hpp"

#include <gtest/gtest.h>
#include <string>

#include "base/random.hpp"

namespace ohm::net {
namespace {

struct Row {
    const char* what;
    std::string bytes;
    int status;  // 200: complete; 0: incomplete; else the refusal
    std::string body = "";
    std::string rest = "";
};

struct Verdict {
    int status = 0;
    std::string shown;
    friend bool operator==(const Verdict&, const Verdict&) = default;
};

constexpr RequestParser::Limits limits{.header_bytes = 300, .body_bytes = 100};

template <class NextPiece>
Verdict parse(const std::string& bytes, NextPiece next_piece) {
    RequestParser parser{limits};
    RequestParser::State state = RequestParser::State::incomplete;
    std::size_t at = 0;
    while (at < bytes.size() && state == RequestParser::State::incomplete) {
        const std::size_t size = std::min(next_piece(), bytes.size() - at);
        std::string_view piece{bytes.data() + at, size};
        state = parser.feed(piece);
        at += size - piece.size();
    }
    if (state == RequestParser::State::incomplete) return {};
    if (state == RequestParser::State::refused)
        return {parser.refusal_status(), std::string{parser.refusal_detail()}};
    const Request& request = parser.request();
    std::string shown = request.method + " " + request.target + (request.keep_alive ? " +" : " -");
    for (const Header& header : request.headers) shown += "|" + header.name + "=" + header.value;
    return {200, shown + "#" + request.body + "#" + bytes.substr(at)};
}

const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n";
const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";
const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";

const Row rows[] = {
    // ---- well formed ----
    {"a request", get + "\r\n", 200},
    {"pipelined", get + "\r\nGET", 200, "", "GET"},
    {"one empty line before", "\r\n" + get + "\r\n", 200},
    {"HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", 200},
    {"a body", post + "Content-Length: 3\r\n\r\nabcd", 200, "abc", "d"},
    {"an empty body", post + "Content-Length: 0\r\n\r\n", 200},
    {"the largest body", post + "Content-Length: 100\r\n\r\n" + std::string(100, 'b'), 200,
     std::string(100, 'b')},
    {"chunks", chunked + "3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\nrest", 200, "abc0123456789",
     "rest"},
    {"a chunk extension", chunked + "1;name=value\r\na\r\n0\r\n\r\n", 200, "a"},
    {"a trailer", chunked + "1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n", 200, "a"},
    {"chunked in capitals", post + "Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n", 200},
    {"absolute form", "GET http://x/a HTTP/1.1\r\nHost: x\r\n\r\n", 200},
    {"asterisk form", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 200},
    {"an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 200},
    {"an IPv6 Host", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 200},
    {"blanks around a value", get + "A: \t b c \t\r\n\r\n", 200},
    {"no blank before a value", get + "A:b\r\n\r\n", 200},
    {"an empty value", get + "A:\r\n\r\n", 200},
    {"bytes beyond ASCII in a value", get + "A: \xc3\xa4\r\n\r\n", 200},
    {"bytes beyond ASCII in a target", "GET /\xc3\xa4 HTTP/1.1\r\nHost: x\r\n\r\n", 200},
    {"a bar in a target", "GET /a|b HTTP/1.1\r\nHost: x\r\n\r\n", 200},
    {"a method unknown to us", "BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 200},
    {"repeatable headers", get + "Accept: a\r\nAccept: b\r\n\r\n", 200},
    {"repeated protocols",
     get + "Sec-WebSocket-Protocol: ocpp2.0.1\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n", 200},
    // ---- not there yet ----
    {"nothing", "", 0},
    {"half a request line", "GET / HT", 0},
    {"no empty line", get, 0},
    {"half an empty line", get + "\r", 0},
    {"half a body", post + "Content-Length: 3\r\n\r\nab", 0},
    {"half a chunk", chunked + "3\r\nab", 0},
    {"no last chunk", chunked + "1\r\na\r\n", 0},
    {"no end of trailers", chunked + "0\r\n", 0},
    // ---- smuggling and confusion ----
    {"length and coding", post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    {"coding and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", 400},
    {"two lengths", post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\n", 400},
    {"a list of lengths", post + "Content-Length: 3, 3\r\n\r\n", 400},
    {"a signed length", post + "Content-Length: +3\r\n\r\n", 400},
    {"a negative length", post + "Content-Length: -1\r\n\r\n", 400},
    {"a hex length", post + "Content-Length: 0x3\r\n\r\n", 400},
    {"a length without digits", post + "Content-Length:\r\n\r\n", 400},
    {"a huge length", post + "Content-Length: 99999999999999999999999\r\n\r\n", 413},
    {"a body too large", post + "Content-Length: 101\r\n\r\n", 413},
    {"two codings", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    {"a hidden coding", post + "Transfer-Encoding: xchunked\r\n\r\n", 501},
    {"identity coding", post + "Transfer-Encoding: identity\r\n\r\n", 501},
    {"gzip and chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
    {"chunked twice", post + "Transfer-Encoding: chunked, chunked\r\n\r\n", 501},
    {"a coding with HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    {"a coding with a vertical tab", post + "Transfer-Encoding: \vchunked\r\n\r\n", 400},
    {"blank before the colon", post + "Content-Length : 3\r\n\r\n", 400},
    {"tab before the colon", post + "Transfer-Encoding\t: chunked\r\n\r\n", 400},
    {"folded header", get + "A: b\r\n c\r\n\r\n", 400},
    {"folded with a tab", get + "A: b\r\n\tc\r\n\r\n", 400},
    {"blank before the first header", "GET / HTTP/1.1\r\n Host: x\r\n\r\n", 400},
    {"bare LF after the request line", "GET / HTTP/1.1\nHost: x\r\n\r\n", 400},
    {"bare LF after a header", "GET / HTTP/1.1\r\nHost: x\n\r\n", 400},
    {"bare LF as empty line", get + "\n", 400},
    {"bare CR in a value", get + "A: b\rc\r\n\r\n", 400},
    {"two CR", get + "\r\r\n", 400},
    {"NUL in a value", get + std::string{"A: b\0c\r\n\r\n", 10}, 400},
    {"NUL in a target", std::string{"GET /\0 HTTP/1.1\r\n", 17}, 400},
    {"DEL in a value", get + "A: \x7f\r\n\r\n", 400},
    {"two Hosts", get + "Host: y\r\n\r\n", 400},
    {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
    {"a Host with a path", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n", 400},
    {"a Host with a user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400},
    {"target and Host disagree", "GET http://y/ HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"two Authorizations", get + "Authorization: a\r\nAuthorization: a\r\n\r\n", 400},
    {"two Upgrades", get + "Upgrade: websocket\r\nUpgrade: h2c\r\n\r\n", 400},
    {"two keys", get + "Sec-WebSocket-Key: a\r\nSec-WebSocket-Key: b\r\n\r\n", 400},
    {"two versions", get + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 13\r\n\r\n", 400},
    {"no name", get + ": b\r\n\r\n", 400},
    {"no colon", get + "Ab\r\n\r\n", 400},
    {"a name that is no token", get + "A(b): c\r\n\r\n", 400},
    {"no version", "GET /\r\n\r\n", 400},
    {"two blanks", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"a blank in the target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"a blank before the method", " GET / HTTP/1.1\r\n\r\n", 400},
    {"two empty lines before", "\r\n\r\n" + get + "\r\n", 400},
    {"a fragment", "GET /#a HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"a target without slash", "GET a HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"an asterisk with GET", "GET * HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"CONNECT", "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 501},
    {"HTTP/2", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
    {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: x\r\n\r\n", 505},
    {"HTTP/0.9", "GET / HTTP/0.9\r\n\r\n", 505},
    {"http in lower case", "GET / http/1.1\r\nHost: x\r\n\r\n", 400},
    {"HTTP/1.10", "GET / HTTP/1.10\r\nHost: x\r\n\r\n", 400},
    {"a TLS hello", std::string{"\x16\x03\x01\x02\x00\x01", 6}, 400},
    {"a long target", "GET /" + std::string(400, 'a') + " HTTP/1.1\r\n", 414},
    {"long headers", get + "A: " + std::string(400, 'a') + "\r\n\r\n", 431},
    {"many headers",
     get +
         [] {
             std::string many;
             for (int i = 0; i < 100; ++i) many += "A: b\r\n";
             return many;
         }(),
     431},
    // ---- chunks ----
    {"a chunk without size", chunked + "\r\na\r\n0\r\n\r\n", 400},
    {"a chunk size with 0x", chunked + "0x1\r\na\r\n0\r\n\r\n", 400},
    {"a signed chunk size", chunked + "-1\r\n", 400},
    {"a blank after the chunk size", chunked + "1 \r\na\r\n0\r\n\r\n", 400},
    {"a chunk size that wraps", chunked + "10000000000000001\r\na\r\n", 400},
    {"the largest chunk size", chunked + "ffffffffffffffff\r\na", 413},
    {"chunks too large together", chunked + "40\r\n" + std::string(64, 'a') + "\r\n40\r\n", 413},
    {"a chunk longer than its size", chunked + "1\r\nab\r\n0\r\n\r\n", 400},
    {"bare LF after a chunk size", chunked + "1\na\r\n0\r\n\r\n", 400},
    {"bare LF after a chunk", chunked + "1\r\na\n0\r\n\r\n", 400},
    {"a long chunk extension", chunked + "1;" + std::string(300, 'x') + "\r\n", 400},
    {"a malformed trailer", chunked + "0\r\nno colon\r\n\r\n", 400},
    {"a folded trailer", chunked + "0\r\nA: b\r\n c\r\n\r\n", 400},
};

TEST(RequestParser, GivesOneVerdictInAnyChunking) {
    SeededRandom random{42};
    for (const Row& row : rows) {
        const Verdict whole = parse(row.bytes, [&] { return row.bytes.size(); });
        EXPECT_EQ(whole.status, row.status) << row.what << ": " << whole.shown;
        if (row.status == 200) {
            EXPECT_TRUE(whole.shown.ends_with("#" + row.body + "#" + row.rest))
                << row.what << ": " << whole.shown;
        }
        EXPECT_EQ(parse(row.bytes, [] { return std::size_t{1}; }), whole) << row.what;
        for (int i = 0; i < 20; ++i)
            EXPECT_EQ(parse(row.bytes, [&] { return std::size_t{1 + random.below(30)}; }), whole)
                << row.what;
    }
}

Request parse_one(std::string_view bytes) {
    RequestParser parser{limits};
    EXPECT_EQ(parser.feed(bytes), RequestParser::State::complete);
    return std::move(parser.request());
}

TEST(RequestParser, ReadsWhatWasSent) {
    const Request request = parse_one(
        "GET /a%20b/?c=d?e HTTP/1.1\r\nHOST: x\r\nX-A:  v w \r\nSec-WebSocket-Protocol: a\r\n"
        "Sec-WebSocket-Protocol: b, c\r\n\r\n");
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.path(), "/a%20b/");
    EXPECT_EQ(request.query(), "c=d?e");
    EXPECT_EQ(request.header("x-a"), "v w");
    EXPECT_EQ(request.header("host"), "x");
    EXPECT_EQ(request.header("sec-websocket-protocol"), "a, b, c");
    EXPECT_EQ(request.header("absent"), "");
    EXPECT_TRUE(request.keep_alive);
}

TEST(RequestParser, TakesTheAuthorityOffAnAbsoluteTarget) {
    const Request request = parse_one("GET http://x:1?q HTTP/1.1\r\nHost: X:1\r\n\r\n");
    EXPECT_EQ(request.path(), "/");
    EXPECT_EQ(request.query(), "q");
}

TEST(RequestParser, KnowsWhenTheConnectionEnds) {
    EXPECT_FALSE(parse_one("GET / HTTP/1.0\r\n\r\n").keep_alive);
    EXPECT_FALSE(parse_one("GET / HTTP/1.1\r\nHost: x\r\nConnection: a, Close\r\n\r\n").keep_alive);
    EXPECT_TRUE(
        parse_one("GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n").keep_alive);
}

TEST(RequestParser, SaysWhenAContinueIsAwaited) {
    RequestParser parser{limits};
    std::string_view bytes =
        "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n";
    EXPECT_EQ(parser.feed(bytes), RequestParser::State::incomplete);
    EXPECT_TRUE(parser.expects_continue());
}

TEST(ParseQuery, DecodesPairsInOrder) {
    const auto pairs = parse_query("b=%20x&a=1+2&&flag&c=d=e");
    ASSERT_TRUE(pairs);
    const std::vector<std::pair<std::string, std::string>> expected = {
        {"b", " x"}, {"a", "1 2"}, {"flag", ""}, {"c", "d=e"}};
    EXPECT_EQ(*pairs, expected);
    EXPECT_TRUE(parse_query("")->empty());
    EXPECT_FALSE(parse_query("a=%4"));
    EXPECT_FALSE(parse_query("%zz=1"));
    EXPECT_FALSE(parse_query("a=%ff")) << "not UTF-8";
}

}  // namespace
}  // namespace ohm::net
