#include "ocpp/frame.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "base/text.hpp"
#include "ocpp/errors.hpp"
#include "wire/codec.hpp"

namespace ohm::ocpp {
namespace {

using namespace std::string_view_literals;
constexpr auto call_frame = FrameType::call, result_frame = FrameType::call_result,
               error_frame = FrameType::call_error;
using FrameType::broken_call, FrameType::unknown_type, FrameType::unreadable;

struct Row {
    std::string_view frame;
    FrameType type;
    std::string_view raw_id = {};
    std::string_view action = {};
    std::string_view rest = {};
};

const Row rows[] = {
    // as the standard has it
    {R"([2,"1","Heartbeat",{}])", call_frame, "\"1\"", "Heartbeat", "{}"},
    {R"([3,"1",{"a":[1,2]}])", result_frame, "\"1\"", "", R"({"a":[1,2]})"},
    {R"([4,"1","GenericError","",{}])", error_frame, "\"1\"", "", R"("GenericError","",{})"},
    {R"([2,"1","A",{"x":"],["}])", call_frame, "\"1\"", "A", R"({"x":"],["})"},
    {R"([2,"1","A",[1]])", call_frame, "\"1\"", "A", "[1]"},
    {R"([2,"1","A",{}])"sv, call_frame, "\"1\"", "A", "{}"},
    // blanks, BOM, NUL
    {" [ 2 , \"1\" ,\t\"A\"\r\n, {} ] ", call_frame, "\"1\"", "A", "{}"},
    {"\xEF\xBB\xBF[2,\"1\",\"A\",{}]", call_frame, "\"1\"", "A", "{}"},
    {" \xEF\xBB\xBF [2,\"1\",\"A\",{}]", call_frame, "\"1\"", "A", "{}"},
    {"[2,\"1\",\"A\",{}]\0"sv, call_frame, "\"1\"", "A", "{}"},
    {"[2,\"1\",\"A\",{}]\0\0\n\0 \0"sv, call_frame, "\"1\"", "A", "{}"},
    {"\0[2,\"1\",\"A\",{}]"sv, unreadable},
    {"\v[2,\"1\",\"A\",{}]", unreadable},
    // ids
    {R"([2,17,"A",{}])", call_frame, "17", "A", "{}"},
    {R"([2,-1.5e+3,"A",{}])", call_frame, "-1.5e+3", "A", "{}"},
    {R"([2,"","A",{}])", call_frame, "\"\"", "A", "{}"},
    {R"([2,"a\"b\\","A",{}])", call_frame, R"("a\"b\\")", "A", "{}"},
    {R"([2,"\u0041\n","A",{}])", call_frame, R"("\u0041\n")", "A", "{}"},
    {R"([2,"ä😀","A",{}])", call_frame, "\"ä😀\"", "A", "{}"},
    {R"([2,null,"A",{}])", unreadable},
    {R"([2,true,"A",{}])", unreadable},
    {R"([2,{},"A",{}])", unreadable},
    {R"([2,["1"],"A",{}])", unreadable},
    {R"([2,,"A",{}])", unreadable},
    {R"([2,--,"A",{}])", unreadable},
    {R"([2,+1,"A",{}])", unreadable},
    {R"([2,01,"A",{}])", broken_call, "0"},
    {R"([2,1.,"A",{}])", unreadable},
    {R"([2,1e,"A",{}])", unreadable},
    {R"([2,"\q","A",{}])", unreadable},
    {R"([2,"\u00g0","A",{}])", unreadable},
    {"[2,\"a\nb\",\"A\",{}]", unreadable},
    {"[2,\"\xFF\",\"A\",{}]", unreadable},
    {"[2,\"\xED\xA0\x80\",\"A\",{}]", unreadable},
    {R"([2,"1)", unreadable},
    {R"([2,"1\)", unreadable},
    {R"([2,"1\")", unreadable},
    {R"([2,"\u00)", unreadable},
    // payloads
    {R"([2,"1","A",null])", call_frame, "\"1\"", "A", "{}"},
    {R"([2,"1","A", null ])", call_frame, "\"1\"", "A", "{}"},
    {R"([2,"1","A"])", call_frame, "\"1\"", "A", "{}"},
    {R"([2,"1","A" , ])", call_frame, "\"1\"", "A", "{}"},
    {R"([2,"1","A"{}])", broken_call, "\"1\""},
    {R"([2,"1","A")", broken_call, "\"1\""},
    {R"([2,"1","A",)", broken_call, "\"1\""},
    {R"([2,"1"])", broken_call, "\"1\""},
    {R"([2,"1",])", broken_call, "\"1\""},
    {R"([2,"1",{}])", broken_call, "\"1\""},
    {R"([2,"1",5,{}])", broken_call, "\"1\""},
    {R"([2,"1",null,{}])", broken_call, "\"1\""},
    {R"([2,"1","A",{}], )", broken_call, "\"1\""},
    {R"([2,"1","A",{})", broken_call, "\"1\""},
    {R"([2,"1","A)", broken_call, "\"1\""},
    {R"([2,"1")", broken_call, "\"1\""},
    {R"([2,"1","A",{"x":[1]])", call_frame, "\"1\"", "A", R"({"x":[1])"},  // decoding refuses it
    {R"([2,"1","A",{},{}])", call_frame, "\"1\"", "A", "{},{}"},           // likewise
    {R"([2,"1","A",{}]])", call_frame, "\"1\"", "A", "{}]"},               // likewise
    {R"([2,"1","",{}])", call_frame, "\"1\"", "", "{}"},
    {R"([2,"1","\u0041",{}])", call_frame, "\"1\"", "A", "{}"},
    // answers: with an id they are answers
    {R"([3,"1",null])", result_frame, "\"1\"", "", "{}"},
    {R"([3,"1"])", result_frame, "\"1\""},
    {R"([3,"1")", result_frame, "\"1\""},
    {R"([3,"1",])", result_frame, "\"1\""},
    {R"([3,"1",{"a":)", result_frame, "\"1\"", "", R"({"a":)"},
    {R"([4,"1"])", error_frame, "\"1\""},
    {R"([4,"1","X"])", error_frame, "\"1\"", "", "\"X\""},
    {R"([3])", unreadable},
    {R"([4,{}])", unreadable},
    // types
    {R"([1,"1",{}])", unknown_type, "\"1\""},
    {R"([5,"1",{}])", unknown_type, "\"1\""},
    {R"([6,"1","A",{}])", unknown_type, "\"1\""},
    {R"(["2","1","A",{}])", unknown_type, "\"1\""},
    {R"([2.0,"1","A",{}])", call_frame, "\"1\"", "A", "{}"},
    {R"([3.00,"1",{}])", result_frame, "\"1\"", "", "{}"},
    {R"([2.01,"1","A",{}])", unknown_type, "\"1\""},
    {R"(["2.0","1","A",{}])", unknown_type, "\"1\""},
    {R"([2.,"1","A",{}])", unreadable},
    {R"([-2,"1","A",{}])", unknown_type, "\"1\""},
    {R"([22,"1","A",{}])", unknown_type, "\"1\""},
    {R"([9,{}])", unknown_type},
    // no frame at all
    {"", unreadable},
    {" ", unreadable},
    {"\0"sv, unreadable},
    {"[", unreadable},
    {"[]", unreadable},
    {"[2", unreadable},
    {"[2]", unreadable},
    {"[2,", unreadable},
    {"[[2,\"1\",\"A\",{}]]", unreadable},
    {"{\"2\":1}", unreadable},
    {"null", unreadable},
    {"hello", unreadable},
    {"[null,\"1\"]", unreadable},
    {"[,2,\"1\",\"A\",{}]", unreadable},
};

