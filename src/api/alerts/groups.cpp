#include "api/alerts/groups.hpp"

#include <algorithm>

#include "base/limits_alerts.hpp"

namespace ohm::api::alerts {
namespace {

constexpr std::int64_t window_us = Micros{limits::alert_group_window}.count();

struct Candidate {
    Alert* alert;
    bool is_fresh;
};
struct Pile {  // of one rule and worker
    std::vector<Candidate> list;
    std::int64_t group_from = 0;
};
using Piles = std::map<std::pair<std::string, std::string>, Pile>;

Piles piles_of(const AlertState& state, const Fresh& fresh) {
    Piles piles;
    for (const FreshOne& one : fresh) {
        if (one.group_from == 0) continue;
        Pile& pile = piles[{one.alert->rule_id, one.alert->worker}];
        pile.group_from = one.group_from;
        pile.list.push_back({one.alert, true});
    }
    if (piles.empty()) return piles;
    for (const auto& known : state.all) {
        const auto pile = piles.find({known->rule_id, known->worker});
        const bool is_alone =
            !known->is_closed() && !known->is_group && !known->parent && known->version > 0;
        if (pile == piles.end() || !is_alone) continue;
        auto& list = pile->second.list;
        const bool is_there = std::any_of(list.begin(), list.end(), [&](const Candidate& one) {
            return one.alert == known.get();
        });
        if (!is_there) list.push_back({known.get(), false});
    }
    for (auto& [key, pile] : piles)
        std::stable_sort(pile.list.begin(), pile.list.end(),
                         [](const Candidate& a, const Candidate& b) {
                             return a.alert->since_at < b.alert->since_at;
                         });
    return piles;
}

// A new group, or one that has ended lately and begins again.
Alert& begin_group(AlertState& state, const Alert& first, std::int64_t now_us,
                   const std::function<Ulid()>& new_id) {
    const std::string subject = group_subject(first.worker);
    const auto [begin, end] = state.by_subject.equal_range({first.rule_id, subject});
    for (auto it = begin; it != end; ++it) {
        Alert& known = *it->second;
        if (!known.closed_by.empty()) continue;
        known.state = "open";
        known.closed_at = known.acknowledged_at = known.snoozed_until_at = known.members = 0;
        known.closed_reason.clear();
        known.acknowledged_by.clear();
        ++known.occurrences;
        known.since_at = first.since_at;
        return known;
    }
    auto made = std::make_unique<Alert>();
    made->id = new_id();
    made->rule_id = first.rule_id;
    made->kind = first.kind;
    made->severity = first.severity;
    made->subject = subject;
    made->is_group = true;
    made->worker = first.worker;
    made->what = first.what;
    made->state = "open";
    made->opened_at = now_us;
    made->since_at = first.since_at;
    return state.add(std::move(made));
}

void take_in(Grouped& grouped, const Candidate& one) {
    Alert& group = *grouped.group;
    one.alert->parent = group.id;
    ++group.members;
    group.last_at = std::max(group.last_at, one.alert->since_at);
    if (!one.is_fresh) grouped.taken_in.push_back(one.alert);
}

// The list from `at` on, as far as it lies within the window of the one before.
std::size_t end_of_burst(const std::vector<Candidate>& list, std::size_t at) {
    std::size_t end = at + 1;
    while (end < list.size() &&
           list[end].alert->since_at - list[end - 1].alert->since_at <= window_us)
        ++end;
    return end;
}

}  // namespace

std::string group_subject(const std::string& worker) { return "group/" + worker; }

std::vector<Grouped> put_together(AlertState& state, const Fresh& fresh, std::int64_t now_us,
                                  const std::function<Ulid()>& new_id) {
    std::vector<Grouped> out;
    for (auto& [key, pile] : piles_of(state, fresh)) {
        Grouped grouped{state.open_of(key.first, group_subject(key.second)), false, {}};
        for (std::size_t at = 0; at < pile.list.size();) {
            const std::size_t end = end_of_burst(pile.list, at);
            const Alert& first = *pile.list[at].alert;
            const bool joins =
                grouped.group && first.since_at <= grouped.group->last_at + window_us &&
                pile.list[end - 1].alert->since_at >= grouped.group->since_at - window_us;
            const bool is_enough = static_cast<std::int64_t>(end - at) >= pile.group_from;
            if (is_enough && !grouped.group) {
                grouped.group = &begin_group(state, first, now_us, new_id);
                grouped.is_new = true;
            }
            for (; at < end; ++at)
                if (is_enough || joins) take_in(grouped, pile.list[at]);
        }
        const bool has_changed =
            grouped.group &&
            (grouped.is_new ||
             std::any_of(pile.list.begin(), pile.list.end(), [&](const Candidate& one) {
                 return one.alert->parent == grouped.group->id;
             }));
        if (has_changed) out.push_back(std::move(grouped));
    }
    return out;
}

}  // namespace ohm::api::alerts
