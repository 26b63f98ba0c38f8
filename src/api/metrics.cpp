#include "api/metrics.hpp"

#include "api/dispatch.hpp"
#include "base/prometheus.hpp"

namespace ohm::api {

void add(ShardFigures& sum, const ShardFigures& f) {
    sum.batches += f.batches, sum.messages += f.messages, sum.calls += f.calls,
        sum.call_errors += f.call_errors;
    sum.commits_failed += f.commits_failed, sum.fenced += f.fenced,
        sum.quarantined += f.quarantined;
    sum.connects += f.connects, sum.refused += f.refused, sum.closed += f.closed;
    sum.commands += f.commands, sum.commands_answered += f.commands_answered,
        sum.commands_failed += f.commands_failed;
    sum.violations += f.violations, sum.repairs += f.repairs, sum.heartbeats += f.heartbeats,
        sum.late += f.late;
    sum.stations_loaded += f.stations_loaded, sum.stations_online += f.stations_online;
    sum.commit_us += f.commit_us, sum.handle_us += f.handle_us;
    sum.transactions_open += f.transactions_open,
        sum.transactions_started += f.transactions_started,
        sum.transactions_ended += f.transactions_ended,
        sum.transactions_suspect += f.transactions_suspect,
        sum.orphan_messages += f.orphan_messages, sum.energy_mwh += f.energy_mwh;
    for (const auto& [result, count] : f.authorizations_by_result)
        sum.authorizations_by_result[result] += count;
    sum.events += f.events;
    sum.parked += f.parked, sum.outside_asked += f.outside_asked,
        sum.outside_unanswered += f.outside_unanswered;
    for (const auto& [route, count] : f.calls_by_route) sum.calls_by_route[route] += count;
    for (const auto& [result, count] : f.connects_by_result)
        sum.connects_by_result[result] += count;
}

namespace {
void add_charging(PrometheusText& out, const ShardFigures& f) {
    constexpr double joules_per_mwh = 3.6;
    out.family("ohm_transactions_active", "gauge", "Transactions that run at stations in memory");
    out.sample(f.transactions_open);
    out.family("ohm_transactions_started_total", "counter", "Transactions first heard of");
    out.sample(f.transactions_started);
    out.family("ohm_transactions_ended_total", "counter", "Transactions that ended");
    out.sample(f.transactions_ended);
    out.family("ohm_transactions_suspect_total", "counter",
               "Of those that ended: with evidence against them");
    out.sample(f.transactions_suspect);
    out.family("ohm_energy_delivered_joules_total", "counter", "Energy of transactions that ended");
    out.sample(static_cast<double>(f.energy_mwh) * joules_per_mwh);
    out.family("ohm_authorizations_total", "counter", "Decisions about tokens");
    for (const auto& [decision, count] : f.authorizations_by_result)
        out.sample(count, {{"decision", decision}});
    out.family("ohm_orphan_messages_total", "counter",
               "Stops and samples under an id that fitted no transaction");
    out.sample(f.orphan_messages);
}
}  // namespace

std::string metrics_text(const ShardFigures& f, bool bus_up) {
    PrometheusText out;
    add_charging(out, f);
    out.family("ohm_stations", "gauge", "Stations in this api's partitions");
    out.sample(f.stations_online, {{"state", "connected"}});
    out.family("ohm_stations_loaded", "gauge", "Stations in this api's memory");
    out.sample(f.stations_loaded);
    out.family("ohm_station_connects_total", "counter", "Upgrade requests by what was decided");
    for (const auto& [result, count] : f.connects_by_result)
        out.sample(count, {{"result", result}});
    out.family("ohm_station_connections_closed_total", "counter",
               "Connections whose end is stored; workers say why they ended");
    out.sample(f.closed);
    out.family("ohm_ocpp_messages_total", "counter", "CALLs of stations, stored and answered");
    for (const auto& [route, count] : f.calls_by_route)
        out.sample(
            count,
            {{"direction", "in"}, {"type", "CALL"}, {"action", route ? route->action : "other"}});
    out.family("ohm_ocpp_heartbeats_total", "counter", "Heartbeats that workers answered");
    out.sample(f.heartbeats);
    out.family("ohm_ocpp_call_errors_total", "counter", "CALLERRORs sent to stations");
    out.sample(f.call_errors, {{"direction", "in"}});
    out.family("ohm_ocpp_schema_violations_total", "counter", "Payloads that broke a rule");
    out.sample(f.violations);
    out.family("ohm_ocpp_repairs_total", "counter", "Deviations that lenient decoding let pass");
    out.sample(f.repairs);
    out.family("ohm_commands_total", "counter", "Commands to stations");
    out.sample(f.commands_answered, {{"result", "answered"}});
    out.sample(f.commands_failed, {{"result", "failed"}});
    out.family("ohm_quarantined_total", "counter",
               "Messages that could not be handled and are kept");
    out.sample(f.quarantined);
    out.family("ohm_events_published_total", "counter", "Events stored for those who follow");
    out.sample(f.events);
    out.family("ohm_calls_parked", "gauge", "CALLs that wait for an answer of the outside");
    out.sample(f.parked);
    out.family("ohm_outside_questions_total", "counter",
               "Questions to webhooks and responders before a station is answered");
    out.sample(f.outside_asked);
    out.family("ohm_outside_unanswered_total", "counter", "Those without any answer");
    out.sample(f.outside_unanswered);
    out.family("ohm_shard_batches_total", "counter", "Transactions");
    out.sample(f.batches);
    out.family("ohm_shard_messages_total", "counter", "Envelopes handled");
    out.sample(f.messages);
    out.family("ohm_shard_handle_seconds_total", "counter", "Time spent in handlers");
    out.sample(static_cast<double>(f.handle_us) / 1e6);
    out.family("ohm_shard_commit_seconds_total", "counter", "Time spent in commits");
    out.sample(static_cast<double>(f.commit_us) / 1e6);
    out.family("ohm_shard_commits_failed_total", "counter", "Commits that failed");
    out.sample(f.commits_failed);
    out.family("ohm_shard_fenced_total", "counter",
               "Batches refused because another api owns the partition");
    out.sample(f.fenced);
    out.family("ohm_bus_up", "gauge", "Whether the message broker is reached");
    out.sample(std::uint64_t{bus_up});
    return out.text();
}

}  // namespace ohm::api
