// The writes of what stations hold, and their rows. Static data.
#pragma once

#include "api/held/state.hpp"
#include "api/tables.hpp"

namespace ohm::api::tables {

extern const store::Write reservation, reservation_claim, remove_reservation_claim;
extern const store::Write local_list, local_list_sync, local_list_unknown, local_list_entry;
extern const store::Write held_profile, held_profile_transaction;
extern const store::Write charging_limit, charging_change;
extern const store::Write composite_schedule;

extern const std::string_view reservation_columns;
Row reservation_row(const Station& station, const ReservationRecord& record, std::int64_t now);
ReservationRecord read_reservation(const store::Row& row);  // [0] is station_no

extern const std::string_view local_list_columns;
Row local_list_row(const Station& station, const LocalListRecord& list);
LocalListRecord read_local_list(const store::Row& row);  // likewise
std::string entry_json(const domain::ListEntry& entry);
domain::ListEntry read_entry(wire::Decoder& decoder, std::string_view json);

}  // namespace ohm::api::tables
