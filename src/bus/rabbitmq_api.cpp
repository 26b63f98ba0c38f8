#include <map>
#include <utility>

#include "base/log.hpp"
#include "bus/amqp_link.hpp"
#include "bus/blocked.hpp"
#include "bus/downlink.hpp"
#include "bus/partitions.hpp"
#include "bus/rabbitmq.hpp"
#include "bus/rabbitmq_objects.hpp"
#include "bus/uplink.hpp"

namespace ohm::bus {
namespace {

constexpr std::uint16_t own_channel = 1;  // of the consume connection

}  // namespace

class RabbitMqApiBus::Duty final : public AmqpLink::Duty {
public:
    Duty(RabbitMqOptions options, Owner& owner)
        : options_{std::move(options)},
          owner_{owner},
          uplink_{{.sender = options_.id, .incarnation = options_.incarnation},
                  counters_,
                  [this] { link_.wake(); }},
          downlink_{options_.id, counters_, [this] { link_.wake(); }},
          partitions_{options_, owner_, counters_},
          orders_{limits::loop_mailbox, [this] { link_.wake(); }},
          link_{options_.broker, "ohmstead api " + options_.id, *this, options_.on_fatal} {}

    void establish(AmqpConnection& consume, AmqpConnection& publish, std::uint64_t n) override;
    void on_consume(Happening&& happening, Mono now) override;
    void on_publish(Happening&& happening, Mono now) override;
    Mono work(Mono now) override;
    void work_while_down() override { take_orders(); }
    void fell(const std::string& why) override;

    void order(const Partitions::Order& order) { orders_.push_always(Partitions::Order{order}); }

    const RabbitMqOptions options_;
    Owner& owner_;
    Counters counters_;
    Blocked blocked_;
    Uplink uplink_;
    Downlink downlink_;
    Partitions partitions_;
    Mailbox<Partitions::Order> orders_;
    AmqpLink link_;

private:
    void declare(AmqpConnection& consume);
    void take_own(Happening&& delivery);
    void take_orders();

