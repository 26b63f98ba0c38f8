#include "processes.hpp"

#include "api/outside/asker.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace ohm::world {
namespace {

constexpr milliseconds tick_interval{250};
constexpr std::string_view nobody_owns_it =
    R"({"code":"queue_unavailable","detail":"nobody owns the station's partition","pointer":""})";

}  // namespace

// ---- worker ----

WorkerProcess::WorkerProcess(const std::string& name, const Ulid& incarnation, Schedule& schedule,
                             SimNet& net, SimBus& bus)
    : name_{name}, incarnation_{incarnation}, schedule_{schedule}, net_{net}, bus_{bus} {
    options_.worker = name;
    options_.address = "127.0.0.1:8080";
    options_.version = "0.1.0";
    sockets_ = net_.sockets_of();
    end_ = &bus_.add_worker(name_, incarnation_.bytes(), *this);
    loop_ = std::make_unique<worker::StationLoop>(options_, schedule_.clock, *sockets_, *end_);
    tick();
}

WorkerProcess::~WorkerProcess() {
    bus_.drop_worker(*end_);
    net_.host_died(*this);
}

void WorkerProcess::tick() {
    loop_->on_tick();
    schedule_.after(tick_interval, [this, life = std::weak_ptr{life_}] {
        if (!life.expired()) tick();
    });
}

void WorkerProcess::on_upgrade(net::SocketId socket, const net::Request& request,
                               const net::Peer& peer) {
    loop_->on_upgrade(socket, request, peer);
}
void WorkerProcess::on_message(net::SocketId socket, std::string_view text) {
    loop_->on_message(socket, text);
}
void WorkerProcess::on_pong(net::SocketId socket) { loop_->on_pong(socket); }
void WorkerProcess::on_closed(net::SocketId socket, const net::Closed& closed) {
    loop_->on_closed(socket, closed);
}
void WorkerProcess::on_up(std::uint64_t n, const std::string&) { loop_->on_up(n); }
void WorkerProcess::on_down(const std::string&) { loop_->on_down(); }
void WorkerProcess::on_envelopes(std::vector<bus::Envelope>&& envelopes) {
    for (bus::Envelope& envelope : envelopes) {
        schedule_.trace(envelope.kind.name(), envelope.station);
        loop_->on_envelope(std::move(envelope));
    }
}
void WorkerProcess::on_room() { loop_->on_room(); }

// ---- api ----

ApiProcess::ApiProcess(const Options& options, std::uint64_t epoch, Schedule& schedule, SimBus& bus,
                       FaultySql& sql, std::function<void()> on_crash)
    : options_{options},
      epoch_{epoch},
      schedule_{schedule},
      sim_bus_{bus},
      sql_{sql},
      on_crash_{std::move(on_crash)} {
    end_ = &sim_bus_.add_api(options_.api.api, *this);
    api::Shard::Links links{*end_, [this](bus::OperatorAnswerBody&& answer) { complete(answer); },
                            [](std::vector<store::LoggedFrame>&&) {}, [](Partition) {},
                            [this](const Ulid& call, api::outside::Question&& question) {
                                ask(call, std::move(question));
                            }};
    shard_ = std::make_unique<api::Shard>(options_.api, schedule_.clock, schedule_.random, sql_,
                                          std::move(links));
    for (std::uint32_t p = 0; p < options_.api.partition_count; ++p) not_loaded_.push_back({p});
    plan(Micros{0}, &ApiProcess::every_quarter_second);
    plan(Micros{0}, &ApiProcess::beat);
}

ApiProcess::~ApiProcess() { sim_bus_.drop_api(); }

void ApiProcess::plan(Micros in, void (ApiProcess::*what)()) {
    schedule_.after(in, [this, what, life = std::weak_ptr{life_}] {
        if (!life.expired()) (this->*what)();
    });
}

void ApiProcess::take_over() {
    for (const Partition partition : std::exchange(not_loaded_, {})) {
        try {
            shard_->take_over(partition, epoch_);
        } catch (const Fault&) {
            not_loaded_.push_back(partition);
        }
    }
}

void ApiProcess::wake() {
    if (std::exchange(waking_, true)) return;
    plan(options_.turn.draw(schedule_.random), &ApiProcess::turn);
}

