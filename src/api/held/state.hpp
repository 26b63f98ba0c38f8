// What a shard keeps of what its stations hold: which have open reservations, and what the running
// batch has read. One thread.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "api/held/station_held.hpp"
#include "domain/local_list.hpp"

namespace ohm::api {

struct ReservationClaim {
    Ulid reservation;
    std::int64_t station_no = 0;
};

// What a station says that it can hold, by key of the variable: its value and its upper limit.
struct VariableRead {
    std::string value, max_limit;
};
using BoundsRead = std::map<std::string, VariableRead>;

// The list of tokens of a station, as its rows say it.
struct LocalListRecord {
    std::string source, rule;  // source "": nobody wants one
    std::int64_t updated_at = 0;
    std::string updated_by;
    domain::ListEntries wanted;
    domain::HeldList held;
    std::int64_t confirmed_at = 0;
    std::optional<std::int64_t> reported_version;
    std::int64_t reported_at = 0;
    std::string sync_state = "none", sync_reason;
    std::int64_t sync_started_at = 0, sync_ended_at = 0, messages_sent = 0;
    bool full_was_tried = false;
    std::vector<domain::ListEntry> tokens;  // that its rule names, where a sync begins
};

struct HeldState {
    std::set<std::string> reserving_stations;  // with open reservations, by id_key
    // Of the running batch.
    std::map<std::pair<std::int64_t, std::int64_t>, ReservationRecord> past_reservations;
    std::map<std::string, ReservationClaim> claims;  // by token key
    std::map<std::int64_t, BoundsRead> bounds;
    std::map<std::int64_t, LocalListRecord> lists;

    void forget_batch() {
        past_reservations.clear();
        claims.clear();
        bounds.clear();
        lists.clear();
    }
};

}  // namespace ohm::api
