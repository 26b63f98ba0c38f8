// The connections of one listener or client on one loop: reading, writing, TLS, WebSocket frames,
// deadlines and the order in which a connection ends. Server and WebSocketClient add what is theirs
// through Hooks. Internal to net; on the loop's thread.
//
// A connection is a 64-byte record. What it needs only while busy is a Detail, which an idle
// WebSocket gives back. Nothing is freed and no closing is told before the end of the round, so a
// callback may end any connection, its own as well.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "net/deflate.hpp"
#include "net/server.hpp"
#include "net/tls.hpp"
#include "net/websocket.hpp"

namespace ohm::net {

enum class Phase : std::uint8_t {
    unused,
    connecting,  // TCP
    handshake,   // TLS
    http,        // bytes go to on_http
    held,        // the owner has a request or an upgrade to answer: not read
    websocket,
    closing,   // our close frame was sent, the peer's is awaited
    draining,  // told to the owner as closed; our last bytes leave, the peer's are dropped
    released,  // closed at the end of the round
};

// What Server and WebSocketClient keep for a connection before it is a WebSocket.
struct Preface {
    virtual ~Preface() = default;
};

struct Detail {
    std::string input;   // what could not be processed yet
    std::string output;  // from `sent` on
    std::size_t sent = 0;
    websocket::Reader reader;
    Mono deadline{};                 // 0: none
    std::int64_t queued_second = 0;  // where the deadline stands in the queue, 0: nowhere
    std::unique_ptr<Preface> preface;

    bool is_empty() const;
    void clear();
};

class Sockets;

struct Connection final : Loop::Watcher {
    Sockets* sockets = nullptr;
    Mono last_byte{};
    std::unique_ptr<Detail> detail;
    TlsSession tls;
    int descriptor = -1;
    std::uint32_t generation = 0;
    std::uint32_t slot = 0;
    std::uint32_t tag = 0;
    Phase phase = Phase::unused;
    std::uint16_t interest = 0;         // epoll bits registered
    std::uint8_t send_window_bits = 0;  // permessage-deflate, 0: not negotiated
    bool named : 1 = false;             // the owner knows its id
    bool paused : 1 = false;            // read(false)
    bool blocked : 1 = false;           // the kernel took no more
    bool dirty : 1 = false;             // in the list of the round's writers
    bool told : 1 = false;              // its closing is, or was, queued for the owner
    bool watch_hang_up : 1 = false;     // held, and of no use once the peer is gone

    void on_ready(std::uint32_t epoll_events) override;
};

class Sockets {
public:
    class Hooks {
    public:
        virtual ~Hooks() = default;
        virtual void on_transport(Connection& connection) = 0;  // TCP and TLS are there
        virtual void on_http(Connection& connection, std::string_view& bytes) = 0;
        virtual void on_arrival(const Connection& connection) { (void)connection; }
        virtual void on_message(Connection& connection, std::string_view message, bool text) = 0;
        virtual void on_pong(Connection& connection) = 0;
        virtual void on_closed(Connection& connection, const Closed& closed) = 0;  // named ones
        // The kernel has taken all that was written to a held connection.
        virtual void on_drained(Connection& connection) { (void)connection; }
    };
    struct Options {
        websocket::Role role;
        std::size_t message_bytes;
        std::size_t write_buffer_bytes;
        std::size_t receive_bytes;
    };

    Sockets(Loop& loop, Hooks& hooks, const Options& options);
    ~Sockets();
    Sockets(const Sockets&) = delete;
    Sockets& operator=(const Sockets&) = delete;

    // Takes the descriptor. `first` is connecting, handshake or http; on_transport comes later.
    Connection& add(int descriptor, TlsSession tls, Phase first);
    Connection* find(SocketId id);  // null for a dead one
    static SocketId id_of(const Connection& connection);
    std::size_t count() const { return count_; }
    Loop& loop() { return loop_; }

    Detail& detail(Connection& connection);
    void write(Connection& connection, std::string_view bytes);  // gathered
    void send_message(Connection& connection, std::string_view text);
    void send_control(Connection& connection, websocket::Opcode opcode, std::string_view payload);
    void set_deadline(Connection& connection, Micros from_now);  // 0: none
    void read(Connection& connection, bool on);

    void hold(Connection& connection, bool watch_hang_up);
    void resume_http(Connection& connection);
    void start_websocket(Connection& connection, std::uint8_t send_window_bits);

    void close(Connection& connection, std::uint16_t code, std::string_view reason);
    // Sends what is gathered, then ends the connection gently. The owner is told in this round.
    void finish(Connection& connection, const Closed& closed);
    void end(Connection& connection, const Closed& closed);    // at once
    void abort(Connection& connection, const Closed& closed);  // at once, with a TCP reset

private:
    friend struct Connection;
    void ready(Connection& connection, std::uint32_t epoll_events);
    void connected(Connection& connection);
    void step_handshake(Connection& connection);
    void transport_ready(Connection& connection);
    void receive(Connection& connection);
    IoResult read_some(Connection& connection);
    void consume(Connection& connection, std::size_t count);
    void consume_kept(Connection& connection);
    void process(Connection& connection, std::span<char>& bytes);
    bool can_process(const Connection& connection) const;
    bool next_frame(Connection& connection, std::span<char>& bytes);
    void on_close_frame(Connection& connection, const websocket::Event& event);
    void on_end_of_stream(Connection& connection);

    void append_frame(Connection& connection, websocket::Opcode opcode, bool compressed,
                      std::string_view payload);
    void bound_output(Connection& connection);
    void flush(Connection& connection);
    IoResult write_some(Connection& connection, std::string_view bytes);
    void flushed(Connection& connection);
    void update_interest(Connection& connection);
    void mark_dirty(Connection& connection);
    void give_back(Connection& connection);

    void tell(Connection& connection, const Closed& closed);
    void release(Connection& connection);
    bool end_round();
    void run_writers();
    void run_revived();
    void run_told();
    void run_released();
    void run_deadlines();
    void requeue_deadline(Connection& connection);
    void on_deadline(Connection& connection);

    Loop& loop_;
    Hooks& hooks_;
    const Options options_;
    std::vector<char> buffer_;
    websocket::Reader reader_;  // of connections without Detail, always idle between calls
    Inflater inflater_;
    Deflater deflater_;
    SystemRandom random_;
    std::deque<Connection> connections_;
    std::vector<std::uint32_t> unused_slots_;
    std::size_t count_ = 0;
    std::vector<std::unique_ptr<Detail>> spare_details_;
    std::vector<std::uint32_t> dirty_;
    std::vector<SocketId> revived_;
    std::vector<std::pair<SocketId, Closed>> told_;
    std::vector<std::uint32_t> released_;
    std::map<std::int64_t, std::vector<SocketId>> deadlines_;  // by second
    TimerId round_end_ = 0;
    TimerId deadline_timer_ = 0;
};

}  // namespace ohm::net
