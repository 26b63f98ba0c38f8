// What may be sent to a station, and taken from it, before its boot was accepted (1.6 §4.2, 2.0.1
// B01 to B03). Pure.
#pragma once

#include <optional>
#include <string_view>

#include "api/operations.hpp"
#include "api/station.hpp"

namespace ohm::api::commands {

// Why that CALL may not go to the station now; nothing where it may.
std::optional<OperationRefused> refused_by_boot_state(const Station& station,
                                                      std::string_view action);
// Whether a CALL of the station is taken before acceptance. `strict`: 1.6 as the text has it.
bool may_come_before_acceptance(const Station& station, std::string_view action, bool strict,
                                std::int64_t now_us);

}  // namespace ohm::api::commands
