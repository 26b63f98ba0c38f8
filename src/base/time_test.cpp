#include "base/time.hpp"

#include <gtest/gtest.h>
#include <limits>

namespace ohm {
namespace {

struct Spelling {
    const char* text;
    bool strict, lenient;
    const char* is;  // with three fraction digits, where it can be read
};

// What RFC 3339 allows and what chargers send.
constexpr Spelling spellings[] = {
    {"2024-02-29T12:34:56Z", true, true, "2024-02-29T12:34:56.000Z"},
    {"2024-02-29t12:34:56z", true, true, "2024-02-29T12:34:56.000Z"},
    {"2024-02-29T12:34:56.7Z", true, true, "2024-02-29T12:34:56.700Z"},
    {"2024-02-29T12:34:56.789Z", true, true, "2024-02-29T12:34:56.789Z"},
    {"2024-02-29T12:34:56.123456789Z", true, true, "2024-02-29T12:34:56.123Z"},
    {"2024-02-29T12:34:56+02:00", true, true, "2024-02-29T10:34:56.000Z"},
    {"2024-02-29T12:34:56-05:30", true, true, "2024-02-29T18:04:56.000Z"},
    {"2024-02-29T23:59:60Z", true, true, "2024-02-29T23:59:59.000Z"},  // a leap second is held
    {"2024-02-29T12:34:56", false, true, "2024-02-29T12:34:56.000Z"},
    {"2024-02-29T12:34:56.5", false, true, "2024-02-29T12:34:56.500Z"},
    {"2024-02-29T12:34:56+02", false, true, "2024-02-29T10:34:56.000Z"},
    {"2024-02-29T12:34:56+0200", false, true, "2024-02-29T10:34:56.000Z"},
    {"2024-02-29T12:34:56,25Z", false, true, "2024-02-29T12:34:56.250Z"},
    {"2024-02-29 12:34:56Z", false, true, "2024-02-29T12:34:56.000Z"},
    {"2024-02-29 12:34:56", false, true, "2024-02-29T12:34:56.000Z"},
    {"0000-01-01T00:00:00Z", true, true, "0000-01-01T00:00:00.000Z"},
    {"9999-12-31T23:59:59Z", true, true, "9999-12-31T23:59:59.000Z"},
    {"", false, false, ""},
    {"2023-02-29T12:34:56Z", false, false, ""},  // no leap year
    {"2024-02-30T12:34:56Z", false, false, ""},
    {"2024-00-10T12:34:56Z", false, false, ""},
    {"2024-13-10T12:34:56Z", false, false, ""},
    {"2024-02-29T24:00:00Z", false, false, ""},
    {"2024-02-29T12:60:00Z", false, false, ""},
    {"2024-02-29T12:34:61Z", false, false, ""},
    {"2024-02-29T12:34:56.Z", false, false, ""},
    {"2024-02-29T12:34:56.1234567890Z", false, false, ""},
    {"2024-02-29T12:34:56+24:00", false, false, ""},
    {"2024-02-29T12:34:56+02:60", false, false, ""},
    {"2024-02-29T12:34:56+2", false, false, ""},
    {"2024-02-29T12:34:56+02:", false, false, ""},
    {"2024-02-29T12:34:56+020", false, false, ""},
    {"2024-02-29T12:34:56Zx", false, false, ""},
    {"2024-02-29T12:34:56 Z", false, false, ""},
    {"2024-02-29", false, false, ""},
    {"2024-02-29T12:34Z", false, false, ""},
    {"24-02-29T12:34:56Z", false, false, ""},
    {"-024-02-29T12:34:56Z", false, false, ""},
    {"1709210096", false, false, ""},
    {"29.02.2024 12:34:56", false, false, ""},
};

TEST(Time, ReadsWhatTheFormAllowsAndNothingElse) {
    for (const Spelling& s : spellings) {
        const auto strict = parse_rfc3339(s.text, TimeForm::strict);
        const auto lenient = parse_rfc3339(s.text, TimeForm::lenient);
        EXPECT_EQ(strict.has_value(), s.strict) << s.text;
        ASSERT_EQ(lenient.has_value(), s.lenient) << s.text;
        for (const auto& read : {strict, lenient})
            EXPECT_TRUE(!read || to_rfc3339(*read, 3) == s.is) << s.text;
    }
}

TEST(Time, EveryBeginningOfATextIsRefusedOrShorter) {
    const std::string_view whole = "2024-02-29T12:34:56.789+02:00";
    for (std::size_t n = 0; n < whole.size(); ++n)
        EXPECT_FALSE(parse_rfc3339(whole.substr(0, n), TimeForm::strict)) << n;
}

TEST(Time, ReadsTextWithNulAndHighBytesAsBroken) {
    EXPECT_FALSE(parse_rfc3339(std::string_view{"2024-02-29T12:34:56Z\0", 21}, TimeForm::lenient));
    EXPECT_FALSE(parse_rfc3339("2024-02-29T12:34:5\xB2Z", TimeForm::lenient));
}

TEST(Time, WritesAsManyFractionDigitsAsAsked) {
    const Utc at = utc_from_micros(1'709'210'096'123'456);
    EXPECT_EQ(to_rfc3339(at, 0), "2024-02-29T12:34:56Z");
    EXPECT_EQ(to_rfc3339(at, 1), "2024-02-29T12:34:56.1Z");
    EXPECT_EQ(to_rfc3339(at, 3), "2024-02-29T12:34:56.123Z");
    EXPECT_EQ(to_rfc3339(at, 6), "2024-02-29T12:34:56.123456Z");
    EXPECT_EQ(to_rfc3339(at, 9), "2024-02-29T12:34:56.123456Z");
}

TEST(Time, FractionsBeforeTheEpochRunForward) {
    EXPECT_EQ(to_rfc3339(utc_from_micros(-1), 6), "1969-12-31T23:59:59.999999Z");
    EXPECT_EQ(to_rfc3339(utc_from_micros(-1'000'000), 0), "1969-12-31T23:59:59Z");
}

TEST(Time, ClampsToFourDigitYears) {
    using limits = std::numeric_limits<std::int64_t>;
    EXPECT_EQ(to_rfc3339(utc_from_micros(limits::max()), 6), "9999-12-31T23:59:59.999999Z");
    EXPECT_EQ(to_rfc3339(utc_from_micros(limits::min()), 6), "0000-01-01T00:00:00.000000Z");
    const auto below = parse_rfc3339("0000-01-01T00:00:00+14:00", TimeForm::strict);
    ASSERT_TRUE(below);
    EXPECT_EQ(to_rfc3339(*below, 0), "0000-01-01T00:00:00Z");
}

TEST(Time, MicrosecondsSurviveARoundTrip) {
    for (std::int64_t us = -62'167'219'200'000'000; us < 253'402'300'799'000'000;
         us += 997'331'123'456'789) {
        const auto back = parse_rfc3339(to_rfc3339(utc_from_micros(us), 6), TimeForm::strict);
        ASSERT_TRUE(back) << us;
        EXPECT_EQ(micros(*back), us);
    }
}

TEST(Time, AManualClockMovesOnlyWhenTold) {
    ManualClock clock{utc_from_micros(5)};
    clock.advance(Micros{10});
    clock.step_utc(Micros{-12});
    EXPECT_EQ(micros(clock.utc()), 3);
    EXPECT_EQ(clock.mono().time_since_epoch().count(), 10);
}

TEST(Time, TheMachinesMonotonicClockNeverGoesBack) {
    const SystemClock clock;
    const Mono before = clock.mono();
    EXPECT_LE(before, clock.mono());
    EXPECT_GT(micros(clock.utc()), 1'700'000'000'000'000);
}

}  // namespace
}  // namespace ohm
