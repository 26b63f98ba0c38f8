// What a fleet did, in numbers: taken every second, sent from child to parent as JSON, added up,
// shown. Plain data and pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/histogram.hpp"
#include "wire/fields.hpp"

namespace ohm::sim {

struct Counts {
    std::uint64_t connects = 0;  // WebSockets opened
    std::uint64_t disconnects = 0;
    std::uint64_t sent = 0;         // CALLs, retries included
    std::uint64_t answered = 0;     // with a CALLRESULT
    std::uint64_t call_errors = 0;  // with a CALLERROR
    std::uint64_t timed_out = 0;
    std::uint64_t dropped = 0;   // given up
    std::uint64_t commands = 0;  // CALLs of the CSMS
    std::uint64_t strays = 0;    // answers nobody waited for, and what was no frame
    std::uint64_t missed = 0;    // open loop: no station was free to send what was due
    FIELDS(connects, disconnects, sent, answered, call_errors, timed_out, dropped, commands, strays,
           missed)
};

struct Failure {
    std::string cause;
    std::uint64_t count = 0;
    FIELDS(cause, count)
};

struct Report {
    std::uint64_t stations = 0;
    std::uint64_t online = 0;      // now
    std::uint64_t accepted = 0;    // now, by BootNotification
    std::uint64_t unanswered = 0;  // CALLs that wait for an answer, or to be sent, now
    Counts total;                  // since the start
    Counts measured;               // since the load began, until it ended
    std::uint64_t connecting_us = 0, measured_us = 0, cpu_us = 0;
    std::uint64_t recovering_us = 0;  // until all were on line again after all were dropped
    std::uint64_t rss_bytes = 0;      // now
    wire::List<Failure> failures;     // to connect, by cause
    Histogram::Data latency;          // of the load; without a load, of all but boots
    Histogram::Data boot_latency;
    bool ready = false;  // all are accepted, or were given time enough
    bool last = false;
    FIELDS(stations, online, accepted, unanswered, total, measured, connecting_us, measured_us,
           cpu_us, recovering_us, rss_bytes, failures, latency, boot_latency, ready, last)
};

Counts operator-(const Counts& left, const Counts& right);
void add(Report& sum, const Report& part);  // times: the longest
void count_failure(wire::List<Failure>& failures, std::string_view cause, std::uint64_t count);

std::string to_line(const Report& now, const Report& before, seconds running);
std::string to_table(const Report& report);
std::string to_json(const Report& report);

}  // namespace ohm::sim
