// Reading back what was set: 1.6 ChangeConfiguration by GetConfiguration, 2.0.1 SetVariables by
// GetVariables. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/commands/neutral.hpp"

namespace ohm::api::commands {

bool is_verifiable(std::string_view action);
// The CALL that reads it; nothing where the request cannot be read.
std::optional<Prepared> reading_of(wire::Decoder& decoder, std::string_view action,
                                   std::string_view request);
// Whether what was read is what was set. `set`: the request that set it.
bool reads_back(wire::Decoder& decoder, std::string_view set, std::string_view read_action,
                std::string_view read);

}  // namespace ohm::api::commands
