#include "worker/station_loop.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "worker/connection.hpp"

namespace ohm::worker {
namespace {

constexpr std::uint16_t close_going_away = 1001, close_protocol_error = 1002, close_policy = 1008,
                        close_try_again = 1013;
constexpr std::size_t held_per_envelope = 1'000;
constexpr std::size_t seen_per_envelope = 1'000;
constexpr milliseconds close_step{100};  // paced closing works in steps

std::int64_t whole_seconds(Mono at) { return at.time_since_epoch().count() / 1'000'000; }

std::string problem(int status, std::string_view code, std::string_view detail) {
    std::string body = R"({"type":"/docs/errors/)" + std::string{code} + R"(","title":)";
    append_json_string(body, net::reason_phrase(status));
    body += R"(,"status":)" + std::to_string(status) + R"(,"code":")" + std::string{code} +
            R"(","detail":)";
    append_json_string(body, detail);
    return body += "}";
}

}  // namespace

StationLoop::StationLoop(const LoopOptions& options, const Clock& clock, Sockets& sockets,
                         bus::WorkerBus& bus)
    : options_{options}, clock_{clock}, sockets_{sockets}, bus_{bus} {
    started_at_ = bus_changed_at_ = next_beat_ = next_close_ = last_seen_report_ = now();
    next_seen_ = now() + limits::seen_report_interval;
    wheel_at_s_ = whole_seconds(now());
}
StationLoop::~StationLoop() = default;

// ---- connections ----

StationLoop::Connection* StationLoop::find(std::uint64_t connection_id) {
    const auto slot = connection_id >> 8 & 0xFFFF'FFFF;
    if (slot >= slots_.size() || !slots_[slot] || slots_[slot]->id != connection_id) return nullptr;
    return slots_[slot].get();
}

StationLoop::Connection* StationLoop::find(net::SocketId socket) {
    const std::uint32_t tag = sockets_.tag(socket);
    if (tag == 0 || tag > slots_.size() || !slots_[tag - 1] || slots_[tag - 1]->socket != socket)
        return nullptr;
    return slots_[tag - 1].get();
}