TEST(Frame, Heads) {
    static_assert(std::size(rows) >= 50);
    for (const Row& row : rows) {
        const std::string own{row.frame};  // memory of its own: reading past it shows
        const Head head = read_head(own);
        EXPECT_EQ(static_cast<int>(head.type), static_cast<int>(row.type)) << row.frame;
        EXPECT_EQ(head.raw_id, row.raw_id) << row.frame;
        EXPECT_EQ(head.action, row.action) << row.frame;
        EXPECT_EQ(head.rest, row.rest) << row.frame;
    }
}

TEST(Frame, ACallSaysWhetherItHadAPayload) {
    for (const auto frame : {R"([2,"1","A",{}])", R"([2,"1","A",null])"})
        EXPECT_TRUE(read_head(frame).has_payload) << frame;
    for (const auto frame : {R"([2,"1","A"])", R"([2,"1","A",])"})
        EXPECT_FALSE(read_head(frame).has_payload) << frame;
}

TEST(Frame, TheIdIsReadAndEchoedAsItCame) {
    EXPECT_EQ(read_head(R"([2,"a\"\\\/\b\f\n\r\tA\u00e4\u20AC","A",{}])").id,
              "a\"\\/\b\f\n\r\tAä€");
    EXPECT_EQ(read_head(R"([2,17,"A",{}])").id, "17");
    EXPECT_EQ(read_head(R"([2,"\ud83d","A",{}])").id, "\xEF\xBF\xBD");
    const std::string long_id = "\"" + std::string(5'000, 'i') + "\"";
    EXPECT_EQ(read_head("[2," + long_id + ",\"A\",{}]").raw_id, long_id);
}

