// The security profile of a station only rises by what it is sent. Called by a shard when a command
// is ordered and when its answer comes.
#pragma once

#include <optional>

#include "api/operations.hpp"
#include "api/shard_state.hpp"
#include "wire/codec.hpp"

namespace ohm::api::commands {

// 1.6 security whitepaper A05, 2.0.1 A05.FR.08: neutral or raw, no message takes a station to a
// lower profile than it has. An operator who means it changes the station's own `security_profile`
// first.
std::optional<OperationRefused> refused_lower_profile(wire::Decoder& decoder,
                                                      const Station& station,
                                                      const CommandCreate& wanted);

// A station that has accepted a higher profile is to connect by it; the first connection that does
// raises the station's own (raise_security_profile). Until then the lower one lets it in: what was
// accepted may fail (2.0.1 A05.FR.07).
void note_profile_answered(Work& work, Station& station, const Command& command);

}  // namespace ohm::api::commands
