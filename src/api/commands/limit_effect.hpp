// Whether a charging profile that was accepted has an effect: samples of the transaction that runs
// there stay below it (quirk H8). Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "api/commands/expectation.hpp"

namespace ohm::api::commands {

// Of a SetChargingProfile, of either version; nothing where it cannot be read.
std::optional<Expectation> limit_of(wire::Decoder& decoder, std::string_view request, Utc now);
Verdict judge_limit(wire::Decoder& decoder, const Expectation& expectation, std::string_view action,
                    std::string_view payload);

}  // namespace ohm::api::commands
