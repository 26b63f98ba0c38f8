#include "bus/downlink.hpp"

#include <utility>

#include "bus/window.hpp"

namespace ohm::bus {

Downlink::Downlink(std::string sender, Counters& counters, std::function<void()> wake)
    : sender_{std::move(sender)},
      counters_{counters},
      letters_{limits::downlink_waiting_messages, std::move(wake)} {}

void Downlink::send(const std::string& exchange, const std::string& key,
                    std::vector<Envelope>&& envelopes) {
    if (envelopes.empty()) return;
    Letter letter{exchange, key, std::move(envelopes)};
    for (const Envelope& envelope : letter.envelopes) letter.bytes += Window::size_of(envelope);
    const std::size_t bytes = letter.bytes, count = letter.envelopes.size();
    const bool room = waiting_bytes_.fetch_add(bytes) < limits::downlink_waiting_bytes;
    if (room && letters_.push(std::move(letter))) return;
    waiting_bytes_ -= bytes;
    counters_.dropped += count;
}

bool Downlink::publish(AmqpConnection& publish) {
    std::vector<Letter> one;
    while (publish.writable()) {
        one.clear();
        if (letters_.take(one, 1) == 0) return true;
        waiting_bytes_ -= one.front().bytes;
        publish_one(publish, one.front());
    }
    return letters_.size() == 0;
}

// One message a letter, unless it is too large for that.
void Downlink::publish_one(AmqpConnection& publish, Letter& letter) {
    for (std::size_t at = 0; at < letter.envelopes.size();) {
        DownBatch batch{.sender = sender_};
        std::size_t bytes = 0;
        for (; at < letter.envelopes.size(); ++at) {
            const std::size_t size = Window::size_of(letter.envelopes[at]);
            if (bytes > 0 && bytes + size > limits::batch_bytes) break;
            bytes += size;
            batch.envelopes.items.push_back(std::move(letter.envelopes[at]));
        }
        const std::string body = wire::packed(batch);
        publish.publish(channel, {.exchange = letter.exchange,
                                  .key = letter.key,
                                  .body = body,
                                  .mandatory = letter.exchange.empty()});
        ++counters_.messages_out;
        counters_.envelopes_out += batch.envelopes.items.size();
    }
}

}  // namespace ohm::bus
