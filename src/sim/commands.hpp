// What a simulated station answers to a CALL of the CSMS, and what it then does. Pure; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "ocpp/errors.hpp"
#include "sim/hand.hpp"
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
    // What a person does there, where it can be done.
    std::function<bool(const Order&)> can = [](const Order&) { return false; };
};
enum class Effect : std::uint8_t { none, reboot, send_boot, send_heartbeat, send_status, by_hand };

struct CommandAnswer {
    std::string payload;  // of a CALLRESULT; empty: a CALLERROR
    ocpp::Error error = ocpp::Error::not_implemented;
    std::string description;
    Effect effect = Effect::none;
    int connector = -1;  // of send_status; -1: all
    Order order = {};    // of by_hand
};

// `willing` false: the station says no in the action's own words, where it has any.
CommandAnswer answer_command(const Command& command, const StationFacts& facts, bool willing,
                             wire::Decoder& decoder);

}  // namespace ohm::sim
