// A conversation between stations, operators and one whole Ohmstead on a clock that stands still
// between the lines: each line of input gives the lines of output that it leads to. What the lines
// mean is in README.md beside this. One thread.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lab.hpp"

namespace ohm::transcripts {

class Conversation : private world::SimNet::Client, private egress::Outside {
public:
    Conversation();
    ~Conversation() override;

    // Throws std::runtime_error with a sentence where the line makes no sense.
    std::vector<std::string> say(std::string_view line);

private:
    struct Settings;
    struct Link {
        std::string name;
        world::LinkId id{};
        std::string id_text;
    };
    void on_open(world::LinkId link, std::string_view subprotocol) override;
    void on_message(world::LinkId link, std::string_view text) override;
    void on_closed(world::LinkId link, std::uint16_t code, std::string_view reason) override;
    void on_refused(world::LinkId link, const net::Response& response) override;

    void ask(egress::Request&& request, Done done) override;

    void station(std::string_view rest);
    void connect(std::string_view rest);
    void open(const std::string& name, const std::string& station, const Settings& settings);
    void operate(std::string_view rest);
    void installation(std::string_view rest);
    void token(std::string_view rest);
    void location(std::string_view rest);
    void webhook(std::string_view rest);
    void answer_outside(std::string_view rest);
    void image(std::string_view rest);
    void query(std::string_view sql);
    void wait(std::string_view span);
    void settle();
    void sign_certificates();
    std::string filled_in(std::string_view frame) const;
    Link& current();
    std::string prefix(world::LinkId link) const;

    struct Asked {
        Done done;
        Mono until;
    };
    std::deque<Asked> asked_;  // of the outside, not answered yet
    world::Lab lab_;
    std::map<std::string, Link> links_;            // by name
    std::map<std::string, std::string> versions_;  // subprotocol, by station
    std::string current_, station_;
    bool has_authority_ = false;
    std::string call_id_,
        previous_call_id_;  // of the CALLs that stations received, quotes included
    std::vector<std::string> said_;
};

}  // namespace ohm::transcripts
