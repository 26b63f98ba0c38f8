// Makes stations talk: as fast as they are answered (closed loop, one message in flight a station)
// or at a rate of its own (open loop). In the open loop a latency counts from the moment a message
// was due, so a CSMS that stalls is not flattered by messages that were never sent meanwhile.
// Pure: driven by the fleet, on its loop.
#pragma once

#include <cstdint>
#include <deque>

#include "base/random.hpp"
#include "sim/demo.hpp"
#include "sim/histogram.hpp"
#include "sim/station.hpp"

namespace ohm::sim {

enum class Mix : std::uint8_t {
    none,          // stations only do what they do by themselves
    heartbeat,     // which a CSMS may answer without storing anything
    status,        // StatusNotification, each another status than the one before: to be stored
    mixed,         // half and half
    boot,          // BootNotification, again and again
    transactions,  // one after the other: Authorize, start, samples, stop
    demo,          // for a first look: a history, then a life
    fleet,         // whole sessions: 60 % samples, 20 % statuses, 10 % Authorize, start, stop
};

class Load {
public:
    struct Settings {
        Mix mix = Mix::none;
        double rate = 0;         // messages a second; 0: closed loop
        std::size_t active = 0;  // closed loop: so many stations talk; 0: all
    };

    Load(const Settings& settings, std::deque<Station>& stations, Random& random)
        : settings_{settings}, stations_{stations}, random_{random}, demo_{stations, random} {}

    void start(Now now);
    void stop() { running_ = false; }
    // Open loop: sends what is due. The more often, the closer to its time.
    void on_tick(Now now);
    // Closed loop: something happened to that station.
    void on_change(std::size_t station, Now now);
    void note(const Entry& entry);
    void forget_latency() { latency_ = {}; }  // what came until now was the warm-up

    bool is_open_loop() const { return settings_.rate > 0; }
    bool needs_ticks() const { return is_open_loop() || settings_.mix == Mix::demo; }
    std::uint64_t missed() const { return missed_; }
    const Histogram& latency() const { return latency_; }
    const Histogram& boot_latency() const { return boot_latency_; }

private:
    bool speak(Station& station, Mono intended_at, Now now);
    bool send_one(Mono intended_at, Now now);

    const Settings settings_;
    std::deque<Station>& stations_;
    Random& random_;
    bool running_ = false;
    Mono started_at_{};
    std::uint64_t offered_ = 0;
    std::uint64_t missed_ = 0;
    std::size_t next_station_ = 0;
    Demo demo_;
    Histogram latency_;
    Histogram boot_latency_;
};

}  // namespace ohm::sim
