#include "net/loop.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <deque>
#include <map>
#include <string>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "base/mailbox.hpp"

namespace ohm::net {
namespace {

// Few enough that what was read of a connection is still in the cache when it is written to.
constexpr std::size_t events_per_round = 64;
constexpr int round_end_repeats_max = 16;

[[noreturn]] void fail(const char* call) {
    throw Fault{Fault::Kind::fatal, std::string{call} + ": " + std::strerror(errno)};
}

// The generation tells an event of this registration from one that was queued for a descriptor
// since closed and opened anew.
struct Registration {
    Loop::Watcher* watcher = nullptr;
    std::uint32_t generation = 0;
};

struct Timer {
    std::function<void()> work;
    Micros interval{0};  // 0: once
};

struct RoundEnd {
    TimerId id = 0;
    std::function<bool()> work;
    bool cancelled = false;  // erased later: it may be running now
};

std::uint64_t key_of(int descriptor, std::uint32_t generation) {
    return std::uint64_t{generation} << 32 | static_cast<std::uint32_t>(descriptor);
}

}  // namespace

struct Loop::State {
    explicit State(const Clock& c)
        : clock{c}, now{c.mono()}, mailbox{limits::loop_mailbox, [this] { wake(); }} {}

    void wake() const {
        const std::uint64_t one = 1;
        // A full counter wakes as well, so the result does not matter.
        [[maybe_unused]] const auto written = ::write(wake_descriptor, &one, sizeof one);
    }

    const Clock& clock;
    Mono now;
    int epoll_descriptor = -1;
    int wake_descriptor = -1;
    bool stopped = false;
    bool more_posted = false;
    bool unfinished = false;
    Mailbox<std::function<void()>> mailbox;
    std::deque<Registration> registrations;  // by descriptor; grows without moving
    std::map<std::pair<Mono, TimerId>, Timer> timers;
    std::unordered_map<TimerId, Mono> due;  // where a timer is in `timers`
    std::deque<RoundEnd> round_ends;        // does not move a running one when another is added
    TimerId last_id = 0;

    Registration* registration(std::uint64_t key);
    void fetch_ahead(std::uint64_t key);
    TimerId add(Micros delay, Micros interval, std::function<void()> work);
    int wait_ms(milliseconds at_most) const;
    void dispatch(int wait_ms_at_most);
    void run_posted();
    void run_timers();
    bool run_round_ends();
};

Loop::Loop(const Clock& clock) : state_{std::make_unique<State>(clock)} {
    // OpenSSL writes with write(2): a closed peer must be an error code, not the end of the
    // process.
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    state_->epoll_descriptor = ::epoll_create1(EPOLL_CLOEXEC);
    if (state_->epoll_descriptor < 0) fail("epoll_create1");
    state_->wake_descriptor = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (state_->wake_descriptor < 0) fail("eventfd");
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = key_of(state_->wake_descriptor, 0);
    if (::epoll_ctl(state_->epoll_descriptor, EPOLL_CTL_ADD, state_->wake_descriptor, &event) != 0)
        fail("epoll_ctl");
}

Loop::~Loop() {
    // What a timer or posted work owns may still cancel timers and forget descriptors while it
    // dies, so each is taken out before it is destroyed.
    while (!state_->timers.empty()) {
        const auto node = state_->timers.extract(state_->timers.begin());
        state_->due.erase(node.key().second);
    }
    std::vector<std::function<void()>> unrun;
    state_->mailbox.take(unrun);
    unrun.clear();
    ::close(state_->wake_descriptor);
    ::close(state_->epoll_descriptor);
}

void Loop::run() {
    while (turn(minutes{1})) {}
}

void Loop::stop() {
    post([state = state_.get()] { state->stopped = true; });
}

void Loop::post(std::function<void()> work) { state_->mailbox.push_always(std::move(work)); }

bool Loop::turn(milliseconds wait_at_most) {
    State& state = *state_;
    if (state.stopped) return false;
    state.dispatch(state.wait_ms(wait_at_most));
    state.run_timers();
    // Bounded, so that sockets which keep each other busy do not keep timers waiting.
    state.unfinished = true;
    for (int i = 0; i < round_end_repeats_max && state.unfinished; ++i)
        state.unfinished = state.run_round_ends();
    return !state.stopped;
}

int Loop::State::wait_ms(milliseconds at_most) const {
    if (more_posted || unfinished) return 0;
    Micros wait = at_most;
    if (!timers.empty()) wait = std::min(wait, timers.begin()->first.first - clock.mono());
    return static_cast<int>(std::chrono::ceil<milliseconds>(std::max(wait, Micros{0})).count());
}

void Loop::State::dispatch(int wait_ms_at_most) {
    std::array<epoll_event, events_per_round> events;
    const int count = ::epoll_wait(epoll_descriptor, events.data(), static_cast<int>(events.size()),
                                   wait_ms_at_most);
    if (count < 0 && errno != EINTR) fail("epoll_wait");
    now = clock.mono();
    bool posted = more_posted;
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (event.data.u64 == key_of(wake_descriptor, 0)) {
            posted = true;
            continue;
        }
        if (i + 1 < count) fetch_ahead(events[static_cast<std::size_t>(i) + 1].data.u64);
        if (Registration* found = registration(event.data.u64))
            found->watcher->on_ready(event.events);
    }
    if (posted) run_posted();
}

