// The settings in force, as operators see them: what each is, where its value comes from, and what
// it would be otherwise. Never a secret's value. Made once, at start; read only.
#pragma once

#include <string>
#include <vector>

#include "base/settings.hpp"
#include "wire/fields.hpp"

namespace ohm::api::rest {

struct SettingShown {
    std::string key, value;
    bool is_secret = false, is_set = false;  // a secret has no value here
    std::string origin;                      // default, environment, flag, or file and line
    std::string default_value, allowed, meaning;
    std::string part;  // api, worker, both
    FIELDS(key, value, is_secret, is_set, origin, default_value, allowed, meaning, part)
};

// All of them, in the order of the table.
std::vector<SettingShown> shown_settings(const ohm::Settings& settings);

}  // namespace ohm::api::rest
