#include "api/statistics/sessions.hpp"

#include <algorithm>
#include <cstdlib>

#include "api/charging/samples.hpp"
#include "api/statistics/tables.hpp"
#include "api/tables.hpp"
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
    bool is_ended = false, by_intervals = false;
    std::int64_t evse = 0, connector = 0;
    std::int64_t from = 0, to = 0, received_at = 0;
    std::optional<std::int64_t> begin_mwh, end_mwh, energy_mwh, meter_from_at, meter_to_at;
};

struct Sessions::Before {
    bool is_there = false, is_final = false;
    Spot spot;
    std::int64_t until_at = 0;
    std::optional<std::int64_t> energy_mwh;
    Buckets buckets;
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
    out.meter_from_at = number(row[13]);
    out.meter_to_at = number(row[14]);
    return out;
}

Sessions::Before Sessions::before_of(const store::Row& row) {
    constexpr std::size_t first = 15;
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
    std::int64_t& newest = wanted_[{station_no, ocpp_id}];
    newest = std::max(newest, at);
}

void Sessions::count(std::int64_t now_us, store::Unit& unit) {
    if (wanted_.empty()) return;
    std::vector<std::int64_t> numbers;
    std::vector<std::string> ids;
    for (const auto& [key, at] : wanted_) numbers.push_back(key.first), ids.push_back(key.second);
    stations_.load_numbers(numbers);
    const store::KeyedRead read = store::read_by_keys(
        sql_.dialect(), {std::move(numbers), std::move(ids)},
        "t.id, t.station_no, t.state, t.evse, t.connector, t.started_at, "
        "coalesce(t.ended_at, t.closed_at), t.received_at, coalesce(t.ended_received_at, "
        "t.closed_at), t.begin_mwh, t.end_mwh, t.energy_mwh, t.energy_rule, t.meter_from_at, "
        "t.meter_to_at, s.evse, s.connector, s.location_no, s.is_final, s.until_at, "
        "s.energy_mwh, s.counted, t.ocpp_id, o.energy_mwh, o.version, t.version",
        "transactions t left join statistics_transactions s on s.transaction_id = t.id left join "
        "open_transactions o on o.id = t.id",
        "t.station_no = u.c1 and t.ocpp_id = u.c2");
    for (const store::Row& row : sql_.query(read.text, read.values)) {
        Stored stored = stored_of(row);
        // The narrow row of a running one is newer, where its version is.
        if (as_int(row[24]) > as_int(row[25])) stored.energy_mwh = number(row[23]);
        count_one(stored, before_of(row), wanted_[{stored.station_no, as_text(row[22])}], now_us,
                  unit);
    }
    wanted_.clear();
}

// Whether no other session of its EVSE ended without a charge just before it began. By ids: they
// are in the order in which sessions were heard of first.
bool Sessions::is_first_try(const Stored& stored) {
    const std::int64_t since_ms = (stored.from - us(minutes{24 * 60})) / 1'000;
    const auto from_ms = static_cast<std::uint64_t>(std::max<std::int64_t>(0, since_ms));
    const auto failed = sql_.query(
        "select 1 from transactions where station_no = $1 and id > $2 and id <> $3 and evse = $4 "
        "and state = 'ended' and ended_at >= $5 and ended_at <= $6 and coalesce(energy_mwh, 0) < "
        "$7 limit 1",
        {stored.station_no, store::Bytes{Ulid{from_ms << 16, 0}.bytes()}, stored.id, stored.evse,
         stored.from - us(limits::statistics_first_try), stored.from, charged_mwh});
    return failed.empty();
}

// By its samples, with what start and end say of themselves at both ends. Where the end is not
// below the start, nothing was set back: a sample that does not rise from the one to the other is
// wrong, and is skipped. A meter without register is added up.
std::vector<Reading> Sessions::readings_of(const Stored& stored, std::int64_t from,
                                           std::int64_t to) {
    std::vector<Reading> readings;
    std::int64_t sum = 0;
    if (stored.by_intervals)
        readings.push_back({from, 0});
    else if (stored.begin_mwh)
        readings.push_back({from, *stored.begin_mwh});
    const bool rises = stored.begin_mwh && stored.end_mwh && *stored.end_mwh >= *stored.begin_mwh;
    if (stored.meter_from_at && stored.meter_to_at)
        for (const store::Row& row :
             sql_.query("select at, samples from meter_values where station_no = $1 and at >= $2 "
                        "and at <= $3 and transaction_id = $4 order by at limit $5",
                        {stored.station_no, *stored.meter_from_at, *stored.meter_to_at, stored.id,
                         limits::statistics_samples})) {
            const std::int64_t at = as_int(row[0]);
            const auto samples = unpack_samples(as_bytes(row[1]));
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

void Sessions::count_one(const Stored& stored, const Before& before, std::int64_t news_at,
                         std::int64_t now_us, store::Unit& unit) {
    const StationKnown* station = stations_.find(stored.station_no);
    // Its counts were removed: all that is known is that it is in the sums.
    const bool is_past = !before.is_there &&
                         stored.received_at < now_us - us(limits::statistics_counted_age) &&
                         news_at != 0;
    if (!station || is_past) return;
    const Spot spot = station->spot(stored.evse, stored.connector);
    Buckets counted;
    std::int64_t until = stored.to;
    if (stored.is_ended) {
        Session session{stored.from,
                        stored.to,
                        true,
                        stored.energy_mwh,
                        readings_of(stored, stored.from, stored.to),
                        is_first_try(stored)};
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
