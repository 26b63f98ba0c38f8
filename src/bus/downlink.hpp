// The publishing half that only an api has: batches to a worker's queue or to a fanout. Bounded;
// never waits for a confirm, because what is lost here a station or the next beat repeats. send():
// any thread; publish() on the bus thread.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "base/mailbox.hpp"
#include "bus/amqp_connection.hpp"
#include "bus/uplink.hpp"

namespace ohm::bus {

class Downlink {
public:
    static constexpr std::uint16_t channel = 2;  // of the publish connection

    Downlink(std::string sender, Counters& counters, std::function<void()> wake);

    // Directed when the exchange is "": then `key` is a queue.
    void send(const std::string& exchange, const std::string& key,
              std::vector<Envelope>&& envelopes);
    // False when the socket is full: call again soon.
    bool publish(AmqpConnection& publish);

private:
    struct Letter {
        std::string exchange, key;
        std::vector<Envelope> envelopes;
        std::size_t bytes = 0;
    };
    void publish_one(AmqpConnection& publish, Letter& letter);

    const std::string sender_;
    Counters& counters_;
    Mailbox<Letter> letters_;
    std::atomic<std::size_t> waiting_bytes_{0};
};

}  // namespace ohm::bus
