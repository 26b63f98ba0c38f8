#include "sim/fleet.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace ohm::sim {
namespace {

constexpr Micros wheel_step = milliseconds{50};
constexpr Micros dial_step = milliseconds{10};
constexpr Micros load_step = milliseconds{1};
constexpr Micros phase_step = milliseconds{100};
constexpr std::int64_t asleep = std::numeric_limits<std::int64_t>::max();

std::int64_t tick_of(Mono at) { return at.time_since_epoch() / wheel_step; }

std::uint64_t cpu_us() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto us = [](const timeval& at) {
        return static_cast<std::uint64_t>(at.tv_sec) * 1'000'000 +
               static_cast<std::uint64_t>(at.tv_usec);
    };
    return us(usage.ru_utime) + us(usage.ru_stime);
}

std::uint64_t rss_bytes() {
    std::ifstream file{"/proc/self/statm"};
    std::uint64_t all_pages = 0, resident_pages = 0;
    file >> all_pages >> resident_pages;
    return resident_pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t us(Micros span) { return static_cast<std::uint64_t>(span.count()); }

}  // namespace

Fleet::Fleet(net::Loop& loop, const FleetSettings& settings)
    : loop_{loop},
      settings_{settings},
      random_{settings.population.seed ^ (settings.first * 0x9E3779B97F4A7C15u)},
      client_{loop, *this, {.message_bytes = limits::frame_bytes}},
      places_(settings.count),
      load_{settings_.load, stations_, random_},
      is_accepted_(settings.count) {
    if (!settings_.ledger_file.empty())
        ledger_file_ = std::make_unique<LedgerFile>(settings_.ledger_file);
    for (std::size_t i = 0; i < settings_.count; ++i)
        stations_.emplace_back(i, settings_.population.id(settings_.first + i),
                               settings_.population.version(settings_.first + i),
                               settings_.behaviour,
                               Station::Surroundings{*this, *this, random_, decoder_});
    for (Place& place : places_) place.wake_tick = asleep;
    report_.stations = settings_.count;
}

Fleet::~Fleet() {
    for (const net::TimerId timer : timers_) loop_.cancel(timer);
}

void Fleet::start() {
    started_at_ = phase_began_ = dialled_at_ = now().mono;
    timers_.push_back(loop_.every(wheel_step, [this] { on_wheel(); }));
    timers_.push_back(loop_.every(dial_step, [this] { connect_some(); }));
    timers_.push_back(loop_.every(phase_step, [this] { step_phase(); }));
    timers_.push_back(loop_.every(seconds{1}, [this] { disturb(); }));
    if (load_.needs_ticks())
        timers_.push_back(loop_.every(load_step, [this] { load_.on_tick(now()); }));
    for (std::size_t i = 0; i < stations_.size(); ++i) {
        stations_[i].start(now());
        changed(i, now());
    }
}

// ---- phases ----

void Fleet::step_phase() {
    const Mono at = now().mono;
    const Micros in_phase = at - phase_began_;
    watch_recovery(at);
    switch (phase_) {
        case Phase::connecting:
            if (accepted_ < stations_.size() && in_phase < ramp() + settings_.patience) return;
            report_.connecting_us = us(in_phase);
            phase_ = Phase::ready;
            return;
        case Phase::warming:
            if (in_phase >= settings_.warm_up) begin_measuring();
            return;
        case Phase::loading:
            if (settings_.duration > seconds{0} && in_phase >= settings_.duration) stop_load();
            return;
        case Phase::draining: {
            const bool all_answered = report().unanswered == 0;
            if (!all_answered && in_phase < limits::sim_drain) return;
            report_ = report();
            report_.last = true;
            for (std::size_t i = 0; i < stations_.size(); ++i) stations_[i].stop(now());
            phase_ = Phase::closing;
            phase_began_ = at;
            return;
        }
        case Phase::closing:
            if (client_.connection_count() > 0 && in_phase < limits::sim_close) return;
            if (ledger_file_) ledger_file_->flush();
            phase_ = Phase::done;
            return;
        case Phase::ready:
        case Phase::done: return;
    }
}

void Fleet::begin_load() {
    if (phase_ != Phase::ready) return;
    phase_ = Phase::warming;
    phase_began_ = now().mono;
    load_.start(now());
    if (settings_.warm_up == seconds{0}) begin_measuring();
}

void Fleet::begin_measuring() {
    before_load_ = report().total;
    load_.forget_latency();
    cpu_before_us_ = cpu_us();
    phase_ = Phase::loading;
    phase_began_ = now().mono;
}

void Fleet::stop_load() {
    report_.measured = report().measured;
    report_.measured_us = us(now().mono - phase_began_);
    report_.cpu_us = cpu_us() - cpu_before_us_;
    load_.stop();
    phase_ = Phase::draining;
    phase_began_ = now().mono;
}

