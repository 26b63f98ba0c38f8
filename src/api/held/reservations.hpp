// Reservations of a station: records from order to end, changed by answers, by what the station
// says, by transactions and by the clock. Called by held.cpp and by handlers, in a batch.
#pragma once

#include "api/held/held.hpp"

namespace ohm::api {

void load_reservations(store::Sql& sql, ShardState& shard,
                       const std::map<std::int64_t, Station*>& stations);
void load_reservation_needs(store::Sql& sql, ShardState& shard, const Needs& needs);
// The token that an order is for, as its key; "" where there is none.
std::string token_of_order(wire::Decoder& decoder, const CommandCreate& wanted);

std::optional<OperationRefused> refused_reservation(Work& work, const Station& station,
                                                    const CommandCreate& wanted,
                                                    std::string_view request);
void reservation_ordered(Work& work, Station& station, const CommandCreate& wanted,
                         const Command& command);
void reservation_answered(Work& work, Station& station, const Command& command);
void cancellation_answered(Work& work, Station& station, const Command& command);
void reservation_unanswered(ShardState& shard, Batch& batch, Station& station,
                            const Command& command);
void use_reservation(Handler& handler, const TransactionRecord& record,
                     const domain::TransactionEvent& event);
void expire_reservations(ShardState& shard, Batch& batch);
void end_reservations(ShardState& shard, Batch& batch, Station& station, std::string_view reason);

// 2.0.1 H04: Expired or Removed.
void take_reservation_update(Handler& handler, std::int64_t number, std::string_view update);
// 1.6 §3.11: a fault or unavailability of its connector ends it, without a word of its own.
void take_status_of_reserved(Handler& handler, std::int64_t evse, std::string_view status);
// The operation end_reservation.
void end_reservation(Work& work, const bus::OperatorBody& asked, Station& station);

}  // namespace ohm::api
