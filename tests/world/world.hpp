// A world: one Ohmstead of real code, its stations and operators, and a scenario of faults drawn
// from a seed. While faults are allowed the invariants are watched; then everything heals, and the
// world must converge. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "check_answers.hpp"
#include "check_commands.hpp"
#include "check_commits.hpp"
#include "fleet.hpp"
#include "lab.hpp"
#include "operators.hpp"
#include "scenario.hpp"
#include "sim_outside.hpp"

namespace ohm::world {

class World {
public:
    World(const Scenario& scenario, std::uint64_t seed);
    ~World();

    void run();  // faults, then healing, then settling; every checker
    const Findings& findings() const { return findings_; }
    std::uint64_t trace_hash() const { return lab_.schedule().trace_hash(); }
    std::string report() const;

private:
    void every_second();
    void inject();
    void settle();
    static bool stays_off(std::size_t number);
    void check_bounds();
    void crash_api(Micros down_for);
    void crash_worker();
    void break_link(int how);
    bool happens(std::string_view rate);

    const Scenario scenario_;
    SimOutside outside_;
    mutable Lab lab_;
    Findings findings_;
    CheckAnswers answers_;
    CheckCommands commands_;
    CheckCommits commits_;
    Fleet fleet_;
    Operators operators_;
    std::map<std::string, std::uint64_t> injected_;  // faults by name
    std::vector<std::string> chosen_;                // of the scenario, in this run
    std::uint64_t errors_before_ = 0;
    std::size_t longest_inbox_ = 0;
    bool faulty_ = false, ending_ = false;
};

}  // namespace ohm::world
