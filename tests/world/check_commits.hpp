// What a station has been answered stands in the database at that moment: its status, its boot, and
// exactly once what it says about charging.
// Reads the truth when the station gets the answer. One thread.
#pragma once

#include <map>
#include <string>

#include "findings.hpp"
#include "sim/ledger.hpp"
#include "store/sql.hpp"

namespace ohm::world {

class CheckCommits {
public:
    CheckCommits(store::Sql& truth, Findings& findings) : truth_{truth}, findings_{findings} {}
    void note(const sim::Entry& entry);
    std::uint64_t checked() const { return checked_; }

private:
    void check_status(const std::string& station, const std::string& payload);
    void check_boot(const std::string& station);
    void check_charging(const sim::Entry& entry, const std::string& payload);
    void expect_one(const std::string& station, const std::string& payload,
                    const std::string& query, std::initializer_list<store::Value> values);

    store::Sql& truth_;
    Findings& findings_;
    std::map<std::pair<std::string, std::uint64_t>, std::string> sent_;  // payloads
    std::uint64_t checked_ = 0;
};

}  // namespace ohm::world
