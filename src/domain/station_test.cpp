#include "domain/station.hpp"

#include <gtest/gtest.h>

namespace ohm::domain {
namespace {

TEST(ShownStatus, OfflineIsUnavailableWhateverWasReported) {
    EXPECT_EQ(shown_status(false, "", "Charging"), "Unavailable");
    EXPECT_EQ(shown_status(false, "", ""), "Unavailable");
    EXPECT_EQ(shown_status(false, "Resetting", "Available"), "Unavailable");
}

TEST(ShownStatus, ARunningOverrideIsUnavailable) {
    EXPECT_EQ(shown_status(true, "Unavailable", "Available"), "Unavailable");
    EXPECT_EQ(shown_status(true, "Unavailable", ""), "Unavailable");
}

TEST(ShownStatus, ElseTheStationsOwnWord) {
    EXPECT_EQ(shown_status(true, "", "Faulted"), "Faulted");
    EXPECT_EQ(shown_status(true, "", "SuspendedEV"), "SuspendedEV");
    EXPECT_EQ(shown_status(true, "", ""), "Unknown");
}

TEST(StatusWithoutReport, is_available_once_a_boot_was_accepted) {
    EXPECT_EQ(status_without_report("Accepted"), "Available");
    EXPECT_EQ(status_without_report("Pending"), "");
    EXPECT_EQ(status_without_report(""), "");
}

}  // namespace
}  // namespace ohm::domain
