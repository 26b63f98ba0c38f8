// The publishing half that worker and api share: envelopes for `ohm.up`, accepted from any thread
// up to a bound a partition, kept in the window until confirmed. post() and is_open(): any thread;
// the rest on the bus thread.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/mailbox.hpp"
#include "bus/amqp_connection.hpp"
#include "bus/bus.hpp"
#include "bus/window.hpp"

namespace ohm::bus {

// BusFigures while they are counted.
struct Counters {
    std::atomic<std::uint64_t> envelopes_out{0}, messages_out{0}, envelopes_in{0}, messages_in{0},
        confirms{0}, nacks{0}, returns{0}, dropped{0};
    BusFigures read(std::uint64_t reconnects) const;
};

class Uplink {
public:
    static constexpr std::uint16_t channel = 1;  // of the publish connection

    Uplink(Window::Options options, Counters& counters, std::function<void()> wake);

    bool post(Partition partition, Envelope&& envelope);
    bool is_open() const { return n_ != 0; }

    void open(AmqpConnection& publish, std::uint64_t n, const std::string& reply_queue);
    void close();
    // Publishes what may be published; says when to be called again at the latest.
    Mono publish(AmqpConnection& publish, Mono now);
    void on_answer(const Happening& happening, Mono now);  // confirmed, refused, returned
    // True once after a refused post, when there is room again.
    bool take_room_news();

private:
    struct Posted {
        std::uint64_t n = 0;
        Partition partition;
        Envelope envelope;
    };
    struct Lane {
        std::atomic<std::size_t> envelopes{0}, bytes{0};
        std::atomic<bool> refused{false};
    };
    bool reserve(Lane& lane, std::size_t bytes);
    void release(const Window::Settled& settled);
    void gather(Mono now);

    Counters& counters_;
    Window window_;
    Mailbox<Posted> posted_;
    std::array<Lane, limits::partitions_max> lanes_;
    std::atomic<std::uint64_t> n_{0};  // 0: down
    std::set<std::uint64_t> returned_;
    bool room_news_ = false;
};

}  // namespace ohm::bus
