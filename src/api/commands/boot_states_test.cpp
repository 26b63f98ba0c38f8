#include "api/commands/boot_states.hpp"

#include <gtest/gtest.h>

namespace ohm::api::commands {
namespace {

// Of one version, in one boot state.
struct Booted : Station {
    Booted(ocpp::Version spoken, const std::string& status) {
        version = spoken;
        boot_status = status;
    }
};
constexpr auto v16 = ocpp::Version::v16, v201 = ocpp::Version::v201;

TEST(BootStates, what_may_be_sent) {
    for (const auto version : {v16, v201}) {
        EXPECT_TRUE(refused_by_boot_state(Booted(version, "Rejected"), "TriggerMessage"));
        EXPECT_FALSE(refused_by_boot_state(Booted(version, "Pending"), "TriggerMessage"));
        EXPECT_FALSE(refused_by_boot_state(Booted(version, ""), "Reset"));
    }
    EXPECT_TRUE(refused_by_boot_state(Booted(v16, "Pending"), "RemoteStartTransaction"));
    EXPECT_TRUE(refused_by_boot_state(Booted(v201, "Pending"), "RequestStopTransaction"));
    EXPECT_FALSE(refused_by_boot_state(Booted(v201, "Accepted"), "RequestStopTransaction"));
}

TEST(BootStates, what_may_be_said) {
    const auto may = [](const Station& s, bool strict) {
        return may_come_before_acceptance(s, "StatusNotification", strict, 5);
    };
    EXPECT_TRUE(may(Booted(v16, ""), false));
    EXPECT_FALSE(may(Booted(v16, ""), true));
    EXPECT_FALSE(may(Booted(v201, ""), false));
    EXPECT_FALSE(may(Booted(v16, "Pending"), false));
    Booted asked{v201, "Pending"};
    asked.expecting().asked.push_back({"StatusNotification", 6});
    EXPECT_TRUE(may(asked, true));
    asked.expecting().asked.front().until_at = 5;
    EXPECT_FALSE(may(asked, true));
    Booted rejected{v201, "Rejected"};
    rejected.expecting().asked.push_back({"StatusNotification", 6});
    EXPECT_FALSE(may(rejected, true));
}

}  // namespace
}  // namespace ohm::api::commands
