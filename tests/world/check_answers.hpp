// Every CALL that a station sent gets exactly one answer, or its connection ends; and we never have
// two CALLs of our own outstanding on one connection. Watches both ends of each link's frames. One
// thread.
#pragma once

#include <map>
#include <set>
#include <string>

#include "findings.hpp"
#include "sim_net.hpp"

namespace ohm::world {

class CheckAnswers {
public:
    CheckAnswers(const Schedule& schedule, Findings& findings)
        : schedule_{schedule}, findings_{findings} {}
    void station_sent(LinkId link, const std::string& station, std::string_view frame);
    void station_got(LinkId link, const std::string& station, std::string_view frame);
    void link_ended(LinkId link) { links_.erase(link); }
    // After everything has settled: what was asked since then is not still waited for.
    void at_rest(Mono healed, Micros answered_within);

    std::uint64_t calls() const { return calls_; }
    std::uint64_t commands() const { return commands_; }

private:
    struct Link {
        std::string station;
        std::map<std::string, Mono> waiting;  // CALLs of the station by message id
        std::set<std::string> answered;
        std::string ours;  // the message id of our CALL that it has not answered yet
        Mono ours_at{};
    };
    const Schedule& schedule_;
    Findings& findings_;
    std::map<LinkId, Link> links_;
    std::uint64_t calls_ = 0, commands_ = 0;
};

}  // namespace ohm::world
