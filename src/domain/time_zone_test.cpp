// Local days of compiled zones: those of the computer, where it has them, and one made here that
// has nothing but a rule.
#include "domain/time_zone.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <string>

#include "base/time.hpp"

namespace ohm::domain {
namespace {

constexpr std::int64_t hour_us = std::int64_t{3'600} * 1'000'000;

std::int64_t at(std::string_view text) { return micros(*parse_rfc3339(text, TimeForm::strict)); }
std::int64_t day(std::string_view date) {
    return at(std::string{date} + "T00:00:00Z") / (24 * hour_us);
}

// Version 2, no table, one type, and a rule: what a "slim" file of today has.
std::string slim(const std::string& rule) {
    const auto number = [](std::uint32_t n) {
        return std::string{static_cast<char>(n >> 24), static_cast<char>(n >> 16),
                           static_cast<char>(n >> 8), static_cast<char>(n)};
    };
    const std::string zero = number(0), one = number(1);
    const std::string head =
        "TZif2" + std::string(15, '\0') + zero + zero + zero + zero + one + one;
    const std::string type = number(3'600) + std::string(3, '\0');  // offset, flag, name; a letter
    return head + type + head + type + "\n" + rule + "\n";
}

std::optional<TimeZone> of_computer(const std::string& name) {
    std::ifstream file{"/usr/share/zoneinfo/" + name, std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    return TimeZone::from_tzif(bytes);
}

void expect_berlin(const TimeZone& berlin) {
    EXPECT_EQ(berlin.begin_of(day("2026-03-29")), at("2026-03-28T23:00:00Z"));
    EXPECT_EQ(berlin.begin_of(day("2026-03-30")), at("2026-03-29T22:00:00Z"));  // 23 hours later
    EXPECT_EQ(berlin.begin_of(day("2026-10-25")), at("2026-10-24T22:00:00Z"));
    EXPECT_EQ(berlin.begin_of(day("2026-10-26")), at("2026-10-25T23:00:00Z"));  // 25
    EXPECT_EQ(berlin.day_of(at("2026-07-01T21:59:59Z")), day("2026-07-01"));
    EXPECT_EQ(berlin.day_of(at("2026-07-01T22:00:00Z")), day("2026-07-02"));
    EXPECT_EQ(berlin.begin_of(day("2060-07-01")), at("2060-06-30T22:00:00Z"));
}

TEST(TimeZone, UtcIsItself) {
    const TimeZone utc;
    EXPECT_EQ(utc.begin_of(day("2026-03-29")), at("2026-03-29T00:00:00Z"));
    EXPECT_EQ(utc.day_of(at("2026-03-29T23:59:59.999999Z")), day("2026-03-29"));
    EXPECT_EQ(utc.day_of(-1), -1);
}

TEST(TimeZone, ARuleAloneIsEnough) {
    const auto berlin = TimeZone::from_tzif(slim("CET-1CEST,M3.5.0,M10.5.0/3"));
    ASSERT_TRUE(berlin);
    expect_berlin(*berlin);
}

TEST(TimeZone, InTheSouthTheYearBeginsInSummer) {
    const auto sydney = TimeZone::from_tzif(slim("AEST-10AEDT,M10.1.0,M4.1.0/3"));
    ASSERT_TRUE(sydney);
    EXPECT_EQ(sydney->offset_s(at("2026-01-01T00:00:00Z") / 1'000'000), 11 * 3'600);
    EXPECT_EQ(sydney->offset_s(at("2026-07-01T00:00:00Z") / 1'000'000), 10 * 3'600);
    EXPECT_EQ(sydney->begin_of(day("2026-04-06")) - sydney->begin_of(day("2026-04-05")),
              25 * hour_us);
}

TEST(TimeZone, QuotedNamesAndHalfHours) {
    const auto kathmandu = TimeZone::from_tzif(slim("<+0545>-5:45"));
    ASSERT_TRUE(kathmandu);
    EXPECT_EQ(kathmandu->begin_of(day("2026-01-02")), at("2026-01-01T18:15:00Z"));
}

TEST(TimeZone, TheComputersOwn) {
    const auto berlin = of_computer("Europe/Berlin");
    if (!berlin) GTEST_SKIP() << "this computer has no time zones";
    expect_berlin(*berlin);
    const auto kolkata = of_computer("Asia/Kolkata");
    ASSERT_TRUE(kolkata);
    EXPECT_EQ(kolkata->begin_of(day("2026-01-02")), at("2026-01-01T18:30:00Z"));
    // Midnight does not exist on that day: it begins at one o'clock.
    const auto beirut = of_computer("Asia/Beirut");
    ASSERT_TRUE(beirut);
    EXPECT_EQ(beirut->begin_of(day("2026-03-29")), at("2026-03-28T22:00:00Z"));
    EXPECT_EQ(beirut->begin_of(day("2026-03-30")), at("2026-03-29T21:00:00Z"));
}

TEST(TimeZone, EveryInstantIsOfOneDay) {
    const auto havana = TimeZone::from_tzif(slim("CST5CDT,M3.2.0/0,M11.1.0/1"));
    ASSERT_TRUE(havana);
    for (std::int64_t t = at("2026-10-30T00:00:00Z"); t < at("2026-11-03T00:00:00Z");
         t += hour_us / 4) {
        const std::int64_t of = havana->day_of(t);
        EXPECT_LE(havana->begin_of(of), t);
        EXPECT_GT(havana->begin_of(of + 1), t);
    }
}

TEST(TimeZone, WhatIsBrokenIsNothing) {
    const std::string whole = slim("CET-1CEST,M3.5.0,M10.5.0/3");
    for (std::size_t length = 0; length + 30 < whole.size(); ++length)
        EXPECT_FALSE(TimeZone::from_tzif(whole.substr(0, length))) << length;
    EXPECT_FALSE(TimeZone::from_tzif("no zone at all, but long enough to hold a header of 44"));
}

}  // namespace
}  // namespace ohm::domain
