// What is known of a station and of tokens completes an order, or speaks against it: the group of a
// token, the type of a variable that is monitored, the slots of network profiles. Called by a
// shard, before a batch and in it.
#pragma once

#include "api/needs.hpp"
#include "api/shard_state.hpp"
#include "api/station_operations.hpp"
#include "store/sql.hpp"

namespace ohm::api::commands {

void add_model_needs(wire::Decoder& decoder, const bus::OperatorBody& asked, OperationNeeds& needs);
void load_model(store::Sql& sql, ShardState& shard, const OperationNeeds& needs);
void add_token_needs(wire::Decoder& decoder, const bus::Envelope& envelope, Needs& needs);

// Changes what was ordered into what is meant; a refusal where it cannot be.
std::optional<OperationRefused> complete(ShardState& shard, const Station& station,
                                         ocpp::Version version, CommandCreate& wanted);

// 1.6: a boot that was asked for is no boot. Until the station boots by itself none is asked for.
void note_asked_boot(Station& station, const Command& command, std::int64_t now);

}  // namespace ohm::api::commands
