#include "bus/uplink.hpp"

#include <charconv>
#include <utility>

#include "base/error.hpp"

namespace ohm::bus {

BusFigures Counters::read(std::uint64_t reconnects) const {
    BusFigures figures;
    figures.envelopes_out = envelopes_out;
    figures.messages_out = messages_out;
    figures.envelopes_in = envelopes_in;
    figures.messages_in = messages_in;
    figures.confirms = confirms;
    figures.nacks = nacks;
    figures.returns = returns;
    figures.reconnects = reconnects;
    figures.dropped = dropped;
    return figures;
}

Uplink::Uplink(Window::Options options, Counters& counters, std::function<void()> wake)
    : counters_{counters},
      window_{std::move(options)},
      posted_{limits::partitions_max * limits::uplink_waiting_envelopes, std::move(wake)} {}

bool Uplink::post(Partition partition, Envelope&& envelope) {
    ENSURE(partition.value < lanes_.size());
    Lane& lane = lanes_[partition.value];
    const std::uint64_t n = n_;
    if (n == 0) return false;
    const std::size_t bytes = Window::size_of(envelope);
    if (!reserve(lane, bytes)) {
        // Said before the second try: room made after it is then surely told.
        lane.refused = true;
        if (!reserve(lane, bytes)) return false;
    }
    const bool taken = posted_.push_always({n, partition, std::move(envelope)});
    ENSURE(taken);
    return true;
}

bool Uplink::reserve(Lane& lane, std::size_t bytes) {
    if (lane.envelopes.fetch_add(1) >= limits::uplink_waiting_envelopes) {
        --lane.envelopes;
        return false;
    }
    if (lane.bytes.fetch_add(bytes) >= limits::uplink_waiting_bytes) {
        lane.bytes -= bytes;
        --lane.envelopes;
        return false;
    }
    return true;
}

void Uplink::release(const Window::Settled& settled) {
    Lane& lane = lanes_.at(settled.partition.value);
    lane.bytes -= settled.bytes;
    const std::size_t left = lane.envelopes.fetch_sub(settled.envelopes) - settled.envelopes;
    const bool half_empty = left <= limits::uplink_waiting_envelopes / 2 &&
                            lane.bytes <= limits::uplink_waiting_bytes / 2;
    if (half_empty && lane.refused.exchange(false)) room_news_ = true;
}

void Uplink::open(AmqpConnection& publish, std::uint64_t n, const std::string& reply_queue) {
    publish.open_channel(channel);
    publish.select_confirms(channel);
    returned_.clear();
    for (const Window::Settled& forgotten : window_.begin(n, reply_queue)) release(forgotten);
    n_ = n;
}

void Uplink::close() { n_ = 0; }

// What was posted while another connection stood is gone, as everything unconfirmed: its poster
// heard on_up and posts again.
void Uplink::gather(Mono now) {
    std::vector<Posted> posted;
    posted_.take(posted);
    for (Posted& one : posted) {
        const Window::Settled size{one.partition, 1, Window::size_of(one.envelope)};
        if (one.n != n_) {
            release(size);
            continue;
        }
        window_.add(one.partition, std::move(one.envelope), now);
    }
}

Mono Uplink::publish(AmqpConnection& publish, Mono now) {
    gather(now);
    while (publish.writable()) {
        const auto outgoing = window_.next(now);
        if (!outgoing) return window_.due().value_or(Mono::max());
        publish.publish(channel, {.exchange = "ohm.up",
                                  .key = std::to_string(outgoing->partition.value),
                                  .body = outgoing->body,
                                  .mandatory = true,
                                  .message_id = std::to_string(outgoing->tag)});
        ++counters_.messages_out;
        counters_.envelopes_out += outgoing->envelopes;
    }
    return now + milliseconds{5};
}

void Uplink::on_answer(const Happening& happening, Mono now) {
    if (happening.what == Happening::What::returned) {
        std::uint64_t tag = 0;
        const std::string& text = happening.message_id;
        std::from_chars(text.data(), text.data() + text.size(), tag);
        returned_.insert(tag);
        ++counters_.returns;
        return;
    }
    // A returned message is confirmed all the same, and after its return: its queue is missing,
    // which is to be waited out as a full one.
    while (!returned_.empty() && *returned_.begin() <= happening.tag) {
        for (const auto& one : window_.nack(*returned_.begin(), false, now)) release(one);
        returned_.erase(returned_.begin());
    }
    const bool refused = happening.what == Happening::What::refused;
    ++(refused ? counters_.nacks : counters_.confirms);
    const auto settled = refused ? window_.nack(happening.tag, happening.multiple, now)
                                 : window_.confirm(happening.tag, happening.multiple, now);
    for (const Window::Settled& one : settled) release(one);
}

bool Uplink::take_room_news() { return std::exchange(room_news_, false); }

}  // namespace ohm::bus
