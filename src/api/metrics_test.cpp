#include "api/metrics.hpp"

#include <gtest/gtest.h>

#include "api/dispatch.hpp"

namespace ohm::api {
namespace {

bool has_line(const std::string& text, const std::string& line) {
    return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(ApiMetrics, shards_are_summed_up) {
    const Route* boot = find_route(ocpp::Version::v16, "BootNotification");
    ShardFigures one, two, sum;
    one.stations_online = 2, two.stations_online = 3;
    one.calls_by_route[boot] = 4, two.calls_by_route[boot] = 5, two.calls_by_route[nullptr] = 6;
    one.connects_by_result["wrong_password"] = 7;
    one.commit_us = 1'500'000;
    two.quarantined = 1;
    one.transactions_ended = 2, two.transactions_ended = 3, two.energy_mwh = 1'500;
    one.authorizations_by_result["Accepted"] = 8, two.orphan_messages = 9;
    add(sum, one), add(sum, two);
    const std::string text = metrics_text(sum, true);
    EXPECT_TRUE(has_line(text, R"(ohm_stations{state="connected"} 5)"));
    EXPECT_TRUE(has_line(text,
                         "ohm_ocpp_messages_total{direction=\"in\",type=\"CALL\","
                         "action=\"BootNotification\"} 9"));
    EXPECT_TRUE(
        has_line(text, R"(ohm_ocpp_messages_total{direction="in",type="CALL",action="other"} 6)"));
    EXPECT_TRUE(has_line(text, R"(ohm_station_connects_total{result="wrong_password"} 7)"));
    EXPECT_TRUE(has_line(text, "ohm_shard_commit_seconds_total 1.5"));
    EXPECT_TRUE(has_line(text, "ohm_quarantined_total 1"));
    EXPECT_TRUE(has_line(text, "ohm_transactions_ended_total 5"));
    EXPECT_TRUE(has_line(text, "ohm_energy_delivered_joules_total 5400"));
    EXPECT_TRUE(has_line(text, R"(ohm_authorizations_total{decision="Accepted"} 8)"));
    EXPECT_TRUE(has_line(text, "ohm_orphan_messages_total 9"));
    EXPECT_TRUE(has_line(text, "ohm_bus_up 1"));
    EXPECT_TRUE(has_line(metrics_text(sum, false), "ohm_bus_up 0"));
}

}  // namespace
}  // namespace ohm::api
