#include "domain/transaction.hpp"

#include <algorithm>
#include <tuple>

#include "base/limits.hpp"
#include "domain/token.hpp"

namespace ohm::domain {
namespace {

using Kind = TransactionEvent::Kind;
using Fact = Transaction::Fact;

// Whether an event with this right decides the fact; equal rights are one and the same event.
bool decides(Transaction& transaction, Fact fact, std::int64_t right) {
    std::int64_t& held = transaction.decided_by[fact];
    if (right >= held) return false;
    held = right;
    return true;
}

// The first event that says it decides: what a transaction is. `preferred` ones come before all
// others.
std::int64_t earliest(const TransactionEvent& event, bool preferred = true) {
    constexpr std::int64_t behind = std::int64_t{1} << 40;
    return event.seq + (preferred ? 0 : behind);
}
// The last event that says it decides: how a transaction is now.
std::int64_t latest(const TransactionEvent& event) { return -event.seq; }

template <class T>
void take(Transaction& transaction, Fact fact, std::int64_t right, const T& said, T& into) {
    if (said == T{}) return;
    if (decides(transaction, fact, right)) into = said;
}

void fold_times(Transaction& t, const TransactionEvent& event) {
    const bool is_start = event.kind == Kind::started;
    t.has_start = t.has_start || is_start;
    if (decides(t, Fact::start, earliest(event, is_start))) t.started_at = event.at;
    if (event.kind != Kind::ended) return;
    t.has_end = true;
    if (!decides(t, Fact::end_of_it, earliest(event, !event.guessed))) return;
    t.ended_at = event.at;
    t.end_seq = event.seq;
    t.stop_reason = event.stop_reason.empty() ? "Local" : event.stop_reason;
}

void count(Transaction& t, std::int64_t seq) {
    t.seq_min = t.event_count == 0 ? seq : std::min(t.seq_min, seq);
    t.seq_max = t.event_count == 0 ? seq : std::max(t.seq_max, seq);
    ++t.event_count;
}

void fold_tokens(Transaction& t, const TransactionEvent& event) {
    if (event.token.empty() && event.token_type.empty()) return;
    if (event.stops_by_token) {
        take(t, Fact::token_stopping, latest(event), event.token, t.stop_token);
        return;
    }
    take(t, Fact::token_last, latest(event), event.token, t.last_token);
    if (!decides(t, Fact::token_given, earliest(event))) return;
    t.token = event.token;
    t.token_type = event.token_type;
    t.group = event.group;
}

void fold_reading(Transaction& t, const Register& reading, bool may_begin, bool may_end) {
    const auto begins_before = [](const Register& a, const Register& b) {
        return std::tie(a.rank, a.at, a.mwh) < std::tie(b.rank, b.at, b.mwh);
    };
    const auto ends_after = [](const Register& a, const Register& b) {
        return std::tuple{-a.rank, a.at, a.mwh} > std::tuple{-b.rank, b.at, b.mwh};
    };
    if (may_begin && (!t.begin || begins_before(reading, *t.begin))) t.begin = reading;
    if (may_end && (!t.end || ends_after(reading, *t.end))) t.end = reading;
    t.lowest_mwh = std::min(t.lowest_mwh.value_or(reading.mwh), reading.mwh);
    t.highest_mwh = std::max(t.highest_mwh.value_or(reading.mwh), reading.mwh);
}

// A meter that counts from 0 in each transaction, behind a start that says the register of its life
// (quirk F7): all that came after the start is below it, and not more than a session can be.
bool counts_from_zero(const Transaction& t) {
    constexpr std::int64_t session_mwh_max = 300'000'000;
    if (!t.begin || !t.end || t.begin->rank != 0 || t.end->rank != 0) return false;
    const bool is_below = t.end->mwh >= 0 && t.end->mwh < t.begin->mwh;
    return is_below && t.end->mwh <= session_mwh_max && t.end->mwh <= t.begin->mwh / 2 &&
           *t.highest_mwh == t.begin->mwh;
}

// More than any connector delivers: a unit that is wrong by a thousand (quirk G3).
bool is_beyond_any_power(const Transaction& t) {
    constexpr std::int64_t hour_s = 3'600, second_us = 1'000'000;
    const auto energy = energy_mwh(t);
    if (!energy || !t.started_at || !t.ended_at || *t.ended_at <= *t.started_at) return false;
    std::int64_t duration_us = 0;
    if (__builtin_sub_overflow(*t.ended_at, *t.started_at, &duration_us)) return false;
    const std::int64_t seconds = std::max<std::int64_t>(duration_us / second_us, 1);
    return *energy / seconds > power_mw_max / hour_s;
}

bool ran_backwards(const Transaction& t) {
    if (!t.begin || !t.end) return false;
    if (t.end->mwh < t.begin->mwh || *t.lowest_mwh < t.begin->mwh) return true;
    return t.has_end && *t.highest_mwh > t.end->mwh;
}

}  // namespace

void fold(Transaction& t, const TransactionEvent& event) {
    if (!event.guessed) count(t, event.seq);
    t.offline = t.offline || event.offline;
    fold_times(t, event);
    fold_tokens(t, event);
    const std::int64_t first = earliest(event), last = latest(event);
    take(t, Fact::place, first, event.evse, t.evse);
    take(t, Fact::place_last, last, event.evse, t.last_evse);
    take(t, Fact::connector_of_place, first, event.connector, t.connector);
    take(t, Fact::remote_start, first, event.remote_start_id, t.remote_start_id);
    take(t, Fact::reservation, first, event.reservation_id, t.reservation_id);
    take(t, Fact::state, last, event.charging_state, t.charging_state);
    take(t, Fact::trigger_last, last, event.trigger, t.trigger);
    take(t, Fact::time_charging, last, event.time_charging_s, t.time_charging_s);
    take(t, Fact::phases, last, event.phases_used, t.phases_used);
    take(t, Fact::cable, last, event.cable_max_a, t.cable_max_a);
}

// A reading at the end cannot be the first one, as long as there is any other, and the reverse.
void fold(Transaction& t, const RegisterReading& reading, std::int64_t at) {
    constexpr std::int64_t by_context = 1, any = 2, contrary = 3;
    const bool begins = reading.moment == Moment::begin, ends = reading.moment == Moment::end;
    fold_reading(t, {reading.mwh, at, begins ? by_context : ends ? contrary : any}, true, false);
    fold_reading(t, {reading.mwh, at, ends ? by_context : begins ? contrary : any}, false, true);
}

void fold_start_register(Transaction& t, std::int64_t mwh, std::int64_t at) {
    fold_reading(t, {mwh, at, 0}, true, false);
}
void fold_stop_register(Transaction& t, std::int64_t mwh, std::int64_t at, bool guessed) {
    fold_reading(t, {mwh, at, guessed ? 1 : 0}, false, true);
}

void fold_next_register(Transaction& t, std::int64_t mwh, std::int64_t at) {
    constexpr std::int64_t weakest = 3;
    if (t.begin && !t.end && mwh >= t.begin->mwh) t.end = Register{mwh, at, weakest};
}

void fold_interval(Transaction& t, std::int64_t mwh, std::int64_t at) {
    const auto known = t.intervals.find(at);
    if (known != t.intervals.end())
        known->second = std::max(known->second, mwh);
    else if (t.intervals.size() < limits::transaction_intervals)
        t.intervals[at] = mwh;
}

namespace {
std::optional<std::int64_t> by_registers(const Transaction& t) {
    if (!t.begin || !t.end) return std::nullopt;
    const bool is_one_sample =
        t.begin->at == t.end->at && t.begin->mwh == t.end->mwh && t.begin->rank + t.end->rank > 0;
    if (is_one_sample) return std::nullopt;
    if (counts_from_zero(t)) return t.end->mwh;
    const std::int64_t last = t.end->mwh >= t.begin->mwh ? t.end->mwh : *t.highest_mwh;
    std::int64_t energy = 0;
    if (__builtin_sub_overflow(last, t.begin->mwh, &energy)) return std::nullopt;
    return std::max<std::int64_t>(energy, 0);
}

std::optional<std::int64_t> by_intervals(const Transaction& t) {
    if (t.intervals.empty()) return std::nullopt;
    std::int64_t sum = 0;
    for (const auto& [at, mwh] : t.intervals)
        if (mwh > 0 && __builtin_add_overflow(sum, mwh, &sum)) return std::nullopt;
    return sum;
}
}  // namespace

std::optional<std::int64_t> energy_mwh(const Transaction& t) {
    const auto registers = by_registers(t);
    if (registers.value_or(0) > 0) return registers;
    const auto intervals = by_intervals(t);
    return intervals ? intervals : registers;
}

std::string_view energy_rule(const Transaction& t) {
    if (by_registers(t).value_or(0) > 0) return "registers";
    if (!t.intervals.empty()) return "intervals";
    return by_registers(t) ? "registers" : "";
}

bool is_incomplete(const Transaction& t) {
    return t.event_count > 0 && t.seq_max - t.seq_min + 1 != t.event_count;
}

std::vector<std::string_view> evidence(const Transaction& t) {
    std::vector<std::string_view> out;
    if (counts_from_zero(t))
        out.push_back("session_register");
    else if (ran_backwards(t))
        out.push_back("register_backwards");
    if (is_beyond_any_power(t)) out.push_back("energy_implausible");
    if (t.has_end && !t.has_start) out.push_back("start_missing");
    if (t.has_end && t.seq_max > t.end_seq) out.push_back("events_after_end");
    if (t.has_end && is_incomplete(t)) out.push_back("seq_gap");
    if (token_key(t.last_token) != token_key(t.token)) out.push_back("token_changed");
    if (t.last_evse != t.evse) out.push_back("evse_changed");
    if (t.intervals.size() >= limits::transaction_intervals) out.push_back("intervals_lost");
    return out;
}

}  // namespace ohm::domain
