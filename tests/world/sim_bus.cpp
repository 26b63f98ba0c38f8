#include "sim_bus.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/limits.hpp"

namespace ohm::world {

struct SimBus::Sending {
    std::deque<bus::Envelope> waiting;
    bool in_flight = false, refused = false;
    Mono arrives{};
    std::uint64_t seq = 0;
};

struct SimBus::Queue {
    std::deque<bus::UpBatch> ready;
    std::deque<std::pair<std::uint64_t, bus::UpBatch>> unacknowledged;
    std::uint64_t attachment = 0;  // 0: nobody reads
    bool wanted = false;           // by the api
    bool feeding = false, breaks = false;
    Mono delivers{};
    std::vector<std::pair<std::uint64_t, bus::UpBatch>> held_up;  // the queue was full
};

// One process's end. What is planned for it names its number and bus connection, so that nothing
// reaches it after it broke.
struct SimBus::Connection {
    std::uint64_t number = 0;
    std::string name, incarnation;
    bus::WorkerBus::Owner* worker = nullptr;
    bus::ApiBus::Owner* api = nullptr;
    bool up = false, coming = false, repeats = false;
    std::uint64_t n = 0;
    std::string queue;
    Mono arrives{};  // what was sent to it last
    Mono sends{};    // what it sent last to queues of single processes
    std::vector<Sending> sending;
    std::unique_ptr<bus::WorkerBus> worker_end;
    std::unique_ptr<bus::ApiBus> api_end;
};

namespace {

constexpr Delay repeats_after{seconds{0}, seconds{20}};

std::vector<bus::Envelope> list_of(bus::Envelope&& envelope) {
    std::vector<bus::Envelope> envelopes;
    envelopes.push_back(std::move(envelope));
    return envelopes;
}

}  // namespace

class SimBus::WorkerEnd final : public bus::WorkerBus {
public:
    WorkerEnd(SimBus& bus, Connection& connection) : bus_{bus}, connection_{connection} {}
    bool post(Partition partition, bus::Envelope&& envelope) override {
        if (!connection_.up) return false;
        Sending& sending = connection_.sending.at(partition.value);
        if (sending.waiting.size() >= bus_.options_.waiting_envelopes) {
            sending.refused = true;
            return false;
        }
        sending.waiting.push_back(std::move(envelope));
        bus_.most_waiting_ = std::max(bus_.most_waiting_, sending.waiting.size());
        bus_.flush(connection_, partition);
        return true;
    }
    bool is_up() const override { return connection_.up; }

private:
    SimBus& bus_;
    Connection& connection_;
};

class SimBus::ApiEnd final : public bus::ApiBus {
public:
    ApiEnd(SimBus& bus, Connection& connection) : bus_{bus}, connection_{connection} {}

