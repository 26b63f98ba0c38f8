#include "api/events/tailer.hpp"

#include "base/limits_events.hpp"
#include "base/log.hpp"
#include "base/thread.hpp"

namespace ohm::api::events {
namespace {
constexpr seconds idle_wait{1};
constexpr std::size_t signals_waiting = 64;
}  // namespace

Tailer::Tailer(net::Loop& loop, const Clock& clock, std::size_t partition_count,
               std::function<std::unique_ptr<store::Sql>()> open,
               std::function<void(Followed&&)> found)
    : loop_{loop},
      clock_{clock},
      partition_count_{partition_count},
      open_{std::move(open)},
      found_{std::move(found)},
      mailbox_{signals_waiting} {}

Tailer::~Tailer() { stop(); }

void Tailer::start() {
    thread_ = std::thread{[this] {
        name_thread("events");
        run();
    }};
}

void Tailer::stop() {
    mailbox_.close();
    if (thread_.joinable()) thread_.join();
}

void Tailer::watch(bool on) {
    watching_ = on;
    mailbox_.push_always(on ? Signal::watch : Signal::rest);
}

// Once for any number of commits between two looks.
void Tailer::wake() {
    if (!watching_ || woken_.exchange(true)) return;
    mailbox_.push_always(Signal::look);
}

void Tailer::run() {
    while (!mailbox_.closed()) {
        try {
            turn();
        } catch (const std::exception& error) {
            log::warn("events_not_read", {{"detail", error.what()}});
            sql_.reset();
            next_look_ = clock_.mono() + Micros{seconds{1}};
        }
    }
}

void Tailer::turn() {
    std::vector<Signal> signals;
    const bool full = *unheard_ >= limits::event_looks_unheard;
    const Micros rest = next_look_ - clock_.mono();
    const Micros wait = !follows_ ? Micros{idle_wait}
                        : full    ? Micros{limits::events_pace}
                        : more_   ? Micros{0}
                                  : std::max(rest, Micros{1});
    mailbox_.wait(signals, signals_waiting, wait);
    bool woken = false;
    for (const Signal signal : signals) {
        woken = woken || signal == Signal::look;
        if (signal == Signal::look) continue;
        follows_ = signal == Signal::watch;
        position_.reset();
        next_look_ = clock_.mono();
    }
    // A commit brings the next look forward, but not closer to the last one than the pace.
    if (woken) next_look_ = std::min(next_look_, clock_.mono() + Micros{limits::events_pace});
    if (!follows_ || *unheard_ >= limits::event_looks_unheard) return;
    if (more_ || clock_.mono() >= next_look_) look();
}

void Tailer::look() {
    if (!sql_) sql_ = open_();
    woken_ = false;
    next_look_ = clock_.mono() + Micros{limits::events_poll};
    if (!position_) {
        position_ = newest(*sql_, partition_count_);
        more_ = false;
        return give({.began = position_, .events = {}});
    }
    Page page = read_page(*sql_, decoder_, *position_, limits::events_per_look);
    more_ = page.more;
    if (page.expired) {  // it was away for longer than events are kept
        position_.reset();
        next_look_ = clock_.mono();
        return;
    }
    position_ = std::move(page.after);
    if (!page.events.empty()) give({.began = {}, .events = std::move(page.events)});
}

void Tailer::give(Followed&& followed) {
    ++*unheard_;
    loop_.post([this, unheard = unheard_, moved = std::make_shared<Followed>(std::move(followed))] {
        --*unheard;
        found_(std::move(*moved));
    });
}

}  // namespace ohm::api::events
