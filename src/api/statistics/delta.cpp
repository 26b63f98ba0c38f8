#include "api/statistics/delta.hpp"

#include "api/statistics/portions.hpp"
#include "api/statistics/tables.hpp"
#include "base/limits_statistics.hpp"

namespace ohm::api::statistics {
namespace {

using store::as_int;
using store::as_text;

// "t.day = u.c4 and …" of the key.
std::string same_key(const store::Write& write) {
    std::string text;
    for (std::size_t i = 0; i < write.key_count; ++i)
        (text += i == 0 ? "t." : " and t.") +=
            std::string{write.columns[i].name} + " = u.c" + std::to_string(i + 1);
    return text;
}

}  // namespace

void Delta::add(const Spot& spot, const Buckets& buckets, std::int64_t times) {
    for (const auto& [day, figures] : buckets.days) {
        days_[{spot.station_no, spot.evse, spot.connector, day}].add(figures, times);
        place_days_[{partition_no_, spot.location_no, day}].add(figures, times);
    }
    for (const auto& [hour, figures] : buckets.hours) {
        hours_[{spot.station_no, hour}].add(figures, times);
        place_hours_[{partition_no_, spot.location_no, hour}].add(figures, times);
    }
}

void Delta::add_fault(const Spot& spot, std::int64_t day, const FaultKind& kind, std::int64_t count,
                      std::int64_t lasted_us) {
    FaultSum& sum = faults_[{spot.station_no, day}][kind];
    sum.location_no = spot.location_no;
    sum.count += count;
    sum.lasted_us += lasted_us;
}

void Delta::add_latency(std::string_view source, std::string_view direction, std::int64_t at,
                        const LatencyClasses& classes) {
    LatencyClasses& sum = latency_[{std::string{source}, std::string{direction}, hour_of(at)}];
    for (std::size_t i = 0; i < classes.size(); ++i) sum[i] += classes[i];
}

void Delta::add_connection(std::int64_t at, bool is_begun) {
    Minute& minute = minutes_[minute_of(at)];
    ++(is_begun ? minute.connects : minute.disconnects);
}

void Delta::set_power(std::int64_t at, std::int64_t power_mw, std::int64_t sessions) {
    Minute& minute = minutes_[minute_of(at)];
    minute.power_mw = power_mw;
    minute.sessions = sessions;
}

void Delta::add_stored(store::Sql& sql, const store::Write& write, std::span<const Key> keys,
                       Rows& rows) {
    std::vector<store::Value> lists;
    for (std::size_t i = 0; i < write.key_count; ++i) {
        std::vector<std::int64_t> list;
        for (const Key& key : keys) list.push_back(key[i]);
        lists.emplace_back(std::move(list));
    }
    std::string columns;
    for (const store::Column& column : write.columns)
        (columns += columns.empty() ? "t." : ", t.") += std::string{column.name};
    const store::KeyedRead read = store::read_by_keys(
        sql.dialect(), std::move(lists), columns, std::string{write.table} + " t", same_key(write));
    for (const store::Row& row : sql.query(read.text, read.values)) {
        Key key{};
        for (std::size_t i = 0; i < write.key_count; ++i) key[i] = as_int(row[i]);
        Figures& figures = rows[key];
        for (std::size_t i = 0; i < figures.values.size(); ++i)
            figures.values[i] += as_int(row[write.key_count + i]);
    }
}

void Delta::write_rows(store::Sql& sql, store::Unit& unit, const store::Write& write, Rows rows) {
    std::erase_if(rows, [](const auto& entry) { return entry.second.is_zero(); });
    if (rows.empty()) return;
    std::vector<Key> keys;
    for (const auto& [key, figures] : rows) keys.push_back(key);
    for (const auto some : in_portions(keys)) add_stored(sql, write, some, rows);
    for (const auto& [key, figures] : rows) {
        store::Row row;
        for (std::size_t i = 0; i < write.key_count; ++i) row.emplace_back(key[i]);
        for (const std::int64_t value : figures.values) row.emplace_back(value);
        unit.add(write, std::move(row));
    }
}

void Delta::write_faults(store::Sql& sql, store::Unit& unit) const {
    if (faults_.empty()) return;
    std::vector<std::int64_t> stations, days;
    for (const auto& [key, kinds] : faults_)
        stations.push_back(key.first), days.push_back(key.second);
    const store::KeyedRead read = store::read_by_keys(
        sql.dialect(), {std::move(stations), std::move(days)},
        "t.station_no, t.day, t.error_code, t.model, t.firmware_version, t.location_no, t.count, "
        "t.lasted_us",
        "statistics_faults t", "t.station_no = u.c1 and t.day = u.c2");
    FaultRows stored;
    for (const store::Row& row : sql.query(read.text, read.values))
        stored[{as_int(row[0]), as_int(row[1])}]
              [{as_text(row[2]), as_text(row[3]), as_text(row[4])}] = {
                  as_int(row[5]), as_int(row[6]), as_int(row[7])};
    static const FaultKind other{"other", "", ""};
    for (const auto& [key, kinds] : faults_) {
        auto& there = stored[key];
        for (const auto& [kind, sum] : kinds) {
            const bool is_full =
                there.size() >= static_cast<std::size_t>(limits::statistics_faults_a_day);
            const FaultKind& as = is_full && !there.contains(kind) ? other : kind;
            FaultSum& all = there[as];
            all.location_no = sum.location_no;
            all.count += sum.count;
            all.lasted_us += sum.lasted_us;
            unit.add(tables::statistics_fault,
                     {key.first, key.second, as.error_code, as.model, as.firmware_version,
                      all.location_no, all.count, all.lasted_us});
        }
    }
}

void Delta::write_latency(store::Sql& sql, store::Unit& unit) const {
    for (const auto& [key, classes] : latency_) {
        const auto& [source, direction, hour] = key;
        LatencyClasses all = classes;
        for (const store::Row& row :
             sql.query("select classes from statistics_latency where source = $1 and direction = "
                       "$2 and hour_at = $3",
                       {source, direction, hour})) {
            const LatencyClasses there = latency_of_text(as_text(row[0]));
            for (std::size_t i = 0; i < all.size(); ++i) all[i] += there[i];
        }
        unit.add(tables::statistics_latency, {source, direction, hour, text_of(all)});
    }
}

void Delta::write_minutes(store::Sql& sql, store::Unit& unit) const {
    if (minutes_.empty()) return;
    std::map<std::int64_t, Minute> all = minutes_;
    std::vector<std::int64_t> keys, partitions(all.size(), partition_no_);
    for (const auto& [minute, sums] : all) keys.push_back(minute);
    const store::KeyedRead read =
        store::read_by_keys(sql.dialect(), {std::move(partitions), std::move(keys)},
                            "t.minute_at, t.connects, t.disconnects, t.power_mw, t.sessions",
                            "statistics_minutes t", "t.partition_no = u.c1 and t.minute_at = u.c2");
    for (const store::Row& row : sql.query(read.text, read.values)) {
        Minute& sums = all.at(as_int(row[0]));
        sums.connects += as_int(row[1]);
        sums.disconnects += as_int(row[2]);
        if (sums.power_mw || store::is_null(row[3])) continue;
        sums.power_mw = as_int(row[3]);
        sums.sessions = as_int(row[4]);
    }
    const store::Value none = store::Null{};
    for (const auto& [minute, sums] : all)
        unit.add(tables::statistics_minute, {partition_no_, minute, sums.connects, sums.disconnects,
                                             sums.power_mw ? store::Value{*sums.power_mw} : none,
                                             sums.power_mw ? store::Value{sums.sessions} : none});
}

void Delta::write(store::Sql& sql, store::Unit& unit) const {
    write_rows(sql, unit, tables::statistics_day, days_);
    write_rows(sql, unit, tables::statistics_hour, hours_);
    write_rows(sql, unit, tables::statistics_place_day, place_days_);
    write_rows(sql, unit, tables::statistics_place_hour, place_hours_);
    write_faults(sql, unit);
    write_latency(sql, unit);
    write_minutes(sql, unit);
}

}  // namespace ohm::api::statistics