void ApiProcess::turn() {
    waking_ = false;
    try {
        work();
    } catch (const Crash&) {
        const auto crashed = on_crash_;
        schedule_.trace("api crashed");
        crashed();  // this process is gone afterwards
    }
}

void ApiProcess::work() {
    take_over();
    bool well = not_loaded_.empty();
    if (well && shard_->has_work()) well = shard_->step();
    if (well) well = shard_->tick();
    store_away_ = !well;
    if (well && shard_->has_work()) wake();
}

void ApiProcess::ask(const Ulid& call, api::outside::Question&& question) {
    const auto go_on = [this, call, life = std::weak_ptr{life_}](api::outside::Answer&& answer) {
        if (life.expired()) return;
        shard_->enqueue(api::outside::Answered{call, std::move(answer)});
        wake();
    };
    if (!options_.outside)
        return go_on(api::outside::unanswered(question, egress::failure::unreachable));
    api::outside::ask(*options_.outside, schedule_.clock.utc(), call, std::move(question), go_on);
}

void ApiProcess::every_quarter_second() {
    plan(tick_interval, &ApiProcess::every_quarter_second);
    wake();
}

// As the keeper does it: workers take a missing beat as: nothing can be stored.
void ApiProcess::beat() {
    plan(limits::beat_interval, &ApiProcess::beat);
    if (!bus_up_ || store_away_) return;
    bus::BeatBody body;
    body.at = micros(schedule_.clock.utc());
    body.partition_count = options_.api.partition_count;
    body.heartbeat_interval_s = static_cast<std::uint64_t>(options_.api.heartbeat_interval.count());
    body.envelope_version = bus::envelope_version;
    body.api = options_.api.api;
    end_->broadcast_to_workers(bus::make_envelope("beat", "", body));
}

void ApiProcess::on_up(const std::string& own_queue) {
    own_queue_ = own_queue;
    bus_up_ = true;
}
void ApiProcess::on_down(const std::string&) { bus_up_ = false; }
void ApiProcess::on_attached(Partition partition, std::uint64_t attachment) {
    attached_[partition] = true;
    shard_->on_attached(partition, attachment);
}
void ApiProcess::on_detached(Partition partition) {
    attached_[partition] = false;
    shard_->on_detached(partition);
}
void ApiProcess::on_delivery(bus::Delivery&& delivery) {
    for (const bus::Envelope& envelope : delivery.batch.envelopes.items)
        schedule_.trace(envelope.kind.name(), envelope.station);
    shard_->enqueue(std::move(delivery));
    wake();
}
void ApiProcess::on_envelopes(std::vector<bus::Envelope>&& envelopes) {
    for (const bus::Envelope& envelope : envelopes) {
        if (!envelope.kind.is("operator_answer")) continue;
        if (const auto answer = bus::body_of<bus::OperatorAnswerBody>(envelope)) complete(*answer);
    }
}

void ApiProcess::submit(bus::OperatorBody body, std::function<void(int, const std::string&)> done) {
    const std::string key = fold(body.id).value_or(body.id);
    const Partition partition = partition_of(key, options_.api.partition_count);
    const bool here = attached_[partition];
    body.request = ++last_request_;
    body.reply_queue = here ? "" : own_queue_;
    asked_[body.request] = std::move(done);
    bus::Envelope envelope = bus::make_envelope("operator", key, body);
    envelope.received_at = micros(schedule_.clock.utc());
    if (here) {
        shard_->enqueue(std::move(envelope));
        return wake();
    }
    if (bus_up_ && end_->post(partition, std::move(envelope))) return;
    bus::OperatorAnswerBody none;
    none.request = body.request;
    none.status = 503;
    none.body = nobody_owns_it;
    complete(none);
}

void ApiProcess::complete(const bus::OperatorAnswerBody& answer) {
    const auto found = asked_.find(answer.request);
    if (found == asked_.end()) return;
    const auto done = std::move(found->second);
    asked_.erase(found);
    schedule_.trace("operator answered", std::to_string(answer.status));
    done(static_cast<int>(answer.status), answer.body);
}

}  // namespace ohm::world
