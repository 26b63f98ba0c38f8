// Bounds of statistics: how much is counted in one step, how long it is kept, how much is answered.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace ohm::limits {

constexpr std::size_t statistics_events_a_step = 60'000;    // about; counted in one commit
constexpr std::size_t statistics_events_sqlite = 2'000;     // there it keeps the shards out
constexpr std::int64_t statistics_connectors_a_step = 500;  // whose open time is brought up to now
constexpr std::int64_t statistics_stations_a_step = 2'000;  // read at the first start
constexpr std::int64_t statistics_past_a_step = 200;        // transactions of before, counted
constexpr std::int64_t statistics_samples = 20'000;         // of a transaction; the rest is even
constexpr std::size_t statistics_histories = 64;            // sessions' meter values, read at once
constexpr std::int64_t statistics_group_samples = 1'000;    // of each then; more: read by itself
constexpr seconds statistics_pace{5};                       // between two looks for events
constexpr int statistics_rests = 12;    // times as long as a turn was busy, when all is counted
constexpr seconds statistics_rest{30};  // at most
constexpr milliseconds statistics_past_pace{50};          // where only the past waits
constexpr minutes statistics_open{24 * 60};               // then open time is counted
constexpr minutes statistics_session{35 * 24 * 60};       // longer ones: their last part
constexpr minutes statistics_running{15};                 // between counts of a running session
constexpr minutes statistics_late{400 * 24 * 60};         // times farther off are not believed
constexpr minutes statistics_gap{24 * 60};                // sessions of missed events: as long
constexpr minutes statistics_counted_age{35 * 24 * 60};   // of ended transactions' counts
constexpr minutes statistics_hours_age{62 * 24 * 60};     // of hours; days have a setting
constexpr std::int64_t statistics_rows_swept = 10'000;    // at once
constexpr int statistics_sweeps_a_turn = 50;              // of each table
constexpr minutes statistics_power_stale{20};             // a session's last power counts as long
constexpr std::size_t statistics_powers = 1'000'000;      // sessions of a partition; more: left out
constexpr std::int64_t statistics_powers_a_step = 2'000;  // read after a start
constexpr minutes statistics_minutes_age{72 * 60};        // of minutes
constexpr minutes statistics_first_try{5};                // a new try within that is another one
constexpr std::int64_t statistics_storm_least = 20;       // connects or disconnects in a minute
constexpr std::int64_t statistics_storm_times = 10;       // and so many times the usual
constexpr std::size_t statistics_fault_text = 100;        // bytes of code, model, version
constexpr std::int64_t statistics_faults_a_day = 20;      // kinds of one station; more: "other"
constexpr seconds statistics_now_fresh{5};     // how the whole is doing: counted no more often
constexpr seconds statistics_now_oldest{120};  // nor less often, while somebody looks
constexpr int statistics_now_rest = 20;        // times as long as the count took, between two
constexpr std::int64_t statistics_answer_days = 400, statistics_answer_hours = 31 * 24;
constexpr std::int64_t statistics_answer_minutes = 25 * 60;
constexpr std::int64_t statistics_answer_rows = 20'000;  // groups times buckets; more: refused
// Of one station's minutes: so many are read, newest first; what is before them is not known.
constexpr std::int64_t statistics_station_samples = 50'000, statistics_station_sessions = 2'000;

}  // namespace ohm::limits
