// A process's two AMQP connections (consume, publish) and the one thread that owns them: connects
// with jitter, waits for sockets and for wake(), and calls its Duty. This file starts a thread of
// its own, because rabbitmq-c cannot share one with an event loop. start, stop, wake: any thread;
// the Duty is called on the link's thread alone.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/mailbox.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "bus/amqp_connection.hpp"

namespace ohm::bus {

class AmqpLink {
public:
    class Duty {
    public:
        virtual ~Duty() = default;
        // Both connections stand; declare and consume. `n` never repeats, also over restarts.
        virtual void establish(AmqpConnection& consume, AmqpConnection& publish,
                               std::uint64_t n) = 0;
        virtual void on_consume(Happening&& happening, Mono now) = 0;
        virtual void on_publish(Happening&& happening, Mono now) = 0;
        // After each round; says when it wants to be called at the latest.
        virtual Mono work(Mono now) = 0;
        virtual void work_while_down() = 0;
        virtual void fell(const std::string& why) = 0;  // after establish() began
    };
    // `on_fatal` is called once, on the link's thread, when trying again is pointless.
    AmqpLink(Broker broker, std::string name, Duty& duty,
             std::function<void(const Fault&)> on_fatal);
    ~AmqpLink();

    void start();
    void stop();  // within 3 s
    void wake();
    std::uint64_t reconnects() const { return reconnects_; }

private:
    using Connection = std::unique_ptr<AmqpConnection>;

    void run();
    bool live();  // one connection's life; false when trying again is pointless
    void serve(AmqpConnection& consume, AmqpConnection& publish);
    Connection connect(const char* purpose, std::size_t which);
    bool drain(AmqpConnection& connection, bool consuming);
    void wait_for(std::initializer_list<int> sockets, Micros timeout);
    void wait_before_retry();
    void cut(std::size_t which);
    std::uint64_t next_n();

    const Broker broker_;
    const std::string name_;
    Duty& duty_;
    const std::function<void(const Fault&)> on_fatal_;
    const SystemClock clock_;
    SystemRandom random_;
    const int wake_event_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> reconnects_{0};
    std::array<std::atomic<int>, 2> cuttable_{-1, -1};  // doubles of the sockets, for stop()
    Mailbox<int> ended_{1};
    std::thread thread_;
    std::uint64_t n_ = 0;
    int failures_ = 0;
};

}  // namespace ohm::bus
