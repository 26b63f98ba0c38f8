// What connectors do, from one change to the next: the time in between is counted when it ends, and
// once a day for those that change nothing. One step of the counting.
#pragma once

#include <map>
#include <optional>
#include <tuple>

#include "api/statistics/delta.hpp"
#include "api/statistics/stations.hpp"

namespace ohm::api::statistics {

class Connectors {
public:
    Connectors(store::Sql& sql, StationsKnown& stations, Delta& delta, std::int64_t partition_no)
        : sql_{sql}, stations_{stations}, delta_{delta}, partition_no_{partition_no} {}

    void load(const std::vector<std::int64_t>& stations);
    // Those that have not changed since then. True where there were as many as fit a step.
    bool load_open(std::int64_t before_us, std::int64_t most);
    // As the tables have them now: of so many stations behind that number, for a partition of which
    // nothing was ever counted, or not lately. The last one's number where there may be more.
    std::optional<std::int64_t> seed(std::int64_t behind_no, std::int64_t most,
                                     std::int64_t now_us);

    void connection(const StationKnown& station, bool is_online, std::int64_t at);
    void status(const StationKnown& station, std::int64_t evse, std::int64_t connector,
                const std::string& status, const std::string& error_code, std::int64_t at);
    void charging(const StationKnown& station, std::int64_t evse, bool is_charging,
                  std::int64_t at);
    // Of those that are loaded, those that have not changed since then.
    void bring_up_to(std::int64_t now_us, std::int64_t before_us);
    void write(store::Unit& unit) const;

private:
    struct State {
        std::string status, error_code;
        bool is_online = true, is_charging = false, is_changed = false;
        std::int64_t since_at = 0;
    };
    using Key = std::tuple<std::int64_t, std::int64_t, std::int64_t>;

    void take(const store::Row& row);
    void bring_up(const Key& key, State& state, const StationKnown& station, std::int64_t at);
    template <class Change>
    void change_all(const StationKnown& station, std::int64_t at, Change&& change);

    store::Sql& sql_;
    StationsKnown& stations_;
    Delta& delta_;
    const std::int64_t partition_no_;
    std::map<Key, State> states_;
};

}  // namespace ohm::api::statistics
