// Rules as they are stored: a kind, what a rule sets otherwise, and which stations it is about.
#pragma once

#include <string>
#include <vector>

#include "api/alerts/kinds.hpp"

namespace ohm::api::alerts {

struct Rule {
    std::string id;              // ULID text
    const Kind* kind = nullptr;  // null: of a kind that this program does not know
    std::string kind_name, name;
    Parameters parameters;
    std::string severity;  // the rule's own, or its kind's
    std::string station_key, location_id, vendor;
    bool enabled = true;
    std::int64_t version = 0, created_at = 0, updated_at = 0;
};

std::vector<Rule> read_rules(store::Sql& sql);
std::optional<Rule> read_rule(store::Sql& sql, const std::string& id);

}  // namespace ohm::api::alerts
