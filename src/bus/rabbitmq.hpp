// The two ends of the bus over RabbitMQ; what is declared there and why is decision 0004. Each end
// has one thread of its own with two AMQP connections (amqp_link.hpp). Construct, start(), stop()
// from main; the rest as bus.hpp says.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "bus/amqp_connection.hpp"
#include "bus/bus.hpp"

namespace ohm::bus {

struct RabbitMqOptions {
    Broker broker;
    std::string id;                     // worker id or api id: [a-z0-9-]{1,40}
    std::string incarnation;            // 16 bytes: this start of the process
    std::uint32_t partition_count = 4;  // api only
    bool quorum = false;                // api only: the type of uplink queues
    std::size_t uplink_queue_batches = limits::uplink_queue_batches;
    std::size_t uplink_queue_bytes = limits::uplink_queue_bytes;
    std::size_t own_queue_batches = limits::worker_queue_batches;
    std::size_t own_queue_bytes = limits::worker_queue_bytes;
    std::uint16_t uplink_prefetch = limits::uplink_prefetch_batches;
    std::uint16_t own_prefetch = limits::worker_prefetch_batches;
    // Called once, on the bus thread, when no retry can help (a queue with other arguments). The
    // bus stays down; the process should end with that sentence.
    std::function<void(const Fault&)> on_fatal;
};

class RabbitMqWorkerBus final : public WorkerBus {
public:
    RabbitMqWorkerBus(RabbitMqOptions options, Owner& owner);
    ~RabbitMqWorkerBus() override;
    void start();
    void stop();  // within 3 s; on_down, then silence
    bool post(Partition partition, Envelope&& envelope) override;
    bool is_up() const override;  // false too when the broker has been refusing for 3 s
    BusFigures figures() const;

private:
    class Duty;
    std::unique_ptr<Duty> duty_;
};

class RabbitMqApiBus final : public ApiBus {
public:
    RabbitMqApiBus(RabbitMqOptions options, Owner& owner);
    ~RabbitMqApiBus() override;
    void start();
    void stop();  // within 3 s; on_down, then silence
    void attach(Partition partition) override;
    void detach(Partition partition) override;
    void acknowledge(Partition partition, std::uint64_t attachment, std::uint64_t tag) override;
    void send(const std::string& queue, std::vector<Envelope>&& envelopes) override;
    void broadcast_to_workers(Envelope&& envelope) override;
    // All in one message: what tests/bench compares with sending to each worker its own.
    void broadcast_to_workers(std::vector<Envelope>&& envelopes);
    void broadcast_to_apis(Envelope&& envelope) override;
    bool post(Partition partition, Envelope&& envelope) override;
    bool is_up() const override;
    BusFigures figures() const;

private:
    class Duty;
    std::unique_ptr<Duty> duty_;
};

}  // namespace ohm::bus
