// The bus between workers and one api without a broker, with a broker's faults: at least once, in
// order per sender and partition, bounded, nothing durable. One queue a partition, redelivered in
// order when its reader is gone; one queue a worker's bus connection, gone with that connection.
// One thread; owners are never called from inside a call of their own.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "bus/bus.hpp"
#include "schedule.hpp"

namespace ohm::world {

class SimBus {
public:
    struct Options {
        std::uint32_t partitions = 4;
        Delay delay;                         // of each hop
        std::size_t queue_batches = 200;     // a partition; more: posts wait
        std::size_t waiting_envelopes = 64;  // a worker and partition; more: post refuses
        std::size_t prefetch = 4;            // unacknowledged deliveries
        Delay reconnect{milliseconds{100}, seconds{5}};
    };
    SimBus(Schedule& schedule, Options options);
    ~SimBus();

    // An end lives until it is dropped; dropping is the process's death, without goodbye.
    class WorkerEnd;
    class ApiEnd;
    bus::WorkerBus& add_worker(const std::string& name, const std::string& incarnation,
                               bus::WorkerBus::Owner& owner);
    void drop_worker(bus::WorkerBus& end);
    bus::ApiBus& add_api(const std::string& name, bus::ApiBus::Owner& owner);
    void drop_api();

    // ---- faults ----
    void cut_worker(const std::string& name);  // its bus connection breaks and comes back
    void cut_api();
    void restart_broker(Micros down_for);
    void redeliver(Partition partition);       // the reader's channel breaks: now, or when it has
    void redeliver_next(Partition partition);  // something to lose

    void repeat_next(const std::string& worker);  // what it is sent next comes once more, later

    std::size_t longest_queue() const { return longest_queue_; }  // ever, in batches
    std::size_t most_waiting() const { return most_waiting_; }    // ever, envelopes of one sender
    std::uint64_t redelivered() const { return redelivered_; }
    std::uint64_t lost() const { return lost_; }
    const Options& options() const { return options_; }

private:
    struct Sending;  // what one process has posted to one partition and is not in the queue yet
    struct Queue;    // of a partition
    struct Inbox;    // a worker's or the api's own queue
    struct Connection;

    void flush(Connection& connection, Partition partition);
    void arrive(std::uint64_t connection, Partition partition, bus::UpBatch batch);
    void feed(Partition partition);
    void hand_over(Partition partition);
    void requeue(Partition partition);
    void send(const std::string& queue, std::vector<bus::Envelope>&& envelopes);
    void connect(const std::shared_ptr<Connection>& connection);
    void disconnect(Connection& connection, const std::string& why);
    void connect_later(const std::shared_ptr<Connection>& connection, Micros in);
    std::shared_ptr<Connection> find(std::uint64_t number) const;

    Schedule& schedule_;
    Options options_;
    bool broker_up_ = true;
    std::vector<std::unique_ptr<Queue>> queues_;
    std::map<std::uint64_t, std::shared_ptr<Connection>> connections_;  // of live processes
    std::map<std::string, std::uint64_t> inboxes_;                      // queue name → connection
    std::shared_ptr<Connection> api_;
    std::uint64_t last_connection_ = 0, last_attachment_ = 0, last_tag_ = 0;
    std::size_t longest_queue_ = 0, most_waiting_ = 0;
    std::uint64_t redelivered_ = 0, lost_ = 0;
};

}  // namespace ohm::world
