// Which events somebody wants to hear of, and how an event is told: CloudEvents 1.0 in JSON. Pure;
// any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/events/outbox.hpp"

namespace ohm::api::events {

struct Filter {
    std::vector<std::string> types;  // names, or their beginnings with a dot behind; empty: all
    std::string station_key;         // folded; "": all
};
// `names` as operators write them: "transaction.*", "station.connected". The word that is neither
// the name of an event nor the beginning of one, where there is one.
std::optional<std::string> read_types(const std::vector<std::string>& names, Filter& filter);
bool matches(const Filter& filter, const Event& event);

std::string id_of(const Event& event);  // "2-1041": partition and number
// `sequence`: the place behind it, "" where it says nothing.
std::string envelope_of(const Event& event, std::string_view sequence);

}  // namespace ohm::api::events
