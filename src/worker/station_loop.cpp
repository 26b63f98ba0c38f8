#include "worker/station_loop.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "worker/connection.hpp"

namespace ohm::worker {
namespace {

constexpr std::uint16_t close_protocol_error = 1002, close_not_text = 1003, close_policy = 1008;
constexpr std::size_t beats_compared = 8;

constexpr std::uint32_t slot_mask = 0xFF'FFFF;  // far beyond the descriptors of one process
std::uint32_t slot_of(std::uint64_t id) { return static_cast<std::uint32_t>(id >> 8) & slot_mask; }

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
    started_at_ = bus_changed_at_ = next_beat_ = paced_at_ = last_seen_report_ = now();
    next_seen_ = now() + limits::seen_report_interval;
    wheel_at_s_ = whole_seconds(now());
}
StationLoop::~StationLoop() = default;

// ---- connections ----

StationLoop::Connection* StationLoop::find(std::uint64_t connection_id) {
    const auto slot = slot_of(connection_id);
    if (slot >= slots_.size() || !slots_[slot] || slots_[slot]->id != connection_id) return nullptr;
    return slots_[slot].get();
}

StationLoop::Connection* StationLoop::find(net::SocketId socket) {
    const std::uint32_t tag = sockets_.tag(socket);
    if (tag == 0 || tag > slots_.size() || !slots_[tag - 1] || slots_[tag - 1]->socket != socket)
        return nullptr;
    return slots_[tag - 1].get();
}

void StationLoop::fetch_ahead(std::uint32_t tag) const {
    constexpr std::size_t cache_line_bytes = 64;
    if (tag == 0 || tag > slots_.size() || !slots_[tag - 1]) return;
    const char* bytes = reinterpret_cast<const char*>(slots_[tag - 1].get());
    for (std::size_t at = 0; at < sizeof(Connection); at += cache_line_bytes)
        __builtin_prefetch(bytes + at, 1);
}

StationLoop::Connection& StationLoop::add(net::SocketId socket) {
    if (free_slots_.empty()) {
        free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    const std::uint32_t slot = free_slots_.back();
    free_slots_.pop_back();
    if (++generation_ == 0) ++generation_;  // so that no connection has number 0
    slots_[slot] = std::make_unique<Connection>();
    Connection& connection = *slots_[slot];
    connection.id = static_cast<std::uint64_t>(generation_) << 32 |
                    static_cast<std::uint64_t>(slot & slot_mask) << 8 | options_.loop;
    connection.socket = socket;
    connection.opened_at = now();
    sockets_.set_tag(socket, slot + 1);
    ++waiting_count_;
    return connection;
}

void StationLoop::remove(Connection& connection) {
    const bool undecided = connection.state == State::waiting || connection.state == State::refused;
    --(undecided ? waiting_count_ : open_count_);
    const std::uint32_t slot = slot_of(connection.id);
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
    if (waiting_count_ >= limits::upgrades_waiting || backlog_.size() >= limits::worker_backlog)
        return refuse(socket, 503, "busy", "too many stations are connecting");
    if (decisions_are_late())
        return refuse(socket, 503, "busy", "too many stations are connecting");
    const std::uint64_t source = fnv1a(peer.address + '\n' + identity->key);
    if (attempts_.is_blocked(source, now()))
        return refuse(socket, 429, "too_many_attempts",
                      "too many refused attempts from this address for this station; wait a while");
    Connection& connection = add(socket);
    connection.source = source;
    connection.station = identity->key;
    connection.peer.become(version);
    bus::ConnectBody body = read_connect(request, peer, *identity);
    auto others = other_identities(request.target, *identity, version == ocpp::Version::v201);
    body.has_more = !others.empty();
    bus::Envelope envelope = envelope_of(connection, "connect");
    wire::pack(envelope.frame, body);
    if (!others.empty())
        connection.other_names =
            std::make_unique<OtherNames>(OtherNames{std::move(body), std::move(others)});
    schedule(connection, limits::upgrade_deadline);
    upgrades_.emplace_back(now(), connection.id);
    post(connection, std::move(envelope));
}

// When more stations come than the api can let in, each more makes all wait longer, until nobody is
// let in within the deadline and all that was decided was for nothing. So those who would come too
// late are turned away at once.
bool StationLoop::decisions_are_late() {
    const auto waits = [this](std::uint64_t id) {
        const Connection* connection = find(id);
        return connection != nullptr && connection->state == State::waiting;
    };
    while (!upgrades_.empty() && !waits(upgrades_.front().second)) upgrades_.pop_front();
    return !upgrades_.empty() && now() - upgrades_.front().first > limits::upgrade_late;
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
    if (status == 503 || status == 429)
        response.headers.push_back(
            {"retry-after", std::to_string(5 + refusals_++ % 20)});  // spread
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

// Some stations send JSON in binary frames (quirk B2); anything else is no OCPP.
void StationLoop::on_binary(net::SocketId socket, std::string_view message) {
    Connection* connection = find(socket);
    if (!connection || connection->state != State::open) return;
    if (connection->strict || !is_utf8(message))
        return close(*connection, close_not_text, "OCPP-J frames are UTF-8 text", "protocol_error");
    notice(*connection, "binary_frame");
    on_message(socket, message);
}

void StationLoop::notice(const Connection& connection, std::string_view quirk) {
    bus::Envelope envelope = envelope_of(connection, "noticed");
    wire::pack(envelope.frame, bus::NoticedBody{std::string{quirk}});
    post(connection, std::move(envelope));
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
        case ocpp::Peer::Verdict::unreadable:
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
    const ocpp::Head& head = received.head;
    const bool plain = head.action == "Heartbeat" && head.rest == "{}" && head.has_payload;
    if (!plain || !connection.boot_accepted || !connection.peer.unanswered().empty() ||
        !has_fresh_beat())
        return false;
    const int fraction_digits = connection.milliseconds ? 3 : 0;
    const std::string at = to_rfc3339(utc_from_micros(api_now_us()), fraction_digits);
    send(connection, ocpp::heartbeat_result(head.raw_id, at));
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
    // An upgrade that ends before the api has decided is reported as well: the api may have
    // accepted it meanwhile.
    bus::Envelope envelope = envelope_of(*connection, "closed");
    wire::pack(envelope.frame,
               bus::ClosedBody{cause, closed.code, closed.detail, envelope.received_at});
    post(*connection, std::move(envelope));
    // After it, so that whoever hears of the command's end finds the station offline.
    if (const auto* ours = connection->peer.outstanding()) {
        bus::Envelope news = envelope_of(*connection, "undelivered");
        wire::pack(news.frame, bus::CommandNews{ours->command_id, "disconnected"});
        post(*connection, std::move(news));
    }
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
    if (connection.state == State::closing || connection.state == State::refused) return;
    if (connection.state == State::waiting) return refuse(connection, 503, "closing", reason);
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
    if (!body || connection.state == State::closing || connection.state == State::refused) return;
    if (connection.state == State::open) {  // the same decision again, or news on it
        connection.boot_accepted = body->boot_accepted;
        connection.milliseconds = body->milliseconds;
        connection.strict = body->strict;
        connection.peer.be_strict(body->strict);
        return;
    }
    connection.other_names.reset();
    if (!body->refusal.empty()) {
        if (options_.refuse_subprotocol_by_400)
            return refuse(connection, 400, "no_common_subprotocol", body->refusal);
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
    connection.milliseconds = body->milliseconds;
    connection.strict = body->strict;
    connection.peer.be_strict(body->strict);
    connection.ping_interval = seconds{body->ping_interval_s};  // 0: never
    connection.peer.become(ocpp::version_of_number(envelope.ocpp_version));
    sockets_.accept(connection.socket, body->subprotocol);
    schedule(connection, connection.ping_interval.count() > 0 ? Micros{connection.ping_interval}
                                                              : Micros{minutes{1}});
}

void StationLoop::refuse(Connection& connection, const bus::Envelope& envelope) {
    const auto body = bus::body_of<bus::RefuseBody>(envelope);
    if (!body || connection.state != State::waiting) return;
    if (try_another_name(connection, *body)) return;
    if (body->status == 401) attempts_.note_refused(connection.source, now());
    refuse(connection, static_cast<int>(body->status), body->cause, body->detail);
}

// The path's last segment names nobody: an earlier one may.
bool StationLoop::try_another_name(Connection& connection, const bus::RefuseBody& refusal) {
    auto& others = connection.other_names;
    if (!others || others->left.empty() || refusal.cause != "unknown_station") return false;
    const ocpp::Identity next = std::move(others->left.front());
    others->left.erase(others->left.begin());
    bus::ConnectBody& body = others->body;
    if (body.last_segment.empty()) body.last_segment = body.id;
    body.id = next.id;
    body.has_more = !others->left.empty();
    connection.station = next.key;
    bus::Envelope envelope = envelope_of(connection, "connect");
    wire::pack(envelope.frame, body);
    post(connection, std::move(envelope));
    return true;
}

void StationLoop::serve(std::string certificate, std::int64_t expires_at_us) {
    certificate_ = std::move(certificate);
    certificate_expires_at_ = expires_at_us;
}

void StationLoop::refuse(Connection& connection, int status, std::string_view code,
                         std::string_view detail) {
    if (connection.state != State::waiting) return;
    connection.state = State::refused;
    refuse(connection.socket, status, code, detail);
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
    if (connection && connection->commands.seen(body->command_id)) return;
    const bool right =
        connection && connection->state == State::open && connection->epoch == envelope.epoch;
    const bool in_time = body->deadline_at == 0 || api_now_us() < body->deadline_at;
    std::string_view refusal = !right || !in_time ? "offline" : "";
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

// A beat that waited on its way says less than it is; the one that waited least is nearest.
void StationLoop::learn_offset(std::int64_t offset_us) {
    beat_offsets_.push_back(offset_us);
    if (beat_offsets_.size() > beats_compared) beat_offsets_.pop_front();
    api_offset_us_ = *std::max_element(beat_offsets_.begin(), beat_offsets_.end());
}

void StationLoop::take_beat(const bus::Envelope& envelope) {
    const auto beat = bus::body_of<bus::BeatBody>(envelope);
    if (!beat || beat->partition_count == 0 || beat->partition_count > limits::partitions_max)
        return;
    beat_at_ = now();
    beat_known_ = true;
    learn_offset(beat->at - now().time_since_epoch().count());
    partition_count_ = static_cast<std::uint32_t>(beat->partition_count);
    heartbeat_interval_ = seconds{std::max<std::uint64_t>(beat->heartbeat_interval_s, 1)};
    if (bus_up_ && !announced_) announce();
}

void StationLoop::on_up(std::uint64_t) {
    drop_what_announcing_repeats();
    bus_up_ = true;
    announced_ = false;
    bus_changed_at_ = now();
    if (beat_known_) announce();
}

void StationLoop::on_down() {
    bus_up_ = announced_ = false;
    bus_changed_at_ = now();
    drop_what_announcing_repeats();
}

// Everything else in the backlog is said once and stays.
void StationLoop::drop_what_announcing_repeats() {
    std::erase_if(backlog_, [](const auto& item) {
        return item.second.kind.is("call") || item.second.kind.is("seen") ||
               item.second.kind.is("worker_up") || item.second.kind.is("worker_beat");
    });
}

void StationLoop::on_room() {
    if (!bus_up_ || !announced_) return;  // first on a new bus connection: who we are
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

LoopFigures StationLoop::figures() const {
    figures_.connections = open_count_;
    figures_.certificate_expires_at = certificate_expires_at_;
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
