// What the checkers found. The first is what matters; the rest is often its shadow. One thread.
#pragma once

#include <string>
#include <vector>

#include "schedule.hpp"

namespace ohm::world {

class Findings {
public:
    explicit Findings(const Schedule& schedule) : schedule_{schedule} {}
    void add(const std::string& what) {
        ++count_;
        if (kept_.size() < most) kept_.push_back(at() + what);
    }
    std::size_t count() const { return count_; }
    const std::vector<std::string>& kept() const { return kept_; }

private:
    static constexpr std::size_t most = 20;
    std::string at() const {
        return "[" + std::to_string(schedule_.now().time_since_epoch().count() / 1000) + " ms] ";
    }
    const Schedule& schedule_;
    std::size_t count_ = 0;
    std::vector<std::string> kept_;
};

}  // namespace ohm::world