// Whatever arrives: an id that we would echo makes our answer JSON.
TEST(Frame, EchoesOfDamagedFramesAreJson) {
    SeededRandom random{21};
    constexpr std::string_view bytes = "[]{}\",:\\0123456789-+.eEun \t\x01\x80\xC3\xA4/a2";
    for (int i = 0; i < 50'000; ++i) {
        std::string frame = "[2,";
        for (std::uint64_t n = random.below(12); n > 0; --n)
            frame += bytes[random.below(bytes.size())];
        frame += random.chance(0.5) ? R"(,"A",{}])" : R"(","A",{}])";
        const Head head = read_head(frame);
        // A number too large for a double is JSON all the same, but our parser cannot say so.
        const bool huge = head.raw_id.find_first_of("eE") != head.raw_id.npos;
        if (head.raw_id.empty() || (huge && head.raw_id.front() != '"')) continue;
        ASSERT_TRUE(wire::minify(call_error(head.raw_id, "GenericError", "x"))) << frame;
        ASSERT_TRUE(is_utf8(head.id)) << frame;
    }
}

TEST(Frame, EveryPieceOfAFrameIsHarmless) {
    const std::string_view whole = R"( [ 2 , "a\u0041\"" , "Boot\\" , {"a":[1,"]"]} ] )";
    for (std::size_t from = 0; from < whole.size(); ++from)
        for (std::size_t n = 0; n <= whole.size() - from; ++n)
            read_head(std::string{whole.substr(from, n)});
}

TEST(Frame, WritesWhatItReads) {
    EXPECT_EQ(call("i\"d", "Reset", R"({"type":"Soft"})"), R"([2,"i\"d","Reset",{"type":"Soft"}])");
    EXPECT_EQ(call_result("17", "{}"), "[3,17,{}]");
    EXPECT_EQ(heartbeat_result("\"1\"", "2024-01-01T00:00:00Z"),
              R"([3,"1",{"currentTime":"2024-01-01T00:00:00Z"}])");
    EXPECT_EQ(call_error("\"1\"", "GenericError", "no", R"({"path":"/a"})"),
              R"([4,"1","GenericError","no",{"path":"/a"}])");
    EXPECT_EQ(call_error("", "RpcFrameworkError", ""), R"([4,"-1","RpcFrameworkError","",{}])");
    EXPECT_EQ(read_head(call("i\"d", "Reset", "{}")).id, "i\"d");
}

