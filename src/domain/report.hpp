// A report that a station sends in several messages: which of its parts came, whether some are
// missing, whether it has ended. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ohm::domain {

enum class ReportState : std::uint8_t {
    receiving,   // the last part has not come yet
    complete,    // all of them came
    gap,         // the last one came, and one before it did not
    incomplete,  // nothing came for too long
};
std::string_view name_of(ReportState state);
ReportState report_state_of(std::string_view name);

struct Report {
    ReportState state = ReportState::receiving;
    std::int64_t parts = 0;      // that came, without repetitions
    std::int64_t last_seq = -1;  // of the part that said that it is the last; -1: not yet
    std::vector<std::pair<std::int64_t, std::int64_t>>
        seen;  // first and last of each run, ascending
};

enum class PartTaken : std::uint8_t { taken, repeated, begun_anew };
// One part. A part 0 of a report that has ended begins it anew, unless the same part ended it. More
// than `ranges_max` runs of numbers are not told apart any more: such a report has gaps.
PartTaken take_part(Report& report, std::int64_t seq, bool more_follow, std::size_t ranges_max);
// The same for reports whose parts bear no number: they count as they come.
void take_unnumbered_part(Report& report, bool more_follow);

std::string text_of_seen(const Report& report);  // "0-4,6"
// The other way; what is not of that form is left out.
void read_seen(Report& report, std::string_view text);

}  // namespace ohm::domain
