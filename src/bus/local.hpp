// The bus of a single process: one worker and one api hand envelopes to each other on the caller's
// thread, nothing is packed. Batches clock themselves as on RabbitMQ: a partition has a few
// deliveries unacknowledged, and what gathers meanwhile leaves with the next acknowledgement.
// Any thread may call; set the owners, then start(), before anything else.
#pragma once

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "base/mailbox.hpp"
#include "bus/bus.hpp"

namespace ohm::bus {

class LocalBus {
public:
    struct Options {
        std::string worker = "local";
        std::string api = "local";
        std::string incarnation;  // 16 bytes: this start of the process
        std::uint32_t partition_count = 4;
        std::size_t waiting_envelopes = limits::local_waiting_envelopes;  // a partition
        std::size_t waiting_bytes = limits::local_waiting_bytes;          // a partition
        std::size_t deliveries = limits::local_deliveries;  // unacknowledged, a partition
    };
    explicit LocalBus(Options options);
    ~LocalBus();

    WorkerBus& worker();
    ApiBus& api();
    void set_owners(WorkerBus::Owner& worker, ApiBus::Owner& api);
    void start();  // on_up of both owners, the api's first
    void stop();   // on_down of both; nothing is accepted afterwards
    BusFigures figures() const;

private:
    class WorkerEnd;
    class ApiEnd;
    struct Lane;
    struct Request;

    bool post(Partition partition, Envelope&& envelope, bool from_api);
    void request(Partition partition, const Request& request);
    void send(const std::string& queue, std::vector<Envelope>&& envelopes);
    void pump(Partition partition);
    void serve(Lane& lane);
    void apply(Lane& lane, const Request& request);
    void deliver_gathered(Lane& lane);
    void hand_over(Lane& lane, const UpBatch& batch);
    void tell_room(Lane& lane);
    UpBatch take_run(Lane& lane);

    const Options options_;
    std::unique_ptr<WorkerEnd> worker_;
    std::unique_ptr<ApiEnd> api_;
    std::vector<std::unique_ptr<Lane>> lanes_;
    WorkerBus::Owner* worker_owner_ = nullptr;
    ApiBus::Owner* api_owner_ = nullptr;
    std::atomic<bool> up_{false};
    std::atomic<std::uint64_t> envelopes_out_{0}, messages_out_{0}, envelopes_in_{0},
        messages_in_{0}, returns_{0};
};

}  // namespace ohm::bus
