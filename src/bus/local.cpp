#include "bus/local.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/error.hpp"

namespace ohm::bus {
namespace {

const std::string worker_queue = "local.worker";
const std::string api_queue = "local.api";

struct Waiting {
    Envelope envelope;
    bool from_api = false;
};

std::size_t size_of(const Envelope& envelope) {
    return sizeof(Waiting) + envelope.station.size() + envelope.frame.size();
}

}  // namespace

struct LocalBus::Request {
    enum class What : std::uint8_t { attach, detach, acknowledge } what{};
    std::uint64_t attachment = 0;
    std::uint64_t tag = 0;
};

// `gathered` and `requests` are filled by any thread. All below them belongs to the one thread that
// serves the lane at the moment (see pump), so it needs no lock.
struct LocalBus::Lane {
    Lane(Partition p, const Options& options)
        : partition{p}, gathered{options.waiting_envelopes}, requests{limits::loop_mailbox} {}

    const Partition partition;
    Mailbox<Waiting> gathered;
    Mailbox<Request> requests;
    std::atomic<std::size_t> waiting_bytes{0};
    std::atomic<bool> worker_refused{false};
    std::atomic<std::uint64_t> calls{0};  // to pump, not yet answered by a round of serve

    bool attached = false;
    std::uint64_t attachment = 0;
    std::uint64_t last_tag = 0;
    std::uint64_t worker_seq = 0, api_seq = 0;
    std::deque<std::pair<std::uint64_t, UpBatch>> unacknowledged;
    std::deque<UpBatch> again;      // were unacknowledged when the partition was detached
    std::optional<Waiting> opener;  // taken from `gathered`, begins the next batch
};

class LocalBus::WorkerEnd final : public WorkerBus {
public:
    explicit WorkerEnd(LocalBus& bus) : bus_{bus} {}
    bool post(Partition partition, Envelope&& envelope) override {
        return bus_.post(partition, std::move(envelope), false);
    }
    bool is_up() const override { return bus_.up_; }

private:
    LocalBus& bus_;
};

class LocalBus::ApiEnd final : public ApiBus {
public:
    explicit ApiEnd(LocalBus& bus) : bus_{bus} {}
    void attach(Partition partition) override {
        bus_.request(partition, {.what = Request::What::attach});
    }
    void detach(Partition partition) override {
        bus_.request(partition, {.what = Request::What::detach});
    }
    void acknowledge(Partition partition, std::uint64_t attachment, std::uint64_t tag) override {
        bus_.request(partition,
                     {.what = Request::What::acknowledge, .attachment = attachment, .tag = tag});
    }
    void send(const std::string& queue, std::vector<Envelope>&& envelopes) override {
        bus_.send(queue, std::move(envelopes));
    }
    void broadcast_to_workers(Envelope&& envelope) override {
        bus_.send(worker_queue, one(std::move(envelope)));
    }
    void broadcast_to_apis(Envelope&& envelope) override {
        bus_.send(api_queue, one(std::move(envelope)));
    }
    bool post(Partition partition, Envelope&& envelope) override {
        return bus_.post(partition, std::move(envelope), true);
    }
    bool is_up() const override { return bus_.up_; }

private:
    static std::vector<Envelope> one(Envelope&& envelope) {
        std::vector<Envelope> envelopes;
        envelopes.push_back(std::move(envelope));
        return envelopes;
    }
    LocalBus& bus_;
};

LocalBus::LocalBus(Options options)
    : options_{std::move(options)},
      worker_{std::make_unique<WorkerEnd>(*this)},
      api_{std::make_unique<ApiEnd>(*this)} {
    ENSURE(options_.partition_count > 0 && options_.deliveries > 0);
    for (std::uint32_t p = 0; p < options_.partition_count; ++p)
        lanes_.push_back(std::make_unique<Lane>(Partition{p}, options_));
}

LocalBus::~LocalBus() = default;

WorkerBus& LocalBus::worker() { return *worker_; }
ApiBus& LocalBus::api() { return *api_; }

void LocalBus::set_owners(WorkerBus::Owner& worker, ApiBus::Owner& api) {
    worker_owner_ = &worker;
    api_owner_ = &api;
}

void LocalBus::start() {
    ENSURE(worker_owner_ && api_owner_);
    up_ = true;
    api_owner_->on_up(api_queue);
    worker_owner_->on_up(1, worker_queue);
}

void LocalBus::stop() {
    if (!up_.exchange(false)) return;
    worker_owner_->on_down("stopped");
    api_owner_->on_down("stopped");
}

bool LocalBus::post(Partition partition, Envelope&& envelope, bool from_api) {
    ENSURE(partition.value < lanes_.size());
    Lane& lane = *lanes_[partition.value];
    if (!up_) return false;
    const std::size_t size = size_of(envelope);
    Waiting waiting{std::move(envelope), from_api};
    const auto accept = [&] {
        if (lane.waiting_bytes.fetch_add(size) < options_.waiting_bytes &&
            lane.gathered.push(std::move(waiting)))
            return true;
        lane.waiting_bytes -= size;
        return false;
    };
    bool accepted = accept();
    if (!accepted && !from_api) {
        // Said before the second try: room made after it is then surely told.
        lane.worker_refused = true;
        accepted = accept();
    }
    if (!accepted) {
        envelope = std::move(waiting.envelope);
        return false;
    }
    ++envelopes_out_;
    pump(partition);
    return true;
}

void LocalBus::request(Partition partition, const Request& request) {
    ENSURE(partition.value < lanes_.size());
    if (!up_) return;
    lanes_[partition.value]->requests.push_always(Request{request});
    pump(partition);
}

// One thread at a time serves a lane, which keeps the order; the others leave a note and go on.
void LocalBus::pump(Partition partition) {
    Lane& lane = *lanes_[partition.value];
    if (lane.calls.fetch_add(1) != 0) return;
    std::uint64_t answered = 0;
    do {
        answered = lane.calls;
        serve(lane);
    } while (lane.calls.fetch_sub(answered) != answered);
}

void LocalBus::serve(Lane& lane) {
    std::vector<Request> requests;
    lane.requests.take(requests);
    for (const Request& request : requests) apply(lane, request);
    if (lane.attached && up_) deliver_gathered(lane);
}

void LocalBus::apply(Lane& lane, const Request& request) {
    switch (request.what) {
        case Request::What::attach:
            if (std::exchange(lane.attached, true)) return;
            api_owner_->on_attached(lane.partition, ++lane.attachment);
            return;
        case Request::What::detach:
            lane.attached = false;
            while (!lane.unacknowledged.empty()) {
                lane.again.push_front(std::move(lane.unacknowledged.back().second));
                lane.unacknowledged.pop_back();
            }
            api_owner_->on_detached(lane.partition);
            return;
        case Request::What::acknowledge:
            if (!lane.attached || request.attachment != lane.attachment) return;
            while (!lane.unacknowledged.empty() && lane.unacknowledged.front().first <= request.tag)
                lane.unacknowledged.pop_front();
            return;
    }
}

void LocalBus::deliver_gathered(Lane& lane) {
    while (lane.unacknowledged.size() < options_.deliveries) {
        if (!lane.again.empty()) {
            hand_over(lane, lane.again.front());
            lane.again.pop_front();
            continue;
        }
        UpBatch batch = take_run(lane);
        if (batch.envelopes.items.empty()) return;
        hand_over(lane, batch);
        tell_room(lane);
    }
}

// The envelopes of one sender that stand next to each other make a batch.
UpBatch LocalBus::take_run(Lane& lane) {
    UpBatch batch;
    const auto take_one = [&lane]() -> std::optional<Waiting> {
        if (lane.opener) return std::exchange(lane.opener, std::nullopt);
        std::vector<Waiting> taken;
        if (lane.gathered.take(taken, 1) == 0) return std::nullopt;
        return std::move(taken.front());
    };
    std::optional<Waiting> waiting = take_one();
    if (!waiting) return batch;
    const bool from_api = waiting->from_api;
    while (waiting && waiting->from_api == from_api) {
        lane.waiting_bytes -= size_of(waiting->envelope);
        batch.envelopes.items.push_back(std::move(waiting->envelope));
        waiting.reset();
        if (batch.envelopes.items.size() == limits::batch_envelopes) break;
        waiting = take_one();
    }
    lane.opener = std::move(waiting);
    batch.sender = from_api ? options_.api : options_.worker;
    batch.incarnation = options_.incarnation;
    batch.n = 1;
    batch.seq = from_api ? ++lane.api_seq : ++lane.worker_seq;
    batch.reply_queue = from_api ? api_queue : worker_queue;
    return batch;
}

// The copy is for a successor, should the partition be detached before it is acknowledged.
void LocalBus::hand_over(Lane& lane, const UpBatch& batch) {
    lane.unacknowledged.emplace_back(++lane.last_tag, batch);
    ++messages_out_;
    Delivery delivery{lane.partition, lane.attachment, lane.last_tag, batch};
    api_owner_->on_delivery(std::move(delivery));
}

void LocalBus::tell_room(Lane& lane) {
    if (lane.worker_refused.exchange(false)) worker_owner_->on_room();
}

void LocalBus::send(const std::string& queue, std::vector<Envelope>&& envelopes) {
    if (!up_) return;
    if (queue != worker_queue && queue != api_queue) {
        ++returns_;
        api_owner_->on_unreachable(queue);
        return;
    }
    ++messages_in_;
    envelopes_in_ += envelopes.size();
    if (queue == worker_queue) {
        worker_owner_->on_envelopes(std::move(envelopes));
        return;
    }
    api_owner_->on_envelopes(std::move(envelopes));
}

BusFigures LocalBus::figures() const {
    BusFigures figures;
    figures.envelopes_out = envelopes_out_;
    figures.messages_out = messages_out_;
    figures.envelopes_in = envelopes_in_;
    figures.messages_in = messages_in_;
    figures.returns = returns_;
    return figures;
}

}  // namespace ohm::bus
