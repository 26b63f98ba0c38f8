// Transactions as they are counted: a running one by what its register rose since the last look, an
// ended one anew from its meter values, with what was counted before taken back. One step of the
// counting.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/statistics/delta.hpp"
#include "api/statistics/stations.hpp"

namespace ohm::api::statistics {

class Sessions {
public:
    Sessions(store::Sql& sql, StationsKnown& stations, Delta& delta, std::int64_t partition_no)
        : sql_{sql}, stations_{stations}, delta_{delta}, partition_no_{partition_no} {}

    // That one has news of this time; its own id, the text of a ULID, tells it from others whose
    // id its station used again.
    void want(std::int64_t station_no, const std::string& ocpp_id, std::int64_t at);
    void want(std::int64_t station_no, const std::string& ocpp_id, std::string_view id,
              std::int64_t at);
    void count(std::int64_t now_us, store::Unit& unit);

private:
    using Key = std::pair<std::int64_t, std::string>;  // station and its id of the transaction
    struct Wanted {
        std::int64_t news_at = 0;
        std::set<std::string> ids;  // not found yet
    };
    struct Stored;
    struct Before;
    struct Found;
    struct History;
    using Histories = std::map<Key, History>;
    static Stored stored_of(const store::Row& row);
    static Before before_of(const store::Row& row);
    static std::vector<Reading> readings_of(const Stored& stored, const History& history);
    void find_wanted(std::int64_t now_us, std::vector<Found>& out);
    void find(std::span<const Key> keys, std::int64_t now_us, std::vector<Found>& out);
    bool is_to_count(const Found& one, std::int64_t now_us) const;
    Histories histories_of(std::span<const Found> group);
    void read_failures(std::vector<std::int64_t> numbers, std::vector<std::string> ids,
                       std::vector<std::int64_t> begins, Histories& out);
    void read_samples(std::vector<std::int64_t> numbers, std::vector<std::string> ids,
                      std::int64_t limit, Histories& out);
    void count_one(const Found& one, const Histories& histories, std::int64_t now_us,
                   store::Unit& unit);

    store::Sql& sql_;
    StationsKnown& stations_;
    Delta& delta_;
    const std::int64_t partition_no_;
    std::map<Key, Wanted> wanted_;
};

}  // namespace ohm::api::statistics
