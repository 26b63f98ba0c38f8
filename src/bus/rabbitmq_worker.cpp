#include <utility>

#include "base/log.hpp"
#include "bus/amqp_link.hpp"
#include "bus/blocked.hpp"
#include "bus/rabbitmq.hpp"
#include "bus/rabbitmq_objects.hpp"
#include "bus/uplink.hpp"

namespace ohm::bus {
namespace {

constexpr std::uint16_t own_channel = 1;  // of the consume connection

}  // namespace

class RabbitMqWorkerBus::Duty final : public AmqpLink::Duty {
public:
    Duty(RabbitMqOptions options, Owner& owner)
        : options_{std::move(options)},
          owner_{owner},
          uplink_{{.sender = options_.id, .incarnation = options_.incarnation},
                  counters_,
                  [this] { link_.wake(); }},
          link_{options_.broker, "ohmstead worker " + options_.id, *this, options_.on_fatal} {}

    void establish(AmqpConnection& consume, AmqpConnection& publish, std::uint64_t n) override;
    void on_consume(Happening&& happening, Mono now) override;
    void on_publish(Happening&& happening, Mono now) override;
    Mono work(Mono now) override;
    void work_while_down() override {}
    void fell(const std::string& why) override;

    const RabbitMqOptions options_;
    Owner& owner_;
    Counters counters_;
    Blocked blocked_;
    Uplink uplink_;
    AmqpLink link_;

private:
    void take_delivery(Happening&& delivery);

    AmqpConnection* consume_ = nullptr;
    AmqpConnection* publish_ = nullptr;
    std::uint64_t last_delivered_ = 0, last_acknowledged_ = 0;
};

RabbitMqWorkerBus::RabbitMqWorkerBus(RabbitMqOptions options, Owner& owner)
    : duty_{std::make_unique<Duty>(std::move(options), owner)} {}
RabbitMqWorkerBus::~RabbitMqWorkerBus() { stop(); }

void RabbitMqWorkerBus::start() { duty_->link_.start(); }
void RabbitMqWorkerBus::stop() { duty_->link_.stop(); }

bool RabbitMqWorkerBus::post(Partition partition, Envelope&& envelope) {
    return duty_->uplink_.post(partition, std::move(envelope));
}
bool RabbitMqWorkerBus::is_up() const {
    return duty_->uplink_.is_open() && !duty_->blocked_.is_long();
}
BusFigures RabbitMqWorkerBus::figures() const {
    return duty_->counters_.read(duty_->link_.reconnects());
}

// A worker that finds no `ohm.all` is ahead of the first api: the 404 ends this try.
void RabbitMqWorkerBus::Duty::establish(AmqpConnection& consume, AmqpConnection& publish,
                                        std::uint64_t n) {
    const std::string queue = "ohm.w." + options_.id + "." + std::to_string(n);
    last_delivered_ = last_acknowledged_ = 0;
    blocked_.end();
    consume.open_channel(own_channel);
    consume.declare_queue(own_channel, own_queue(queue, options_));
    consume.bind(own_channel, queue, workers_exchange, "");
    consume.set_prefetch(own_channel, options_.own_prefetch);
    consume.consume(own_channel, queue, true);
    uplink_.open(publish, n, queue);
    consume_ = &consume;
    publish_ = &publish;
    log::info("bus_up", {{"queue", queue}});
    owner_.on_up(n, queue);
}

void RabbitMqWorkerBus::Duty::fell(const std::string& why) {
    const bool was_up = uplink_.is_open();
    uplink_.close();
    blocked_.end();
    consume_ = publish_ = nullptr;
    if (was_up) owner_.on_down(why);
}

void RabbitMqWorkerBus::Duty::on_consume(Happening&& happening, Mono) {
    using What = Happening::What;
    if (happening.what == What::delivery) return take_delivery(std::move(happening));
    if (happening.what == What::cancelled || happening.what == What::channel_closed)
        throw Fault{Fault::Kind::away, "the worker's queue is gone: " + happening.text};
}

void RabbitMqWorkerBus::Duty::take_delivery(Happening&& delivery) {
    last_delivered_ = delivery.tag;
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

void RabbitMqWorkerBus::Duty::on_publish(Happening&& happening, Mono now) {
    using What = Happening::What;
    switch (happening.what) {
        case What::confirmed:
        case What::refused:
        case What::returned: return uplink_.on_answer(happening, now);
        case What::blocked: return blocked_.begin(happening.text, now);
        case What::unblocked: return blocked_.end();
        default: throw Fault{Fault::Kind::away, "publishing was ended: " + happening.text};
    }
}

Mono RabbitMqWorkerBus::Duty::work(Mono now) {
    if (last_delivered_ > last_acknowledged_) {
        consume_->acknowledge(own_channel, last_delivered_, true);
        last_acknowledged_ = last_delivered_;
    }
    blocked_.look(now);
    const Mono due = blocked_ ? Mono::max() : uplink_.publish(*publish_, now);
    if (uplink_.take_room_news()) owner_.on_room();
    return due;
}

}  // namespace ohm::bus