std::string description_of(std::string_view description) {
    const std::string frame = call_error("1", "X", description);
    const std::string_view head = "[4,1,\"X\",\"", tail = "\",{}]";
    EXPECT_TRUE(frame.starts_with(head) && frame.ends_with(tail)) << frame;
    return frame.substr(head.size(), frame.size() - head.size() - tail.size());
}

TEST(Frame, DescriptionsAreCutTo255WholeCharacters) {
    EXPECT_EQ(description_of(std::string(255, 'x')).size(), 255u);
    EXPECT_EQ(description_of(std::string(256, 'x')).size(), 255u);
    for (const std::string_view character : {"ä", "€", "😀"}) {
        std::string text;
        for (int i = 0; i < 300; ++i) text += character;
        for (const std::string_view before : {"", "x", "xx", "xxx"}) {
            const std::string cut = description_of(std::string{before} + text);
            EXPECT_TRUE(is_utf8(cut));
            EXPECT_EQ(count_code_points(cut), 255u);
            EXPECT_EQ(cut.find("\xEF\xBF\xBD"), std::string::npos);
        }
    }
    EXPECT_EQ(count_code_points(description_of(std::string(400, '\x80'))), 255u) << "broken bytes";
}

TEST(Errors, EachVersionHasItsSpelling) {
    EXPECT_EQ(code(Error::format, Version::v16), "FormationViolation");
    EXPECT_EQ(code(Error::format, Version::v201), "FormatViolation");
    EXPECT_EQ(code(Error::occurrence, Version::v16), "OccurenceConstraintViolation");
    EXPECT_EQ(code(Error::occurrence, Version::v201), "OccurrenceConstraintViolation");
    EXPECT_EQ(code(Error::message_type, Version::v16), "GenericError");
    EXPECT_EQ(code(Error::message_type, Version::v201), "MessageTypeNotSupported");
    EXPECT_EQ(code(Error::rpc_framework, Version::v201), "RpcFrameworkError");
    EXPECT_EQ(code(Error::not_implemented, Version::v16), "NotImplemented");
    EXPECT_EQ(code(Error::internal, Version::v201), "InternalError");
}

TEST(Errors, AViolationBecomesACodeASentenceAndAPath) {
    using wire::Rule;
    EXPECT_EQ(error_of(Rule::malformed), Error::format);
    EXPECT_EQ(error_of(Rule::extra), Error::format);
    EXPECT_EQ(error_of(Rule::occurrence), Error::occurrence);
    EXPECT_EQ(error_of(Rule::type), Error::type);
    EXPECT_EQ(error_of(Rule::property), Error::property);
    const wire::Violation violation{Rule::occurrence, "/a/b\"", "is required"};
    EXPECT_EQ(describe(violation), "a/b\" is required");
    EXPECT_EQ(details(violation), R"({"path":"/a/b\""})");
    EXPECT_EQ(describe({Rule::malformed, "", "is not JSON"}), "the payload is not JSON");
}

TEST(Version, NamesOfVersions) {
    EXPECT_EQ(version_of_subprotocol(" OCPP1.6 "), Version::v16);
    EXPECT_EQ(version_of_subprotocol("ocpp2.0.1"), Version::v201);
    for (const auto name : {"", "ocpp", "ocpp1.5", "ocpp2.0", "ocpp2.1", "ocpp1.6x"})
        EXPECT_EQ(version_of_subprotocol(name), Version::none) << name;
    for (const Version version : {Version::v16, Version::v201}) {
        EXPECT_EQ(version_of_subprotocol(subprotocol(version)), version);
        EXPECT_EQ(version_of_short_name(short_name(version)), version);
        EXPECT_EQ(version_of_number(static_cast<std::uint64_t>(version)), version);
    }
    EXPECT_EQ(version_of_number(0), Version::none);
    EXPECT_EQ(version_of_short_name("1.6J"), Version::none);
}

}  // namespace
}  // namespace ohm::ocpp
