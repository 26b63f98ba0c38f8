#include "api/statistics/station_power.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "api/charging/samples.hpp"
#include "api/statistics/figures.hpp"
#include "base/id_time.hpp"
#include "base/limits_statistics.hpp"
#include "domain/meter.hpp"

namespace ohm::api::statistics {
namespace {

using store::as_bytes;
using store::as_int;

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
std::int64_t us(Micros time) { return time.count(); }

struct Ran {
    std::string id;
    std::int64_t evse = 0, from = 0, to = never;
    store::Value begin_mwh;
};

// Ids are in the order in which sessions were heard of, so those of long ago are not looked at.
std::vector<Ran> read_sessions(store::Sql& sql, std::int64_t station_no, std::int64_t from,
                               std::int64_t to) {
    std::vector<Ran> sessions;
    const std::int64_t oldest = from - us(limits::statistics_session);
    for (const store::Row& row : sql.query(
             "select id, evse, coalesce(started_at, received_at), case when state = 'active' then "
             "null else coalesce(ended_at, closed_at, ended_received_at, received_at) end, "
             "begin_mwh from transactions where station_no = $1 and id >= $2 and "
             "coalesce(started_at, received_at) < $3 and (state = 'active' or coalesce(ended_at, "
             "closed_at, ended_received_at, received_at) > $4) order by id desc limit $5",
             {station_no, store::Bytes{first_id_at(oldest).bytes()}, to, from,
              limits::statistics_station_sessions}))
        sessions.push_back(
            {as_bytes(row[0]), as_int(row[1], 0), as_int(row[2]), as_int(row[3], never), row[4]});
    return sessions;
}

// The station's connection, going back in time: since when it is there, and hour by hour whether it
// was. An hour in which it came or went says nothing of its minutes.
class Connected {
public:
    Connected(store::Sql& sql, std::int64_t station_no, std::int64_t from) {
        const auto rows = sql.query(
            "select connected_at, disconnected_at, case when connection is null then 0 else 1 end "
            "from station_state where station_no = $1",
            {station_no});
        if (rows.empty()) return;
        std::int64_t state = as_int(rows[0][2]);
        is_online_ = state != 0;
        since_ = as_int(rows[0][is_online_ ? 0 : 1], never);
        if (since_ == never) return;
        std::map<std::int64_t, std::pair<std::int64_t, std::int64_t>> changes;
        for (const store::Row& row : sql.query(
                 "select hour_at, connects, disconnects from statistics_hours where station_no = "
                 "$1 and hour_at >= $2 and hour_at <= $3",
                 {station_no, hour_of(from), hour_of(since_)}))
            changes[as_int(row[0])] = {as_int(row[1]), as_int(row[2])};
        for (std::int64_t hour = hour_of(since_); hour >= hour_of(from); hour -= hour_us) {
            const auto [connects, disconnects] = changes[hour];
            if (connects == 0 && disconnects == 0) {
                if (hour == hour_of(since_)) break;  // not counted yet
                if (state == 1) hours_.push_back(hour);
                continue;
            }
            state += disconnects - connects;
            if (state != 0 && state != 1) break;  // some of them were not counted
        }
    }
    bool at(std::int64_t when) const {
        if (when >= since_) return is_online_;
        return std::find(hours_.begin(), hours_.end(), hour_of(when)) != hours_.end();
    }

private:
    bool is_online_ = false;
    std::int64_t since_ = never;
    std::vector<std::int64_t> hours_;  // all of which it was connected
};

// Something that the meter of a session said, or its begin or end.
struct Word {
    std::int64_t at = 0;
    std::size_t session = 0;
    enum class Kind : std::uint8_t { begin, sample, end } kind = Kind::sample;
    std::optional<std::int64_t> power_mw, energy_mwh;
};

class Replay {
public:
    Replay(std::vector<Ran> sessions, std::vector<Word> words)
        : sessions_{std::move(sessions)}, words_{std::move(words)} {
        std::stable_sort(words_.begin(), words_.end(), [](const Word& a, const Word& b) {
            return std::pair{a.at, a.kind} < std::pair{b.at, b.kind};
        });
    }
    // What ran then, and what is known to have been drawn.
    std::pair<std::int64_t, Power::Sum> turn_to(std::int64_t when) {
        for (; next_ < words_.size() && words_[next_].at < when; ++next_) tell(words_[next_]);
        return {running_, power_.sum(when)};
    }

private:
    void tell(const Word& word) {
        const Ran& session = sessions_[word.session];
        if (word.kind == Word::Kind::begin) ++running_;
        if (word.kind == Word::Kind::end) --running_;
        events::TransactionTold told;
        told.ocpp_transaction_id = session.id;
        told.state = word.kind == Word::Kind::end ? "ended" : "active";
        told.evse_id = session.evse;
        const auto number = [](std::int64_t milli) {
            return wire::Number{static_cast<double>(milli) / 1'000};
        };
        if (word.power_mw) told.power_w = {number(*word.power_mw)};
        if (word.energy_mwh) told.energy_wh = {number(*word.energy_mwh)};
        power_.told(0, told, word.at);
    }

    const std::vector<Ran> sessions_;
    std::vector<Word> words_;
    std::size_t next_ = 0;
    std::int64_t running_ = 0;
    Power power_;
};

// The session that said it; a station may leave out which one, but not at which EVSE.
std::optional<std::size_t> session_of(const std::vector<Ran>& sessions,
                                      const std::string& transaction, std::int64_t evse,
                                      std::int64_t at) {
    for (std::size_t i = 0; i < sessions.size(); ++i) {
        const Ran& one = sessions[i];
        if (at < one.from || at > one.to) continue;
        if (transaction.empty() ? one.evse == evse : one.id == transaction) return i;
    }
    return std::nullopt;
}

}  // namespace

std::vector<PowerMinute> read_station_power(store::Sql& sql, std::int64_t station_no,
                                            std::int64_t from, std::int64_t to, std::int64_t now) {
    // A sample counts for a while, and a register needs one before it.
    const std::int64_t heard_from = from - 2 * us(limits::statistics_power_stale);
    std::vector<Ran> sessions = read_sessions(sql, station_no, heard_from, to);
    std::vector<Word> words;
    for (std::size_t i = 0; i < sessions.size(); ++i) {
        Word begin{sessions[i].from, i, Word::Kind::begin, {}, {}};
        if (!store::is_null(sessions[i].begin_mwh))
            begin.energy_mwh = as_int(sessions[i].begin_mwh);
        words.push_back(begin);
        if (sessions[i].to != never) words.push_back({sessions[i].to, i, Word::Kind::end, {}, {}});
    }
    const auto rows = sql.query(
        "select at, evse, transaction_id, samples from meter_values where station_no = $1 and at "
        ">= $2 and at < $3 order by at desc limit $4",
        {station_no, heard_from, to, limits::statistics_station_samples});
    for (const store::Row& row : rows) {
        const std::int64_t at = as_int(row[0]);
        const auto session = session_of(sessions, as_bytes(row[2]), as_int(row[1]), at);
        if (!session) continue;
        const std::vector<domain::Sample> samples = unpack_samples(as_bytes(row[3]));
        Word word{at, *session, Word::Kind::sample, domain::power_of(samples), {}};
        if (const auto said = domain::register_of(samples)) word.energy_mwh = said->mwh;
        if (word.power_mw || word.energy_mwh) words.push_back(word);
    }
    std::int64_t read_from = from;
    if (std::ssize(rows) >= limits::statistics_station_samples)
        read_from = std::max(read_from, as_int(rows.back()[0]));
    if (std::ssize(sessions) >= limits::statistics_station_sessions)
        read_from = std::max(read_from, sessions.back().from);

    const Connected connected{sql, station_no, from};
    Replay replay{std::move(sessions), std::move(words)};
    std::vector<PowerMinute> minutes;
    for (std::int64_t at = from; at < to; at += minute_us) {
        PowerMinute& minute = minutes.emplace_back();
        if (at >= now) continue;
        const std::int64_t end = std::min(at + minute_us, now);
        const auto [running, sum] = replay.turn_to(end);
        minute.sum = sum;
        minute.is_known = at >= read_from && (running > 0 ? sum.sessions >= running
                                                          : connected.at(at) && connected.at(end));
    }
    return minutes;
}

}  // namespace ohm::api::statistics
