#include "domain/composite.hpp"

#include <algorithm>
#include <cstdlib>

namespace ohm::domain {
namespace {

constexpr std::int64_t default_phases = 3;

struct View {
    std::span<const ChargingProfile> profiles;
    const CompositeQuestion& question;
};

// A limit that counts at an instant, as its profile says it.
struct Cap {
    const ChargingProfile* profile = nullptr;
    std::int64_t limit_milli = 0, phases = default_phases;
};

const RunningTransaction* running_at(const CompositeQuestion& question, std::int64_t evse) {
    const auto found = std::find_if(question.running.begin(), question.running.end(),
                                    [&](const auto& one) { return one.evse == evse; });
    return found == question.running.end() ? nullptr : &*found;
}

// When the schedule's second 0 was, as seen at `at` on an EVSE; later than `at`: not yet.
std::int64_t anchor(const ChargingProfile& profile, const CompositeQuestion& question,
                    std::int64_t evse, std::int64_t at) {
    const std::int64_t start =
        profile.schedule.start.value_or(profile.facts.valid_from.value_or(profile.installed_at));
    if (profile.kind == ProfileKind::absolute) return start;
    if (profile.kind == ProfileKind::recurring) {
        if (at < start) return start;
        return at - (at - start) % profile.recurrence_s;
    }
    const RunningTransaction* running = running_at(question, evse);
    return running ? running->started_at : question.from;
}

bool is_valid(const ProfileFacts& facts, std::int64_t at) {
    return at >= facts.valid_from.value_or(at) && (!facts.valid_to || at < *facts.valid_to);
}

const SchedulePeriod* period_at(const ChargingProfile& profile, const CompositeQuestion& question,
                                std::int64_t evse, std::int64_t at) {
    if (!is_valid(profile.facts, at)) return nullptr;
    const std::int64_t offset = at - anchor(profile, question, evse, at);
    const auto& [start, duration, unit, periods] = profile.schedule;
    if (offset < 0 || (duration && offset >= *duration)) return nullptr;
    const auto next =
        std::upper_bound(periods.begin(), periods.end(), offset,
                         [](std::int64_t s, const auto& period) { return s < period.start_s; });
    return next == periods.begin() ? nullptr : &*std::prev(next);
}

bool is_of_transaction(const ProfileFacts& facts, const RunningTransaction* running) {
    return running && (facts.transaction.empty() || facts.transaction == running->id);
}

bool applies(const ProfileFacts& facts, ProfilePurpose purpose, std::int64_t evse,
             const RunningTransaction* running) {
    if (facts.purpose != purpose) return false;
    if (purpose == ProfilePurpose::tx)
        return facts.evse == evse && is_of_transaction(facts, running);
    if (purpose == ProfilePurpose::tx_default) return facts.evse == evse || facts.evse == 0;
    return facts.evse == evse;
}

// The higher stack level; on one level what is said for the EVSE itself, then the newer word.
bool leads(const ChargingProfile& a, const ChargingProfile& b) {
    if (a.facts.stack_level != b.facts.stack_level)
        return a.facts.stack_level > b.facts.stack_level;
    if (a.facts.evse != b.facts.evse) return a.facts.evse > b.facts.evse;
    if (a.installed_at != b.installed_at) return a.installed_at > b.installed_at;
    return a.facts.id > b.facts.id;
}

std::optional<Cap> leading(const View& view, ProfilePurpose purpose, std::int64_t evse,
                           std::int64_t at) {
    const RunningTransaction* running = running_at(view.question, evse);
    std::optional<Cap> best;
    for (const ChargingProfile& profile : view.profiles) {
        if (!applies(profile.facts, purpose, evse, running)) continue;
        if (best && !leads(profile, *best->profile)) continue;
        if (const SchedulePeriod* period = period_at(profile, view.question, evse, at))
            best = Cap{&profile, period->limit_milli, period->phases.value_or(default_phases)};
    }
    return best;
}

// Limits that others have set count one and all, whatever their stack levels.
void add_external(const View& view, std::int64_t evse, std::int64_t at, std::vector<Cap>& caps) {
    for (const ChargingProfile& profile : view.profiles) {
        if (!applies(profile.facts, ProfilePurpose::external, evse, nullptr)) continue;
        if (const SchedulePeriod* period = period_at(profile, view.question, evse, at))
            caps.push_back(
                {&profile, period->limit_milli, period->phases.value_or(default_phases)});
    }
}

void add_of_evse(const View& view, std::int64_t evse, std::int64_t at, std::vector<Cap>& caps) {
    add_external(view, evse, at, caps);
    auto own = leading(view, ProfilePurpose::tx, evse, at);
    if (!own) own = leading(view, ProfilePurpose::tx_default, evse, at);
    if (own) caps.push_back(*own);
}

void add_of_station(const View& view, std::int64_t at, std::vector<Cap>& caps) {
    add_external(view, 0, at, caps);
    if (const auto cap = leading(view, ProfilePurpose::max, 0, at)) caps.push_back(*cap);
}

std::int64_t converted(const Cap& cap, const CompositeQuestion& question, std::int64_t phases) {
    const RateUnit unit = cap.profile->schedule.unit;
    if (unit == question.unit) return cap.limit_milli;
    const std::int64_t volts = question.voltage * phases;
    return unit == RateUnit::amperes ? cap.limit_milli * volts : cap.limit_milli / volts;
}

CompositePeriod lowest(const std::vector<Cap>& caps, const CompositeQuestion& question) {
    CompositePeriod out;
    for (const Cap& cap : caps) out.phases = std::min(out.phases, cap.phases);
    for (const Cap& cap : caps) {
        const std::int64_t limit = converted(cap, question, out.phases);
        if (out.limit_milli && *out.limit_milli <= limit) continue;
        out.limit_milli = limit;
        out.decided_by = cap.profile->facts.purpose;
        out.profile = cap.profile->facts.id;
    }
    return out;
}

// What the EVSEs that charge may take together; nothing where one of them is not limited.
std::optional<std::int64_t> sum_of_evses(const View& view, std::int64_t at) {
    std::optional<std::int64_t> sum;
    for (const RunningTransaction& running : view.question.running) {
        std::vector<Cap> caps;
        add_of_evse(view, running.evse, at, caps);
        const CompositePeriod period = lowest(caps, view.question);
        if (!period.limit_milli) return std::nullopt;
        sum = sum.value_or(0) + *period.limit_milli;
    }
    return sum;
}

// ---- where it can change ----

class Points {
public:
    Points(const CompositeQuestion& question, std::size_t most) : question_{question}, most_{most} {
        points_.push_back(question.from);
    }
    void add(std::int64_t at) {
        if (at > question_.from && at < question_.from + question_.duration_s)
            points_.push_back(at);
    }
    bool too_many() const { return points_.size() > most_; }
    std::vector<std::int64_t> take() {
        std::sort(points_.begin(), points_.end());
        points_.erase(std::unique(points_.begin(), points_.end()), points_.end());
        return std::move(points_);
    }

private:
    const CompositeQuestion& question_;
    std::size_t most_;
    std::vector<std::int64_t> points_;
};

void add_schedule(const ChargingSchedule& schedule, std::int64_t anchor, Points& points) {
    for (const SchedulePeriod& period : schedule.periods) points.add(anchor + period.start_s);
    if (schedule.duration_s) points.add(anchor + *schedule.duration_s);
}

void add_points(const ChargingProfile& profile, const CompositeQuestion& question, Points& points) {
    if (profile.facts.valid_from) points.add(*profile.facts.valid_from);
    if (profile.facts.valid_to) points.add(*profile.facts.valid_to);
    if (profile.kind == ProfileKind::relative) {
        add_schedule(profile.schedule, question.from, points);
        for (const RunningTransaction& running : question.running)
            add_schedule(profile.schedule, running.started_at, points);
        return;
    }
    std::int64_t at = anchor(profile, question, question.evse, question.from);
    if (profile.kind == ProfileKind::absolute) return add_schedule(profile.schedule, at, points);
    for (; at < question.from + question.duration_s && !points.too_many();
         at += profile.recurrence_s) {
        points.add(at);
        add_schedule(profile.schedule, at, points);
    }
}

const CompositePeriod* period_of(std::span<const CompositePeriod> periods, std::int64_t at) {
    const CompositePeriod* found = nullptr;
    for (const CompositePeriod& period : periods)
        if (period.start_s <= at) found = &period;
    return found;
}

}  // namespace

CompositePeriod limit_at(std::span<const ChargingProfile> profiles,
                         const CompositeQuestion& question, std::int64_t at) {
    const View view{profiles, question};
    std::vector<Cap> caps;
    add_of_station(view, at, caps);
    if (question.evse > 0) {
        add_of_evse(view, question.evse, at, caps);
        return lowest(caps, question);
    }
    CompositePeriod out = lowest(caps, question);
    const auto sum = sum_of_evses(view, at);
    if (!sum || (out.limit_milli && *out.limit_milli <= *sum)) return out;
    out.limit_milli = sum;
    out.decided_by.reset();
    out.profile = 0;
    return out;
}

std::optional<std::vector<CompositePeriod>> composite(std::span<const ChargingProfile> profiles,
                                                      const CompositeQuestion& question,
                                                      std::size_t points_max) {
    Points points{question, points_max};
    for (const ChargingProfile& profile : profiles) {
        add_points(profile, question, points);
        if (points.too_many()) return std::nullopt;
    }
    std::vector<CompositePeriod> out;
    for (const std::int64_t at : points.take()) {
        CompositePeriod period = limit_at(profiles, question, at);
        period.start_s = at - question.from;
        if (out.empty() || !out.back().same_as(period)) out.push_back(period);
    }
    return out;
}

std::vector<CompositeDifference> differences(std::span<const CompositePeriod> ours,
                                             std::span<const CompositePeriod> theirs,
                                             std::int64_t duration_s,
                                             std::int64_t tolerance_milli) {
    std::vector<std::int64_t> points{0};
    for (const auto& periods : {ours, theirs})
        for (const CompositePeriod& period : periods)
            if (period.start_s > 0 && period.start_s < duration_s) points.push_back(period.start_s);
    std::sort(points.begin(), points.end());
    points.erase(std::unique(points.begin(), points.end()), points.end());
    std::vector<CompositeDifference> out;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const CompositePeriod* a = period_of(ours, points[i]);
        const CompositePeriod* b = period_of(theirs, points[i]);
        const auto limit_a = a ? a->limit_milli : std::nullopt;
        const auto limit_b = b ? b->limit_milli : std::nullopt;
        const std::int64_t end = i + 1 < points.size() ? points[i + 1] : duration_s;
        const bool same = limit_a.has_value() == limit_b.has_value() &&
                          (!limit_a || std::abs(*limit_a - *limit_b) <= tolerance_milli);
        if (same) continue;
        const bool goes_on = !out.empty() && out.back().end_s == points[i] &&
                             out.back().ours_milli == limit_a && out.back().theirs_milli == limit_b;
        if (goes_on)
            out.back().end_s = end;
        else
            out.push_back({points[i], end, limit_a, limit_b});
    }
    return out;
}

}  // namespace ohm::domain
