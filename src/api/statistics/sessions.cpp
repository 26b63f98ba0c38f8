#include "api/statistics/sessions.hpp"

#include <algorithm>
#include <cstdlib>

#include "api/charging/record.hpp"
#include "api/charging/samples.hpp"
#include "api/statistics/portions.hpp"
#include "api/statistics/tables.hpp"
#include "api/tables.hpp"
#include "base/id_time.hpp"
#include "base/ids.hpp"
#include "base/limits_statistics.hpp"

namespace ohm::api::statistics {
namespace {

using store::as_bytes;
using store::as_int;
using store::as_text;
using store::Value;

constexpr std::int64_t us(minutes span) { return Micros{span}.count(); }

std::optional<std::int64_t> number(const Value& value) {
    if (store::is_null(value)) return std::nullopt;
    return as_int(value);
}

// A clock of 1970 or 2038 makes no row of that year.
std::int64_t believed(const std::optional<std::int64_t>& said, std::int64_t received) {
    constexpr std::int64_t ahead_us = us(minutes{24 * 60});
    if (!said || *said < received - us(limits::statistics_late) || *said > received + ahead_us)
        return received;
    return *said;
}

void add_reading(std::vector<Reading>& readings, std::int64_t at, std::int64_t mwh) {
    if (readings.size() > 1 && readings.back().at == at) readings.pop_back();
    readings.push_back({at, mwh});
}

}  // namespace

struct Sessions::Stored {
    store::Bytes id;
    std::int64_t station_no = 0;
    std::string ocpp_id;
    bool is_ended = false, by_intervals = false;
    std::int64_t evse = 0, connector = 0;
    std::int64_t from = 0, to = 0, received_at = 0;
    std::optional<std::int64_t> begin_mwh, end_mwh, energy_mwh;

