// How a simulated station behaves: the settings a real one has, and the faults it can be given.
// Shared by many stations, so that a station itself stays small. Plain data.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "base/time.hpp"

namespace ohm::sim {

// What it does with a CALL of the CSMS instead of answering it properly at once.
struct Deviation {
    enum class Kind : std::uint8_t {
        none,
        never_answers,
        answers_late,  // properly, after `delay`
        call_error,    // InternalError
        rejects,       // in the action's own words
    };
    Kind kind = Kind::none;
    Micros delay{};
};

struct Behaviour {
    int connectors = 2;  // 1.6: beside connector 0; 2.0.1: so many EVSEs with one connector each

    // 2.0.1 Part 4 §5.3; 1.6 stations are given the same.
    Micros retry_wait_minimum = seconds{10};  // RetryBackOffWaitMinimum
    Micros retry_random_range = seconds{60};  // RetryBackOffRandomRange
    int retry_repeat_times = 5;               // RetryBackOffRepeatTimes

    Micros call_timeout = seconds{30};
    int call_attempts = 5;                     // then the message is dropped; a boot never is
    Micros call_retry_interval = seconds{10};  // times the attempts made so far (1.6 §3.7.1)
    bool reuses_message_id = false;            // in a retry
    std::size_t calls_queued_max = 64;         // more: the new one is dropped

    Micros boot_retry = seconds{30};         // where the CSMS leaves the interval to the station
    Micros heartbeat_interval = minutes{5};  // likewise
    Micros reboot_takes = seconds{5};
    bool boots_on_reconnect = false;  // even if accepted before: some stations do

    std::string token = "SIM";  // of its transactions
    std::size_t tokens = 0;     // so many, dealt out to the stations: SIM0001, …; 0: one for all

    std::map<std::string, Deviation, std::less<>> deviations;  // by action; "*": all others
};

// The id token of station `number`.
std::string token_of(const Behaviour& behaviour, std::size_t number);

}  // namespace ohm::sim
