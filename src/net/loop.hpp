// An event loop: one thread, level-triggered epoll, timers, and a way in for other threads.
// Everything in net/ lives on one loop and is called only from its thread; `post` and `stop` may be
// called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/time.hpp"

namespace ohm::net {

using TimerId = std::uint64_t;  // 0 is none

class Loop {
public:
    // What a file descriptor calls when epoll reports it. Must outlive its registration.
    class Watcher {
    public:
        virtual ~Watcher() = default;
        virtual void on_ready(std::uint32_t epoll_events) = 0;
    };

    explicit Loop(const Clock& clock);
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void run();   // until stop(); an exception from a callback leaves run()
    void stop();  // any thread
    void post(std::function<void()> work);  // any thread; runs on the loop, in order
    bool turn(milliseconds wait_at_most);   // one round of run(), for tests; false after stop()

    TimerId after(Micros delay, std::function<void()> work);
    TimerId every(Micros interval, std::function<void()> work);
    void cancel(TimerId timer);

    // Runs at the end of every round, before the loop waits, until cancelled: where writes are
    // gathered. True: it did something that may have given other work, all are run once more.
    TimerId at_round_end(std::function<bool()> work);

    void watch(int descriptor, std::uint32_t epoll_events, Watcher& watcher);
    void change(int descriptor, std::uint32_t epoll_events, Watcher& watcher);
    void forget(int descriptor);

    const Clock& clock() const;
    Mono now() const;  // of this round; cheap

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace ohm::net
