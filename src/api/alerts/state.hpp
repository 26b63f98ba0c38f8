// Alerts as their writer has them in a batch: the rows that its operations are about, read for that
// batch.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.hpp"

namespace ohm::api::alerts {

struct Alert {
    Ulid id;
    std::string rule_id, kind, severity, subject;
    std::int64_t station_no = 0, evse = 0, connector = 0;  // 0: none
    std::string station_id;                                // of that station; not in the row
    bool is_group = false;
    std::optional<Ulid> parent, ref;
    std::int64_t members = 0;
    std::string what, worker;
    std::int64_t due_at = 0;
    std::string state;  // open, acknowledged, snoozed, closed
    std::int64_t occurrences = 1, since_at = 0, last_at = 0, opened_at = 0;
    std::int64_t acknowledged_at = 0;
    std::string acknowledged_by, note;
    std::int64_t snoozed_until_at = 0, closed_at = 0;
    std::string closed_by, closed_reason;
    std::int64_t version = 0;
    bool is_closed() const { return closed_at != 0; }
};

// Of the running batch.
struct AlertState {
    std::vector<std::unique_ptr<Alert>> all;  // newest first among those of one subject
    Alert* find(const Ulid& id) const {
        for (const auto& one : all)
            if (one->id == id) return one.get();
        return nullptr;
    }
    std::multimap<std::pair<std::string, std::string>, Alert*> by_subject;  // with its rule
    Alert* open_of(const std::string& rule_id, const std::string& subject) const {
        const auto [begin, end] = by_subject.equal_range({rule_id, subject});
        for (auto it = begin; it != end; ++it)
            if (!it->second->is_closed()) return it->second;
        return nullptr;
    }
    Alert& add(std::unique_ptr<Alert> one) {
        all.push_back(std::move(one));
        Alert& alert = *all.back();
        by_subject.emplace(std::pair{alert.rule_id, alert.subject}, &alert);
        return alert;
    }
};

}  // namespace ohm::api::alerts
