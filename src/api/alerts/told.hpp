// What is said of an alert as an event. Pure.
#pragma once

#include "api/alerts/state.hpp"
#include "api/events/outbox.hpp"

namespace ohm::api::alerts {

events::Made event_of(Partition partition, std::string_view type, const Alert& alert,
                      std::int64_t at_us);

}  // namespace ohm::api::alerts
