// What it costs that every answer goes to its own worker only, beside a fanout of every answer to
// every worker, with 1, 4 and 16 workers at the same rate of messages: CPU of our own bus code, CPU
// of the broker, envelopes per AMQP message, round trips. One JSON line a case:
//   bus_routing PORT BROKER_PID [ENVELOPES_A_SECOND] [SECONDS]
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

#include "base/secret.hpp"
#include "base/time.hpp"
#include "bus/rabbitmq.hpp"

namespace {

using namespace ohm;
using namespace ohm::bus;

constexpr std::uint32_t partitions = 4;
constexpr std::size_t frame_bytes = 200;

double own_cpu_us() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto us = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
    };
    return us(usage.ru_utime) + us(usage.ru_stime);
}

double cpu_us_of(int pid) {
    std::ifstream file{"/proc/" + std::to_string(pid) + "/stat"};
    std::string text;
    std::getline(file, text);
    std::istringstream fields{text.substr(text.rfind(')') + 2)};
    std::vector<std::string> words;
    for (std::string word; fields >> word;) words.push_back(word);
    if (words.size() < 13) return 0;
    return (std::stod(words[11]) + std::stod(words[12])) * 1e6 /
           static_cast<double>(::sysconf(_SC_CLK_TCK));
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
        auto& envelopes = delivery.batch.envelopes.items;
        if (fanout)
            bus->broadcast_to_workers(std::move(envelopes));
        else
            bus->send(delivery.batch.reply_queue, std::move(envelopes));
        bus->acknowledge(delivery.partition, delivery.attachment, delivery.tag);
    }
    RabbitMqApiBus* bus = nullptr;
    std::atomic<bool> up{false}, fanout{false};
    std::atomic<std::uint32_t> attached{0};
};