StationLoop::Connection& StationLoop::add(net::SocketId socket) {
    if (free_slots_.empty()) {
        free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    const std::uint32_t slot = free_slots_.back();
    free_slots_.pop_back();
    ++generation_;
    slots_[slot] = std::make_unique<Connection>();
    Connection& connection = *slots_[slot];
    connection.id = static_cast<std::uint64_t>(generation_ & 0xFF'FFFF) << 40 |
                    static_cast<std::uint64_t>(slot) << 8 | options_.loop;
    connection.socket = socket;
    connection.opened_at = now();
    sockets_.set_tag(socket, slot + 1);
    ++waiting_count_;
    return connection;
}

void StationLoop::remove(Connection& connection) {
    --(connection.state == State::waiting ? waiting_count_ : open_count_);
    const auto slot = static_cast<std::uint32_t>(connection.id >> 8);
    slots_[slot].reset();
    free_slots_.push_back(slot);
}

// ---- from the network ----

void StationLoop::on_upgrade(net::SocketId socket, const net::Request& request,
                             const net::Peer& peer) {
    const std::string offered{request.header("sec-websocket-protocol")};
    ocpp::Version version = ocpp::Version::none;
    for (const std::string_view name : split(offered, ','))
        if (version == ocpp::Version::none) version = ocpp::version_of_subprotocol(name);
    const auto identity = read_identity(request.target, version == ocpp::Version::v201);
    if (!identity) return refuse_identity(socket, request, peer, identity.error());
    if (draining_)
        return refuse(socket, 503, "draining", "this worker is being drained; try another one");
    if (!has_fresh_beat())
        return refuse(socket, 503, "api_away", "the api or its database cannot be reached");
    if (!bus_up_ && now() - bus_changed_at_ > limits::bus_refuse_upgrades_after)
        return refuse(socket, 503, "queue_unavailable", "the message broker cannot be reached");
    if (waiting_count_ >= limits::upgrades_waiting)
        return refuse(socket, 503, "busy", "too many stations are connecting");
    Connection& connection = add(socket);
    connection.station = identity->key;
    connection.peer.become(version);
    const bus::ConnectBody body = read_connect(request, peer, *identity);
    bus::Envelope envelope = envelope_of(connection, "connect");
    wire::pack(envelope.frame, body);
    schedule(connection, limits::upgrade_deadline);
    post(connection, std::move(envelope));
}

// No station can be meant, so no api has to decide; but the operator shall see it among the
// attempts.
void StationLoop::refuse_identity(net::SocketId socket, const net::Request& request,
                                  const net::Peer& peer, const Refusal& refusal) {
    bus::RefusedBody body;
    body.id = to_storable(request.target, limits::identity_bytes);
    body.cause = refusal.code;
    body.detail = refusal.detail;
    body.address = peer.address;
    body.user_agent = to_storable(request.header("user-agent"), limits::identity_bytes);
    body.target = body.id;
    body.status = 400;
    body.tls = peer.tls;
    const Partition partition = partition_of(body.id, std::max(partition_count_, 1u));
    if (bus_up_ && announced_)
        bus_.post(partition, bus::make_envelope("refused", body.id, body));  // lost when full
    refuse(socket, 400, refusal.code, refusal.detail);
}

void StationLoop::refuse(net::SocketId socket, int status, std::string_view code,
                         std::string_view detail) {
    net::Response response{.status = status,
                           .headers = {{"content-type", "application/problem+json"}},
                           .body = problem(status, code, detail)};
    if (status == 503)
        response.headers.push_back(
            {"retry-after", std::to_string(5 + generation_++ % 20)});  // spread
    if (status == 401)
        response.headers.push_back({"www-authenticate", "Basic realm=\"OCPP\", charset=\"UTF-8\""});
    switch (status) {
        case 400: ++figures_.refused_400; break;
        case 401: ++figures_.refused_401; break;
        case 404: ++figures_.refused_404; break;
        case 503: ++figures_.refused_503; break;
        default: ++figures_.refused_other;
    }
    sockets_.refuse(socket, std::move(response));
}

void StationLoop::on_message(net::SocketId socket, std::string_view message) {
    Connection* connection = find(socket);
    if (!connection || connection->state != State::open) return;
    ++figures_.frames_in;
    figures_.bytes_in += message.size();
    const auto received = connection->peer.receive(message, now());
    switch (received.verdict) {
        case ocpp::Peer::Verdict::forward:
            if (answer_heartbeat(*connection, received)) return;
            return forward(*connection, message, received.frame_no);
        case ocpp::Peer::Verdict::answer: return take_answer(*connection, message, received);
        case ocpp::Peer::Verdict::unexpected: ++figures_.unexpected; break;
        case ocpp::Peer::Verdict::unreadable: ++figures_.unreadable; break;
        case ocpp::Peer::Verdict::hopeless: ++figures_.unreadable; break;
    }
    bus::Envelope envelope = envelope_of(*connection, "unreadable");
    envelope.frame_no = received.frame_no;
    envelope.frame = message;
    post(*connection, std::move(envelope));
    if (!received.reply.empty()) send(*connection, received.reply);
    if (received.verdict == ocpp::Peer::Verdict::hopeless)
        close(*connection, close_policy, "too many unreadable frames in a row", "protocol_error");
}

bool StationLoop::answer_heartbeat(Connection& connection, const ocpp::Peer::Received& received) {
    const bool plain = received.head.action == "Heartbeat" && received.head.rest == "{}";
    if (!plain || !connection.boot_accepted || !connection.peer.unanswered().empty() ||
        !has_fresh_beat())
        return false;
    const std::string at = to_rfc3339(utc_from_micros(api_now_us()), 0);
    send(connection, ocpp::heartbeat_result(received.head.raw_id, at));
    ++figures_.heartbeats_answered;
    ++heartbeats_unreported_;
    return true;
}

void StationLoop::forward(Connection& connection, std::string_view message,
                          std::uint64_t frame_no) {
    ++figures_.calls_forwarded;
    bus::Envelope envelope = envelope_of(connection, "call");
    envelope.frame_no = frame_no;
    envelope.frame = message;
    connection.peer.keep(frame_no, envelope.received_at, envelope.frame);
    if (bus_up_ && announced_)
        post(connection, std::move(envelope));  // else it goes with all unanswered ones, once up
    if (connection.peer.unanswered().size() < limits::calls_queued_per_station) return;
    connection.full = true;
    sockets_.read(connection.socket, false);
}

void StationLoop::take_answer(Connection& connection, std::string_view message,
                              const ocpp::Peer::Received& received) {
    bus::AnswerBody body;
    body.command_id = received.command_id;
    body.message_id = received.message_id;
    body.rtt_us = received.rtt_us;
    body.late = received.late;
    body.frame = message;
    bus::Envelope envelope = envelope_of(connection, "answer");
    envelope.frame_no = received.frame_no;
    wire::pack(envelope.frame, body);
    post(connection, std::move(envelope));
}

void StationLoop::on_closed(net::SocketId socket, const net::Closed& closed) {
    Connection* connection = find(socket);
    if (!connection) return;
    std::string cause = connection->close_cause;
    if (cause.empty()) {
        switch (closed.cause) {
            case net::CloseCause::peer_closed: cause = "closed"; break;
            case net::CloseCause::peer_gone: cause = "reset"; break;
            case net::CloseCause::protocol_error: cause = "protocol_error"; break;
            case net::CloseCause::slow_reader: cause = "slow_reader"; break;
            default: cause = "closed_by_us";
        }
    }
    if (cause == "closed")
        ++figures_.closed_peer;
    else if (cause == "ping_timeout")
        ++figures_.closed_ping;
    else if (cause == "reset")
        ++figures_.closed_reset;
    else if (cause == "replaced")
        ++figures_.closed_replaced;
    else if (cause == "drain")
        ++figures_.closed_drain;
    else if (cause == "protocol_error")
        ++figures_.closed_protocol;
    else
        ++figures_.closed_other;
    if (const auto* ours = connection->peer.outstanding()) {
        bus::Envelope news = envelope_of(*connection, "undelivered");
        wire::pack(news.frame, bus::CommandNews{ours->command_id, "disconnected"});
        post(*connection, std::move(news));
    }
    // An upgrade that ends before the api has decided is reported as well: the api may have
    // accepted it meanwhile.
    bus::Envelope envelope = envelope_of(*connection, "closed");
    wire::pack(envelope.frame,
               bus::ClosedBody{cause, closed.code, closed.detail, envelope.received_at});
    post(*connection, std::move(envelope));
    remove(*connection);
}

void StationLoop::on_pong(net::SocketId socket) {
    Connection* connection = find(socket);
    if (!connection) return;
    connection->has_ponged = true;
    connection->pings_unanswered = 0;
}

void StationLoop::send(Connection& connection, std::string_view frame) {
    ++figures_.frames_out;
    figures_.bytes_out += frame.size();
    sockets_.send_text(connection.socket, frame);
}

void StationLoop::close(Connection& connection, std::uint16_t code, std::string_view reason,
                        std::string_view cause) {
    if (connection.state == State::closing) return;
    if (connection.state == State::waiting)
        return refuse(connection.socket, 503, "closing", reason);
    connection.state = State::closing;
    connection.close_cause = cause;
    sockets_.close(connection.socket, code, reason);
}

void StationLoop::reset(Connection& connection, std::string_view cause) {
    connection.close_cause = cause;
    sockets_.reset(connection.socket);
}

// ---- from the bus ----

void StationLoop::on_envelope(bus::Envelope&& envelope) {
    if (envelope.kind.is("beat")) return take_beat(envelope);
    Connection* connection = find(envelope.connection);
    if (connection && connection->station != envelope.station) connection = nullptr;
    if (envelope.kind.is("command")) return run_command(connection, envelope);
    if (!connection) {
        // Accepted, but gone meanwhile: the api must hear it, its state says connected (model rule
        // 2).
        if (!envelope.kind.is("accept")) return;
        bus::Envelope gone;
        gone.kind = "closed";
        gone.station = envelope.station;
        gone.connection = envelope.connection;
        gone.epoch = envelope.epoch;
        gone.received_at = api_now_us();
        wire::pack(gone.frame,
                   bus::ClosedBody{"reset", 0, "gone before it was accepted", gone.received_at});
        const std::string station = envelope.station;
        if (partition_count_ > 0) post(partition_of(station, partition_count_), std::move(gone));
        return;
    }
    if (envelope.kind.is("reply")) return reply(*connection, envelope);
    if (envelope.kind.is("accept")) return accept(*connection, envelope);
    if (envelope.kind.is("refuse")) return refuse(*connection, envelope);
    if (envelope.kind.is("kick")) return kick(*connection, envelope);
}

void StationLoop::accept(Connection& connection, const bus::Envelope& envelope) {
    const auto body = bus::body_of<bus::AcceptBody>(envelope);
    if (!body || connection.state == State::closing) return;
    if (connection.state == State::open) {  // the same decision again, or news on it
        connection.boot_accepted = body->boot_accepted;
        return;
    }
    if (!body->refusal.empty()) {
        if (options_.refuse_subprotocol_by_400)
            return refuse(connection.socket, 400, "no_common_subprotocol", body->refusal);
        ++figures_.refused_other;
        --waiting_count_, ++open_count_;
        connection.state = State::open;
        sockets_.accept(connection.socket, "");
        return close(connection, close_protocol_error, body->refusal, "protocol_error");
    }
    --waiting_count_, ++open_count_;
    ++figures_.accepted;
    connection.state = State::open;
    connection.epoch = envelope.epoch;
    connection.boot_accepted = body->boot_accepted;
    connection.ping_interval =
        body->ping_interval_s > 0 ? seconds{body->ping_interval_s} : options_.ping_interval;
    connection.peer.become(ocpp::version_of_number(envelope.ocpp_version));
    sockets_.accept(connection.socket, body->subprotocol);
    schedule(connection, connection.ping_interval.count() > 0 ? Micros{connection.ping_interval}
                                                              : Micros{minutes{1}});
}

void StationLoop::refuse(Connection& connection, const bus::Envelope& envelope) {
    const auto body = bus::body_of<bus::RefuseBody>(envelope);
    if (!body || connection.state != State::waiting) return;
    refuse(connection.socket, static_cast<int>(body->status), body->cause, body->detail);
}

void StationLoop::kick(Connection& connection, const bus::Envelope& envelope) {
    const auto body = bus::body_of<bus::KickBody>(envelope);
    if (!body || is_stale(body->partition, body->partition_epoch)) return;
    if (envelope.epoch != 0 && connection.epoch != envelope.epoch) return;
    close(connection, static_cast<std::uint16_t>(body->code), body->reason, body->cause);
}

void StationLoop::reply(Connection& connection, const bus::Envelope& envelope) {
    if (connection.epoch != envelope.epoch || connection.state != State::open) return;
    if (!connection.peer.answered(envelope.frame_no))
        return;  // answered already: the same CALL had to be posted twice
    send(connection, envelope.frame);
    if (!connection.full) return;
    connection.full = false;
    if (!connection.stalled) sockets_.read(connection.socket, true);
}

// A command runs at most once, and only on the connection that it was meant for (model rule 5).
void StationLoop::run_command(Connection* connection, const bus::Envelope& envelope) {
    auto body = bus::body_of<bus::CommandBody>(envelope);
    if (!body || is_stale(body->partition, body->partition_epoch)) return;
    const bool right =
        connection && connection->state == State::open && connection->epoch == envelope.epoch;
    const bool in_time = body->deadline_at == 0 || api_now_us() < body->deadline_at;
    std::string_view refusal = !right || !in_time ? "offline" : "";
    if (refusal.empty() && connection->commands.seen(body->command_id)) return;
    ocpp::Peer::OurCall call{body->command_id, body->message_id, now(),
                             now() + milliseconds{body->timeout_ms}};
    if (refusal.empty() && !connection->peer.start(std::move(call))) refusal = "busy";
    bus::Envelope news;
    news.kind = "undelivered";
    news.station = envelope.station;
    news.connection = envelope.connection;
    news.epoch = envelope.epoch;
    news.received_at = api_now_us();
    wire::pack(news.frame, bus::CommandNews{body->command_id, std::string{refusal}});
    const Partition partition = partition_of(envelope.station, std::max(partition_count_, 1u));
    if (!refusal.empty()) {
        ++figures_.commands_refused;
        return post(partition, std::move(news));
    }
    ++figures_.commands;
    connection->commands.remember(body->command_id);
    send(*connection, body->frame);
    schedule(*connection, milliseconds{body->timeout_ms} + milliseconds{50});
    news.kind = "sent";
    post(partition, std::move(news));
}

// Commands, accepts and kicks of an owner that has lost the partition meanwhile are dropped
// (fencing beyond the database).
bool StationLoop::is_stale(std::uint64_t partition, std::uint64_t epoch) {
    if (partition >= limits::partitions_max) return true;
    if (partition_epochs_.size() <= partition) partition_epochs_.resize(partition + 1);
    if (epoch < partition_epochs_[partition]) return true;
    partition_epochs_[partition] = epoch;
    return false;
}

void StationLoop::take_beat(const bus::Envelope& envelope) {
    const auto beat = bus::body_of<bus::BeatBody>(envelope);
    if (!beat || beat->partition_count == 0 || beat->partition_count > limits::partitions_max)
        return;
    beat_at_ = now();
    beat_known_ = true;
    api_offset_us_ = beat->at - now().time_since_epoch().count();
    partition_count_ = static_cast<std::uint32_t>(beat->partition_count);
    heartbeat_interval_ = seconds{std::max<std::uint64_t>(beat->heartbeat_interval_s, 1)};
    if (bus_up_ && !announced_) announce();
}

void StationLoop::on_up(std::uint64_t) {
    bus_up_ = true;
    announced_ = false;
    bus_changed_at_ = now();
    if (beat_known_) announce();
}

void StationLoop::on_down() {
    bus_up_ = announced_ = false;
    bus_changed_at_ = now();
    std::erase_if(backlog_, [](const auto& item) {
        return item.second.kind.is("call") || item.second.kind.is("seen") ||
               item.second.kind.is("worker_up") || item.second.kind.is("worker_beat");
    });
}

void StationLoop::on_room() {
    while (!backlog_.empty()) {
        auto& [partition, envelope] = backlog_.front();
        if (!bus_.post(partition, std::move(envelope))) return;
        backlog_.pop_front();
    }
    for (const std::uint64_t id : std::exchange(stalled_, {})) {
        Connection* connection = find(id);
        if (!connection) continue;
        connection->stalled = false;
        if (!connection->full) sockets_.read(connection->socket, true);
    }
}

// ---- posting ----

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

// ---- time ----

void StationLoop::on_tick() {
    const std::int64_t second = whole_seconds(now());
    for (; wheel_at_s_ <= second; ++wheel_at_s_) {
        for (const std::uint64_t id :
             std::exchange(wheel_[static_cast<std::size_t>(wheel_at_s_) % wheel_seconds], {})) {
            Connection* connection = find(id);
            if (connection) check(*connection);
        }
    }
    if (!backlog_.empty() && bus_up_ && announced_) on_room();
    if (bus_up_ && announced_ && now() >= next_beat_) {
        next_beat_ = now() + limits::worker_beat_interval;
        beat();
    }
    if (bus_up_ && announced_ && now() >= next_seen_) {
        next_seen_ = now() + limits::seen_report_interval;
        report_seen();
    }
    const bool hopeless = beat_known_ && now() - beat_at_ > options_.commit_grace;
    if (draining_ || hopeless) pace_closing();
}

void StationLoop::schedule(Connection& connection, Micros in) {
    const auto ahead =
        std::clamp<std::int64_t>((in.count() + 999'999) / 1'000'000, 1, wheel_seconds - 1);
    const auto due = static_cast<std::size_t>(std::max(wheel_at_s_, whole_seconds(now())) + ahead);
    wheel_[due % wheel_seconds].push_back(connection.id);
}

void StationLoop::check(Connection& connection) {
    if (connection.state == State::waiting) return check_upgrade(connection);
    if (connection.state != State::open) return;
    if (const auto expired = connection.peer.expire(now())) {
        bus::Envelope news = envelope_of(connection, "undelivered");
        wire::pack(news.frame, bus::CommandNews{expired->command_id, "timeout"});
        post(connection, std::move(news));
    } else if (const auto* ours = connection.peer.outstanding()) {
        schedule(connection, ours->deadline - now());
    }
    if (now() >= connection.liveness_due) check_liveness(connection);
}

void StationLoop::check_upgrade(Connection& connection) {
    const auto waited = now() - connection.opened_at;
    if (waited < limits::upgrade_deadline)
        return schedule(connection, limits::upgrade_deadline - waited);
    refuse(connection.socket, 503, "api_away", "the api did not decide in time");
}

// Any byte is life. A peer that has ponged before and lets two pings pass is dead; one that never
// pongs is only given up after two heartbeat intervals and a minute (quirk A12). TCP_USER_TIMEOUT
// finds peers that acknowledge nothing.
void StationLoop::check_liveness(Connection& connection) {
    constexpr seconds second_ping_after{10};
    const auto silent = now() - sockets_.last_byte_at(connection.socket);
    const auto due_in = [&](Micros in) {
        connection.liveness_due = now() + in - milliseconds{500};
        schedule(connection, in);
    };
    const bool never_pings = connection.ping_interval.count() == 0;
    if (silent > 2 * heartbeat_interval_ + minutes{1}) return reset(connection, "ping_timeout");
    if (never_pings) return due_in(minutes{1});
    if (silent < connection.ping_interval) {
        connection.pings_unanswered = 0;
        return due_in(connection.ping_interval - silent);
    }
    if (connection.pings_unanswered >= 2 && connection.has_ponged)
        return reset(connection, "ping_timeout");
    ++connection.pings_unanswered;
    sockets_.ping(connection.socket);
    due_in(connection.has_ponged ? Micros{second_ping_after} : Micros{connection.ping_interval});
}

void StationLoop::drain() {
    draining_ = true;
    next_close_ = now();
    close_cursor_ = 0;
    for (const auto& connection : slots_)
        if (connection && connection->state == State::waiting)
            refuse(connection->socket, 503, "draining",
                   "this worker is being drained; try another one");
    if (bus_up_ && announced_) beat();
}

// Closes a share of the connections in each step: a storm of reconnects is spread, and stations
// with nothing in flight go first. Without an api it is how stations learn that they must queue
// (architecture: the station is the write-ahead log).
void StationLoop::pace_closing() {
    if (now() < next_close_ || slots_.empty()) return;
    next_close_ = now() + close_step;
    const auto steps = std::max<std::size_t>(
        1, static_cast<std::size_t>(milliseconds{options_.drain_over} / close_step));
    std::size_t quota = slots_.size() / steps + 1;
    for (std::size_t looked = 0; looked < slots_.size() && quota > 0; ++looked) {
        close_cursor_ = (close_cursor_ + 1) % slots_.size();
        Connection* connection = slots_[close_cursor_].get();
        if (!connection || connection->state != State::open) continue;
        const bool busy = !connection->peer.unanswered().empty() || connection->peer.outstanding();
        if (draining_ && busy && connection->drain_rounds++ < 20) continue;
        --quota;
        if (draining_)
            close(*connection, close_going_away, "this worker is being drained", "drain");
        else
            close(*connection, close_try_again, "messages cannot be stored at the moment",
                  "no_api");
    }
}

LoopFigures StationLoop::figures() const {
    figures_.connections = open_count_;
    figures_.upgrades_waiting = waiting_count_;
    figures_.connections_v16 = figures_.connections_v201 = 0;
    for (const auto& connection : slots_) {
        if (!connection || connection->state != State::open) continue;
        ++(connection->peer.version() == ocpp::Version::v16 ? figures_.connections_v16
                                                            : figures_.connections_v201);
    }
    return figures_;
}

}  // namespace ohm::worker
