// A transaction as what its messages say together. Folding an event in gives the same record
// whatever the order in which events come: each fact is decided by the event that has most right to
// it, never by the last that came. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/meter.hpp"

namespace ohm::domain {

struct TransactionEvent {
    enum class Kind : std::uint8_t { started, updated, ended };
    Kind kind = Kind::updated;
    std::int64_t seq = 0;  // 2.0.1 seqNo; 1.6: start 0, stop 1
    std::int64_t at = 0;   // µs UTC, as said
    bool offline = false;
    bool guessed = false;  // came under another id: whatever came under its own decides before it
    std::optional<std::int64_t> evse, connector;
    std::string token, token_type, group;
    bool stops_by_token = false;  // the token is the one that stopped it
    std::string charging_state, trigger, stop_reason;
    std::optional<std::int64_t> remote_start_id, reservation_id, time_charging_s, phases_used,
        cable_max_a;
};

// A register at an instant. `rank`: 0 what start and stop say of themselves (1.6 meterStart,
// meterStop), 1 a sample that says so by its context, 2 any other.
struct Register {
    std::int64_t mwh = 0, at = 0, rank = 0;
};

struct Transaction {
    std::optional<std::int64_t> started_at, ended_at;
    bool has_start = false, has_end = false;
    std::optional<std::int64_t> evse, connector;
    std::string token, token_type, group, stop_token;
    std::string charging_state, trigger, stop_reason;
    std::optional<std::int64_t> remote_start_id, reservation_id, time_charging_s, phases_used,
        cable_max_a;
    bool offline = false;

    std::int64_t event_count = 0;  // events folded in, each once
    std::int64_t seq_min = 0, seq_max = 0, end_seq = 0;

    std::optional<Register> begin, end;
    std::optional<std::int64_t> lowest_mwh, highest_mwh;
    std::map<std::int64_t, std::int64_t> intervals;  // mWh by instant, of meters without register

    std::string last_token;  // that it was given last: another one took it over
    std::optional<std::int64_t> last_evse;

    // Which event decided what: smaller is stronger.
    enum Fact : std::uint8_t {
        place,
        connector_of_place,
        start,
        token_given,
        token_stopping,
        state,
        trigger_last,
        end_of_it,
        remote_start,
        reservation,
        time_charging,
        phases,
        cable,
        token_last,
        place_last,
        fact_count
    };
    std::array<std::int64_t, fact_count> decided_by = undecided();
    static constexpr std::array<std::int64_t, fact_count> undecided() {
        std::array<std::int64_t, fact_count> none{};
        none.fill(INT64_MAX);
        return none;
    }
};

// Each event once: who calls knows by its natural key whether it came before.
void fold(Transaction& transaction, const TransactionEvent& event);
// A reading may come any number of times.
void fold(Transaction& transaction, const RegisterReading& reading, std::int64_t at);
// What a 1.6 start or stop says of the meter itself.
void fold_start_register(Transaction& transaction, std::int64_t mwh, std::int64_t at);
void fold_stop_register(Transaction& transaction, std::int64_t mwh, std::int64_t at,
                        bool guessed = false);

// What its meter said when the next one began, where nothing says how it ended (quirk F5).
void fold_next_register(Transaction& transaction, std::int64_t mwh, std::int64_t at);

// What was counted since the instant before, likewise any number of times.
void fold_interval(Transaction& transaction, std::int64_t mwh, std::int64_t at);

// Imported energy in mWh, never negative: the last register less the first; where a register ran
// backwards, the highest less the first, or the last alone where the meter surely began at 0; where
// no register moved, the sum of intervals. Nothing without two readings or an interval.
std::optional<std::int64_t> energy_mwh(const Transaction& transaction);
// By which of them: registers, intervals, or "" where there is no energy.
std::string_view energy_rule(const Transaction& transaction);

bool is_incomplete(const Transaction& transaction);  // sequence numbers are missing

// Why a person should look: register_backwards, session_register (what the meter says at the end
// was taken as all there is), energy_implausible, start_missing, events_after_end, seq_gap,
// token_changed, evse_changed, intervals_lost.
std::vector<std::string_view> evidence(const Transaction& transaction);

}  // namespace ohm::domain
