#include "base/log.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace ohm::log {
namespace {

// What goes to stderr between start and stop.
template <class Writes>
std::string written(Format format, Writes&& writes) {
    testing::internal::CaptureStderr();
    start(Level::info, format, "api");
    writes();
    stop();
    return testing::internal::GetCapturedStderr();
}

TEST(Log, ALineOfText) {
    const std::string line = written(Format::text, [] {
        info("booted", {{"station", "CP1"}, {"count", 3}, {"name", "a b"}, {"none", ""}});
    });
    EXPECT_EQ(line.substr(24),
              " info role=api event=booted station=CP1 count=3 name=\"a b\" none=\"\"\n");
    EXPECT_EQ(line[23], 'Z');
}

TEST(Log, ALineOfJson) {
    const std::string line = written(Format::json, [] {
        warn("odd", {{"id", "a\"b"}, {"n", -1}});
    });
    EXPECT_EQ(line.substr(0, 7), "{\"ts\":\"");
    EXPECT_EQ(line.substr(line.find(",\"level\"")),
              ",\"level\":\"warn\",\"role\":\"api\",\"msg\":\"odd\",\"id\":\"a\\\"b\",\"n\":-1}\n");
}

TEST(Log, NothingFromOutsideMakesASecondLine) {
    const std::string evil = "x\nrole=api event=forged\r\x1B[2J\x7F \xFF {} %n";
    for (const Format format : {Format::text, Format::json}) {
        const std::string line = written(format, [&] { info("got", {{"id", evil}}); });
        EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
        EXPECT_EQ(line.back(), '\n');
        EXPECT_EQ(line.find('\r'), std::string::npos);
        EXPECT_EQ(line.find('\x1B'), std::string::npos);
        EXPECT_EQ(line.find('\x7F'), std::string::npos);
        EXPECT_NE(line.find("{} %n"), std::string::npos) << "no formatting of values";
    }
}

TEST(Log, AValueCannotPretendToBeAKey) {
    const std::string line = written(Format::text, [] {
        info("got", {{"id", "a=b"}, {"q", "\""}, {"b", "\\"}});
    });
    EXPECT_NE(line.find(R"( id="a=b" q="\"" b="\\")"), std::string::npos) << line;
}

TEST(Log, LevelsBelowTheChosenOneAreSilent) {
    EXPECT_EQ(written(Format::text, [] { debug("quiet"); }), "");
}

TEST(Log, ErrorsAreCountedEvenWhenNothingIsWritten) {
    const auto before = error_count();
    error("no_logger");
    EXPECT_EQ(error_count(), before + 1);
}

}  // namespace
}  // namespace ohm::log
