// What operators do to a station: create, import, change, archive, credentials, disconnect,
// command. Each is an `operator` envelope, handled by the owner of the station's partition like any
// message. Called by a shard in a batch.
#pragma once

#include <set>

#include "api/operations.hpp"
#include "api/shard_state.hpp"

namespace ohm::api {

void handle_operation(Work& work);

// What a batch must have read before its operations are handled.
struct OperationNeeds {
    std::vector<std::string> station_keys, location_ids, idempotency_keys, config_keys,
        desired_keys, idle_keys, limit_keys;
    std::vector<std::string> model_keys, model_variables;  // of these stations; names in lower case
    std::size_t new_stations = 0, ocpp_numbers = 0;
    std::set<Ulid> images;                // that commands name
    std::vector<Ulid> repeated_commands;  // came over the bus: may have been ordered before
};
void add_needs(wire::Decoder& decoder, const bus::OperatorBody& asked, OperationNeeds& needs);

}  // namespace ohm::api
