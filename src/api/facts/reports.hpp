// Reports in several messages: which parts came, and when one that stays away makes the report
// incomplete. The content of a part is stored as it comes, by its handler.
#pragma once

#include <optional>
#include <string_view>

#include "api/dispatch.hpp"

namespace ohm::api {

struct ReportPart {
    std::string_view kind;
    std::int64_t request_id = 0;
    std::optional<std::int64_t> seq;  // absent: this kind of report does not number its parts
    bool more_follow = false;
    std::int64_t generated_at = 0;
};
void note_part(Handler& handler, const ReportPart& part);

// On the shard's tick: reports of which nothing came for too long.
void expire_reports(ShardState& shard, Batch& batch);

}  // namespace ohm::api
