// Lets a few go at once and then one an interval: what is rare does not wait, what is frequent
// gathers. Pure; any thread, one at a time.
#pragma once

#include <algorithm>

#include "base/time.hpp"

namespace ohm {

class Pace {
public:
    explicit Pace(Micros interval, int at_once = 3) : interval_{interval}, at_once_{at_once} {}
    // Since when the next may go.
    Mono next() const { return full_at_ - (at_once_ - 1) * interval_; }
    void went(Mono now) { full_at_ = std::max(now, full_at_) + interval_; }

private:
    Micros interval_;
    int at_once_;
    Mono full_at_{};
};

}  // namespace ohm
