// What of a station people are shown. Pure functions; any thread.
#pragma once

#include <string_view>

namespace ohm::domain {

// The shown status is derived, never stored: who is offline is Unavailable; so is who was permitted
// to reset, until it says otherwise; else the station's own word counts. An empty override or
// report means there is none.
std::string_view shown_status(bool online, std::string_view override_status,
                              std::string_view reported_status);

// What a station as a whole counts as before it has said so: OCPP 2.0.1 has no status of the
// station itself, only of its connectors, so an accepted boot is its word. "" where there is none.
std::string_view status_without_report(std::string_view boot_status);

}  // namespace ohm::domain
