#include "domain/report.hpp"

#include <gtest/gtest.h>

namespace ohm::domain {
namespace {

constexpr std::size_t ranges = 4;

PartTaken take(Report& report, std::int64_t seq, bool more) {
    return take_part(report, seq, more, ranges);
}

TEST(Report, OnePartIsAllOfIt) {
    Report report;
    EXPECT_EQ(take(report, 0, false), PartTaken::taken);
    EXPECT_EQ(report.state, ReportState::complete);
    EXPECT_EQ(report.parts, 1);
    EXPECT_EQ(report.last_seq, 0);
}

TEST(Report, IsReceivedUntilTheLastPart) {
    Report report;
    take(report, 0, true);
    take(report, 1, true);
    EXPECT_EQ(report.state, ReportState::receiving);
    take(report, 2, false);
    EXPECT_EQ(report.state, ReportState::complete);
    EXPECT_EQ(text_of_seen(report), "0-2");
}

TEST(Report, ARepeatedPartCountsOnce) {
    Report report;
    take(report, 0, true);
    EXPECT_EQ(take(report, 0, true), PartTaken::repeated);
    EXPECT_EQ(report.parts, 1);
    take(report, 1, false);
    EXPECT_EQ(take(report, 1, false), PartTaken::repeated);
    EXPECT_EQ(report.state, ReportState::complete);
    EXPECT_EQ(report.parts, 2);
}

TEST(Report, AMissingPartIsAGapUntilItComes) {
    Report report;
    take(report, 0, true);
    take(report, 2, true);
    EXPECT_EQ(report.state, ReportState::receiving);
    take(report, 3, false);
    EXPECT_EQ(report.state, ReportState::gap);
    EXPECT_EQ(text_of_seen(report), "0,2-3");
    take(report, 1, true);
    EXPECT_EQ(report.state, ReportState::complete);
    EXPECT_EQ(text_of_seen(report), "0-3");
}

TEST(Report, WithoutItsFirstPartItHasAGap) {
    Report report;
    take(report, 1, false);
    EXPECT_EQ(report.state, ReportState::gap);
}

TEST(Report, PartsMayComeInAnyOrder) {
    Report report;
    take(report, 2, false);
    take(report, 1, true);
    EXPECT_EQ(report.state, ReportState::gap);
    take(report, 0, true);
    EXPECT_EQ(report.state, ReportState::complete);
}

TEST(Report, ANewFirstPartBeginsItAnew) {
    Report report;
    take(report, 0, true);
    take(report, 1, false);
    EXPECT_EQ(take(report, 0, true), PartTaken::begun_anew);
    EXPECT_EQ(report.state, ReportState::receiving);
    EXPECT_EQ(report.parts, 1);
    EXPECT_EQ(report.last_seq, -1);
    take(report, 1, false);
    EXPECT_EQ(report.state, ReportState::complete);
}

TEST(Report, TheOnlyPartAgainIsARepetition) {
    Report report;
    take(report, 0, false);
    EXPECT_EQ(take(report, 0, false), PartTaken::repeated);
    EXPECT_EQ(report.parts, 1);
}

TEST(Report, AfterATimeOutItGoesOnWithALaterPart) {
    Report report;
    take(report, 0, true);
    report.state = ReportState::incomplete;
    take(report, 1, false);
    EXPECT_EQ(report.state, ReportState::complete);
}

TEST(Report, TooManyRunsAreNotToldApart) {
    Report report;
    for (std::int64_t seq = 0; seq < 100; seq += 2) take(report, seq, true);
    EXPECT_EQ(report.seen.size(), ranges);
    take(report, 1, true);
    EXPECT_EQ(report.seen.size(), ranges - 1);
    take(report, 100, false);
    EXPECT_EQ(report.state, ReportState::gap);
}

TEST(Report, PartsWithoutNumbersCountAsTheyCome) {
    Report report;
    take_unnumbered_part(report, true);
    take_unnumbered_part(report, true);
    EXPECT_EQ(report.state, ReportState::receiving);
    take_unnumbered_part(report, false);
    EXPECT_EQ(report.state, ReportState::complete);
    EXPECT_EQ(report.parts, 3);
    take_unnumbered_part(report, false);
    EXPECT_EQ(report.parts, 1);
}

TEST(Report, WhatWasSeenIsTextThatCanBeReadBack) {
    Report report;
    read_seen(report, "0-4,6,9-10");
    EXPECT_EQ(text_of_seen(report), "0-4,6,9-10");
    Report broken;
    read_seen(broken, "x,5-3,-,7");
    EXPECT_EQ(text_of_seen(broken), "7");
    for (const ReportState state :
         {ReportState::receiving, ReportState::complete, ReportState::gap, ReportState::incomplete})
        EXPECT_EQ(report_state_of(name_of(state)), state);
}

}  // namespace
}  // namespace ohm::domain
