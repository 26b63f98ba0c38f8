// The bounds of what stations hold for us, as limits.hpp has those of everything else.
#pragma once

#include "base/limits.hpp"

namespace ohm::limits {

// ---- what stations hold: reservations, lists of tokens, charging profiles ----
constexpr std::size_t reservations_per_station = 256;         // open ones; more: 409
constexpr std::size_t local_list_entries = 10'000;            // a station; more: 422
constexpr std::int64_t local_list_message_entries = 100;      // where the station says no bound
constexpr std::int64_t local_list_message_bytes = 64 * 1024;  // a SendLocalList, whatever it says
constexpr std::size_t profiles_per_station = 200;             // known ones; more: not kept
constexpr minutes started_profile_age{10};  // without its transaction; then it is forgotten
constexpr std::size_t charging_limits_per_station = 64;  // that others set; more: not kept
constexpr std::size_t composite_points = 20'000;  // changes within the time asked for; more: 422
constexpr std::int64_t composite_duration_s = 7 * 86'400;  // longer: 400
constexpr seconds reservation_claim_age{60};  // of a token without its reservation; then void

}  // namespace ohm::limits
