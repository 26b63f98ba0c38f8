#include "api/charging/overdue.hpp"

#include "api/charging/load.hpp"
#include "api/loader.hpp"
#include "base/id_time.hpp"
#include "base/limits.hpp"

namespace ohm::api {
namespace {

constexpr seconds interval{60};
constexpr std::int64_t stations_at_once = 200;

std::int64_t began_before(Utc now) {
    return micros(now) - Micros{limits::transaction_open_too_long}.count();
}

// Ids begin with the time at which they were made, a little after the message came: by their order
// the search passes over all that is young.
Ulid id_behind(std::int64_t received_at) {
    constexpr std::int64_t margin_us = Micros{minutes{60}}.count();
    return first_id_at(received_at + margin_us);
}

}  // namespace

void load_overdue(store::Sql& sql, ShardState& shard, OverdueSearch& search, Utc now) {
    if (now < search.next_at || shard.partitions.empty()) return;
    std::vector<std::int64_t> partitions;
    for (const auto& [partition, held] : shard.partitions) partitions.push_back(partition.value);
    const std::string text =
        "select distinct p.id_key from open_transactions o join transactions t on t.id = o.id join "
        "charge_points p on p.station_no = o.station_no where t.overdue_at is null and "
        "t.received_at < $1 and o.id < $4 and "
        "p.archived_at is null and " +
        store::any_of(sql.dialect(), "p.partition_no", "$2") + " limit $3";
    search.stations.clear();
    for (const store::Row& row :
         sql.query(text, {began_before(now), std::move(partitions), stations_at_once,
                          store::Bytes{id_behind(began_before(now)).bytes()}}))
        search.stations.push_back(store::as_text(row[0]));
    search.next_at = now + interval;
    if (search.stations.empty()) return;
    load_stations(sql, shard, search.stations);
    Needs needs;
    for (const std::string& key : search.stations) {
        Station* station = shard.find(key);
        if (!station) continue;
        needs.stations[station->no.value] = station;
        needs.open_transactions.push_back(station->no.value);
    }
    load_charging_needs(sql, shard, needs);
}

void mark_overdue(ShardState& shard, Batch& batch, OverdueSearch& search) {
    for (const std::string& key : std::exchange(search.stations, {})) {
        Station* station = shard.find(key);
        if (!station || !station->transactions) continue;
        for (const auto& record : station->transactions->list) {
            const bool is_overdue = record->is_active() && record->overdue_at == 0 &&
                                    record->received_at < began_before(batch.now);
            if (!is_overdue) continue;
            record->overdue_at = micros(batch.now);
            record->changed = true;
            batch.touch(*station);
        }
    }
}

}  // namespace ohm::api
