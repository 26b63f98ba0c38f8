// What leaves: gathered during a round, written once at its end.
#include <cerrno>
#include <cstring>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "net/sockets.hpp"

namespace ohm::net {

void Sockets::mark_dirty(Connection& connection) {
    if (connection.dirty) return;
    connection.dirty = true;
    dirty_.push_back(connection.slot);
}

void Sockets::write(Connection& connection, std::string_view bytes) {
    detail(connection).output.append(bytes);
    mark_dirty(connection);
}

void Sockets::append_frame(Connection& connection, websocket::Opcode opcode, bool compressed,
                           std::string_view payload) {
    std::string& output = detail(connection).output;
    if (options_.role == websocket::Role::server) {
        websocket::append_frame(output, opcode, compressed, payload);
    } else {
        const std::uint64_t word = random_.next();
        websocket::Mask mask{};
        std::memcpy(mask.data(), &word, mask.size());
        websocket::append_masked_frame(output, opcode, compressed, payload, mask);
    }
    mark_dirty(connection);
    bound_output(connection);
}

// A burst of one round may exceed the bound if the kernel takes it; a peer that does not read may
// not.
void Sockets::bound_output(Connection& connection) {
    const auto unsent = [&] { return connection.detail->output.size() - connection.detail->sent; };
    if (unsent() <= options_.write_buffer_bytes) return;
    if (!connection.blocked) flush(connection);
    if (connection.phase == Phase::released || !connection.detail) return;
    if (unsent() > options_.write_buffer_bytes)
        abort(connection, {CloseCause::slow_reader, 0, "write buffer full"});
}

void Sockets::send_message(Connection& connection, std::string_view text) {
    if (connection.phase != Phase::websocket) return;
    if (connection.send_window_bits != 0) {
        if (const auto smaller = deflater_.deflate(text, connection.send_window_bits))
            return append_frame(connection, websocket::Opcode::text, true, *smaller);
    }
    append_frame(connection, websocket::Opcode::text, false, text);
}

void Sockets::send_control(Connection& connection, websocket::Opcode opcode,
                           std::string_view payload) {
    if (connection.phase != Phase::websocket) return;
    append_frame(connection, opcode, false, payload);
}

IoResult Sockets::write_some(Connection& connection, std::string_view bytes) {
    if (connection.tls) return tls_write(*connection.tls, bytes.data(), bytes.size());
    const ssize_t count = ::send(connection.descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) return {.kind = IoResult::Kind::done, .bytes = static_cast<std::size_t>(count)};
    return {.kind = errno == EAGAIN || errno == EINTR ? IoResult::Kind::wants_write
                                                      : IoResult::Kind::failed};
}

void Sockets::flush(Connection& connection) {
    if (connection.phase == Phase::released || connection.phase == Phase::connecting ||
        connection.phase == Phase::handshake)
        return;
    connection.blocked = false;
    while (connection.detail && connection.detail->sent < connection.detail->output.size()) {
        Detail& detail = *connection.detail;
        const IoResult result =
            write_some(connection, std::string_view{detail.output}.substr(detail.sent));
        if (result.kind == IoResult::Kind::done) {
            detail.sent += result.bytes;
            continue;
        }
        if (result.kind == IoResult::Kind::failed || result.kind == IoResult::Kind::ended)
            return end(connection, {CloseCause::peer_gone, 0, "connection lost"});
        connection.blocked = true;
        break;
    }
    if (!connection.blocked) return flushed(connection);
    // What is sent is cut off in large pieces, so that moving the rest stays cheap.
    Detail& detail = *connection.detail;
    if (detail.sent >= detail.output.size() / 2)
        detail.output.erase(0, std::exchange(detail.sent, 0));
    update_interest(connection);
}

void Sockets::flushed(Connection& connection) {
    if (connection.detail) {
        connection.detail->output.clear();
        connection.detail->sent = 0;
    }
    if (connection.phase == Phase::draining) {
        if (connection.tls) say_goodbye(*connection.tls);
        ::shutdown(connection.descriptor, SHUT_WR);
    }
    update_interest(connection);
    const bool answers =
        connection.phase == Phase::held && connection.detail && connection.detail->preface;
    if (answers) hooks_.on_drained(connection);
}

void Sockets::update_interest(Connection& connection) {
    std::uint32_t events = EPOLLIN;
    if (connection.phase == Phase::unused || connection.phase == Phase::released) return;
    if (connection.phase == Phase::connecting) events = EPOLLOUT;
    if (connection.phase == Phase::held) events = 0;
    const bool pauses = connection.phase == Phase::websocket || connection.phase == Phase::http;
    if (pauses && connection.paused) events = 0;
    if (connection.blocked) events |= EPOLLOUT;
    if (connection.phase == Phase::held && connection.watch_hang_up) events |= EPOLLRDHUP;
    if (events == connection.interest) return;
    connection.interest = static_cast<std::uint16_t>(events);
    loop_.change(connection.descriptor, events, connection);
}

}  // namespace ohm::net