    void attach(Partition partition) override {
        bus_.queues_.at(partition.value)->wanted = true;
        bus_.schedule_.after(bus_.options_.delay.draw(bus_.schedule_.random),
                             [&bus = bus_, partition] { bus.feed(partition); });
    }
    void detach(Partition partition) override {
        bus_.queues_.at(partition.value)->wanted = false;
        bus_.redeliver(partition);
    }
    void acknowledge(Partition partition, std::uint64_t attachment, std::uint64_t tag) override {
        const std::uint64_t number = connection_.number, n = connection_.n;
        const Micros in = bus_.options_.delay.draw(bus_.schedule_.random);
        bus_.schedule_.after(in, [&bus = bus_, partition, attachment, tag, number, n] {
            const auto connection = bus.find(number);
            Queue& queue = *bus.queues_.at(partition.value);
            if (!connection || connection->n != n || queue.attachment != attachment) return;
            while (!queue.unacknowledged.empty() && queue.unacknowledged.front().first <= tag)
                queue.unacknowledged.pop_front();
            bus.feed(partition);
        });
    }
    // What one process sends keeps its order; what is under way when it dies is lost.
    void send(const std::string& queue, std::vector<bus::Envelope>&& envelopes) override {
        publish([queue, list = std::move(envelopes)](SimBus& bus) mutable {
            bus.send(queue, std::move(list));
        });
    }
    void broadcast_to_workers(bus::Envelope&& envelope) override {
        publish([copy = std::move(envelope)](SimBus& bus) {
            for (const auto& [name, number] : std::map{bus.inboxes_}) {
                const auto to = bus.find(number);
                if (to && to->worker) bus.send(name, list_of(bus::Envelope{copy}));
            }
        });
    }
    void broadcast_to_apis(bus::Envelope&& envelope) override {
        send(connection_.queue, list_of(std::move(envelope)));
    }
    bool post(Partition partition, bus::Envelope&& envelope) override {
        if (!connection_.up) return false;
        Sending& sending = connection_.sending.at(partition.value);
        if (sending.waiting.size() >= bus_.options_.waiting_envelopes) return false;
        sending.waiting.push_back(std::move(envelope));
        bus_.flush(connection_, partition);
        return true;
    }
    bool is_up() const override { return connection_.up; }

private:
    template <class What>
    void publish(What&& what) {
        if (!connection_.up) {
            ++bus_.lost_;
            return;
        }
        Schedule& schedule = bus_.schedule_;
        connection_.sends =
            std::max(connection_.sends, schedule.now() + bus_.options_.delay.draw(schedule.random));
        const std::uint64_t number = connection_.number, n = connection_.n;
        schedule.at(connection_.sends,
                    [&bus = bus_, number, n, todo = std::forward<What>(what)]() mutable {
                        const auto from = bus.find(number);
                        if (from && from->up && from->n == n)
                            todo(bus);
                        else
                            ++bus.lost_;
                    });
    }
    SimBus& bus_;
    Connection& connection_;
};

SimBus::SimBus(Schedule& schedule, Options options) : schedule_{schedule}, options_{options} {
    for (std::uint32_t p = 0; p < options_.partitions; ++p)
        queues_.push_back(std::make_unique<Queue>());
}
SimBus::~SimBus() = default;

std::shared_ptr<SimBus::Connection> SimBus::find(std::uint64_t number) const {
    const auto found = connections_.find(number);
    return found == connections_.end() ? nullptr : found->second;
}

// ---- processes come and go ----

bus::WorkerBus& SimBus::add_worker(const std::string& name, const std::string& incarnation,
                                   bus::WorkerBus::Owner& owner) {
    auto connection = std::make_shared<Connection>();
    connection->number = ++last_connection_;
    connection->name = name;
    connection->incarnation = incarnation;
    connection->worker = &owner;
    connection->worker_end = std::make_unique<WorkerEnd>(*this, *connection);
    connections_[connection->number] = connection;
    connect_later(connection, options_.delay.draw(schedule_.random));
    return *connection->worker_end;
}

void SimBus::drop_worker(bus::WorkerBus& end) {
    for (auto it = connections_.begin(); it != connections_.end(); ++it) {
        if (it->second->worker_end.get() != &end) continue;
        inboxes_.erase(it->second->queue);
        connections_.erase(it);
        return;
    }
}

bus::ApiBus& SimBus::add_api(const std::string& name, bus::ApiBus::Owner& owner) {
    ENSURE(!api_);
    api_ = std::make_shared<Connection>();
    api_->number = ++last_connection_;
    api_->name = name;
    api_->incarnation = std::string(16, '\0');
    api_->api = &owner;
    api_->api_end = std::make_unique<ApiEnd>(*this, *api_);
    connections_[api_->number] = api_;
    connect_later(api_, options_.delay.draw(schedule_.random));
    return *api_->api_end;
}

void SimBus::drop_api() {
    if (!api_) return;
    inboxes_.erase(api_->queue);
    connections_.erase(api_->number);
    api_.reset();
    for (std::uint32_t p = 0; p < options_.partitions; ++p) {
        requeue({p});
        queues_[p]->wanted = false;
    }
}

void SimBus::connect_later(const std::shared_ptr<Connection>& connection, Micros in) {
    if (std::exchange(connection->coming, true)) return;
    schedule_.after(in, [this, number = connection->number] {
        const auto coming = find(number);
        if (!coming) return;
        coming->coming = false;
        if (broker_up_) return connect(coming);
        connect_later(coming, options_.reconnect.draw(schedule_.random));
    });
}

void SimBus::connect(const std::shared_ptr<Connection>& connection) {
    connection->up = true;
    ++connection->n;
    connection->queue = connection->name + "." + std::to_string(connection->number) + "." +
                        std::to_string(connection->n);
    connection->sending = std::vector<Sending>(options_.partitions);
    inboxes_[connection->queue] = connection->number;
    if (connection->worker) return connection->worker->on_up(connection->n, connection->queue);
    connection->api->on_up(connection->queue);
    for (std::uint32_t p = 0; p < options_.partitions; ++p) feed({p});
}

void SimBus::disconnect(Connection& connection, const std::string& why) {
    if (!connection.up) return;
    connection.up = false;
    inboxes_.erase(connection.queue);
    for (const Sending& sending : connection.sending) lost_ += sending.waiting.size();
    connection.sending = std::vector<Sending>(options_.partitions);
    if (connection.worker) return connection.worker->on_down(why);
    for (std::uint32_t p = 0; p < options_.partitions; ++p) redeliver({p});
    connection.api->on_down(why);
}

// ---- uplink ----

// Batches clock themselves: one under way, what gathers meanwhile is the next.
void SimBus::flush(Connection& connection, Partition partition) {
    Sending& sending = connection.sending.at(partition.value);
    if (sending.in_flight || sending.waiting.empty()) return;
    sending.in_flight = true;
    const Micros in = options_.delay.draw(schedule_.random);
    schedule_.after(in, [this, number = connection.number, n = connection.n, partition] {
        const auto from = find(number);
        if (!from || !from->up || from->n != n) return;
        Sending& now = from->sending.at(partition.value);
        bus::UpBatch batch;
        batch.sender = from->name;
        batch.incarnation = from->incarnation;
        batch.n = n;
        batch.seq = ++now.seq;
        batch.reply_queue = from->queue;
        while (!now.waiting.empty() && batch.envelopes.items.size() < limits::batch_envelopes) {
            batch.envelopes.items.push_back(std::move(now.waiting.front()));
            now.waiting.pop_front();
        }
        arrive(number, partition, std::move(batch));
    });
}

// In the queue, and confirmed; or held up until the queue has room again.
void SimBus::arrive(std::uint64_t number, Partition partition, bus::UpBatch batch) {
    Queue& queue = *queues_.at(partition.value);
    if (queue.ready.size() >= options_.queue_batches) {
        queue.held_up.emplace_back(number, std::move(batch));
        return;
    }
    schedule_.trace("queued", batch.sender);
    queue.ready.push_back(std::move(batch));
    longest_queue_ = std::max(longest_queue_, queue.ready.size());
    feed(partition);
    const Micros in = options_.delay.draw(schedule_.random);
    schedule_.after(in, [this, number, partition] {
        const auto from = find(number);
        if (!from || !from->up) return;
        Sending& sending = from->sending.at(partition.value);
        sending.in_flight = false;
        flush(*from, partition);
        if (from->worker && std::exchange(sending.refused, false)) from->worker->on_room();
    });
}

void SimBus::feed(Partition partition) {
    Queue& queue = *queues_.at(partition.value);
    if (queue.feeding || !api_ || !api_->up || !queue.wanted) return;
    queue.feeding = true;
    queue.delivers =
        std::max(queue.delivers, schedule_.now() + options_.delay.draw(schedule_.random));
    schedule_.at(queue.delivers, [this, partition] {
        queues_.at(partition.value)->feeding = false;
        hand_over(partition);
    });
}

void SimBus::hand_over(Partition partition) {
    Queue& queue = *queues_.at(partition.value);
    if (!api_ || !api_->up || !queue.wanted) return;
    if (queue.attachment == 0) {
        queue.attachment = ++last_attachment_;
        api_->api->on_attached(partition, queue.attachment);
    }
    while (!queue.ready.empty() && queue.unacknowledged.size() < options_.prefetch) {
        queue.unacknowledged.emplace_back(++last_tag_, std::move(queue.ready.front()));
        queue.ready.pop_front();
        bus::Delivery delivery{partition, queue.attachment, last_tag_,
                               queue.unacknowledged.back().second};
        schedule_.trace("delivered", delivery.batch.sender);
        api_->api->on_delivery(std::move(delivery));
    }
    if (queue.breaks && !queue.unacknowledged.empty()) {
        queue.breaks = false;
        schedule_.after(options_.delay.draw(schedule_.random),
                        [this, partition] { redeliver(partition); });
    }
    auto waiting = std::exchange(queue.held_up, {});
    for (auto& [number, batch] : waiting) {
        const auto from = find(number);
        if (from && from->up && from->n == batch.n) arrive(number, partition, std::move(batch));
    }
}

void SimBus::requeue(Partition partition) {
    Queue& queue = *queues_.at(partition.value);
    redelivered_ += queue.unacknowledged.size();
    while (!queue.unacknowledged.empty()) {
        queue.ready.push_front(std::move(queue.unacknowledged.back().second));
        queue.unacknowledged.pop_back();
    }
    queue.attachment = 0;
}

void SimBus::redeliver(Partition partition) {
    const bool was_read = queues_.at(partition.value)->attachment != 0;
    requeue(partition);
    if (api_ && was_read) {
        // Later, as every call to an owner; but before anything is delivered again.
        schedule_.after(Micros{0}, [this, partition, number = api_->number] {
            if (api_ && api_->number == number && queues_.at(partition.value)->attachment == 0)
                api_->api->on_detached(partition);
        });
    }
    schedule_.after(limits::attach_retry, [this, partition] { feed(partition); });
}

void SimBus::redeliver_next(Partition partition) { queues_.at(partition.value)->breaks = true; }

// ---- downlink ----

void SimBus::send(const std::string& name, std::vector<bus::Envelope>&& envelopes) {
    const auto found = inboxes_.find(name);
    const auto to = found == inboxes_.end() ? nullptr : find(found->second);
    if (!to || !to->up) {
        lost_ += envelopes.size();
        if (api_ && api_->up) api_->api->on_unreachable(name);
        return;
    }
    const auto deliver = [this, number = to->number, n = to->n, list = std::move(envelopes)] {
        const auto reader = find(number);
        if (!reader || !reader->up || reader->n != n) {
            lost_ += list.size();
            return;
        }
        auto copy = list;
        if (reader->worker)
            reader->worker->on_envelopes(std::move(copy));
        else
            reader->api->on_envelopes(std::move(copy));
    };
    to->arrives = std::max(to->arrives, schedule_.now() + options_.delay.draw(schedule_.random));
    schedule_.at(to->arrives, deliver);
    if (!std::exchange(to->repeats, false)) return;
    ++redelivered_;
    schedule_.after(repeats_after.draw(schedule_.random), deliver);
}

void SimBus::repeat_next(const std::string& worker) {
    for (const auto& [number, connection] : connections_)
        if (connection->worker && connection->name == worker) connection->repeats = true;
}

// ---- faults ----

void SimBus::cut_worker(const std::string& name) {
    for (const auto& [number, connection] : std::map{connections_}) {
        if (!connection->worker || connection->name != name) continue;
        disconnect(*connection, "connection cut");
        connect_later(connection, options_.reconnect.draw(schedule_.random));
    }
}

void SimBus::cut_api() {
    if (!api_ || !api_->up) return;
    const auto cut = api_;
    disconnect(*cut, "connection cut");
    connect_later(cut, options_.reconnect.draw(schedule_.random));
}

void SimBus::restart_broker(Micros down_for) {
    broker_up_ = false;
    for (const auto& queue : queues_) {
        lost_ += queue->ready.size() + queue->unacknowledged.size();
        queue->ready.clear();
        queue->unacknowledged.clear();
        queue->held_up.clear();
    }
    for (const auto& [number, connection] : std::map{connections_}) {
        disconnect(*connection, "broker restarted");
        connect_later(connection, down_for + options_.reconnect.draw(schedule_.random));
    }
    schedule_.after(down_for, [this] { broker_up_ = true; });
}

}  // namespace ohm::world
