#include "domain/report.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace ohm::domain {
namespace {

constexpr std::string_view state_names[] = {"receiving", "complete", "gap", "incomplete"};

bool has_part(const Report& report, std::int64_t seq) {
    return std::any_of(report.seen.begin(), report.seen.end(),
                       [seq](const auto& run) { return run.first <= seq && seq <= run.second; });
}

bool extends_a_run(const Report& report, std::int64_t seq) {
    return std::any_of(report.seen.begin(), report.seen.end(), [seq](const auto& run) {
        return run.first == seq + 1 || run.second == seq - 1;
    });
}

void add_part(Report& report, std::int64_t seq) {
    const auto after = std::find_if(report.seen.begin(), report.seen.end(),
                                    [seq](const auto& run) { return run.first > seq; });
    const auto added = report.seen.insert(after, {seq, seq});
    const auto next = added + 1;
    if (next != report.seen.end() && next->first == seq + 1) {
        added->second = next->second;
        report.seen.erase(next);
    }
    if (added != report.seen.begin() && (added - 1)->second + 1 == added->first) {
        (added - 1)->second = added->second;
        report.seen.erase(added);
    }
}

// Numbers count from 0.
bool has_all_parts(const Report& report) {
    return report.seen.size() == 1 && report.seen.front().first == 0 &&
           report.seen.front().second >= report.last_seq;
}

}  // namespace

std::string_view name_of(ReportState state) { return state_names[static_cast<std::size_t>(state)]; }

ReportState report_state_of(std::string_view name) {
    for (std::size_t i = 0; i < std::size(state_names); ++i)
        if (state_names[i] == name) return static_cast<ReportState>(i);
    return ReportState::incomplete;
}

PartTaken take_part(Report& report, std::int64_t seq, bool more_follow, std::size_t ranges_max) {
    const bool ended = report.state != ReportState::receiving;
    const bool ends_it_again = !more_follow && seq == report.last_seq;
    const bool begins_anew = ended && seq == 0 && has_part(report, 0) && !ends_it_again;
    if (begins_anew) report = {};
    if (has_part(report, seq)) return PartTaken::repeated;
    if (report.seen.size() < ranges_max || extends_a_run(report, seq)) add_part(report, seq);
    ++report.parts;
    if (!more_follow) report.last_seq = seq;
    report.state = report.last_seq < 0     ? ReportState::receiving
                   : has_all_parts(report) ? ReportState::complete
                                           : ReportState::gap;
    return begins_anew ? PartTaken::begun_anew : PartTaken::taken;
}

void take_unnumbered_part(Report& report, bool more_follow) {
    if (report.state != ReportState::receiving) report = {};
    take_part(report, report.parts, more_follow, 1);
}

std::string text_of_seen(const Report& report) {
    std::string text;
    for (const auto& [first, last] : report.seen) {
        if (!text.empty()) text += ',';
        text += std::to_string(first);
        if (last > first) text += "-" + std::to_string(last);
    }
    return text;
}

void read_seen(Report& report, std::string_view text) {
    for (const std::string_view word : split(text, ',')) {
        const auto dash = word.find('-');
        const auto first = parse_int(word.substr(0, dash));
        const auto last = dash == std::string_view::npos ? first : parse_int(word.substr(dash + 1));
        if (first && last && *first <= *last) report.seen.emplace_back(*first, *last);
    }
}

}  // namespace ohm::domain