    Key key() const { return {station_no, ocpp_id}; }
};

struct Sessions::Before {
    bool is_there = false, is_final = false;
    Spot spot;
    std::int64_t until_at = 0;
    std::optional<std::int64_t> energy_mwh;
    Buckets buckets;
};

struct Sessions::Found {
    Stored stored;
    Before before;
    std::int64_t news_at = 0;
};

struct Sessions::History {
    std::vector<std::pair<std::int64_t, std::string>> samples;  // packed, in order of time
    bool has_failed_before = false;
};

Sessions::Stored Sessions::stored_of(const store::Row& row) {
    Stored out;
    out.id.data = as_bytes(row[0]);
    out.station_no = as_int(row[1]);
    out.is_ended = as_text(row[2]) == "ended";
    out.evse = std::max<std::int64_t>(0, as_int(row[3]));
    out.connector = out.evse == 0 ? 0 : std::max<std::int64_t>(1, as_int(row[4], 1));
    out.received_at = as_int(row[7]);
    out.from = believed(number(row[5]), out.received_at);
    out.to = std::max(out.from, believed(number(row[6]), as_int(row[8], out.received_at)));
    out.from = std::max(out.from, out.to - us(limits::statistics_session));
    out.begin_mwh = number(row[9]);
    out.end_mwh = number(row[10]);
    out.energy_mwh = number(row[11]);
    out.by_intervals = as_text(row[12]) == "intervals";
    out.ocpp_id = as_text(row[20]);
    // The narrow row of a running one is newer, where its version is.
    if (as_int(row[22]) > as_int(row[23])) out.energy_mwh = number(row[21]);
    return out;
}

Sessions::Before Sessions::before_of(const store::Row& row) {
    constexpr std::size_t first = 13;
    Before out;
    out.is_there = !store::is_null(row[first]);
    if (!out.is_there) return out;
    out.spot = {as_int(row[1]), as_int(row[first]), as_int(row[first + 1]), as_int(row[first + 2])};
    out.is_final = as_int(row[first + 3]) != 0;
    out.until_at = as_int(row[first + 4]);
    out.energy_mwh = number(row[first + 5]);
    out.buckets = Buckets::from_text(as_text(row[first + 6]));
    return out;
}

void Sessions::want(std::int64_t station_no, const std::string& ocpp_id, std::int64_t at) {
    std::int64_t& newest = wanted_[{station_no, ocpp_id}].news_at;
    newest = std::max(newest, at);
}

void Sessions::want(std::int64_t station_no, const std::string& ocpp_id, std::string_view id,
                    std::int64_t at) {
    want(station_no, ocpp_id, at);
    if (!id.empty()) wanted_[{station_no, ocpp_id}].ids.emplace(id);
}

void Sessions::count(std::int64_t now_us, store::Unit& unit) {
    std::vector<std::int64_t> numbers;
    for (const auto& [key, wanted] : wanted_) numbers.push_back(key.first);
    stations_.load_numbers(std::move(numbers));
    std::vector<Found> found;
    find_wanted(now_us, found);
    // Where its station has used the id before, its row has another key.
    std::map<Key, Wanted> elsewhere;
    for (const auto& [key, wanted] : wanted_)
        for (const std::string& id : wanted.ids)
            elsewhere[{key.first, namesake_key(key.second, id)}] = {wanted.news_at, {}};
    wanted_ = std::move(elsewhere);
    find_wanted(now_us, found);
    wanted_.clear();
    // A limit of rows holds for each key on PostgreSQL, for all of them on SQLite.
    const std::size_t at_once =
        sql_.dialect() == store::Dialect::sqlite ? 1 : limits::statistics_histories;
    for (const auto some : in_portions(found, at_once)) {
        const Histories histories = histories_of(some);
        for (const Found& one : some) count_one(one, histories, now_us, unit);
    }
}

void Sessions::find_wanted(std::int64_t now_us, std::vector<Found>& out) {
    std::vector<Key> keys;
    for (const auto& [key, wanted] : wanted_) keys.push_back(key);
    for (const auto some : in_portions(keys)) find(some, now_us, out);
}

void Sessions::find(std::span<const Key> keys, std::int64_t now_us, std::vector<Found>& out) {
    std::vector<std::int64_t> numbers;
    std::vector<std::string> ids;
    for (const Key& key : keys) numbers.push_back(key.first), ids.push_back(key.second);
    const store::KeyedRead read = store::read_by_keys(
        sql_.dialect(), {std::move(numbers), std::move(ids)},
        "t.id, t.station_no, t.state, t.evse, t.connector, t.started_at, "
        "coalesce(t.ended_at, t.closed_at), t.received_at, coalesce(t.ended_received_at, "
        "t.closed_at), t.begin_mwh, t.end_mwh, t.energy_mwh, t.energy_rule, s.evse, s.connector, "
        "s.location_no, s.is_final, s.until_at, s.energy_mwh, s.counted, t.ocpp_id, o.energy_mwh, "
        "o.version, t.version",
        "transactions t left join statistics_transactions s on s.transaction_id = t.id left join "
        "open_transactions o on o.id = t.id",
        "t.station_no = u.c1 and t.ocpp_id = u.c2");
    for (const store::Row& row : sql_.query(read.text, read.values)) {
        Found one{stored_of(row), before_of(row), 0};
        Wanted& wanted = wanted_.at(one.stored.key());
        one.news_at = wanted.news_at;
        if (const auto id = Ulid::from_bytes(one.stored.id.data)) wanted.ids.erase(id->text());
        if (is_to_count(one, now_us)) out.push_back(std::move(one));
    }
}

// Not one whose station is gone, nor one whose counts were removed: all that is known of it is that
// it is in the sums.
bool Sessions::is_to_count(const Found& one, std::int64_t now_us) const {
    const bool is_past = !one.before.is_there && one.news_at != 0 &&
                         one.stored.received_at < now_us - us(limits::statistics_counted_age);
    return !is_past && stations_.find(one.stored.station_no);
}

// What ended ones are counted by: one read for many. Few have more samples than a group may bring;
// they are read again, each by itself.
Sessions::Histories Sessions::histories_of(std::span<const Found> group) {
    Histories out;
    std::vector<std::int64_t> numbers;
    std::vector<std::string> ids;
    std::vector<std::int64_t> begins;
    for (const Found& one : group) {
        if (!one.stored.is_ended) continue;
        out[one.stored.key()];
        numbers.push_back(one.stored.station_no);
        ids.push_back(one.stored.ocpp_id);
        begins.push_back(one.stored.from);
    }
    if (numbers.empty()) return out;
    read_failures(numbers, ids, std::move(begins), out);
    read_samples(numbers, ids, limits::statistics_group_samples, out);
    for (auto& [key, history] : out) {
        if (std::ssize(history.samples) < limits::statistics_group_samples) continue;
        history.samples.clear();
        read_samples({key.first}, {key.second}, limits::statistics_samples, out);
    }
    return out;
}

// Whether another session of its EVSE ended without a charge just before it began. By ids: they are
// in the order in which sessions were heard of first.
void Sessions::read_failures(std::vector<std::int64_t> numbers, std::vector<std::string> ids,
                             std::vector<std::int64_t> begins, Histories& out) {
    const std::int64_t first_at = *std::min_element(begins.begin(), begins.end());
    const store::Bytes first_id{first_id_at(first_at - us(minutes{24 * 60})).bytes()};
    // Lists are three parameters on PostgreSQL, one on SQLite.
    const std::string oldest = sql_.dialect() == store::Dialect::sqlite ? "$2" : "$4";
    store::KeyedRead read = store::read_by_keys(
        sql_.dialect(), {std::move(numbers), std::move(ids), std::move(begins)},
        "t.station_no, t.ocpp_id", "transactions t cross join transactions f",
        "t.station_no = u.c1 and t.ocpp_id = u.c2 and f.station_no = t.station_no and f.id > " +
            oldest +
            " and f.id <> t.id and f.evse = t.evse and f.state = 'ended' and f.ended_at <= u.c3 "
            "and f.ended_at >= u.c3 - " +
            std::to_string(us(limits::statistics_first_try)) + " and coalesce(f.energy_mwh, 0) < " +
            std::to_string(charged_mwh) + " limit 1");
    read.values.emplace_back(first_id);
    for (const store::Row& row : sql_.query(read.text, read.values))
        out[{as_int(row[0]), as_text(row[1])}].has_failed_before = true;
}

void Sessions::read_samples(std::vector<std::int64_t> numbers, std::vector<std::string> ids,
                            std::int64_t limit, Histories& out) {
    const store::KeyedRead read = store::read_by_keys(
        sql_.dialect(), {std::move(numbers), std::move(ids)},
        "t.station_no, t.ocpp_id, m.at, m.samples", "transactions t cross join meter_values m",
        "t.station_no = u.c1 and t.ocpp_id = u.c2 and m.station_no = t.station_no and m.at >= "
        "t.meter_from_at and m.at <= t.meter_to_at and m.transaction_id = t.id order by m.at "
        "limit " +
            std::to_string(limit));
    for (const store::Row& row : sql_.query(read.text, read.values))
        out[{as_int(row[0]), as_text(row[1])}].samples.emplace_back(as_int(row[2]),
                                                                    as_bytes(row[3]));
}

// By its samples, with what start and end say of themselves at both ends. Where the end is not
// below the start, nothing was set back: a sample that does not rise from the one to the other is
// wrong, and is skipped. A meter without register is added up.
std::vector<Reading> Sessions::readings_of(const Stored& stored, const History& history) {
    const std::int64_t from = stored.from, to = stored.to;
    std::vector<Reading> readings;
    std::int64_t sum = 0;
    if (stored.by_intervals)
        readings.push_back({from, 0});
    else if (stored.begin_mwh)
        readings.push_back({from, *stored.begin_mwh});
    const bool rises = stored.begin_mwh && stored.end_mwh && *stored.end_mwh >= *stored.begin_mwh;
    for (const auto& [at, packed] : history.samples) {
        const auto samples = unpack_samples(packed);
        if (stored.by_intervals) {
            if (const auto part = domain::interval_of(samples))
                add_reading(readings, std::clamp(at, from, to), sum += *part);
            continue;
        }
        const auto said = domain::register_of(samples);
        if (!said || at < from || at > to) continue;
        const bool is_wrong =
            rises && (said->mwh < readings.back().mwh || said->mwh > *stored.end_mwh);
        if (!is_wrong) add_reading(readings, at, said->mwh);
    }
    if (!stored.by_intervals && stored.end_mwh) add_reading(readings, to, *stored.end_mwh);
    return readings;
}

void Sessions::count_one(const Found& one, const Histories& histories, std::int64_t now_us,
                         store::Unit& unit) {
    const auto& [stored, before, news_at] = one;
    const StationKnown* station = stations_.find(stored.station_no);
    const Spot spot = station->spot(stored.evse, stored.connector);
    Buckets counted;
    std::int64_t until = stored.to;
    if (stored.is_ended) {
        const History& history = histories.at(stored.key());
        const Session session{stored.from,
                              stored.to,
                              true,
                              stored.energy_mwh,
                              readings_of(stored, history),
                              !history.has_failed_before};
        counted = count_session(*station->zone, session);
    } else {
        const std::int64_t from = before.is_there ? before.until_at : stored.from;
        until = std::max(from, news_at == 0 ? now_us : news_at);
        if (before.is_there && until - from < us(limits::statistics_running)) return;
        const std::int64_t energy = before.energy_mwh.value_or(0);
        Session part{from, until, false, {}, {}};
        if (stored.energy_mwh) part.readings = {{from, energy}, {until, *stored.energy_mwh}};
        counted = count_session(*station->zone, part);
        if (before.is_there) {  // its start is counted
            counted.count(*station->zone, from, Figure::sessions_started, -1);
            counted.add(before.buckets);
        }
    }
    if (before.is_there) delta_.add(before.spot, before.buckets, -1);
    delta_.add(spot, counted);
    unit.add(
        tables::statistics_transaction,
        {stored.id, partition_no_, stored.station_no, spot.evse, spot.connector, spot.location_no,
         std::int64_t{stored.is_ended}, until, tables::int_or_null(stored.energy_mwh),
         stored.is_ended ? now_us : 0, counted.text()});
}

}  // namespace ohm::api::statistics