void Fleet::finish() {
    if (phase_ == Phase::warming) begin_measuring();
    if (phase_ == Phase::loading) return stop_load();
    if (phase_ != Phase::connecting && phase_ != Phase::ready) return;
    phase_ = Phase::draining;
    phase_began_ = now().mono;
}

Report Fleet::report() const {
    if (report_.last) return report_;
    Report report = report_;
    report.ready = phase_ != Phase::connecting;
    report.online = online_;
    report.accepted = accepted_;
    for (const Station& station : stations_) report.unanswered += station.calls_waiting();
    report.rss_bytes = rss_bytes();
    report.total = total_;
    report.total.missed = load_.missed();
    report.latency = load_.latency().data();
    report.boot_latency = load_.boot_latency().data();
    if (phase_ != Phase::loading) return report;
    report.measured = report.total - before_load_;
    report.measured_us = us(now().mono - phase_began_);
    report.cpu_us = cpu_us() - cpu_before_us_;
    return report;
}

// ---- time ----

Now Fleet::now() const { return {loop_.clock().mono(), loop_.clock().utc()}; }

// After everything that happens to a station: when does it want to be woken, may the load use it?
// Sleeping longer than thought costs one needless wake-up, so only an earlier time moves it.
void Fleet::changed(std::size_t index, Now now) {
    load_.on_change(index, now);
    const Station& station = stations_[index];
    if (is_accepted_[index] != (station.is_open() && station.is_accepted())) {
        is_accepted_[index] = !is_accepted_[index];
        is_accepted_[index] ? ++accepted_ : --accepted_;
    }
    const Mono due = station.next_due();
    if (due == Mono::max()) return;
    const std::int64_t tick = tick_of(std::max(due, now.mono)) + 1;
    if (tick >= places_[index].wake_tick) return;
    places_[index].wake_tick = tick;
    wheel_[tick].push_back(static_cast<std::uint32_t>(index));
}

void Fleet::on_wheel() {
    const std::int64_t current = tick_of(now().mono);
    while (!wheel_.empty() && wheel_.begin()->first <= current) {
        const auto slot = wheel_.extract(wheel_.begin());
        for (const std::uint32_t index : slot.mapped()) {
            if (places_[index].wake_tick != slot.key()) continue;  // moved to an earlier one
            places_[index].wake_tick = asleep;
            stations_[index].on_tick(now());
            changed(index, now());
        }
    }
}

void Fleet::disturb() {
    if (phase_ != Phase::loading || stations_.empty()) return;
    const auto share = [this](seconds every) {
        return every > seconds{0}
                   ? static_cast<double>(stations_.size()) / static_cast<double>(every.count())
                   : 0.0;
    };
    const bool drops_all = settings_.drop_all_after > seconds{0} && dropped_all_at_ == Mono{} &&
                           now().mono - phase_began_ >= settings_.drop_all_after;
    if (drops_all) drop_all();
    reboots_owed_ += share(settings_.reboot_every);
    drops_owed_ += share(settings_.drop_every);
    for (; reboots_owed_ >= 1; reboots_owed_ -= 1) {
        const std::size_t index = random_.below(stations_.size());
        stations_[index].reboot(now());
        changed(index, now());
    }
    for (; drops_owed_ >= 1; drops_owed_ -= 1) {
        const std::size_t index = random_.below(stations_.size());
        if (places_[index].link == Link::open) client_.reset(places_[index].socket);
    }
}

void Fleet::drop_all() {
    dropped_all_at_ = now().mono;
    disconnects_of_drop_ = total_.disconnects + online_;
    for (const Place& place : places_)
        if (place.link == Link::open) client_.reset(place.socket);
}

// Until all are on line again after all were dropped; what they say then is theirs to say.
void Fleet::watch_recovery(Mono at) {
    if (dropped_all_at_ == Mono{} || report_.recovering_us > 0) return;
    const bool all_dropped = total_.disconnects >= disconnects_of_drop_;
    if (all_dropped && online_ == stations_.size())
        report_.recovering_us = us(at - dropped_all_at_);
}

// ---- connecting ----

void Fleet::connect_some() {
    for (const std::uint32_t index : std::exchange(abandoned_, {})) lose(index);
    const Mono at = now().mono;
    const double elapsed_s = static_cast<double>((at - dialled_at_).count()) / 1e6;
    may_dial_ = may_dial_more(elapsed_s);
    dialled_at_ = at;
    while (may_dial_ >= 1 && !dialling_.empty() && handshakes_ < limits::sim_connecting) {
        const std::uint32_t index = dialling_.front();
        dialling_.pop_front();
        if (places_[index].link != Link::queued) continue;
        may_dial_ -= 1;
        dial(index);
    }
}

