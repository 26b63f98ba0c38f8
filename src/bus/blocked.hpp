// Whether the broker asked for silence (connection.blocked: memory or disk alarm), and for how
// long. Written by the bus thread; is_long() from any.
#pragma once

#include <atomic>
#include <optional>

#include "base/limits.hpp"
#include "base/log.hpp"
#include "bus/amqp_connection.hpp"

namespace ohm::bus {

class Blocked {
public:
    void begin(const std::string& why, Mono now) {
        if (since_) return;
        since_ = now;
        log::warn("bus_blocked", {{"why", why}});
    }
    void end() {
        since_.reset();
        long_ = false;
    }
    explicit operator bool() const { return since_.has_value(); }
    void look(Mono now) {
        if (since_ && now - *since_ >= limits::bus_refuse_upgrades_after) long_ = true;
    }
    bool is_long() const { return long_; }

private:
    std::optional<Mono> since_;
    std::atomic<bool> long_{false};
};

}  // namespace ohm::bus
