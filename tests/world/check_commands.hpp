// Operators' commands as stations saw them against their rows: received at most once, never where
// the row says `offline`, exactly once where it says `answered`, and final in the end. One thread.
#pragma once

#include <map>
#include <string>

#include "findings.hpp"
#include "store/sql.hpp"

namespace ohm::world {

class CheckCommands {
public:
    explicit CheckCommands(Findings& findings) : findings_{findings} {}
    void station_got(const std::string& station, const std::string& message_id);
    // When nothing more can come.
    void at_rest(store::Sql& truth);
    std::map<std::string, std::uint64_t> ends() const { return ends_; }

private:
    Findings& findings_;
    std::map<std::string, int> received_;        // by message id, which is ours and unique
    std::map<std::string, std::uint64_t> ends_;  // how many commands ended how
};

}  // namespace ohm::world
