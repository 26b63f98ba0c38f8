// The two ends of the bus, whatever moves the envelopes: RabbitMQ between processes (rabbitmq.hpp),
// direct hand-over in one process (local.hpp), a simulated one with faults in the tests. Delivery
// is at least once, in order per sender and partition while a connection lives; nothing is durable,
// because the station is the write-ahead log. Owners are called on the bus's own thread (or the
// caller's, when local) and must only hand over to a mailbox.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "bus/envelope.hpp"

namespace ohm::bus {

class WorkerBus {
public:
    class Owner {
    public:
        virtual ~Owner() = default;
        // A bus connection stands: its number n, and the queue under which this worker is now
        // reached. Everything posted before and not yet confirmed is gone: announce the worker, and
        // post again what has no answer.
        virtual void on_up(std::uint64_t n, const std::string& queue) = 0;
        virtual void on_down(const std::string& why) = 0;
        virtual void on_envelopes(
            std::vector<Envelope>&& envelopes) = 0;  // directed and broadcast, in order of arrival
        virtual void on_room() = 0;                  // after a refused post: try again
    };
    virtual ~WorkerBus() = default;
    // Any thread. False when down or at the bound: keep the envelope, stop reading that station,
    // wait for on_room or on_up. The envelope is moved from only when true is returned.
    virtual bool post(Partition partition, Envelope&& envelope) = 0;
    virtual bool is_up() const = 0;
};

// An uplink batch in the hands of an api. Not acknowledged = will come again, to this or another
// owner.
struct Delivery {
    Partition partition;
    std::uint64_t attachment =
        0;  // grows with each attach; an acknowledgement of an older one is dropped
    std::uint64_t tag = 0;
    UpBatch batch;
};

class ApiBus {
public:
    class Owner {
    public:
        virtual ~Owner() = default;
        virtual void on_up(const std::string& own_queue) = 0;
        virtual void on_down(const std::string& why) = 0;  // every partition is detached with it
        virtual void on_attached(Partition partition, std::uint64_t attachment) = 0;
        virtual void on_detached(
            Partition partition) = 0;  // lost or closed; unacknowledged deliveries come again
        virtual void on_delivery(Delivery&& delivery) = 0;
        virtual void on_envelopes(
            std::vector<Envelope>&& envelopes) = 0;                 // operator_answer, changed
        virtual void on_unreachable(const std::string& queue) = 0;  // a directed message came back
    };
    virtual ~ApiBus() = default;
    // All from any thread; nothing here blocks or waits for the broker.
    virtual void attach(
        Partition partition) = 0;  // consume exclusively; retried while another holds it
    virtual void detach(Partition partition) = 0;  // by closing the channel, so that order is kept;
                                                   // on_detached follows
    virtual void acknowledge(Partition partition, std::uint64_t attachment,
                             std::uint64_t tag) = 0;  // this and all before
    virtual void send(const std::string& queue,
                      std::vector<Envelope>&& envelopes) = 0;  // a worker's or an api's queue
    virtual void broadcast_to_workers(Envelope&& envelope) = 0;
    virtual void broadcast_to_apis(Envelope&& envelope) = 0;
    virtual bool post(
        Partition partition,
        Envelope&& envelope) = 0;  // operator, self_beat: into the uplink; false when down or full
    virtual bool is_up() const = 0;
};

// Counters for /metrics and benches; read from any thread, exact only at rest.
struct BusFigures {
    std::uint64_t envelopes_out = 0, messages_out = 0, envelopes_in = 0, messages_in = 0;
    std::uint64_t confirms = 0, nacks = 0, returns = 0, reconnects = 0, dropped = 0;
};

}  // namespace ohm::bus
