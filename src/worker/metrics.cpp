#include "worker/metrics.hpp"

#include <algorithm>

#include "base/prometheus.hpp"

namespace ohm::worker {

std::string metrics_text(const std::string& worker, const std::vector<LoopFigures>& loops) {
    const auto sum = [&](std::uint64_t LoopFigures::*member) {
        std::uint64_t total = 0;
        for (const LoopFigures& loop : loops) total += loop.*member;
        return total;
    };
    PrometheusText out;
    out.family("ohm_worker_connections", "gauge", "Stations connected to this worker");
    out.sample(sum(&LoopFigures::connections_v16), {{"worker", worker}, {"ocpp_version", "1.6"}});
    out.sample(sum(&LoopFigures::connections_v201),
               {{"worker", worker}, {"ocpp_version", "2.0.1"}});
    out.family("ohm_worker_upgrades_waiting", "gauge", "Upgrades held until the api decides");
    out.sample(sum(&LoopFigures::upgrades_waiting), {{"worker", worker}});
    out.family("ohm_worker_upgrades_total", "counter", "Upgrade requests by answer");
    out.sample(sum(&LoopFigures::accepted), {{"worker", worker}, {"status", "101"}});
    out.sample(sum(&LoopFigures::refused_400), {{"worker", worker}, {"status", "400"}});
    out.sample(sum(&LoopFigures::refused_401), {{"worker", worker}, {"status", "401"}});
    out.sample(sum(&LoopFigures::refused_404), {{"worker", worker}, {"status", "404"}});
    out.sample(sum(&LoopFigures::refused_503), {{"worker", worker}, {"status", "503"}});
    out.sample(sum(&LoopFigures::refused_other), {{"worker", worker}, {"status", "other"}});
    out.family("ohm_station_disconnects_total", "counter", "Connections that ended, by cause");
    out.sample(sum(&LoopFigures::closed_peer), {{"worker", worker}, {"reason", "closed"}});
    out.sample(sum(&LoopFigures::closed_ping), {{"worker", worker}, {"reason", "ping_timeout"}});
    out.sample(sum(&LoopFigures::closed_reset), {{"worker", worker}, {"reason", "reset"}});
    out.sample(sum(&LoopFigures::closed_replaced), {{"worker", worker}, {"reason", "replaced"}});
    out.sample(sum(&LoopFigures::closed_drain), {{"worker", worker}, {"reason", "drain"}});
    out.sample(sum(&LoopFigures::closed_protocol),
               {{"worker", worker}, {"reason", "protocol_error"}});
    out.sample(sum(&LoopFigures::closed_other), {{"worker", worker}, {"reason", "other"}});
    out.family("ohm_worker_frames_total", "counter", "OCPP-J frames");
    out.sample(sum(&LoopFigures::frames_in), {{"worker", worker}, {"direction", "in"}});
    out.sample(sum(&LoopFigures::frames_out), {{"worker", worker}, {"direction", "out"}});
    out.family("ohm_worker_frame_bytes_total", "counter", "Bytes of OCPP-J frames");
    out.sample(sum(&LoopFigures::bytes_in), {{"worker", worker}, {"direction", "in"}});
    out.sample(sum(&LoopFigures::bytes_out), {{"worker", worker}, {"direction", "out"}});
    out.family("ohm_worker_heartbeats_total", "counter", "Heartbeats answered here");
    out.sample(sum(&LoopFigures::heartbeats_answered), {{"worker", worker}});
    out.family("ohm_worker_unreadable_total", "counter", "Frames whose head cannot be read");
    out.sample(sum(&LoopFigures::unreadable), {{"worker", worker}});
    out.family("ohm_worker_commands_total", "counter", "CALLs sent to stations");
    out.sample(sum(&LoopFigures::commands), {{"worker", worker}});
    out.family("ohm_worker_back_pressure_total", "counter",
               "Times a station was not read because the bus was full");
    out.sample(sum(&LoopFigures::back_pressure), {{"worker", worker}});
    std::int64_t expires_at = 0;
    for (const LoopFigures& loop : loops)
        expires_at = std::max(expires_at, loop.certificate_expires_at);
    if (expires_at != 0) {
        out.family("ohm_certificate_expiry_timestamp_seconds", "gauge",
                   "When the first of the served certificates expires");
        out.sample(static_cast<std::uint64_t>(expires_at / 1'000'000),
                   {{"worker", worker}, {"kind", "served"}});
    }
    return out.text();
}

std::string bus_metrics_text(const std::string& worker, const bus::BusFigures& bus) {
    PrometheusText out;
    out.family("ohm_worker_bus_envelopes_total", "counter", "Envelopes between worker and api");
    out.sample(bus.envelopes_out, {{"worker", worker}, {"direction", "up"}});
    out.sample(bus.envelopes_in, {{"worker", worker}, {"direction", "down"}});
    out.family("ohm_worker_bus_messages_total", "counter", "AMQP messages that carried them");
    out.sample(bus.messages_out, {{"worker", worker}, {"direction", "up"}});
    out.sample(bus.messages_in, {{"worker", worker}, {"direction", "down"}});
    return out.text();
}

}  // namespace ohm::worker
