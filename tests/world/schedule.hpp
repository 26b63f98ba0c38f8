// The one thread's agenda: what happens when, in virtual time, and a hash of all that happened.
// Two things of the same instant happen in the order in which they were planned, so a run depends
// on nothing but its seed.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/random.hpp"
#include "base/time.hpp"

namespace ohm::world {

// A span drawn between two bounds; both zero where a test wants exact times.
struct Delay {
    Micros least{0}, most{0};
    Micros draw(Random& random) const {
        const auto width = static_cast<std::uint64_t>((most - least).count());
        return least + Micros{static_cast<std::int64_t>(random.below(width + 1))};
    }
};

class Schedule {
public:
    Schedule(Utc start, std::uint64_t seed) : clock{start}, random{seed} {}

    ManualClock clock;
    SeededRandom random;

    Mono now() const { return clock.mono(); }
    void after(Micros in, std::function<void()> what) { at(now() + in, std::move(what)); }
    void at(Mono when, std::function<void()> what) {
        agenda_.push({std::max(when, now()), ++planned_, std::move(what)});
    }
    // Everything up to and including that instant.
    void run_until(Mono end) {
        while (!agenda_.empty() && agenda_.top().when <= end) {
            const Event event = agenda_.top();
            agenda_.pop();
            clock.advance(event.when - now());
            event.what();
        }
        clock.advance(end - now());
    }

    // Mixes what happened, and when, into the trace.
    void trace(std::string_view what, std::string_view detail = {}) {
        mix(static_cast<std::uint64_t>(now().time_since_epoch().count()));
        mix(fnv1a(what));
        mix(fnv1a(detail));
    }
    std::uint64_t trace_hash() const { return trace_; }
    std::uint64_t events() const { return planned_; }

private:
    struct Event {
        Mono when;
        std::uint64_t number;
        std::function<void()> what;
        bool operator<(const Event& other) const {  // the queue's top is its greatest
            return when != other.when ? when > other.when : number > other.number;
        }
    };
    void mix(std::uint64_t word) {
        trace_ = (trace_ ^ word) * 0x100000001b3u + 0x9E3779B97F4A7C15u;
    }

    std::priority_queue<Event> agenda_;
    std::uint64_t planned_ = 0;
    std::uint64_t trace_ = 0xcbf29ce484222325u;
};

}  // namespace ohm::world
