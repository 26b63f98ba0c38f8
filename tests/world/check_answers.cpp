#include "check_answers.hpp"

#include "base/limits.hpp"
#include "ocpp/frame.hpp"

namespace ohm::world {
namespace {

// The worker gives a CALL up after its time-out; by then the next may be on its way here.
constexpr Micros given_up_after = limits::call_timeout - seconds{2};

}  // namespace

void CheckAnswers::station_sent(LinkId link, const std::string& station, std::string_view frame) {
    const ocpp::Head head = ocpp::read_head(frame);
    Link& one = links_[link];
    one.station = station;
    if (head.type == ocpp::FrameType::call) {
        ++calls_;
        one.waiting[head.id] = schedule_.now();
        one.answered.erase(head.id);  // the station uses the id again
    } else if (head.id == one.ours) {
        one.ours.clear();
    }
}

void CheckAnswers::station_got(LinkId link, const std::string& station, std::string_view frame) {
    const ocpp::Head head = ocpp::read_head(frame);
    Link& one = links_[link];
    if (head.type == ocpp::FrameType::call) {
        ++commands_;
        if (!one.ours.empty() && schedule_.now() - one.ours_at < given_up_after)
            findings_.add(station + " got CALL " + head.id + " while " + one.ours +
                          " was outstanding");
        one.ours = head.id;
        one.ours_at = schedule_.now();
        return;
    }
    if (one.waiting.erase(head.id) == 1) {
        one.answered.insert(head.id);
        return;
    }
    findings_.add(
        station +
        (one.answered.contains(head.id) ? " was answered twice: " : " was answered unasked: ") +
        std::string{frame.substr(0, 120)});
}

void CheckAnswers::at_rest(Mono healed, Micros answered_within) {
    for (const auto& [id, link] : links_)
        for (const auto& [message, since] : link.waiting)
            if (since > healed && schedule_.now() - since > answered_within)
                findings_.add(link.station + " still waits for the answer to " + message);
}

}  // namespace ohm::world
