// Which partitions an api wants, and the channel on which each is consumed: attaches, retries while
// another api holds it, attaches again when the queue or channel was lost, and watches queues that
// went silent. Bus thread only.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "bus/amqp_connection.hpp"
#include "bus/bus.hpp"
#include "bus/rabbitmq.hpp"
#include "bus/sequence.hpp"
#include "bus/uplink.hpp"

namespace ohm::bus {

class Partitions {
public:
    static constexpr std::uint16_t spare_channel = 2;  // of the consume connection; ours are above

    struct Order {
        enum class What : std::uint8_t { attach, detach, acknowledge } what{};
        Partition partition;
        std::uint64_t attachment = 0, tag = 0;
    };
    Partitions(const RabbitMqOptions& options, ApiBus::Owner& owner, Counters& counters)
        : options_{options}, owner_{owner}, counters_{counters} {}

    void declare(AmqpConnection& consume, std::uint16_t channel, Partition partition) const;
    void begin(AmqpConnection& consume);
    void end();  // the connection is gone, and all attachments with it
    void obey(const Order& order);
    void on_happening(Happening&& happening, Mono now);
    Mono work(Mono now);  // attaches and watches what is due; says when to come back

private:
    struct Held {
        std::uint16_t channel = 0;  // 0: not attached
        std::uint64_t attachment = 0;
        Mono retry_at{};
        std::uint64_t delivered = 0, acknowledged = 0;  // tags
        Mono last_delivery{};
        Sequence sequence;
    };
    void try_attach(Partition partition, Held& held, Mono now);
    void detach(Partition partition);
    void acknowledge(const Order& order);
    void lost(Partition partition, Held& held, bool close_channel, const std::string& why,
              Mono now);
    void deliver(Partition partition, Held& held, Happening&& happening, Mono now);
    void watch(Mono now);
    bool is_stuck(const Held& held, const AmqpConnection::QueueState& queue, Mono now) const;
    std::uint16_t free_channel();

    const RabbitMqOptions& options_;
    ApiBus::Owner& owner_;
    Counters& counters_;
    AmqpConnection* consume_ = nullptr;
    std::map<Partition, Held> held_;
    std::map<std::uint16_t, Partition> by_channel_;
    std::uint16_t last_channel_ = spare_channel;
    std::uint64_t last_attachment_ = 0;
    Mono watch_at_{};
};

}  // namespace ohm::bus
