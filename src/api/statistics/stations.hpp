// What the counting has to know of stations: their number, place and make, read for one step.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "api/statistics/delta.hpp"
#include "api/statistics/zones.hpp"

namespace ohm::api::statistics {

struct StationKnown {
    std::int64_t no = 0, location_no = 0;
    const domain::TimeZone* zone = nullptr;
    std::string model, firmware_version;
    bool is_archived = false;

    Spot spot(std::int64_t evse = 0, std::int64_t connector = 0) const {
        return {no, evse, connector, location_no};
    }
};

class StationsKnown {
public:
    StationsKnown(store::Sql& sql, Zones& zones) : sql_{sql}, zones_{zones} {}
    void load_keys(const std::vector<std::string>& id_keys);  // living ones
    void load_numbers(std::vector<std::int64_t> numbers);
    const StationKnown* find(const std::string& id_key) const;
    const StationKnown* find(std::int64_t number) const;
    std::vector<std::int64_t> numbers() const;

private:
    void load(const std::string& where, store::Value&& list);

    store::Sql& sql_;
    Zones& zones_;
    std::map<std::int64_t, StationKnown> by_number_;
    std::map<std::string, std::int64_t> by_key_;
};

}  // namespace ohm::api::statistics
