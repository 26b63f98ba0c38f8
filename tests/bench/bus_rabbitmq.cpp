// What the bus costs: CPU of each bus thread per envelope, envelopes per AMQP message, and the
// round trip worker → broker → api → broker → worker. Needs a broker of its own:
//   port=$(tests/lab/rabbitmq.sh start /tmp/bench) && bus_rabbitmq $port; tests/lab/rabbitmq.sh
//   stop /tmp/bench
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <dirent.h>
#include <set>
#include <string>
#include <thread>
#include <time.h>
#include <unistd.h>
#include <vector>

#include "base/secret.hpp"
#include "base/time.hpp"
#include "bus/rabbitmq.hpp"

namespace {

using namespace ohm;
using namespace ohm::bus;

constexpr std::uint32_t partitions = 4;

std::set<std::string> threads_now() {
    std::set<std::string> ids;
    DIR* tasks = ::opendir("/proc/self/task");
    while (const dirent* entry = ::readdir(tasks))
        if (entry->d_name[0] != '.') ids.insert(entry->d_name);
    ::closedir(tasks);
    return ids;
}

// CPU time of a thread so far. The clock's number is made as the kernel's headers do it (per
// thread, scheduler time), because only the bus knows its thread's handle.
double cpu_us(const std::string& thread) {
    const auto id = static_cast<clockid_t>((~static_cast<unsigned>(std::stoi(thread)) << 3) | 6u);
    timespec time{};
    if (::clock_gettime(id, &time) != 0) return std::nan("");
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1'000;
}

class EchoApi final : public ApiBus::Owner {
public:
    void on_up(const std::string&) override { up = true; }
    void on_down(const std::string&) override { up = false; }
    void on_attached(Partition, std::uint64_t) override { ++attached; }
    void on_detached(Partition) override {}
    void on_envelopes(std::vector<Envelope>&&) override {}
    void on_unreachable(const std::string&) override {}
    void on_delivery(Delivery&& delivery) override {
        received += delivery.batch.envelopes.items.size();
        if (echo) bus->send(delivery.batch.reply_queue, std::move(delivery.batch.envelopes.items));
        bus->acknowledge(delivery.partition, delivery.attachment, delivery.tag);
    }
    ApiBus* bus = nullptr;
    std::atomic<bool> up{false}, echo{false};
    std::atomic<std::uint64_t> received{0};
    std::atomic<std::uint32_t> attached{0};
};

class TimingWorker final : public WorkerBus::Owner {
public:
    explicit TimingWorker(const Clock& clock) : clock_{clock} { times.reserve(1'000'000); }
    void on_up(std::uint64_t, const std::string&) override { up = true; }
    void on_down(const std::string&) override { up = false; }
    void on_room() override {}
    void on_envelopes(std::vector<Envelope>&& envelopes) override {
        const std::int64_t now = clock_.mono().time_since_epoch().count();
        for (const Envelope& envelope : envelopes)
            times.push_back(static_cast<double>(now - envelope.received_at));
        answered += envelopes.size();
    }
    std::atomic<bool> up{false};
    std::atomic<std::uint64_t> answered{0};
    std::vector<double> times;  // µs; read when all are answered

private:
    const Clock& clock_;
};

template <class Condition>
void wait_until(Condition condition) {
    for (int i = 0; i < 200'000 && !condition(); ++i) ::usleep(100);
    if (condition()) return;
    std::fputs("bus_rabbitmq: gave up waiting\n", stderr);
    std::exit(1);
}

struct Bench {
    explicit Bench(std::uint16_t port)
        : before{threads_now()},
          api_bus{{.broker = {.port = port},
                   .id = "a1",
                   .incarnation = secret::random_bytes(16),
                   .partition_count = partitions},
                  api},
          worker_bus{
              {.broker = {.port = port}, .id = "w1", .incarnation = secret::random_bytes(16)},
              worker} {
        api.bus = &api_bus;
        api_bus.start();
        wait_until([&] { return api.up.load(); });
        api_thread = new_thread();
        for (std::uint32_t p = 0; p < partitions; ++p) api_bus.attach({p});
        wait_until([&] { return api.attached == partitions; });
        worker_bus.start();
        wait_until([&] { return worker.up.load(); });
        worker_thread = new_thread();
    }
    std::string new_thread() {
        for (const std::string& id : threads_now())
            if (before.insert(id).second) return id;
        return "";
    }
    void post(std::uint64_t i, const std::string& frame) {
        for (;; ::usleep(50)) {
            Envelope envelope;
            envelope.kind = "call";
            envelope.station = "STATION-" + std::to_string(i % 5'000);
            envelope.received_at = clock.mono().time_since_epoch().count();
            envelope.frame = frame;
            const auto p = static_cast<std::uint32_t>(i % partitions);
            if (worker_bus.post({p}, std::move(envelope))) return;
        }
    }
    void throughput(std::size_t frame_bytes, std::uint64_t count);
    void round_trip(std::uint64_t a_second, std::size_t frame_bytes, int duration_s);

    SystemClock clock;
    std::set<std::string> before;
    EchoApi api;
    TimingWorker worker{clock};
    RabbitMqApiBus api_bus;
    RabbitMqWorkerBus worker_bus;
    std::string api_thread, worker_thread;
};

void Bench::throughput(std::size_t frame_bytes, std::uint64_t count) {
    const std::string frame(frame_bytes, 'x');
    const std::uint64_t received = api.received;
    const std::uint64_t messages = worker_bus.figures().messages_out;
    const double worker_cpu = cpu_us(worker_thread), api_cpu = cpu_us(api_thread);
    const Mono begin = clock.mono();
    for (std::uint64_t i = 0; i < count; ++i) post(i, frame);
    wait_until([&] { return api.received - received >= count; });
    const auto elapsed = static_cast<double>((clock.mono() - begin).count()) / 1e6;
    const auto n = static_cast<double>(count);
    const auto sent = static_cast<double>(worker_bus.figures().messages_out - messages);
    std::printf(
        "flood  frame=%4zu B  %8.0f envelopes/s  %6.1f envelopes/message  "
        "worker bus thread %.2f us/envelope  api bus thread %.2f us/envelope\n",
        frame_bytes, n / elapsed, n / sent, (cpu_us(worker_thread) - worker_cpu) / n,
        (cpu_us(api_thread) - api_cpu) / n);
}

void Bench::round_trip(std::uint64_t a_second, std::size_t frame_bytes, int duration_s) {
    api.echo = true;
    worker.times.clear();
    const std::string frame(frame_bytes, 'x');
    const std::uint64_t count = a_second * static_cast<std::uint64_t>(duration_s);
    const std::uint64_t answered = worker.answered;
    const std::uint64_t messages = worker_bus.figures().messages_out;
    const double worker_cpu = cpu_us(worker_thread), api_cpu = cpu_us(api_thread);
    const Mono begin = clock.mono();
    for (std::uint64_t i = 0; i < count; ++i) {
        const Micros at{static_cast<std::int64_t>(i * 1'000'000 / a_second)};
        while (clock.mono() - begin < at) ::usleep(100);
        post(i, frame);
    }
    wait_until([&] { return worker.answered - answered >= count; });
    std::sort(worker.times.begin(), worker.times.end());
    const auto at = [&](double share) {
        const auto last = static_cast<double>(worker.times.size() - 1);
        return worker.times[static_cast<std::size_t>(last * share)] / 1'000;
    };
    const auto n = static_cast<double>(count);
    const auto sent = static_cast<double>(worker_bus.figures().messages_out - messages);
    std::printf(
        "echo   frame=%4zu B  %6llu/s  p50 %.2f ms  p99 %.2f ms  %5.1f envelopes/message  "
        "worker %.2f us/envelope  api %.2f us/envelope (both ways)\n",
        frame_bytes, static_cast<unsigned long long>(a_second), at(0.5), at(0.99), n / sent,
        (cpu_us(worker_thread) - worker_cpu) / n, (cpu_us(api_thread) - api_cpu) / n);
    api.echo = false;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: bus_rabbitmq <port of a RabbitMQ on loopback>\n", stderr);
        return 64;
    }
    Bench bench{static_cast<std::uint16_t>(std::atoi(argv[1]))};
    bench.throughput(20, 100'000);  // warm
    for (const std::size_t bytes : {20u, 100u, 300u}) bench.throughput(bytes, 2'000'000);
    for (const std::uint64_t rate : {100u, 1'000u, 10'000u}) bench.round_trip(rate, 300, 5);
    bench.api_bus.stop();
    bench.worker_bus.stop();
    return 0;
}
