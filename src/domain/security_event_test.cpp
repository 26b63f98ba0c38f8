#include "domain/security_event.hpp"

#include <gtest/gtest.h>

namespace ohm::domain {
namespace {

TEST(SecurityEvent, CriticalOnesOfBothVersionsAreKnown) {
    EXPECT_EQ(severity_of_security_event("TamperDetectionActivated"), severity_critical);
    EXPECT_EQ(severity_of_security_event("InvalidCentralSystemCertificate"), severity_critical);
    EXPECT_EQ(severity_of_security_event("InvalidCsmsCertificate"), severity_critical);
    EXPECT_EQ(severity_of_security_event("tamperdetectionactivated"), severity_critical);
}

TEST(SecurityEvent, OthersAreNotices) {
    EXPECT_EQ(severity_of_security_event("ReconfigurationOfSecurityParameters"), severity_notice);
    EXPECT_EQ(severity_of_security_event("AcmeDoorOpen"), severity_notice);
    EXPECT_EQ(severity_of_security_event(""), severity_notice);
}

}  // namespace
}  // namespace ohm::domain
