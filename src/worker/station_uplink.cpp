// How a station loop speaks to the api: posts, and what it says first on a new bus connection.
#include <algorithm>

#include "base/limits.hpp"
#include "worker/connection.hpp"
#include "worker/station_loop.hpp"

namespace ohm::worker {
namespace {

constexpr std::size_t held_per_envelope = 1'000;
constexpr std::size_t seen_per_envelope = 1'000;

}  // namespace

std::int64_t StationLoop::api_now_us() const {
    return now().time_since_epoch().count() + api_offset_us_;
}
bool StationLoop::has_fresh_beat() const {
    return beat_known_ && now() - beat_at_ < limits::beat_fresh;
}

bus::Envelope StationLoop::envelope_of(const Connection& connection, bus::Kind kind) const {
    bus::Envelope envelope;
    envelope.kind = kind;
    envelope.station = connection.station;
    envelope.connection = connection.id;
    envelope.epoch = connection.epoch;
    envelope.ocpp_version = static_cast<std::uint64_t>(connection.peer.version());
    envelope.received_at = api_now_us();
    return envelope;
}

void StationLoop::post(const Connection& connection, bus::Envelope&& envelope) {
    post(partition_of(connection.station, std::max(partition_count_, 1u)), std::move(envelope));
    if (backlog_.empty()) return;
    Connection* source = find(connection.id);
    if (!source || source->stalled || source->state != State::open) return;
    source->stalled = true;
    stalled_.push_back(source->id);
    sockets_.read(source->socket, false);
    ++figures_.back_pressure;
}

void StationLoop::post(Partition partition, bus::Envelope&& envelope) {
    const bool ready = backlog_.empty() && bus_up_ && (announced_ || envelope.kind.is("worker_up"));
    if (ready && bus_.post(partition, std::move(envelope))) return;
    // A refused post leaves the envelope as it was. NOLINTNEXTLINE(bugprone-use-after-move)
    backlog_.emplace_back(partition, std::move(envelope));
}

// First on a new bus connection: who we are and whom we hold; then every CALL that nobody has
// answered.
void StationLoop::announce() {
    auto backlog = std::exchange(backlog_, {});
    for (std::uint32_t p = 0; p < partition_count_; ++p) announce_to({p});
    announced_ = true;
    post_again();
    for (auto& [partition, envelope] : backlog) post(partition, std::move(envelope));
    beat();
    on_room();
}

void StationLoop::announce_to(Partition partition) {
    bus::WorkerUpBody body;
    body.loop = options_.loop;
    body.loops = options_.loops;
    body.started_at = started_at_.time_since_epoch().count() + api_offset_us_;
    body.version = options_.version;
    const auto flush = [&](bool more) {
        body.more = more;
        bus::Envelope envelope = bus::make_envelope("worker_up", "", body);
        envelope.connection = options_.loop;
        envelope.received_at = api_now_us();
        post(partition, std::move(envelope));
        body.held.items.clear();
    };
    for (const auto& connection : slots_) {
        if (!connection || connection->state == State::waiting || connection->epoch == 0) continue;
        if (partition_of(connection->station, partition_count_) != partition) continue;
        body.held.items.push_back({connection->station, connection->id, connection->epoch});
        if (body.held.items.size() == held_per_envelope) flush(true);
    }
    flush(false);
}

void StationLoop::post_again() {
    for (const auto& connection : slots_) {
        if (!connection) continue;
        for (const auto& call : connection->peer.unanswered()) {
            bus::Envelope envelope = envelope_of(*connection, "call");
            envelope.frame_no = call.frame_no;
            envelope.received_at = call.received_at_us;
            envelope.frame = call.frame;
            post(partition_of(connection->station, partition_count_), std::move(envelope));
        }
    }
}

void StationLoop::beat() {
    bus::WorkerBeatBody body;
    body.connections = open_count_;
    body.draining = draining_;
    body.address = options_.address;
    body.loop = options_.loop;
    body.certificate = certificate_;
    body.certificate_expires_at = certificate_expires_at_;
    for (std::uint32_t p = 0; p < partition_count_; ++p) {
        bus::Envelope envelope = bus::make_envelope("worker_beat", "", body);
        envelope.connection = options_.loop;
        envelope.received_at = api_now_us();
        bus_.post({p}, std::move(envelope));  // lost when full: the next one comes in two seconds
    }
}

void StationLoop::report_seen() {
    std::vector<bus::SeenBody> bodies(partition_count_);
    const auto flush = [&](std::uint32_t p) {
        bodies[p].heartbeats = std::exchange(heartbeats_unreported_, 0);
        bus_.post({p}, bus::make_envelope("seen", "",
                                          bodies[p]));  // lost when full: liveness is not the truth
        bodies[p].stations.items.clear();
    };
    for (const auto& connection : slots_) {
        if (!connection || connection->state != State::open) continue;
        const Mono heard = sockets_.last_byte_at(connection->socket);
        if (heard < last_seen_report_) continue;
        const std::uint32_t p = partition_of(connection->station, partition_count_).value;
        bodies[p].stations.items.push_back({connection->station, connection->id, connection->epoch,
                                            heard.time_since_epoch().count() + api_offset_us_});
        if (bodies[p].stations.items.size() == seen_per_envelope) flush(p);
    }
    for (std::uint32_t p = 0; p < partition_count_; ++p)
        if (!bodies[p].stations.items.empty()) flush(p);
    last_seen_report_ = now();
}

}  // namespace ohm::worker
