// What a station says that it can hold: variables of its device model, of both versions, and what
// they mean for lists, profiles and reservations. Any thread.
#pragma once

#include <map>
#include <vector>

#include "api/held/state.hpp"
#include "ocpp/version.hpp"
#include "store/sql.hpp"

namespace ohm::api {

// One statement for all of them.
std::map<std::int64_t, BoundsRead> read_bounds(store::Sql& sql,
                                               const std::vector<std::int64_t>& station_numbers);

domain::ListBounds list_bounds(const BoundsRead& read, ocpp::Version version);
domain::ProfileBounds profile_bounds(const BoundsRead& read, ocpp::Version version);
// Whether any EVSE may be reserved; nothing where the station does not say.
std::optional<bool> reserves_any_evse(const BoundsRead& read, ocpp::Version version);

}  // namespace ohm::api
