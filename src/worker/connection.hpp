// One station's connection in the worker's memory: small, because a million of them may be idle.
// One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "bus/envelope.hpp"
#include "ocpp/identity.hpp"
#include "ocpp/peer.hpp"
#include "worker/station_loop.hpp"

namespace ohm::worker {

// `refused`: answered, and its end has not been reported yet; no later decision counts.
enum class State : std::uint8_t { waiting, refused, open, closing };

// The commands that ran on this connection lately: a redelivered one must not run again.
class RecentCommands {
public:
    bool seen(std::string_view id) const {
        return std::find(ids_.begin(), ids_.end(), id) != ids_.end();
    }
    void remember(std::string_view id) {
        if (ids_.size() == kept) ids_.erase(ids_.begin());
        ids_.emplace_back(id);
    }

private:
    static constexpr std::size_t kept = 16;  // more than an api ever has in flight for one station
    std::vector<std::string> ids_;
};

// Who else may be meant by a path of several segments, while nobody has been found (quirk A6).
struct OtherNames {
    bus::ConnectBody body;
    std::vector<ocpp::Identity> left;  // the next one first
};

struct StationLoop::Connection {
    std::uint64_t id = 0;  // generation (32 bits), slot (24), loop (8); never 0
    net::SocketId socket{};
    std::uint64_t epoch = 0;
    std::uint64_t source = 0;  // hash of address and identity, while it waits
    std::string station;       // folded identity
    ocpp::Peer peer{ocpp::Version::none};
    RecentCommands commands;
    std::unique_ptr<OtherNames> other_names;  // null for most, and for all that are open
    std::string close_cause;                  // why we closed it
    Mono opened_at{}, liveness_due{};
    seconds ping_interval{20};
    State state = State::waiting;
    bool strict = false, milliseconds = false;
    bool boot_accepted = false, has_ponged = false, stalled = false, full = false;
    std::uint8_t pings_unanswered = 0, drain_rounds = 0;
};

}  // namespace ohm::worker
