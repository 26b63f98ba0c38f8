// Counts a partition's events into hours and days: the next ones behind a stored place, in one
// commit with that place, so that whatever dies in between counts nothing twice. A transaction is
// counted anew and what was counted of it before is taken back. One thread, that of the counting.
#pragma once

#include <cstdint>

#include "api/statistics/power.hpp"
#include "api/statistics/zones.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "store/sql.hpp"
#include "wire/codec.hpp"

namespace ohm::api::statistics {

struct Counted {
    Partition partition{};
    std::int64_t epoch = 0;  // under which the caller holds it
    std::size_t partition_count = 1;
};

// What is read anew of all stations of a partition, in portions.
struct Seeding {
    bool is_of_gap = false;      // of events that are not kept any more
    std::int64_t behind_no = 0;  // stations up to here are read
};

// What waits behind a step; the past may wait longer.
enum class Left : std::uint8_t { nothing, past, news };

class Rollup {
public:
    explicit Rollup(const Counted& what) : what_{what} {}
    // One bounded step. Throws Fault, and then nothing was counted.
    Left step(store::Sql& sql, Utc now);

private:
    const Counted what_;
    Seeding seeding_;
    bool is_unsure_ = true;  // whether a commit of before may still come to its end
    Zones zones_;
    Power power_;
    std::int64_t power_minute_ = 0;  // in which it was written last
    wire::Decoder decoder_;
};

// Removes a portion of what is too old to be kept. True where there may be more.
bool sweep(store::Sql& sql, Utc now, std::int64_t days_kept);

}  // namespace ohm::api::statistics