// Takes what is for it by the connection's number, as a worker does, and ignores the rest.
class OneWorker final : public WorkerBus::Owner {
public:
    OneWorker(const Clock& clock, std::uint64_t number) : clock_{clock}, number_{number} {}
    void on_up(std::uint64_t, const std::string&) override { up = true; }
    void on_down(const std::string&) override { up = false; }
    void on_room() override {}
    void on_envelopes(std::vector<Envelope>&& envelopes) override {
        const std::int64_t now = clock_.mono().time_since_epoch().count();
        received += envelopes.size();
        std::uint64_t mine = 0;
        for (const Envelope& envelope : envelopes) {
            if (envelope.connection != number_) continue;
            times.push_back(static_cast<double>(now - envelope.received_at) / 1'000);
            ++mine;
        }
        answered += mine;
    }
    std::atomic<bool> up{false};
    std::atomic<std::uint64_t> answered{0}, received{0};
    std::vector<double> times;  // ms; read when all are answered

private:
    const Clock& clock_;
    const std::uint64_t number_;
};

template <class Condition>
void wait_until(Condition condition) {
    for (int i = 0; i < 200'000 && !condition(); ++i) ::usleep(100);
    if (condition()) return;
    std::fputs("bus_routing: gave up waiting\n", stderr);
    std::exit(1);
}

struct Worker {
    Worker(const Clock& clock, std::uint16_t port, std::size_t number)
        : owner{clock, number},
          bus{{.broker = {.port = port},
               .id = "w" + std::to_string(number),
               .incarnation = secret::random_bytes(16)},
              owner} {
        bus.start();
        wait_until([&] { return owner.up.load(); });
    }
    OneWorker owner;
    RabbitMqWorkerBus bus;
};

class Bench {
public:
    Bench(std::uint16_t port, int broker) : port_{port}, broker_{broker} {
        api_.bus = &api_bus_;
        api_bus_.start();
        wait_until([&] { return api_.up.load(); });
        for (std::uint32_t p = 0; p < partitions; ++p) api_bus_.attach({p});
        wait_until([&] { return api_.attached == partitions; });
    }
    ~Bench() {
        api_bus_.stop();
        for (const auto& worker : workers_) worker->bus.stop();
    }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    void measure(std::size_t worker_count, bool fanout, std::uint64_t a_second, int seconds_long);

private:
    void post(std::uint64_t i) {
        Worker& worker = *workers_[i % workers_.size()];
        for (;; ::usleep(50)) {
            Envelope envelope;
            envelope.kind = "call";
            envelope.station = "STATION-" + std::to_string(i % 5'000);
            envelope.connection = i % workers_.size() + 1;
            envelope.received_at = clock_.mono().time_since_epoch().count();
            envelope.frame = std::string(frame_bytes, 'x');
            const auto p = static_cast<std::uint32_t>(i / workers_.size() % partitions);
            if (worker.bus.post({p}, std::move(envelope))) return;
        }
    }
    std::uint64_t sum(std::atomic<std::uint64_t> OneWorker::*counter) const {
        std::uint64_t all = 0;
        for (const auto& worker : workers_) all += worker->owner.*counter;
        return all;
    }
    std::uint64_t uplink_messages() const {
        std::uint64_t all = 0;
        for (const auto& worker : workers_) all += worker->bus.figures().messages_out;
        return all;
    }

    SystemClock clock_;
    const std::uint16_t port_;
    const int broker_;
    EchoApi api_;
    RabbitMqApiBus api_bus_{{.broker = {.port = port_},
                             .id = "a1",
                             .incarnation = secret::random_bytes(16),
                             .partition_count = partitions},
                            api_};
    std::vector<std::unique_ptr<Worker>> workers_;
};

void Bench::measure(std::size_t worker_count, bool fanout, std::uint64_t a_second,
                    int seconds_long) {
    while (workers_.size() < worker_count)
        workers_.push_back(std::make_unique<Worker>(clock_, port_, workers_.size() + 1));
    for (const auto& worker : workers_) worker->owner.times.clear();
    api_.fanout = fanout;
    const std::uint64_t count = a_second * static_cast<std::uint64_t>(seconds_long);
    const std::uint64_t answered = sum(&OneWorker::answered), received = sum(&OneWorker::received);
    const std::uint64_t up = uplink_messages(), down = api_bus_.figures().messages_out;
    const double own = own_cpu_us(), broker = cpu_us_of(broker_);
    const Mono begin = clock_.mono();
    for (std::uint64_t i = 0; i < count; ++i) {
        const Micros at{static_cast<std::int64_t>(i * 1'000'000 / a_second)};
        while (clock_.mono() - begin < at) ::usleep(100);
        post(i);
    }
    wait_until([&] { return sum(&OneWorker::answered) - answered >= count; });
    const auto n = static_cast<double>(count);
    const double own_us = (own_cpu_us() - own) / n, broker_us = (cpu_us_of(broker_) - broker) / n;
    const double span_s = static_cast<double>((clock_.mono() - begin).count()) / 1e6;
    std::vector<double> times;
    for (const auto& worker : workers_)
        times.insert(times.end(), worker->owner.times.begin(), worker->owner.times.end());
    std::sort(times.begin(), times.end());
    const auto at = [&](double share) {
        return times[static_cast<std::size_t>(static_cast<double>(times.size() - 1) * share)];
    };
    const auto per = [&](std::uint64_t messages) { return n / static_cast<double>(messages); };
    std::printf(
        R"({"workers":%zu,"routing":"%s","per_s":%.0f,"own_cpu_us":%.2f,"broker_cpu_us":%.2f,)"
        R"("envelopes_per_message_up":%.1f,"envelopes_per_message_down":%.1f,)"
        R"("received_per_envelope":%.2f,"p50_ms":%.2f,"p99_ms":%.2f})"
        "\n",
        worker_count, fanout ? "fanout" : "direct", n / span_s, own_us, broker_us,
        per(uplink_messages() - up), per(api_bus_.figures().messages_out - down),
        static_cast<double>(sum(&OneWorker::received) - received) / n, at(0.5), at(0.99));
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fputs("usage: bus_routing PORT BROKER_PID [ENVELOPES_A_SECOND] [SECONDS]\n", stderr);
        return 64;
    }
    const auto number = [&](int index, int otherwise) {
        return argc > index ? std::max(1, std::atoi(argv[index])) : otherwise;
    };
    Bench bench{static_cast<std::uint16_t>(std::atoi(argv[1])), std::atoi(argv[2])};
    const auto rate = static_cast<std::uint64_t>(number(3, 5'000));
    bench.measure(1, false, rate, 2);  // warm
    for (const std::size_t workers : {1u, 4u, 16u})
        for (const bool fanout : {false, true}) bench.measure(workers, fanout, rate, number(4, 8));
    return 0;
}
