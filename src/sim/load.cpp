#include "sim/load.hpp"

#include <algorithm>

namespace ohm::sim {
namespace {

constexpr std::size_t tries_max = 64;  // stations asked before a due message counts as missed

}  // namespace

void Load::start(Now now) {
    if (settings_.mix == Mix::none) return;
    running_ = true;
    started_at_ = now.mono;
    offered_ = 0;
    if (settings_.mix == Mix::demo) return demo_.start(now);
    if (is_open_loop()) return;
    for (std::size_t i = 0; i < stations_.size(); ++i) on_change(i, now);
}

void Load::on_change(std::size_t station, Now now) {
    if (!running_ || is_open_loop()) return;
    if (settings_.mix == Mix::demo) return demo_.on_change(station, now);
    if (settings_.active > 0 && station >= settings_.active) return;
    if (stations_[station].is_idle()) speak(stations_[station], now.mono, now);
}

void Load::on_tick(Now now) {
    if (running_ && settings_.mix == Mix::demo) demo_.on_tick(now);
    if (!running_ || !is_open_loop()) return;
    const double elapsed_s = static_cast<double>((now.mono - started_at_).count()) / 1e6;
    const auto due = static_cast<std::uint64_t>(elapsed_s * settings_.rate);
    for (; offered_ < due; ++offered_) {
        const double at_us = static_cast<double>(offered_ + 1) * 1e6 / settings_.rate;
        if (!send_one(started_at_ + Micros{static_cast<std::int64_t>(at_us)}, now)) ++missed_;
    }
}

bool Load::send_one(Mono intended_at, Now now) {
    const std::size_t tries = std::min(tries_max, stations_.size());
    for (std::size_t i = 0; i < tries; ++i) {
        Station& station = stations_[next_station_];
        next_station_ = (next_station_ + 1) % stations_.size();
        if (station.is_open() && station.is_accepted()) return speak(station, intended_at, now);
    }
    return false;
}

bool Load::speak(Station& station, Mono intended_at, Now now) {
    const Station::Origin origin{.purpose = Purpose::load, .intended_at = intended_at};
    if (settings_.mix == Mix::boot) return station.boot_again(origin, now);
    if (settings_.mix == Mix::transactions)
        return station.charge(Charging::Course::brief, origin, now);
    if (settings_.mix == Mix::fleet) return station.charge(Charging::Course::fleet, origin, now);
    const bool beats =
        settings_.mix == Mix::heartbeat || (settings_.mix == Mix::mixed && random_.chance(0.5));
    if (beats) return station.beat(origin, now);
    const bool available = station.status(1) == ConnectorStatus::available;
    return station.report_status(
        1, available ? ConnectorStatus::occupied : ConnectorStatus::available, origin, now);
}

void Load::note(const Entry& entry) {
    if (entry.event != Entry::Event::acked && entry.event != Entry::Event::refused) return;
    if (entry.action == "BootNotification" && entry.purpose != Purpose::load)
        return boot_latency_.record(entry.at.mono - entry.first_sent_at);
    if (settings_.mix != Mix::none && entry.purpose != Purpose::load) return;
    const bool due_counts = is_open_loop() && entry.purpose == Purpose::load;
    latency_.record(entry.at.mono - (due_counts ? entry.intended_at : entry.first_sent_at));
}

}  // namespace ohm::sim
