// How settings are written: env files, the environment, flags; all three as one list. Only
// settings.cpp calls this.
#pragma once

#include <string>
#include <vector>

#include "base/settings.hpp"

namespace ohm {

struct SettingAssignment {
    std::string key;
    std::string shown;  // as the person wrote it: a key or a flag
    std::string value;
    std::string source;  // file, `environment` or `flag`
    std::string origin;  // the same with the line
};

Result<std::vector<SettingAssignment>> read_sources(const SettingSources& sources);

Refusal bad_setting(std::string sentence);

// The lines of one env file: `KEY=value`, `export KEY=value`, values in quotes, `#` comments.
Result<std::vector<SettingAssignment>> read_env_text(std::string_view text,
                                                     const std::string& file);

Result<std::string> read_secret_file(const SettingAssignment& assignment);

}  // namespace ohm
