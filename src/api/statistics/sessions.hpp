// Transactions as they are counted: a running one by what its register rose since the last look, an
// ended one anew from its meter values, with what was counted before taken back. One step of the
// counting.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "api/statistics/delta.hpp"
#include "api/statistics/stations.hpp"

namespace ohm::api::statistics {

class Sessions {
public:
    Sessions(store::Sql& sql, StationsKnown& stations, Delta& delta, std::int64_t partition_no)
        : sql_{sql}, stations_{stations}, delta_{delta}, partition_no_{partition_no} {}

    // That one has news of this time.
    void want(std::int64_t station_no, const std::string& ocpp_id, std::int64_t at);
    void count(std::int64_t now_us, store::Unit& unit);

private:
    struct Stored;
    struct Before;
    static Stored stored_of(const store::Row& row);
    static Before before_of(const store::Row& row);
    void count_one(const Stored& stored, const Before& before, std::int64_t news_at,
                   std::int64_t now_us, store::Unit& unit);
    bool is_first_try(const Stored& stored);
    std::vector<Reading> readings_of(const Stored& stored, std::int64_t from, std::int64_t to);

    store::Sql& sql_;
    StationsKnown& stations_;
    Delta& delta_;
    const std::int64_t partition_no_;
    std::map<std::pair<std::int64_t, std::string>, std::int64_t> wanted_;
};

}  // namespace ohm::api::statistics
