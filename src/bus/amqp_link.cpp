#include "bus/amqp_link.hpp"

#include <algorithm>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "base/thread.hpp"

namespace ohm::bus {
namespace {

constexpr int happenings_a_round = 256;
constexpr milliseconds idle_round{200};  // the library answers heartbeats only inside its calls

}  // namespace

AmqpLink::AmqpLink(Broker broker, std::string name, Duty& duty,
                   std::function<void(const Fault&)> on_fatal)
    : broker_{std::move(broker)},
      name_{std::move(name)},
      duty_{duty},
      on_fatal_{std::move(on_fatal)},
      wake_event_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)} {
    ENSURE(wake_event_ >= 0);
    ENSURE(broker_.heartbeat >= seconds{1} && broker_.heartbeat <= seconds{10});
}

AmqpLink::~AmqpLink() {
    stop();
    ::close(wake_event_);
}

void AmqpLink::start() {
    thread_ = std::thread{[this] {
        name_thread("amqp");
        run();
    }};
}

void AmqpLink::stop() {
    if (!thread_.joinable()) return;
    stopping_ = true;
    wake();
    std::vector<int> ended;
    // A broker that hangs must not hold up the process: its sockets are cut under the thread.
    if (ended_.wait(ended, 1, limits::bus_stop_timeout) == 0)
        for (std::size_t which : {0u, 1u}) cut(which);
    thread_.join();
}

void AmqpLink::wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_event_, &one, sizeof one);
}

void AmqpLink::run() {
    while (!stopping_ && live()) wait_before_retry();
    ended_.push_always(1);
}

bool AmqpLink::live() {
    bool began = false;
    std::string why = "stopped";
    bool go_on = true;
    try {
        const Connection consume = connect("consume", 0);
        const Connection publish = connect("publish", 1);
        began = true;
        duty_.establish(*consume, *publish, next_n());
        failures_ = 0;
        serve(*consume, *publish);
        duty_.fell(why);
        began = false;
        publish->close();
        consume->close();
    } catch (const Fault& fault) {
        why = fault.what();
        go_on = fault.kind() != Fault::Kind::fatal;
        log::warn("bus_down", {{"broker", broker_.host}, {"why", why}});
        if (!go_on && on_fatal_) on_fatal_(fault);
    }
    if (began) duty_.fell(why);
    return go_on;
}

void AmqpLink::serve(AmqpConnection& consume, AmqpConnection& publish) {
    while (!stopping_) {
        const bool more_in = drain(consume, true);
        const bool more_out = drain(publish, false);
        const Mono now = clock_.mono();
        const Mono due = std::min(duty_.work(now), now + idle_round);
        const bool at_once = more_in || more_out;
        wait_for({consume.socket(), publish.socket()}, at_once ? Micros{0} : due - clock_.mono());
    }
}

// True when there may be more: it can lie in the library's buffer, where poll does not see it.
bool AmqpLink::drain(AmqpConnection& connection, bool consuming) {
    for (int i = 0; i < happenings_a_round; ++i) {
        std::optional<Happening> happening = connection.next();
        if (!happening) return false;
        const Mono now = clock_.mono();
        if (consuming) duty_.on_consume(std::move(*happening), now);
        if (!consuming) duty_.on_publish(std::move(*happening), now);
    }
    return true;
}

AmqpLink::Connection AmqpLink::connect(const char* purpose, std::size_t which) {
    return std::make_unique<AmqpConnection>(
        broker_, name_ + " " + purpose, [this, which](int socket) {
            const int old = cuttable_.at(which).exchange(::fcntl(socket, F_DUPFD_CLOEXEC, 0));
            if (old >= 0) ::close(old);
            if (stopping_) cut(which);
        });
}

// Who takes the double out of its place may use it: so it is never closed under the other thread.
void AmqpLink::cut(std::size_t which) {
    const int socket = cuttable_.at(which).exchange(-1);
    if (socket < 0) return;
    ::shutdown(socket, SHUT_RDWR);
    ::close(socket);
}

void AmqpLink::wait_for(std::initializer_list<int> sockets, Micros timeout) {
    std::vector<pollfd> waited{{wake_event_, POLLIN, 0}};
    for (const int socket : sockets) waited.push_back({socket, POLLIN, 0});
    const std::int64_t us = std::max<std::int64_t>(timeout.count(), 0);
    const timespec wait{us / 1'000'000, us % 1'000'000 * 1'000};
    ::ppoll(waited.data(), waited.size(), &wait, nullptr);
    std::uint64_t count = 0;
    [[maybe_unused]] const auto taken = ::read(wake_event_, &count, sizeof count);
}

// Full jitter: a broker that comes back is not stormed by all at the same moment.
void AmqpLink::wait_before_retry() {
    if (stopping_) return;
    ++reconnects_;
    const Micros most =
        std::min<Micros>(limits::reconnect_max, Micros{limits::reconnect_min} * (1 << failures_));
    failures_ = std::min(failures_ + 1, 10);
    const auto spread = static_cast<std::uint64_t>(most.count());
    const Mono until = clock_.mono() + limits::reconnect_min +
                       Micros{static_cast<std::int64_t>(random_.below(spread))};
    while (!stopping_ && clock_.mono() < until) {
        duty_.work_while_down();
        wait_for({}, until - clock_.mono());
    }
}

std::uint64_t AmqpLink::next_n() {
    const auto now_ms = static_cast<std::uint64_t>(micros(clock_.utc()) / 1'000);
    return n_ = std::max(n_ + 1, now_ms);
}

}  // namespace ohm::bus
