// What a station's times mean that says no offset (quirk D1): UTC, unless its live messages are
// away from our clock by the same quarters of an hour again and again. Pure; any thread.
#pragma once

#include <cstdint>

namespace ohm::domain {

struct LocalTime {
    std::int64_t offset_us = 0;                    // learnt; local time less UTC
    std::int64_t candidate_us = 0, agreed_at = 0;  // what the last messages agree on
    int agreeing = 0;
};

// `said_us` is the time of a single fact that was just received, taken as UTC. True where the
// offset has changed by it.
bool learn(LocalTime& local, std::int64_t said_us, std::int64_t received_us);

}  // namespace ohm::domain
