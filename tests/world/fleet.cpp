#include "fleet.hpp"

#include "base/text.hpp"
#include "ocpp/frame.hpp"

namespace ohm::world {
namespace {

bool happens(Random& random, double an_hour) { return random.chance(an_hour / 3600.0); }

}  // namespace

// Says hello and then only answers; whoever has the identity last is the station.
struct Fleet::Twin final : SimNet::Client {
    Twin(SimNet& network, CheckCommands& check) : net{network}, commands{check} {}
    void on_open(LinkId, std::string_view) override {}
    void on_message(LinkId link, std::string_view text) override {
        const ocpp::Head head = ocpp::read_head(text);
        if (head.type != ocpp::FrameType::call) return;
        commands.station_got("a twin", head.id);
        net.send(link, ocpp::call_error(head.raw_id, "NotImplemented", "a twin"));
    }
    void on_closed(LinkId, std::uint16_t, std::string_view) override {}
    void on_refused(LinkId, const net::Response&) override {}
    SimNet& net;
    CheckCommands& commands;
};

Fleet::Fleet(Lab& lab, const Scenario& scenario, const Checkers& checkers)
    : lab_{lab},
      scenario_{scenario},
      checkers_{checkers},
      schedule_{lab.schedule()},
      twin_{std::make_unique<Twin>(lab.net(), checkers.commands)} {
    // Shorter waits than real ones: more happens in an hour.
    behaviour_.retry_wait_minimum = seconds{2};
    behaviour_.retry_random_range = seconds{6};
    behaviour_.retry_repeat_times = 2;
    behaviour_.boot_retry = seconds{10};
}
Fleet::~Fleet() = default;

void Fleet::add(const std::string& id, ocpp::Version version, const std::string& password) {
    Plug plug;
    plug.station = std::make_unique<sim::Station>(
        plugs_.size(), id, version, behaviour_,
        sim::Station::Surroundings{*this, *this, schedule_.random, decoder_});
    plug.password = password;
    plugs_.push_back(std::move(plug));
}

void Fleet::start() {
    for (std::size_t i = 0; i < plugs_.size(); ++i)
        schedule_.after(milliseconds{static_cast<std::int64_t>(schedule_.random.below(5'000))},
                        [this, i] {
                            plugs_[i].powered = true;
                            plugs_[i].station->start(now());
                            reschedule(i);
                        });
}

void Fleet::reschedule(std::size_t number) {
    Plug& plug = plugs_[number];
    const Mono due = plug.station->next_due();
    if (due == Mono::max() || due >= plug.ticks_at) return;
    plug.ticks_at = due;
    schedule_.at(due, [this, number, due] {
        if (plugs_[number].ticks_at != due) return;
        plugs_[number].ticks_at = Mono::max();
        plugs_[number].station->on_tick(now());
        reschedule(number);
    });
}

// ---- everyday life ----

void Fleet::live() {
    Random& random = schedule_.random;
    for (std::size_t i = 0; i < plugs_.size(); ++i) {
        Plug& plug = plugs_[i];
        sim::Station& station = *plug.station;
        if (!plug.powered) {
            if (!random.chance(0.05)) continue;
            plug.powered = true;
            station.start(now());
        } else if (happens(random, scenario_["statuses"])) {
            const auto status = static_cast<sim::ConnectorStatus>(random.below(4));
            station.report_status(1 + static_cast<int>(random.below(2)), status, {}, now());
        } else if (happens(random, scenario_["charging_messages"])) {
            station.charge(sim::Charging::Course::brief, {}, now());
        } else if (happens(random, scenario_["reboots"])) {
            station.reboot(now());
        } else if (happens(random, scenario_["power_cuts"])) {
            plug.powered = false;
            station.stop(now());
        } else {
            continue;
        }
        reschedule(i);
    }
}

void Fleet::power(std::size_t number, bool on) {
    Plug& plug = plugs_.at(number);
    if (plug.powered == on) return;
    plug.powered = on;
    if (on)
        plug.station->start(now());
    else
        plug.station->stop(now());
    reschedule(number);
}

bool Fleet::is_quiet() const {
    for (const Plug& plug : plugs_)
        if (plug.powered && !plug.station->is_idle()) return false;
    return true;
}

void Fleet::twin(std::size_t number, Micros stays) {
    const LinkId link = lab_.net().connect(*twin_, any_worker(), upgrade(plugs_.at(number)));
    schedule_.after(stays, [this, link] { lab_.net().close(link, 1000, ""); });
}

// ---- a station's outside ----

SimNet::Host* Fleet::any_worker() {
    const auto live = lab_.live_workers();
    return live.empty() ? nullptr : lab_.worker(live[schedule_.random.below(live.size())]);
}

net::Request Fleet::upgrade(const Plug& plug) const {
    net::Request request;
    request.method = "GET";
    request.target = "/ocpp/" + percent_encode(plug.station->id());
    request.headers.push_back(
        {"sec-websocket-protocol", std::string{ocpp::subprotocol(plug.station->version())}});
    request.headers.push_back(
        {"authorization", "Basic " + to_base64(plug.station->id() + ":" + plug.password)});
    return request;
}

void Fleet::connect(sim::Station& station) {
    Plug& plug = plugs_[station.number()];
    plug.link = lab_.net().connect(*this, any_worker(), upgrade(plug));
    by_link_[plug.link] = station.number();
}

void Fleet::send(sim::Station& station, std::string_view frame) {
    const LinkId link = plugs_[station.number()].link;
    checkers_.answers.station_sent(link, station.id(), frame);
    lab_.net().send(link, frame);
}

void Fleet::close(sim::Station& station, std::uint16_t code, std::string_view reason) {
    lab_.net().close(plugs_[station.number()].link, code, reason);
}

void Fleet::note(const sim::Entry& entry) {
    schedule_.trace(sim::name_of(entry.event), entry.station);
    using Event = sim::Entry::Event;
    if (entry.event == Event::timed_out) ++time_outs_;
    if (entry.event == Event::dropped) ++dropped_;
    if (entry.event == Event::command)
        checkers_.commands.station_got(std::string{entry.station}, std::string{entry.message_id});
    checkers_.commits.note(entry);
}

// ---- from the network ----

Fleet::Plug* Fleet::plug_of(LinkId link) {
    const auto found = by_link_.find(link);
    return found == by_link_.end() ? nullptr : &plugs_[found->second];
}

void Fleet::on_open(LinkId link, std::string_view subprotocol) {
    Plug* plug = plug_of(link);
    if (!plug) return;
    plug->station->on_open(subprotocol, now());
    reschedule(plug->station->number());
}

void Fleet::on_message(LinkId link, std::string_view text) {
    Plug* plug = plug_of(link);
    if (!plug) return;
    checkers_.answers.station_got(link, plug->station->id(), text);
    plug->station->on_message(text, now());
    reschedule(plug->station->number());
}

void Fleet::on_closed(LinkId link, std::uint16_t, std::string_view) { ended(link); }
void Fleet::on_refused(LinkId link, const net::Response&) {
    ++refusals_;
    ended(link);
}

void Fleet::ended(LinkId link) {
    Plug* plug = plug_of(link);
    if (!plug) return;
    by_link_.erase(link);
    checkers_.answers.link_ended(link);
    plug->link = {};
    plug->station->on_closed(now());
    reschedule(plug->station->number());
}

}  // namespace ohm::world
