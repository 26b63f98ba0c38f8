// The one writer of alerts, in a shard's batch: reads the rows that the batch's operations are
// about, opens, counts, puts together and closes, acts for operators, and tells it as events in the
// same commit. What it is told twice changes nothing.
#pragma once

#include "api/alerts/state.hpp"
#include "api/shard_state.hpp"

namespace ohm::api::alerts {

bool is_for_writer(const bus::Envelope& envelope);
// Before the batch is handled; null where nothing of it is about alerts.
std::unique_ptr<AlertState> load(store::Sql& sql, wire::Decoder& decoder, const Batch& batch);
void handle(Work& work, AlertState& state);

}  // namespace ohm::api::alerts
