// Bounds of alerts and of the rules that open them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace ohm::limits {

constexpr std::int64_t alert_rules = 200;         // more: 409
constexpr std::int64_t alerts_open = 50'000;      // then no further one is opened until some close
constexpr std::int64_t alerts_per_look = 500;     // of one rule; the rest with the next round
constexpr seconds alert_round{5};                 // between two looks at every rule
constexpr seconds alert_round_max{60};            // where a look takes long
constexpr milliseconds alert_write_wait{10'000};  // for the owner's commit
constexpr minutes alert_again_within{60};         // comes back as the same alert, and is counted
constexpr minutes alert_group_window{2};          // within it stations went offline together
constexpr minutes alerts_age{90 * 24 * 60};       // since it was closed; then it is removed
constexpr std::int64_t alerts_closed_kept = 100'000;  // oldest out
constexpr std::size_t alert_what_characters = 120;    // of a station's own words
constexpr std::size_t alert_note_characters = 500;
constexpr std::int64_t alert_snooze_s_max = 30 * 24 * 3600;

}  // namespace ohm::limits
