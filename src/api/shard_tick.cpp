// What a shard does because time passes: commands that expire or may go now, workers and reports
// that fell silent, transactions that are open for too long.
#include <algorithm>

#include "api/charging/load.hpp"
#include "api/charging/overdue.hpp"
#include "api/commands/commands.hpp"
#include "api/connections.hpp"
#include "api/events/collect.hpp"
#include "api/facts/reports.hpp"
#include "api/held/held.hpp"
#include "api/loader.hpp"
#include "api/shard.hpp"
#include "base/log.hpp"

namespace ohm::api {
namespace {

constexpr milliseconds tick_interval{250};
constexpr seconds left_alone_for{60};

}  // namespace

bool Shard::tick() {
    if (pending_) return commit_pending();
    if (clock_.mono() < next_tick_) return true;
    next_tick_ = clock_.mono() + tick_interval;
    resume_expired();
    try {
        load_stations(sql_, state_, forgotten_);
        forgotten_.clear();
        load_overdue(sql_, state_, overdue_, clock_.utc());
        load_tick_needs();
        learn_event_numbers();
    } catch (const Fault& fault) {
        note_away(fault.what());
        return false;
    }
    auto batch = std::make_unique<Batch>();
    batch->now = clock_.utc();
    batch->mono = clock_.mono();
    beat_self(*batch);
    try {
        do_tick_work(*batch);
        events::collect(state_, *batch);
        write_touched(*batch);
        write_events(*batch);
    } catch (const std::exception& error) {  // a bug: it costs that one station
        put_back(std::move(batch), error.what());
        return true;
    }
    pending_ = std::move(batch);
    return commit_pending();
}

// Commands that wait are prepared when they go, or go when no transaction is open.
void Shard::load_tick_needs() {
    if (state_.busy_stations.empty()) return;
    load_ocpp_numbers(sql_, state_, limits::ocpp_numbers_ready);
    Needs needs;
    for (const std::string& key : state_.busy_stations)
        if (Station* station = state_.find(key); station && waits_for_idle(*station))
            add_open_transactions(*station, needs);
    if (!needs.empty()) load_charging_needs(sql_, state_, needs);
}

void Shard::do_tick_work(Batch& batch) {
    const std::size_t turn = careful_ticks_ == 0 ? 0 : 1 + --careful_ticks_ % 3;
    if (turn == 0 || turn == 1) expire_commands(state_, batch, stations_to_tick());
    if (turn == 0 || turn == 2) bury_dead_workers(state_, batch);
    if (turn == 0 || turn == 3) {
        expire_reports(state_, batch);
        expire_held(state_, batch);
        mark_overdue(state_, batch, overdue_);
    }
}

std::vector<std::string> Shard::stations_to_tick() {
    if (!tick_suspects_.empty()) {
        std::vector<std::string> one{std::move(tick_suspects_.back())};
        tick_suspects_.pop_back();
        return one;
    }
    std::erase_if(left_alone_, [&](const auto& entry) { return entry.second <= clock_.mono(); });
    std::vector<std::string> keys;
    for (const std::string& key : state_.busy_stations)
        if (!left_alone_.contains(key)) keys.push_back(key);
    return keys;
}

void Shard::doubt_tick(const std::vector<std::string>& touched, std::string_view why) {
    log::error("tick_failed", {{"stations", touched.size()}, {"detail", why}});
    constexpr std::size_t careful_a_while = 240;  // a minute of ticks
    careful_ticks_ = careful_a_while;
    if (touched.size() == 1)
        left_alone_[touched.front()] = clock_.mono() + left_alone_for;
    else if (tick_suspects_.empty())
        tick_suspects_ = touched;
}

}  // namespace ohm::api
