#include "api/station.hpp"

#include <algorithm>
#include <array>

#include "api/charging/record.hpp"
#include "api/compatibility.hpp"
#include "api/held/station_held.hpp"

namespace ohm::api {

std::string_view name_of(CommandState state) {
    constexpr std::array<std::string_view, 6> names{"queued", "sent",      "answered",
                                                    "failed", "cancelled", "expired"};
    return names[static_cast<std::size_t>(state)];
}

Station::Station() = default;
Station::~Station() = default;

bool Station::has_connector(std::int64_t evse, std::int64_t number) const {
    return std::any_of(connectors.begin(), connectors.end(), [&](const ConnectorState& c) {
        return c.evse == evse && c.connector == number;
    });
}

std::optional<std::int64_t> Station::only_evse() const {
    std::optional<std::int64_t> only;
    for (const ConnectorState& one : connectors) {
        if (one.evse <= 0 || one.evse == only) continue;
        if (only) return std::nullopt;
        only = one.evse;
    }
    return only;
}

ConnectorState& Station::connector(std::int64_t evse, std::int64_t number) {
    const auto found = std::find_if(
        connectors.begin(), connectors.end(),
        [&](const ConnectorState& c) { return c.evse == evse && c.connector == number; });
    if (found != connectors.end()) return *found;
    connectors.reserve(connectors.size() + 1);  // no more than it has: a million hold this
    ConnectorState& added = connectors.emplace_back();
    added.evse = evse;
    added.connector = number;
    added.is_new = true;
    return added;
}

void Station::show_override(std::string_view status, std::int64_t at_us) {
    override_status = status;
    override_since_at = at_us;
    state_changed = true;
}

void Station::show_override_of_evse(std::int64_t evse, std::int64_t at_us) {
    for (ConnectorState& connector : connectors) {
        if (connector.evse != evse) continue;
        connector.override_since_at = at_us;
        connector.changed = state_changed = true;
    }
}

void Station::clear_override() {
    for (ConnectorState& connector : connectors) {
        if (connector.override_since_at == 0) continue;
        connector.override_since_at = 0;
        connector.changed = state_changed = true;
    }
    clear_station_override();
}

void Station::clear_station_override() {
    if (override_status.empty()) return;
    override_status.clear();
    override_since_at = 0;
    state_changed = true;
}

}  // namespace ohm::api
