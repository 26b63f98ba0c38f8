// The rare parts of a station in its shard's memory: reports that come in several messages, and how
// often lenient decoding helped. Owned by the station; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/local_time.hpp"
#include "domain/report.hpp"

namespace ohm::api {

struct FollowedReport {
    std::string kind;
    std::int64_t request_id = 0;
    domain::Report report;
    std::int64_t generated_at = 0, started_at = 0, updated_at = 0;
};

struct QuirkCount {
    std::string quirk, action, path;  // where it was seen last
    std::int64_t count = 0, first_at = 0, last_at = 0;
    bool changed = false;
};

struct StationFacts {
    std::vector<FollowedReport> reports;  // the one heard of last is the last
    std::vector<QuirkCount> quirks;
    std::int64_t quirks_written_at = 0;
    domain::LocalTime local_time;  // learnt anew by each owner
};

}  // namespace ohm::api