    AmqpConnection* consume_ = nullptr;
    AmqpConnection* publish_ = nullptr;
};

RabbitMqApiBus::RabbitMqApiBus(RabbitMqOptions options, Owner& owner)
    : duty_{std::make_unique<Duty>(std::move(options), owner)} {}
RabbitMqApiBus::~RabbitMqApiBus() { stop(); }

void RabbitMqApiBus::start() { duty_->link_.start(); }
void RabbitMqApiBus::stop() { duty_->link_.stop(); }

void RabbitMqApiBus::attach(Partition partition) {
    duty_->order({.what = Partitions::Order::What::attach, .partition = partition});
}
void RabbitMqApiBus::detach(Partition partition) {
    duty_->order({.what = Partitions::Order::What::detach, .partition = partition});
}
void RabbitMqApiBus::acknowledge(Partition partition, std::uint64_t attachment, std::uint64_t tag) {
    duty_->order({Partitions::Order::What::acknowledge, partition, attachment, tag});
}
void RabbitMqApiBus::send(const std::string& queue, std::vector<Envelope>&& envelopes) {
    duty_->downlink_.send("", queue, std::move(envelopes));
}
void RabbitMqApiBus::broadcast_to_workers(Envelope&& envelope) {
    std::vector<Envelope> envelopes;
    envelopes.push_back(std::move(envelope));
    broadcast_to_workers(std::move(envelopes));
}
void RabbitMqApiBus::broadcast_to_workers(std::vector<Envelope>&& envelopes) {
    duty_->downlink_.send(workers_exchange, "", std::move(envelopes));
}
void RabbitMqApiBus::broadcast_to_apis(Envelope&& envelope) {
    std::vector<Envelope> envelopes;
    envelopes.push_back(std::move(envelope));
    duty_->downlink_.send(apis_exchange, "", std::move(envelopes));
}
bool RabbitMqApiBus::post(Partition partition, Envelope&& envelope) {
    return duty_->uplink_.post(partition, std::move(envelope));
}
bool RabbitMqApiBus::is_up() const {
    return duty_->uplink_.is_open() && !duty_->blocked_.is_long();
}
BusFigures RabbitMqApiBus::figures() const {
    return duty_->counters_.read(duty_->link_.reconnects());
}

void RabbitMqApiBus::Duty::establish(AmqpConnection& consume, AmqpConnection& publish,
                                     std::uint64_t n) {
    const std::string queue = "ohm.a." + options_.id + "." + std::to_string(n);
    blocked_.end();
    consume.open_channel(own_channel);
    declare(consume);
    consume.declare_queue(own_channel, own_queue(queue, options_));
    consume.bind(own_channel, queue, apis_exchange, "");
    consume.set_prefetch(own_channel, options_.own_prefetch);
    consume.consume(own_channel, queue, true);
    publish.open_channel(Downlink::channel);
    publish.select_confirms(Downlink::channel);
    uplink_.open(publish, n, queue);
    consume_ = &consume;
    publish_ = &publish;
    log::info("bus_up", {{"queue", queue}});
    partitions_.begin(consume);
    owner_.on_up(queue);
}

void RabbitMqApiBus::Duty::declare(AmqpConnection& consume) {
    consume.declare_exchange(own_channel, uplink_exchange, "direct");
    consume.declare_exchange(own_channel, workers_exchange, "fanout");
    consume.declare_exchange(own_channel, apis_exchange, "fanout");
    for (std::uint32_t p = 0; p < options_.partition_count; ++p)
        partitions_.declare(consume, own_channel, Partition{p});
}

void RabbitMqApiBus::Duty::fell(const std::string& why) {
    const bool was_up = uplink_.is_open();
    uplink_.close();
    blocked_.end();
    partitions_.end();
    consume_ = publish_ = nullptr;
    if (was_up) owner_.on_down(why);
}

void RabbitMqApiBus::Duty::on_consume(Happening&& happening, Mono now) {
    using What = Happening::What;
    if (happening.channel > Partitions::spare_channel)
        return partitions_.on_happening(std::move(happening), now);
    if (happening.what == What::delivery) return take_own(std::move(happening));
    if (happening.what == What::cancelled || happening.what == What::channel_closed)
        throw Fault{Fault::Kind::away, "the api's queue is gone: " + happening.text};
}

void RabbitMqApiBus::Duty::take_own(Happening&& delivery) {
    consume_->acknowledge(own_channel, delivery.tag, false);
    ++counters_.messages_in;
    std::string_view bytes = delivery.body;
    DownBatch batch;
    if (!wire::unpack(bytes, batch)) {
        log::error("bus_unreadable", {{"bytes", delivery.body.size()}});
        ++counters_.dropped;
        return;
    }
    counters_.envelopes_in += batch.envelopes.items.size();
    owner_.on_envelopes(std::move(batch.envelopes.items));
}

void RabbitMqApiBus::Duty::on_publish(Happening&& happening, Mono now) {
    using What = Happening::What;
    if (happening.what == What::blocked) return blocked_.begin(happening.text, now);
    if (happening.what == What::unblocked) return blocked_.end();
    if (happening.what == What::channel_closed)
        throw Fault{Fault::Kind::away, "publishing was ended: " + happening.text};
    if (happening.channel == Uplink::channel) return uplink_.on_answer(happening, now);
    if (happening.what == What::confirmed) ++counters_.confirms;
    if (happening.what == What::refused) ++counters_.nacks;
    if (happening.what != What::returned) return;
    ++counters_.returns;
    owner_.on_unreachable(happening.text);
}

Mono RabbitMqApiBus::Duty::work(Mono now) {
    take_orders();
    const Mono partitions_due = partitions_.work(now);
    blocked_.look(now);
    if (blocked_) return partitions_due;
    const bool all_sent = downlink_.publish(*publish_);
    const Mono due = std::min(uplink_.publish(*publish_, now), partitions_due);
    return all_sent ? due : std::min(due, now + milliseconds{5});
}

void RabbitMqApiBus::Duty::take_orders() {
    std::vector<Partitions::Order> orders;
    orders_.take(orders);
    for (const Partitions::Order& order : orders) partitions_.obey(order);
}

}  // namespace ohm::bus
