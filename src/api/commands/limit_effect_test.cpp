#include "api/commands/limit_effect.hpp"

#include <gtest/gtest.h>

#include "wire/codec.hpp"

namespace ohm::api::commands {
namespace {

class Limits : public testing::Test {
protected:
    Expectation of(const std::string& request) {
        return limit_of(decoder, request, utc_from_micros(0)).value();
    }
    Verdict judge(const Expectation& limit, const std::string& payload) {
        return judge_limit(decoder, limit, "MeterValues", payload);
    }
    wire::Decoder decoder;
};

const std::string of_16_amperes =
    R"({"connectorId":1,"csChargingProfiles":{"chargingSchedule":{"chargingRateUnit":"A",)"
    R"("chargingSchedulePeriod":[{"startPeriod":0,"limit":16},{"startPeriod":900,"limit":32}]}}})";
const std::string of_11_kilowatts =
    R"({"evseId":0,"chargingProfile":{"chargingSchedule":[{"chargingRateUnit":"W",)"
    R"("chargingSchedulePeriod":[{"startPeriod":0,"limit":11000}]}]}})";

std::string sample(const std::string& members) {
    return R"({"connectorId":1,"meterValue":[{"sampledValue":[)" + members + "]}]}";
}

TEST_F(Limits, are_those_of_the_next_minutes) {
    const Expectation limit = of(of_16_amperes);
    EXPECT_EQ(limit.number, 16'000);
    EXPECT_EQ(limit.evse, 1);
    EXPECT_EQ(of(of_11_kilowatts).evse, -1) << "of all";
    EXPECT_FALSE(limit_of(decoder, "{}", utc_from_micros(0)));
}

TEST_F(Limits, are_compared_with_currents) {
    const Expectation limit = of(of_16_amperes);
    EXPECT_EQ(judge(limit, sample(R"({"value":"16.9","measurand":"Current.Import"})")),
              Verdict::confirmed);
    EXPECT_EQ(judge(limit, sample(R"({"value":"20","measurand":"Current.Import","phase":"L2"})")),
              Verdict::contradicted);
    EXPECT_EQ(judge(limit, sample(R"({"value":"20","measurand":"Power.Active.Import"})")),
              Verdict::nothing);
    EXPECT_EQ(judge(limit, R"({"connectorId":2,"meterValue":[{"sampledValue":[{"value":"99",)"
                           R"("measurand":"Current.Import"}]}]})"),
              Verdict::nothing);
}

TEST_F(Limits, of_power_are_compared_with_the_sum_of_the_phases) {
    const Expectation limit = of(of_11_kilowatts);
    const std::string phase =
        R"({"value":"4","measurand":"Power.Active.Import","unit":"kW","phase":)";
    EXPECT_EQ(judge(limit, sample(phase + R"("L1"},)" + phase + R"("L2"})")), Verdict::confirmed);
    EXPECT_EQ(judge(limit, sample(phase + R"("L1"},)" + phase + R"("L2"},)" + phase + R"("L3"},)" +
                                  phase + R"("L1"})")),
              Verdict::contradicted);
}

}  // namespace
}  // namespace ohm::api::commands
