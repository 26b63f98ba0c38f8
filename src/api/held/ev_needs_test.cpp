#include "api/held/ev_needs.hpp"

#include <gtest/gtest.h>

namespace ohm::api {
namespace {

EvNeeds::Request needs_of(std::string_view payload) {
    EvNeeds::Request request;
    wire::Decoder decoder;
    EXPECT_FALSE(decoder.decode(payload, request));
    return request;
}

std::string profile_text(std::string_view payload) {
    const auto profile = profile_of_needs(needs_of(payload), "T1");
    return profile ? wire::encode(*profile) : "";
}

TEST(EvNeeds, alternating_current_is_limited_by_phase) {
    EXPECT_EQ(profile_text(R"({"evseId":2,"maxScheduleTuples":1,"chargingNeeds":{)"
                           R"("requestedEnergyTransfer":"AC_two_phase","acChargingParameters":)"
                           R"({"energyAmount":1,"evMinCurrent":6,"evMaxCurrent":16,)"
                           R"("evMaxVoltage":230}}})"),
              R"({"id":2000000002,"stackLevel":0,"chargingProfilePurpose":"TxProfile",)"
              R"("chargingProfileKind":"Relative","chargingSchedule":[{"id":1,)"
              R"("chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16,)"
              R"("numberPhases":2}],"minChargingRate":6}],"transactionId":"T1"})");
}

TEST(EvNeeds, direct_current_is_limited_by_power_or_by_current_times_voltage) {
    const auto limit = [](std::string_view more) {
        const auto profile = profile_of_needs(
            needs_of(R"({"evseId":1,"chargingNeeds":{"requestedEnergyTransfer":"DC",)"
                     R"("dcChargingParameters":{"evMaxCurrent":200,"evMaxVoltage":400)" +
                     std::string{more} + "}}}"),
            "T1");
        return profile->chargingSchedule.items[0].chargingSchedulePeriod.items[0].limit.value;
    };
    EXPECT_EQ(limit(R"(,"evMaxPower":50000)"), 50000);
    EXPECT_EQ(limit(""), 80000);
}

TEST(EvNeeds, what_says_no_limit_leaves_no_profile) {
    EXPECT_EQ(profile_text(R"({"evseId":1,"chargingNeeds":{"requestedEnergyTransfer":"DC"}})"), "");
    EXPECT_EQ(profile_text(R"({"evseId":1,"chargingNeeds":{"requestedEnergyTransfer":"DC",)"
                           R"("acChargingParameters":{"energyAmount":1,"evMinCurrent":6,)"
                           R"("evMaxCurrent":16,"evMaxVoltage":230}}})"),
              "");
    EXPECT_EQ(profile_text(R"({"evseId":1,"maxScheduleTuples":0,"chargingNeeds":{)"
                           R"("requestedEnergyTransfer":"DC","dcChargingParameters":)"
                           R"({"evMaxCurrent":200,"evMaxVoltage":400}}})"),
              "");
    EXPECT_EQ(profile_text(R"({"evseId":0,"chargingNeeds":{"requestedEnergyTransfer":"DC",)"
                           R"("dcChargingParameters":{"evMaxCurrent":200,"evMaxVoltage":400}}})"),
              "");
}

}  // namespace
}  // namespace ohm::api
