// The stations of the world: the real simulated ones, each with a plug into the simulated network,
// and what happens to them in everyday life. Everything they see goes to the checkers. One thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "check_answers.hpp"
#include "check_commands.hpp"
#include "check_commits.hpp"
#include "lab.hpp"
#include "scenario.hpp"
#include "sim/station.hpp"

namespace ohm::world {

class Fleet final : private sim::Station::Outside, private sim::Ledger, private SimNet::Client {
public:
    struct Checkers {
        CheckAnswers& answers;
        CheckCommands& commands;
        CheckCommits& commits;
    };
    Fleet(Lab& lab, const Scenario& scenario, const Checkers& checkers);
    ~Fleet() override;

    void add(const std::string& id, ocpp::Version version, const std::string& password);
    void start();  // all of them, over some seconds
    // A second device with the identity of one of them comes, stays a while and leaves.
    void twin(std::size_t number, Micros stays);
    void live();  // everyday life of a second: statuses, reboots, power cuts
    void power(std::size_t number, bool on);

    std::size_t size() const { return plugs_.size(); }
    const sim::Station& station(std::size_t number) const { return *plugs_.at(number).station; }
    bool is_quiet() const;  // none that is on has anything to say
    bool is_powered(std::size_t number) const { return plugs_.at(number).powered; }
    LinkId link(std::size_t number) const { return plugs_.at(number).link; }
    std::uint64_t time_outs() const { return time_outs_; }
    std::uint64_t dropped() const { return dropped_; }
    std::uint64_t refusals() const { return refusals_; }

private:
    struct Plug {
        std::unique_ptr<sim::Station> station;
        std::string password;
        LinkId link{};
        bool powered = false;
        Mono ticks_at = Mono::max();
    };
    struct Twin;

    void connect(sim::Station& station) override;
    void send(sim::Station& station, std::string_view frame) override;
    void close(sim::Station& station, std::uint16_t code, std::string_view reason) override;
    void note(const sim::Entry& entry) override;
    void on_open(LinkId link, std::string_view subprotocol) override;
    void on_message(LinkId link, std::string_view text) override;
    void on_closed(LinkId link, std::uint16_t code, std::string_view reason) override;
    void on_refused(LinkId link, const net::Response& response) override;

    sim::Now now() const { return {schedule_.now(), schedule_.clock.utc()}; }
    Plug* plug_of(LinkId link);
    void ended(LinkId link);
    void reschedule(std::size_t number);
    SimNet::Host* any_worker();
    net::Request upgrade(const Plug& plug) const;

    Lab& lab_;
    const Scenario& scenario_;
    Checkers checkers_;
    Schedule& schedule_;
    sim::Behaviour behaviour_;
    wire::Decoder decoder_;
    std::vector<Plug> plugs_;
    std::map<LinkId, std::size_t> by_link_;
    std::unique_ptr<Twin> twin_;
    std::uint64_t time_outs_ = 0, dropped_ = 0, refusals_ = 0;
};

}  // namespace ohm::world
