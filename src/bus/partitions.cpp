#include "bus/partitions.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "bus/rabbitmq_objects.hpp"

namespace ohm::bus {
namespace {

constexpr std::uint16_t last_usable_channel = 2'000;
constexpr int precondition_failed = 406;

}  // namespace

void Partitions::declare(AmqpConnection& consume, std::uint16_t channel,
                         Partition partition) const {
    const AmqpConnection::Queue queue = uplink_queue(partition, options_);
    try {
        consume.declare_queue(channel, queue);
        consume.bind(channel, queue.name, uplink_exchange, std::to_string(partition.value));
    } catch (const ChannelRefused& refusal) {
        if (refusal.code() != precondition_failed) throw;
        throw Fault{Fault::Kind::fatal,
                    "RabbitMQ holds queue " + queue.name + " with other arguments (" +
                        refusal.what() +
                        "): stop workers and apis, let the queue run empty, delete it, and start "
                        "again"};
    }
}

void Partitions::begin(AmqpConnection& consume) {
    consume_ = &consume;
    consume.open_channel(spare_channel);
}

void Partitions::end() {
    consume_ = nullptr;
    by_channel_.clear();
    last_channel_ = spare_channel;
    for (auto& [partition, held] : held_) held = Held{};
}

void Partitions::obey(const Order& order) {
    switch (order.what) {
        case Order::What::attach: held_[order.partition]; return;
        case Order::What::detach: return detach(order.partition);
        case Order::What::acknowledge: return acknowledge(order);
    }
}

// By closing the channel, never by basic.cancel: only a close puts what is unacknowledged back in
// its place before the next consumer is served.
void Partitions::detach(Partition partition) {
    const auto at = held_.find(partition);
    if (at != held_.end() && at->second.channel != 0) {
        by_channel_.erase(at->second.channel);
        consume_->close_channel(at->second.channel);
    }
    if (at != held_.end()) held_.erase(at);
    owner_.on_detached(partition);
}

void Partitions::acknowledge(const Order& order) {
    const auto at = held_.find(order.partition);
    if (at == held_.end()) return;
    Held& held = at->second;
    const bool current = held.channel != 0 && held.attachment == order.attachment;
    if (!current || order.tag <= held.acknowledged || order.tag > held.delivered) return;
    held.acknowledged = order.tag;
    consume_->acknowledge(held.channel, order.tag, true);
}

void Partitions::on_happening(Happening&& happening, Mono now) {
    const auto at = by_channel_.find(happening.channel);
    if (at == by_channel_.end()) return;  // of an attachment that has ended
    const Partition partition = at->second;
    Held& held = held_.at(partition);
    switch (happening.what) {
        case Happening::What::delivery: return deliver(partition, held, std::move(happening), now);
        case Happening::What::cancelled:
            return lost(partition, held, true, "the broker cancelled the consumer", now);
        case Happening::What::channel_closed:
            return lost(partition, held, false, happening.text, now);
        default: return;
    }
}

void Partitions::deliver(Partition partition, Held& held, Happening&& happening, Mono now) {
    held.delivered = happening.tag;
    held.last_delivery = now;
    ++counters_.messages_in;
    Delivery delivery{partition, held.attachment, happening.tag, {}};
    std::string_view bytes = happening.body;
    const bool readable = wire::unpack(bytes, delivery.batch);
    if (!readable) {
        log::error("bus_unreadable",
                   {{"partition", partition.value}, {"bytes", happening.body.size()}});
        ++counters_.dropped;
    }
    if (!readable || !held.sequence.admit(delivery.batch, now)) {
        consume_->acknowledge(held.channel, happening.tag, false);
        return;
    }
    counters_.envelopes_in += delivery.batch.envelopes.items.size();
    owner_.on_delivery(std::move(delivery));
}

void Partitions::lost(Partition partition, Held& held, bool close_channel, const std::string& why,
                      Mono now) {
    log::warn("partition_lost", {{"partition", partition.value}, {"why", why}});
    const std::uint16_t channel = held.channel;
    held = Held{.retry_at = now};
    by_channel_.erase(channel);
    if (close_channel) consume_->close_channel(channel);
    owner_.on_detached(partition);
}

Mono Partitions::work(Mono now) {
    if (now >= watch_at_) watch(now);
    Mono due = watch_at_;
    for (auto& [partition, held] : held_) {
        if (held.channel == 0 && now >= held.retry_at) try_attach(partition, held, now);
        if (held.channel == 0) due = std::min(due, held.retry_at);
    }
    return due;
}

void Partitions::try_attach(Partition partition, Held& held, Mono now) {
    const std::uint16_t channel = free_channel();
    try {
        consume_->open_channel(channel);
        declare(*consume_, channel, partition);
        consume_->set_prefetch(channel, options_.uplink_prefetch);
        // Quorum queues ignore the flag; there single active consumer keeps the others waiting.
        consume_->consume(channel, uplink_queue_name(partition), !options_.quorum);
    } catch (const ChannelRefused& refusal) {
        log::debug("attach_refused", {{"partition", partition.value}, {"why", refusal.what()}});
        held.retry_at = now + limits::attach_retry;
        return;
    }
    held.channel = channel;
    held.attachment = ++last_attachment_;
    held.last_delivery = now;
    by_channel_[channel] = partition;
    owner_.on_attached(partition, held.attachment);
}

// Numbers go round, so that one comes again only long after its close-ok, when nothing of its old
// life can lie in a buffer.
std::uint16_t Partitions::free_channel() {
    do {
        last_channel_ = last_channel_ >= last_usable_channel
                            ? static_cast<std::uint16_t>(spare_channel + 1)
                            : static_cast<std::uint16_t>(last_channel_ + 1);
    } while (by_channel_.contains(last_channel_));
    return last_channel_;
}

// A queue process that crashed comes back without its consumer, and not every broker says so.
void Partitions::watch(Mono now) {
    watch_at_ = now + limits::bus_watchdog_interval;
    for (auto& [partition, held] : held_) {
        if (held.channel == 0) continue;
        const auto queue = consume_->look_at_queue(spare_channel, uplink_queue_name(partition));
        if (!queue || is_stuck(held, *queue, now))
            lost(partition, held, true, queue ? "the queue is silent" : "the queue is gone", now);
    }
}

bool Partitions::is_stuck(const Held& held, const AmqpConnection::QueueState& queue,
                          Mono now) const {
    if (queue.consumers == 0) return true;
    const bool room = held.delivered - held.acknowledged < options_.uplink_prefetch;
    const bool silent = now - held.last_delivery >= limits::bus_watchdog_interval;
    return !options_.quorum && queue.ready > 0 && room && silent;
}

}  // namespace ohm::bus
