#include "api/commands/boot_states.hpp"

#include <gtest/gtest.h>

namespace ohm::api::commands {
namespace {

Station station(ocpp::Version version, const std::string& boot_status) {
    Station s;
    s.version = version;
    s.boot_status = boot_status;
    return s;
}
constexpr auto v16 = ocpp::Version::v16, v201 = ocpp::Version::v201;

TEST(BootStates, what_may_be_sent) {
    for (const auto version : {v16, v201}) {
        EXPECT_TRUE(refused_by_boot_state(station(version, "Rejected"), "TriggerMessage"));
        EXPECT_FALSE(refused_by_boot_state(station(version, "Pending"), "TriggerMessage"));
        EXPECT_FALSE(refused_by_boot_state(station(version, ""), "Reset"));
    }
    EXPECT_TRUE(refused_by_boot_state(station(v16, "Pending"), "RemoteStartTransaction"));
    EXPECT_TRUE(refused_by_boot_state(station(v201, "Pending"), "RequestStopTransaction"));
    EXPECT_FALSE(refused_by_boot_state(station(v201, "Accepted"), "RequestStopTransaction"));
}

TEST(BootStates, what_may_be_said) {
    const auto may = [](const Station& s, bool strict) {
        return may_come_before_acceptance(s, "StatusNotification", strict, 5);
    };
    EXPECT_TRUE(may(station(v16, ""), false));
    EXPECT_FALSE(may(station(v16, ""), true));
    EXPECT_FALSE(may(station(v201, ""), false));
    EXPECT_FALSE(may(station(v16, "Pending"), false));
    Station asked = station(v201, "Pending");
    asked.expecting().asked.push_back({"StatusNotification", 6});
    EXPECT_TRUE(may(asked, true));
    asked.expecting().asked.front().until_at = 5;
    EXPECT_FALSE(may(asked, true));
    asked = station(v201, "Rejected");
    asked.expecting().asked.push_back({"StatusNotification", 6});
    EXPECT_FALSE(may(asked, true));
}

}  // namespace
}  // namespace ohm::api::commands