Micros Fleet::ramp() const {
    if (settings_.arrival == Arrival::storm) return Micros{0};
    const double ramp_s = static_cast<double>(settings_.count) / settings_.connect_rate;
    return Micros{static_cast<std::int64_t>(ramp_s * 1e6)};
}

// What could not be used up in a second is forfeited: no burst after a pause.
double Fleet::may_dial_more(double elapsed_s) const {
    if (settings_.arrival == Arrival::storm) return static_cast<double>(dialling_.size());
    double rate = settings_.connect_rate;
    const double running_us = static_cast<double>((dialled_at_ - started_at_).count());
    const double part = running_us / static_cast<double>(std::max(ramp(), Micros{1}).count());
    if (settings_.arrival == Arrival::rush && part < 1) rate *= 2 * part;
    return std::min(may_dial_ + elapsed_s * rate, std::max(rate, 1.0));
}

void Fleet::dial(std::size_t index) {
    const std::size_t number = settings_.first + index;
    Place& place = places_[index];
    try {
        const std::string& id = stations_[index].id();
        const Target& target = target_of(settings_.targets, number, settings_.stations);
        place.socket =
            client_.connect(endpoint_of(settings_.targets, number, settings_.stations, id),
                            target.path + percent_encode(id), headers_for(number));
        client_.set_tag(place.socket, static_cast<std::uint32_t>(index) + 1);
        place.link = Link::connecting;
        ++handshakes_;
    } catch (const Fault& fault) {
        count_failure(report_.failures, fault.what(), 1);
        lose(index);
    }
}

std::vector<net::Header> Fleet::headers_for(std::size_t number) const {
    const Population& population = settings_.population;
    std::vector<net::Header> headers{
        {"sec-websocket-protocol", std::string{ocpp::subprotocol(population.version(number))}}};
    if (!population.has_password()) return headers;
    const std::string credentials = population.id(number) + ":" + population.password(number);
    headers.push_back({"authorization", "Basic " + to_base64(credentials)});
    return headers;
}

void Fleet::lose(std::size_t index) {
    places_[index].link = Link::none;
    places_[index].socket = {};
    stations_[index].on_closed(now());
    changed(index, now());
}

// ---- what stations ask for ----

void Fleet::connect(Station& station) {
    const std::size_t index = station.number();
    places_[index].link = Link::queued;
    dialling_.push_back(static_cast<std::uint32_t>(index));
}

void Fleet::send(Station& station, std::string_view frame) {
    client_.send_text(places_[station.number()].socket, frame);
}

void Fleet::close(Station& station, std::uint16_t code, std::string_view reason) {
    const std::size_t index = station.number();
    Place& place = places_[index];
    if (place.link == Link::open) return client_.close(place.socket, code, reason);
    const bool dialled = place.link == Link::connecting;
    place.link = Link::abandoned;
    if (dialled) return client_.reset(place.socket);
    abandoned_.push_back(static_cast<std::uint32_t>(index));
}

// ---- what the client tells ----

std::size_t Fleet::index_of(net::SocketId socket) const {
    const std::uint32_t tag = client_.tag(socket);
    ENSURE(tag != 0 && tag <= stations_.size());
    return tag - 1;
}

void Fleet::on_open(net::SocketId socket, std::string_view subprotocol) {
    const std::size_t index = index_of(socket);
    places_[index].link = Link::open;
    --handshakes_;
    ++online_;
    ++total_.connects;
    stations_[index].on_open(subprotocol, now());
    changed(index, now());
}

void Fleet::on_refused(net::SocketId socket, int status, std::string_view detail) {
    --handshakes_;
    const std::size_t index = index_of(socket);
    if (places_[index].link != Link::abandoned)  // by the station itself
        count_failure(report_.failures,
                      status > 0 ? "HTTP " + std::to_string(status) : std::string{detail}, 1);
    lose(index);
}

void Fleet::on_message(net::SocketId socket, std::string_view text) {
    const std::size_t index = index_of(socket);
    const Now at = now();
    stations_[index].on_message(text, at);
    changed(index, at);
}

void Fleet::on_closed(net::SocketId socket, const net::Closed&) {
    --online_;
    ++total_.disconnects;
    lose(index_of(socket));
}

void Fleet::note(const Entry& entry) {
    using Event = Entry::Event;
    switch (entry.event) {
        case Event::sent: ++total_.sent; break;
        case Event::acked: ++total_.answered; break;
        case Event::refused: ++total_.call_errors; break;
        case Event::timed_out: ++total_.timed_out; break;
        case Event::dropped: ++total_.dropped; break;
        case Event::command: ++total_.commands; break;
        case Event::stray:
        case Event::unreadable: ++total_.strays; break;
        case Event::answered: break;
    }
    load_.note(entry);
    if (ledger_file_) ledger_file_->note(entry);
}

}  // namespace ohm::sim
