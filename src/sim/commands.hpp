// What a simulated station answers to a CALL of the CSMS, and what it then does. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ocpp/errors.hpp"
#include "wire/codec.hpp"

namespace ohm::sim {

struct Command {
    ocpp::Version version;
    std::string_view action;
    std::string_view payload;
};
struct StationFacts {
    int connectors;
    seconds heartbeat_interval;
    bool boot_accepted;
};
enum class Effect : std::uint8_t { none, reboot, send_boot, send_heartbeat, send_status };

struct CommandAnswer {
    std::string payload;  // of a CALLRESULT; empty: a CALLERROR
    ocpp::Error error = ocpp::Error::not_implemented;
    std::string description;
    Effect effect = Effect::none;
    int connector = -1;  // of send_status; -1: all
};

// `willing` false: the station says no in the action's own words, where it has any.
CommandAnswer answer_command(const Command& command, const StationFacts& facts, bool willing,
                             wire::Decoder& decoder);

}  // namespace ohm::sim
