// Which api owns which partition: leases in the database, on the database's clock alone. Each
// function is one step of one transaction; the caller keeps the state machine and claims nothing in
// the first lease after it (re)connected. PostgreSQL only, but for prepare_partitions.
#pragma once

#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "store/sql.hpp"

namespace ohm::store {

struct Ownership {
    Partition partition;
    std::int64_t epoch;
    friend bool operator==(const Ownership&, const Ownership&) = default;
};

// At start, once: the first process decides how many partitions there are, for good. Throws
// Fault{fatal} where this process is set to another number.
void prepare_partitions(Sql& sql, std::uint32_t partition_count);

// `me` is an api process, random per start. The beat: be a member, renew, count, release or claim.
void beat_member(Sql& sql, std::string_view me, milliseconds lease);
void leave_members(Sql& sql, std::string_view me);
std::int64_t count_members(Sql& sql, milliseconds lease);  // seen within a lease
constexpr std::uint32_t fair_share(std::uint32_t partition_count, std::int64_t members) {
    const auto n = static_cast<std::uint32_t>(members < 1 ? 1 : members);
    return (partition_count + n - 1) / n;
}

// All that this process still owns, ordered by partition. What the caller holds and does not find
// here with the same epoch is lost.
std::vector<Ownership> renew(Sql& sql, std::string_view me, milliseconds lease);

// Takes up to `most` partitions whose lease has run out, each with its next epoch. One with
// a batch of its old owner still open is left for a later beat, never taken under it. State is read
// after this has returned.
std::vector<Ownership> claim(Sql& sql, std::string_view me, std::int64_t most, milliseconds lease);

// False where it was no longer this process's under that epoch.
bool release(Sql& sql, std::string_view me, const Ownership& owned);

Fence fence_of(const std::vector<Ownership>& owned);

}  // namespace ohm::store