void Loop::State::run_posted() {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(wake_descriptor, &count, sizeof count);
    std::vector<std::function<void()>> works;
    mailbox.take(works, limits::posts_per_round);
    more_posted = works.size() == limits::posts_per_round;
    for (const auto& work : works) work();
}

void Loop::State::run_timers() {
    // Only what is due at the start: a timer set to zero by a timer waits for the next round.
    const TimerId newest = last_id;
    auto next = timers.begin();
    while (next != timers.end() && next->first.first <= now) {
        if (next->first.second > newest) {
            ++next;
            continue;
        }
        auto node = timers.extract(next);
        const TimerId id = node.key().second;
        if (node.mapped().interval == Micros{0}) {
            due.erase(id);
            node.mapped().work();
        } else {
            // Ticks missed while the process slept are dropped.
            const Mono again = std::max(node.key().first + node.mapped().interval, now + Micros{1});
            const auto work = node.mapped().work;
            node.key().first = again;
            due[id] = again;
            timers.insert(std::move(node));
            work();
        }
        next = timers.begin();
    }
}

bool Loop::State::run_round_ends() {
    bool again = false;
    for (std::size_t i = 0; i < round_ends.size(); ++i)
        if (!round_ends[i].cancelled && round_ends[i].work()) again = true;
    std::erase_if(round_ends, [](const RoundEnd& entry) { return entry.cancelled; });
    return again;
}

TimerId Loop::State::add(Micros delay, Micros interval, std::function<void()> work) {
    const TimerId id = ++last_id;
    const Mono at = clock.mono() + std::max(delay, Micros{0});
    timers.emplace(std::pair{at, id}, Timer{std::move(work), interval});
    due.emplace(id, at);
    return id;
}

TimerId Loop::after(Micros delay, std::function<void()> work) {
    return state_->add(delay, Micros{0}, std::move(work));
}

TimerId Loop::every(Micros interval, std::function<void()> work) {
    ENSURE(interval > Micros{0});
    return state_->add(interval, interval, std::move(work));
}

TimerId Loop::at_round_end(std::function<bool()> work) {
    state_->round_ends.push_back({.id = ++state_->last_id, .work = std::move(work)});
    return state_->last_id;
}

void Loop::cancel(TimerId timer) {
    for (RoundEnd& entry : state_->round_ends)
        if (entry.id == timer) entry.cancelled = true;
    const auto found = state_->due.find(timer);
    if (found == state_->due.end()) return;
    const auto node = state_->timers.extract({found->second, timer});
    state_->due.erase(found);
}

Registration* Loop::State::registration(std::uint64_t key) {
    const auto descriptor = static_cast<std::uint32_t>(key);
    if (descriptor >= registrations.size()) return nullptr;
    Registration& found = registrations[descriptor];
    return found.watcher != nullptr && found.generation == key >> 32 ? &found : nullptr;
}

void Loop::State::fetch_ahead(std::uint64_t key) {
    if (const Registration* next = registration(key)) __builtin_prefetch(next->watcher, 1);
}

void Loop::watch(int descriptor, std::uint32_t epoll_events, Watcher& watcher) {
    ENSURE(descriptor >= 0);
    const auto index = static_cast<std::size_t>(descriptor);
    if (index >= state_->registrations.size()) state_->registrations.resize(index + 1);
    Registration& slot = state_->registrations[index];
    ENSURE(slot.watcher == nullptr);
    epoll_event event{};
    event.events = epoll_events;
    event.data.u64 = key_of(descriptor, ++slot.generation);
    if (::epoll_ctl(state_->epoll_descriptor, EPOLL_CTL_ADD, descriptor, &event) != 0)
        throw Fault{Fault::Kind::away, std::string{"epoll_ctl: "} + std::strerror(errno)};
    slot.watcher = &watcher;
}

void Loop::change(int descriptor, std::uint32_t epoll_events, Watcher& watcher) {
    Registration& slot = state_->registrations.at(static_cast<std::size_t>(descriptor));
    ENSURE(slot.watcher != nullptr);
    slot.watcher = &watcher;
    epoll_event event{};
    event.events = epoll_events;
    event.data.u64 = key_of(descriptor, slot.generation);
    if (::epoll_ctl(state_->epoll_descriptor, EPOLL_CTL_MOD, descriptor, &event) != 0)
        fail("epoll_ctl");
}

void Loop::forget(int descriptor) {
    const auto index = static_cast<std::size_t>(descriptor);
    if (descriptor < 0 || index >= state_->registrations.size()) return;
    Registration& slot = state_->registrations[index];
    if (slot.watcher == nullptr) return;
    slot.watcher = nullptr;
    ::epoll_ctl(state_->epoll_descriptor, EPOLL_CTL_DEL, descriptor, nullptr);
}

const Clock& Loop::clock() const { return state_->clock; }
Mono Loop::now() const { return state_->now; }

}  // namespace ohm::net
