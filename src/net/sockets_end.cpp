// How connections end: deadlines, closings, and the end of a round where all of it takes effect.
#include <algorithm>
#include <memory>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.hpp"
#include "net/sockets.hpp"

namespace ohm::net {
namespace {

std::int64_t second_of(Mono at) {
    return std::chrono::floor<seconds>(at.time_since_epoch()).count();
}

}  // namespace

// ---- deadlines ----

void Sockets::set_deadline(Connection& connection, Micros from_now) {
    if (from_now == Micros{0}) {
        if (connection.detail) connection.detail->deadline = Mono{};
        return;
    }
    Detail& busy = detail(connection);
    busy.deadline = loop_.clock().mono() + from_now;
    const std::int64_t second = second_of(busy.deadline) + 1;
    // An entry that stands earlier is moved on when its second comes: renewing costs nothing.
    if (busy.queued_second != 0 && busy.queued_second <= second) return;
    busy.queued_second = second;
    deadlines_[second].push_back(id_of(connection));
}

// Under the id that the connection has now.
void Sockets::requeue_deadline(Connection& connection) {
    if (!connection.detail || connection.detail->deadline == Mono{}) return;
    connection.detail->queued_second = 0;
    set_deadline(connection, connection.detail->deadline - loop_.clock().mono());
}

void Sockets::run_deadlines() {
    const Mono now = loop_.clock().mono();
    while (!deadlines_.empty() && deadlines_.begin()->first <= second_of(now)) {
        const auto due = deadlines_.extract(deadlines_.begin());
        for (const SocketId id : due.mapped()) {
            Connection* connection = find(id);
            if (connection == nullptr || !connection->detail) continue;
            Detail& busy = *connection->detail;
            if (busy.queued_second != due.key()) continue;
            busy.queued_second = 0;
            if (busy.deadline == Mono{}) continue;
            if (busy.deadline <= now)
                on_deadline(*connection);
            else
                set_deadline(*connection, busy.deadline - now);
        }
    }
}

void Sockets::on_deadline(Connection& connection) {
    if (connection.phase == Phase::draining) return release(connection);
    const bool closing = connection.phase == Phase::closing;
    end(connection, {CloseCause::deadline, 0, closing ? "no close frame" : "too slow"});
}

// ---- ending ----

void Sockets::close(Connection& connection, std::uint16_t code, std::string_view reason) {
    if (connection.phase != Phase::websocket) return;
    send_control(connection, websocket::Opcode::close, websocket::close_payload(code, reason));
    if (connection.phase != Phase::websocket) return;  // it was the last straw for its buffer
    connection.phase = Phase::closing;
    set_deadline(connection, limits::close_handshake_deadline);
    update_interest(connection);
}

void Sockets::tell(Connection& connection, const Closed& closed) {
    if (connection.told) return;
    connection.told = true;
    told_.emplace_back(id_of(connection), closed);
}

void Sockets::finish(Connection& connection, const Closed& closed) {
    if (connection.phase == Phase::released || connection.phase == Phase::draining) return;
    tell(connection, closed);
    connection.phase = Phase::draining;
    set_deadline(connection, limits::close_handshake_deadline);
    update_interest(connection);
    mark_dirty(connection);
}

void Sockets::end(Connection& connection, const Closed& closed) {
    if (connection.phase == Phase::released) return;
    tell(connection, closed);
    release(connection);
}

void Sockets::abort(Connection& connection, const Closed& closed) {
    if (connection.phase == Phase::released) return;
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(connection.descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    end(connection, closed);
}

void Sockets::release(Connection& connection) {
    connection.phase = Phase::released;
    loop_.forget(connection.descriptor);
    released_.push_back(connection.slot);
}

// ---- the end of a round ----

bool Sockets::end_round() {
    if (dirty_.empty() && revived_.empty() && told_.empty() && released_.empty()) return false;
    run_revived();
    run_writers();
    run_told();
    run_released();
    return true;
}

// Bytes that epoll will not report: kept ones, and those that TLS has already decrypted.
void Sockets::run_revived() {
    const auto revived = std::exchange(revived_, {});
    for (const SocketId id : revived) {
        Connection* connection = find(id);
        if (connection == nullptr) continue;
        if (connection->detail && !connection->detail->input.empty() && can_process(*connection))
            consume_kept(*connection);
        const bool reads = can_process(*connection) || connection->phase == Phase::draining;
        if (reads && connection->tls && has_unread(*connection->tls)) receive(*connection);
    }
}

void Sockets::run_writers() {
    const auto dirty = std::exchange(dirty_, {});
    for (const std::uint32_t slot : dirty) {
        Connection& connection = connections_[slot];
        connection.dirty = false;
        if (connection.phase == Phase::unused || connection.phase == Phase::released) continue;
        if (!connection.blocked) flush(connection);
        if (connection.detail && connection.detail->is_empty()) give_back(connection);
    }
}

void Sockets::run_told() {
    const auto told = std::exchange(told_, {});
    for (const auto& [id, closed] : told) {
        Connection* connection = find(id);
        if (connection == nullptr) continue;
        if (connection->named) hooks_.on_closed(*connection, closed);
        connection->named = false;
        connection->tag = 0;
        ++connection->generation;  // the id is dead from here on
        requeue_deadline(*connection);
    }
}

void Sockets::run_released() {
    // A connection is told before it is freed: what was told just now, or never needed telling.
    const auto released = std::exchange(released_, {});
    for (const std::uint32_t slot : released) {
        Connection& connection = connections_[slot];
        const bool pending = connection.told && connection.named;
        if (pending) {
            released_.push_back(slot);
            continue;
        }
        ::close(connection.descriptor);
        give_back(connection);
        const std::uint32_t generation = connection.generation;
        std::destroy_at(&connection);
        std::construct_at(&connection);
        connection.generation = generation;
        unused_slots_.push_back(slot);
        --count_;
    }
}

}  // namespace ohm::net
