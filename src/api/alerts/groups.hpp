// Many of one rule and worker within a short time are one alert with members: a worker's death is
// one thing to look at, not four hundred. Pure, on the rows of a batch.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "api/alerts/state.hpp"

namespace ohm::api::alerts {

struct FreshOne {
    Alert* alert;
    std::int64_t group_from;  // 0: stays alone
};
using Fresh = std::vector<FreshOne>;

struct Grouped {
    Alert* group;
    bool is_new;
    std::vector<Alert*> taken_in;  // that were open alone before
};

std::string group_subject(const std::string& worker);

// Gives each of `fresh` that belongs to a group its parent, and says which groups have changed. A
// group that is open takes in what went within the window of its newest member.
std::vector<Grouped> put_together(AlertState& state, const Fresh& fresh, std::int64_t now_us,
                                  const std::function<Ulid()>& new_id);

}  // namespace ohm::api::alerts
