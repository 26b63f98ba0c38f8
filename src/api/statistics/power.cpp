#include "api/statistics/power.hpp"

#include "api/statistics/figures.hpp"
#include "base/limits_statistics.hpp"
#include "domain/meter.hpp"

namespace ohm::api::statistics {
namespace {

using store::as_bytes;
using store::as_int;

constexpr std::int64_t still_us = 10 * minute_us;  // a register that rests so long: 0

constexpr std::int64_t stale_us() { return Micros{limits::statistics_power_stale}.count(); }

bool may_charge(std::string_view status) {
    return status.empty() || status == "Charging" || status == "Occupied";
}

}  // namespace

bool Power::load_more(store::Sql& sql, std::int64_t partition_no, std::int64_t now_us) {
    if (is_loaded_) return false;
    const auto rows = sql.query(
        "select o.id, p.partition_no, t.station_no, coalesce(t.said_id, t.ocpp_id), t.evse, "
        "o.power_mw, o.power_at from "
        "open_transactions o join transactions t on t.id = o.id join charge_points p on "
        "p.station_no = t.station_no where o.id > $1 order by o.id limit $2",
        {store::Bytes{loaded_to_}, limits::statistics_powers_a_step});
    for (const store::Row& row : rows) {
        loaded_to_ = as_bytes(row[0]);
        const bool is_fresh = !store::is_null(row[5]) && as_int(row[6]) >= now_us - stale_us();
        if (as_int(row[1]) != partition_no || !is_fresh) continue;
        Session session;
        session.evse = as_int(row[4]);
        session.mw = as_int(row[5]);
        session.at = as_int(row[6]);
        session.is_said = true;
        if (sessions_.size() < limits::statistics_powers)
            sessions_.try_emplace({as_int(row[2]), store::as_text(row[3])}, session);
    }
    is_loaded_ = static_cast<std::int64_t>(rows.size()) < limits::statistics_powers_a_step;
    return !is_loaded_;
}

void Power::derive(Session& session, double energy_wh, std::int64_t at) {
    if (!session.energy_wh || energy_wh < *session.energy_wh) {
        session.energy_wh = energy_wh;
        session.rose_at = at;
        return;
    }
    const std::int64_t took_us = at - session.rose_at;
    if (took_us <= 0) return;
    const double rise_mwh = (energy_wh - *session.energy_wh) * 1'000;
    if (rise_mwh <= 0) {
        if (took_us >= still_us) session.mw = 0;
        return;
    }
    const double mw = rise_mwh * static_cast<double>(hour_us) / static_cast<double>(took_us);
    session.energy_wh = energy_wh;
    session.rose_at = at;
    if (mw <= static_cast<double>(domain::power_mw_max)) session.mw = static_cast<std::int64_t>(mw);
}

void Power::told(std::int64_t station_no, const events::TransactionTold& what, std::int64_t at) {
    std::pair<std::int64_t, std::string> key{station_no, what.ocpp_transaction_id};
    if (what.state != "active") {
        sessions_.erase(key);
        return;
    }
    const bool is_full = sessions_.size() >= limits::statistics_powers && !sessions_.contains(key);
    if (is_full) return;
    Session& session = sessions_[std::move(key)];
    session.evse = what.evse_id.value_or(session.evse);
    session.at = at;
    if (what.power_w) {
        session.mw = static_cast<std::int64_t>(what.power_w->value * 1'000);
        session.is_said = true;
    } else if (what.energy_wh && !session.is_said) {
        derive(session, what.energy_wh->value, at);
    }
    const std::string state = what.charging_state.value_or("");
    if (!state.empty() && state != "Charging") session.mw = 0;
}

void Power::note_status(std::int64_t station_no, std::int64_t evse, std::string_view status) {
    if (may_charge(status)) return;
    for (auto it = sessions_.lower_bound({station_no, ""});
         it != sessions_.end() && it->first.first == station_no; ++it)
        if (it->second.evse == evse) it->second.mw = 0;
}

Power::Sum Power::sum(std::int64_t now_us) {
    Sum sum;
    std::erase_if(sessions_,
                  [&](const auto& entry) { return entry.second.at < now_us - stale_us(); });
    for (const auto& [key, session] : sessions_) {
        if (!session.mw) continue;
        sum.mw += *session.mw;
        ++sum.sessions;
    }
    return sum;
}

}  // namespace ohm::api::statistics
