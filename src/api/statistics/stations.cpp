#include "api/statistics/stations.hpp"

#include "api/statistics/portions.hpp"
#include "base/limits_statistics.hpp"
#include "base/text.hpp"

namespace ohm::api::statistics {

using store::as_int;
using store::as_text;

void StationsKnown::load(const std::string& where, store::Value&& list) {
    const std::vector<store::Value> parameters{std::move(list)};
    for (const store::Row& row :
         sql_.query("select p.station_no, p.id_key, p.location_no, l.time_zone, p.model, "
                    "p.firmware_version, p.archived_at from charge_points p left join locations l "
                    "on l.location_no = p.location_no where " +
                        where,
                    parameters)) {
        StationKnown known;
        known.no = as_int(row[0]);
        known.location_no = as_int(row[2]);
        known.zone = &zones_.find(as_text(row[3]));
        known.model = to_storable(as_text(row[4]), limits::statistics_fault_text);
        known.firmware_version = to_storable(as_text(row[5]), limits::statistics_fault_text);
        known.is_archived = !store::is_null(row[6]);
        if (!known.is_archived) by_key_[as_text(row[1])] = known.no;
        by_number_[known.no] = std::move(known);
    }
}

void StationsKnown::load_keys(const std::vector<std::string>& id_keys) {
    for (const auto some : in_portions(id_keys))
        load(store::any_of(sql_.dialect(), "p.id_key", "$1") + " and p.archived_at is null",
             std::vector<std::string>{some.begin(), some.end()});
}

void StationsKnown::load_numbers(std::vector<std::int64_t> numbers) {
    std::erase_if(numbers, [&](std::int64_t number) { return by_number_.contains(number); });
    for (const auto some : in_portions(numbers))
        load(store::any_of(sql_.dialect(), "p.station_no", "$1"),
             std::vector<std::int64_t>{some.begin(), some.end()});
}

const StationKnown* StationsKnown::find(const std::string& id_key) const {
    const auto found = by_key_.find(id_key);
    return found == by_key_.end() ? nullptr : find(found->second);
}

const StationKnown* StationsKnown::find(std::int64_t number) const {
    const auto found = by_number_.find(number);
    return found == by_number_.end() ? nullptr : &found->second;
}

std::vector<std::int64_t> StationsKnown::numbers() const {
    std::vector<std::int64_t> all;
    for (const auto& [number, known] : by_number_) all.push_back(number);
    return all;
}

}  // namespace ohm::api::statistics
