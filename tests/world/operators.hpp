// Operators who do at random what the REST side lets them do, and remember what they were told. One
// thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "findings.hpp"
#include "lab.hpp"

namespace ohm::world {

class Operators {
public:
    Operators(Lab& lab, Findings& findings) : lab_{lab}, findings_{findings} {}

    void create(const std::string& id, const std::string& password);
    bool all_created() const { return created_ == ids_.size(); }
    void act();  // one random operation on a random station
    // A command that any station answers, to find out whether it is reached.
    void probe(const std::string& id);
    std::size_t probes_answered() const { return probes_answered_; }
    const std::map<std::string, std::uint64_t>& answers() const { return answers_; }

private:
    void command(const std::string& id, const std::string& parameters);
    void ask(std::string_view operation, const std::string& id, const std::string& parameters,
             Micros wait);
    void create_until_done(const std::string& id, const std::string& parameters);

    Lab& lab_;
    Findings& findings_;
    std::vector<std::string> ids_;
    std::map<std::string, std::string> passwords_;
    std::map<std::string, std::uint64_t> answers_;  // how often which status
    std::size_t created_ = 0, probes_answered_ = 0;
    std::uint64_t asked_ = 0;
};

}  // namespace ohm::world
