#include "worker/metrics.hpp"

#include <gtest/gtest.h>

namespace ohm::worker {
namespace {

bool has_line(const std::string& text, const std::string& line) {
    return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(WorkerMetrics, loops_are_summed_up) {
    LoopFigures one, two;
    one.connections_v16 = 3, two.connections_v16 = 4;
    two.connections_v201 = 2;
    one.accepted = 10, two.refused_401 = 5, two.closed_ping = 6;
    one.certificate_expires_at = two.certificate_expires_at = 1'800'000'000'000'000;
    one.frames_in = 100, two.frames_in = 1, two.bytes_out = 77;
    const std::string text = metrics_text("w\"1", {one, two});
    EXPECT_TRUE(has_line(text, R"(ohm_worker_connections{worker="w\"1",ocpp_version="1.6"} 7)"));
    EXPECT_TRUE(has_line(text, R"(ohm_worker_connections{worker="w\"1",ocpp_version="2.0.1"} 2)"));
    EXPECT_TRUE(has_line(text, R"(ohm_worker_upgrades_total{worker="w\"1",status="101"} 10)"));
    EXPECT_TRUE(has_line(text, R"(ohm_worker_upgrades_total{worker="w\"1",status="401"} 5)"));
    EXPECT_TRUE(
        has_line(text, R"(ohm_station_disconnects_total{worker="w\"1",reason="ping_timeout"} 6)"));
    EXPECT_TRUE(has_line(
        text,
        R"(ohm_certificate_expiry_timestamp_seconds{worker="w\"1",kind="served"} 1800000000)"));
    EXPECT_TRUE(has_line(text, R"(ohm_worker_frames_total{worker="w\"1",direction="in"} 101)"));
    EXPECT_TRUE(
        has_line(text, R"(ohm_worker_frame_bytes_total{worker="w\"1",direction="out"} 77)"));
}

TEST(WorkerMetrics, of_the_bus_go_both_ways) {
    const std::string text = bus_metrics_text(
        "w", {.envelopes_out = 50, .messages_out = 5, .envelopes_in = 40, .messages_in = 4});
    const std::string of_up = R"({worker="w",direction="up"} )";
    const std::string of_down = R"({worker="w",direction="down"} )";
    EXPECT_TRUE(has_line(text, "ohm_worker_bus_envelopes_total" + of_up + "50"));
    EXPECT_TRUE(has_line(text, "ohm_worker_bus_envelopes_total" + of_down + "40"));
    EXPECT_TRUE(has_line(text, "ohm_worker_bus_messages_total" + of_up + "5"));
    EXPECT_TRUE(has_line(text, "ohm_worker_bus_messages_total" + of_down + "4"));
}

}  // namespace
}  // namespace ohm::worker
