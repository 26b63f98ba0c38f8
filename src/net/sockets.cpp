#include "net/sockets.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/limits.hpp"

namespace ohm::net {
namespace {

std::string error_text(int error) { return std::strerror(error); }

}  // namespace

static_assert(sizeof(Connection) <= 64, "an idle connection is one cache line");

bool Detail::is_empty() const {
    return input.empty() && output.empty() && reader.is_idle() && deadline == Mono{} && !preface;
}

void Detail::clear() {
    const auto keep_small = [](std::string& buffer) {
        buffer.clear();
        if (buffer.capacity() > limits::spare_buffer_bytes) buffer = {};
    };
    keep_small(input);
    keep_small(output);
    sent = 0;
    reader = {};
    deadline = {};
    queued_second = 0;
    preface.reset();
}

void Connection::on_ready(std::uint32_t epoll_events) { sockets->ready(*this, epoll_events); }

Sockets::Sockets(Loop& loop, Hooks& hooks, const Options& options)
    : loop_{loop},
      hooks_{hooks},
      options_{options},
      buffer_(options.receive_bytes + limits::simd_slack_bytes) {
    round_end_ = loop_.at_round_end([this] { return end_round(); });
    deadline_timer_ = loop_.every(seconds{1}, [this] { run_deadlines(); });
}

Sockets::~Sockets() {
    loop_.cancel(round_end_);
    loop_.cancel(deadline_timer_);
    for (Connection& connection : connections_) {
        if (connection.descriptor < 0) continue;
        loop_.forget(connection.descriptor);
        ::close(connection.descriptor);
    }
}

Connection& Sockets::add(int descriptor, TlsSession tls, Phase first) {
    if (unused_slots_.empty()) {
        unused_slots_.push_back(static_cast<std::uint32_t>(connections_.size()));
        connections_.emplace_back();
    }
    const std::uint32_t slot = unused_slots_.back();
    Connection& connection = connections_[slot];
    const auto events = static_cast<std::uint16_t>(first == Phase::connecting ? EPOLLOUT : EPOLLIN);
    loop_.watch(descriptor, events, connection);
    unused_slots_.pop_back();
    ++count_;
    connection.sockets = this;
    connection.slot = slot;
    ++connection.generation;
    connection.descriptor = descriptor;
    connection.tls = std::move(tls);
    connection.phase = first;
    connection.interest = events;
    connection.last_byte = loop_.now();
    return connection;
}

SocketId Sockets::id_of(const Connection& connection) {
    return {std::uint64_t{connection.generation} << 32 | (std::uint64_t{connection.slot} + 1)};
}

Connection* Sockets::find(SocketId id) {
    const auto slot = static_cast<std::uint32_t>(id.value) - 1;
    if (slot >= connections_.size()) return nullptr;
    Connection& connection = connections_[slot];
    if (connection.generation != id.value >> 32 || connection.phase == Phase::unused)
        return nullptr;
    return &connection;
}

Detail& Sockets::detail(Connection& connection) {
    if (connection.detail) return *connection.detail;
    if (spare_details_.empty()) {
        connection.detail = std::make_unique<Detail>();
    } else {
        connection.detail = std::move(spare_details_.back());
        spare_details_.pop_back();
    }
    return *connection.detail;
}

void Sockets::give_back(Connection& connection) {
    if (!connection.detail) return;
    if (spare_details_.size() < limits::spare_details) {
        connection.detail->clear();
        spare_details_.push_back(std::move(connection.detail));
    }
    connection.detail.reset();
}

// ---- reading ----

void Sockets::ready(Connection& connection, std::uint32_t epoll_events) {
    if (connection.phase == Phase::connecting) return connected(connection);
    if (connection.phase == Phase::handshake) return step_handshake(connection);
    if (connection.phase == Phase::released) return;
    if ((epoll_events & EPOLLOUT) != 0) flush(connection);
    const bool reads = (connection.interest & EPOLLIN) != 0;
    const bool gone = (epoll_events & (EPOLLERR | EPOLLHUP)) != 0;
    const bool hung_up = connection.watch_hang_up && (epoll_events & EPOLLRDHUP) != 0;
    if (!reads && (gone || hung_up))
        return end(connection, {CloseCause::peer_gone, 0, "connection lost"});
    if (reads && (gone || (epoll_events & EPOLLIN) != 0)) receive(connection);
}

void Sockets::connected(Connection& connection) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(connection.descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return end(connection, {CloseCause::peer_gone, 0, error_text(error)});
    if (!connection.tls) return transport_ready(connection);
    connection.phase = Phase::handshake;
    step_handshake(connection);
}

void Sockets::step_handshake(Connection& connection) {
    const IoResult result = shake_hands(*connection.tls);
    switch (result.kind) {
        case IoResult::Kind::done: return transport_ready(connection);
        case IoResult::Kind::wants_read: connection.blocked = false; break;
        case IoResult::Kind::wants_write: connection.blocked = true; break;
        default: return end(connection, {CloseCause::protocol_error, 0, "TLS: " + tls_failure()});
    }
    update_interest(connection);
}

void Sockets::transport_ready(Connection& connection) {
    connection.phase = Phase::http;
    connection.blocked = false;
    hooks_.on_transport(connection);
    update_interest(connection);
    // The handshake may have read application bytes along with its last record.
    if (connection.tls && has_unread(*connection.tls)) revived_.push_back(id_of(connection));
}

IoResult Sockets::read_some(Connection& connection) {
    char* bytes = buffer_.data();
    const std::size_t room = options_.receive_bytes;
    if (!connection.tls) {
        const ssize_t count = ::recv(connection.descriptor, bytes, room, 0);
        if (count > 0)
            return {.kind = IoResult::Kind::done, .bytes = static_cast<std::size_t>(count)};
        if (count == 0) return {.kind = IoResult::Kind::ended};
        return {.kind = errno == EAGAIN || errno == EINTR ? IoResult::Kind::wants_read
                                                          : IoResult::Kind::failed};
    }
    // A record is 16 KB at most; as many as fit are gathered for one round of processing.
    constexpr std::size_t record_bytes = 16 * 1024;
    std::size_t filled = 0;
    IoResult result{.kind = IoResult::Kind::done};
    while (room - filled >= record_bytes || filled == 0) {
        result = tls_read(*connection.tls, bytes + filled, room - filled);
        if (result.kind != IoResult::Kind::done) break;
        filled += result.bytes;
    }
    if (filled > 0) return {.kind = IoResult::Kind::done, .bytes = filled};
    return result;
}

void Sockets::receive(Connection& connection) {
    if (connection.phase == Phase::websocket) hooks_.on_arrival(connection);
    const IoResult result = read_some(connection);
    switch (result.kind) {
        case IoResult::Kind::done: break;
        case IoResult::Kind::wants_read: return;
        case IoResult::Kind::wants_write:
            connection.blocked = true;
            return update_interest(connection);
        case IoResult::Kind::ended: return on_end_of_stream(connection);
        case IoResult::Kind::failed:
            return end(connection, {CloseCause::peer_gone, 0,
                                    connection.tls ? tls_failure() : error_text(errno)});
    }
    connection.last_byte = loop_.now();
    if (connection.phase != Phase::draining) consume(connection, result.bytes);
    if (connection.tls && connection.phase != Phase::released && has_unread(*connection.tls))
        revived_.push_back(id_of(connection));
}

void Sockets::on_end_of_stream(Connection& connection) {
    if (connection.phase == Phase::draining) return release(connection);
    if (connection.phase == Phase::closing)
        return end(connection, {CloseCause::we_closed, 0, "connection ended"});
    end(connection, {CloseCause::peer_gone, 0, "end of stream"});
}

// ---- processing ----

bool Sockets::can_process(const Connection& connection) const {
    switch (connection.phase) {
        case Phase::http:
        case Phase::websocket: return !connection.paused;
        case Phase::closing: return true;
        default: return false;
    }
}

// New bytes are in the shared buffer. They are processed there, and only a rest is copied.
void Sockets::consume(Connection& connection, std::size_t count) {
    if (connection.detail && !connection.detail->input.empty()) {
        connection.detail->input.append(buffer_.data(), count);
        return consume_kept(connection);
    }
    std::span<char> bytes{buffer_.data(), count};
    process(connection, bytes);
    if (connection.phase == Phase::released || connection.phase == Phase::draining) return;
    if (!bytes.empty()) detail(connection).input.assign(bytes.data(), bytes.size());
    mark_dirty(connection);
}

void Sockets::consume_kept(Connection& connection) {
    std::string& input = detail(connection).input;
    input.reserve(input.size() + limits::simd_slack_bytes);
    std::span<char> bytes{input};
    process(connection, bytes);
    if (connection.phase == Phase::released) return;
    if (connection.phase == Phase::draining) bytes = {};
    input.erase(0, input.size() - bytes.size());
    mark_dirty(connection);
}

void Sockets::process(Connection& connection, std::span<char>& bytes) {
    bool moved = true;
    while (moved && !bytes.empty() && can_process(connection)) {
        if (connection.phase != Phase::http) {
            moved = next_frame(connection, bytes);
            continue;
        }
        std::string_view view{bytes.data(), bytes.size()};
        hooks_.on_http(connection, view);
        moved = view.size() < bytes.size();
        bytes = bytes.last(view.size());
    }
}

// False when the front of `bytes` is not a whole frame yet.
bool Sockets::next_frame(Connection& connection, std::span<char>& bytes) {
    const bool own_reader = connection.detail && !connection.detail->reader.is_idle();
    websocket::Reader& reader = own_reader ? connection.detail->reader : reader_;
    const websocket::Reader::Rules rules{.role = options_.role,
                                         .deflate = connection.send_window_bits != 0,
                                         .message_bytes = options_.message_bytes};
    using Kind = websocket::Event::Kind;
    const websocket::Event event = reader.next(bytes, rules, inflater_);
    if (!own_reader && !reader.is_idle())
        detail(connection).reader = std::exchange(reader_, websocket::Reader{});
    switch (event.kind) {
        case Kind::need_more: return false;
        case Kind::fragment: return true;
        case Kind::ping:
            if (connection.phase == Phase::websocket)
                send_control(connection, websocket::Opcode::pong, event.payload);
            return true;
        case Kind::pong:
            if (connection.phase == Phase::websocket) hooks_.on_pong(connection);
            return true;
        case Kind::message:
            if (connection.phase == Phase::websocket)
                hooks_.on_message(connection, event.payload, event.text);
            return true;
        case Kind::close: on_close_frame(connection, event); return true;
        case Kind::failed: break;
    }
    if (connection.phase == Phase::websocket)
        send_control(connection, websocket::Opcode::close,
                     websocket::close_payload(event.code, event.detail));
    finish(connection, {CloseCause::protocol_error, event.code, std::string{event.detail}});
    return true;
}

void Sockets::on_close_frame(Connection& connection, const websocket::Event& event) {
    Closed closed{CloseCause::we_closed, event.code, std::string{event.payload}};
    if (connection.phase == Phase::websocket) {
        closed.cause = CloseCause::peer_closed;
        send_control(connection, websocket::Opcode::close,
                     websocket::close_payload(event.code, {}));
    }
    finish(connection, closed);
}

void Sockets::read(Connection& connection, bool on) {
    if (connection.paused == !on) return;
    connection.paused = !on;
    if (on) revived_.push_back(id_of(connection));
    update_interest(connection);
}

void Sockets::hold(Connection& connection, bool watch_hang_up) {
    connection.phase = Phase::held;
    connection.watch_hang_up = watch_hang_up;
    set_deadline(connection, Micros{0});
    update_interest(connection);
}

void Sockets::resume_http(Connection& connection) {
    connection.phase = Phase::http;
    connection.watch_hang_up = false;
    connection.paused = false;
    revived_.push_back(id_of(connection));
    update_interest(connection);
}

void Sockets::start_websocket(Connection& connection, std::uint8_t send_window_bits) {
    connection.phase = Phase::websocket;
    connection.watch_hang_up = false;
    connection.send_window_bits = send_window_bits;
    set_deadline(connection, Micros{0});
    revived_.push_back(id_of(connection));
    update_interest(connection);
}

}  // namespace ohm::net
