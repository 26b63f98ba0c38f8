#include "api/facts/loader.hpp"

namespace ohm::api {
namespace {

using store::as_int;
using store::as_text;

StationFacts& facts_of(Station& station) {
    if (!station.facts) station.facts = std::make_unique<StationFacts>();
    return *station.facts;
}

void load_reports(store::Sql& sql, ShardState& shard,
                  const std::map<std::int64_t, Station*>& stations,
                  const std::vector<std::int64_t>& numbers) {
    const std::string text =
        "select station_no, kind, request_id, generated_at, parts, seen, last_seq, started_at, "
        "updated_at from reports where state = 'receiving' and " +
        store::any_of(sql.dialect(), "station_no", "$1") + " order by station_no, updated_at";
    for (const store::Row& row : sql.query(text, {numbers})) {
        Station& station = *stations.at(as_int(row[0]));
        FollowedReport& followed = facts_of(station).reports.emplace_back();
        followed.kind = as_text(row[1]);
        followed.request_id = as_int(row[2]);
        followed.generated_at = as_int(row[3]);
        followed.report.parts = as_int(row[4]);
        domain::read_seen(followed.report, as_text(row[5]));
        followed.report.last_seq = as_int(row[6], -1);
        followed.started_at = as_int(row[7]);
        followed.updated_at = as_int(row[8]);
        shard.reporting_stations.insert(station.key);
    }
}

void load_quirks(store::Sql& sql, const std::map<std::int64_t, Station*>& stations,
                 const std::vector<std::int64_t>& numbers) {
    const std::string text =
        "select station_no, quirk, count, first_at, last_at, action, path from station_quirks "
        "where " +
        store::any_of(sql.dialect(), "station_no", "$1") + " order by station_no, quirk";
    for (const store::Row& row : sql.query(text, {numbers})) {
        QuirkCount& count = facts_of(*stations.at(as_int(row[0]))).quirks.emplace_back();
        count.quirk = as_text(row[1]);
        count.count = as_int(row[2]);
        count.first_at = as_int(row[3]);
        count.last_at = as_int(row[4]);
        count.action = as_text(row[5]);
        count.path = as_text(row[6]);
    }
}

}  // namespace

void load_facts(store::Sql& sql, ShardState& shard,
                const std::map<std::int64_t, Station*>& stations) {
    std::vector<std::int64_t> numbers;
    numbers.reserve(stations.size());
    for (const auto& [number, station] : stations) numbers.push_back(number);
    load_reports(sql, shard, stations, numbers);
    load_quirks(sql, stations, numbers);
}

void load_desired_variables(store::Sql& sql, ShardState& shard, std::span<const std::string> keys) {
    shard.desired_variables.clear();
    if (keys.empty()) return;
    const std::string text =
        "select d.station_no, d.variables from desired_variables d join charge_points p on "
        "p.station_no = d.station_no where p.archived_at is null and " +
        store::any_of(sql.dialect(), "p.id_key", "$1");
    for (const store::Row& row :
         sql.query(text, {std::vector<std::string>{keys.begin(), keys.end()}}))
        shard.desired_variables[as_int(row[0])] = as_text(row[1]);
}

}  // namespace ohm::api
