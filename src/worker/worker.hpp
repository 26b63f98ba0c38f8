// A worker process: its loops, and the bus's envelopes sorted to them. The bus calls it from its
// own thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/mailbox.hpp"
#include "base/time.hpp"
#include "bus/bus.hpp"
#include "worker/loop.hpp"

namespace ohm::worker {

struct WorkerOptions {
    LoopOptions loop;  // `loop` and `loops` are filled in
    ListenOptions listen;
    std::size_t threads = 1;
    bool http = false;  // /livez, /readyz, /metrics of its own
    std::string http_address = "::";
    std::uint16_t http_port = 8001;
    // With an HTTP side of its own: what the bus has carried, asked on loop 0's thread.
    std::function<bus::BusFigures()> bus_figures;
    // Without an HTTP side of its own: figures of a loop, once a second, on loop 0's thread.
    std::function<void(std::size_t loop, const LoopFigures&)> on_figures;
};

class Worker final : public bus::WorkerBus::Owner {
public:
    Worker(const WorkerOptions& options, const Clock& clock);
    ~Worker() override;

    void start(bus::WorkerBus& bus);  // throws Fault{fatal} when a port is taken
    void drain() { drain(false); }    // SIGTERM; the thread that started it
    bool drained();                   // likewise
    void stop();
    void reload_certificates();  // SIGHUP; any thread
    std::uint16_t port() const;

    void on_up(std::uint64_t n, const std::string& queue) override;
    void on_down(const std::string& why) override;
    void on_envelopes(std::vector<bus::Envelope>&& envelopes) override;
    void on_room() override;

private:
    class Http;
    void drain(bool slowly);  // any thread
    bool takes_order_to_drain(const bus::Envelope& envelope);
    void collect(std::size_t loop, const LoopFigures& figures, bool fresh_beat);

    const WorkerOptions options_;
    const Clock& clock_;
    std::vector<std::unique_ptr<WorkerLoop>> loops_;
    std::unique_ptr<Http> http_;
    Mailbox<bool> drained_box_;
    std::size_t drained_count_ = 0;
    bool started_ = false;
    std::atomic<bool> draining_{false};
};

}  // namespace ohm::worker
