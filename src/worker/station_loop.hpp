// The worker's logic for the stations of one event loop, without sockets or threads of its own:
// holds upgrades until the api has decided, carries CALLs up and answers down, enforces one CALL at
// a time, watches over dead links, closes its sockets when nothing can be committed. Knows nothing
// of what a message means, but for Heartbeat. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "bus/bus.hpp"
#include "ocpp/peer.hpp"
#include "worker/attempts.hpp"
#include "worker/door.hpp"
#include "worker/sockets.hpp"

namespace ohm::worker {

struct LoopOptions {
    std::uint32_t loop = 0, loops = 1;  // at most 256 loops
    std::string worker;                 // OHM_WORKER_ID
    std::string address;                // of the worker's HTTP side, for people
    std::string version;
    milliseconds commit_grace{
        15'000};  // without a beat for so long: close sockets (the station is the write-ahead log)
    seconds drain_over{10};        // SIGTERM
    double drain_per_second = 50;  // when it is ordered; of this loop
    bool refuse_subprotocol_by_400 = false;
};

// Plain counters of one loop; read by messages to the loop.
struct LoopFigures {
    std::uint64_t connections = 0, upgrades_waiting = 0, accepted = 0, frames_in = 0,
                  frames_out = 0, bytes_in = 0, bytes_out = 0;
    std::uint64_t heartbeats_answered = 0, calls_forwarded = 0, unreadable = 0, unexpected = 0,
                  commands = 0, commands_refused = 0;
    std::uint64_t connections_v16 = 0, connections_v201 = 0;
    std::uint64_t refused_400 = 0, refused_401 = 0, refused_404 = 0, refused_503 = 0,
                  refused_other = 0;
    std::uint64_t closed_peer = 0, closed_ping = 0, closed_reset = 0, closed_replaced = 0,
                  closed_drain = 0, closed_protocol = 0, closed_other = 0;
    std::uint64_t back_pressure = 0;
    std::int64_t certificate_expires_at = 0;  // µs UTC; 0: it serves none
};

class StationLoop {
public:
    StationLoop(const LoopOptions& options, const Clock& clock, Sockets& sockets,
                bus::WorkerBus& bus);
    ~StationLoop();

    // ---- from the network ----
    void on_upgrade(net::SocketId socket, const net::Request& request, const net::Peer& peer);
    // A message of the connection with this tag is about to be read (net/server.hpp).
    void fetch_ahead(std::uint32_t tag) const;
    void on_message(net::SocketId socket, std::string_view message);
    void on_binary(net::SocketId socket, std::string_view message);  // any bytes
    void on_closed(net::SocketId socket, const net::Closed& closed);
    void on_pong(net::SocketId socket);

    // ---- from the bus ----
    void on_up(std::uint64_t n);
    void on_down();
    void on_room();
    void on_envelope(bus::Envelope&& envelope);

    void on_tick();  // about four times a second
    // Of the certificates that are served, the one that expires first.
    void serve(std::string certificate, std::int64_t expires_at_us);
    // 503 to newcomers, 1001 to all: spread over drain_over for SIGTERM; slowly, a few a second,
    // where it was ordered and the process stays. Once it is quick, it stays so.
    void drain(bool slowly = false);
    bool drained() const { return draining_ && open_count_ == 0; }

    LoopFigures figures() const;
    bool has_fresh_beat() const;
    bool bus_is_up() const { return bus_up_; }

private:
    struct Connection;
    Connection* find(std::uint64_t connection_id);
    Connection* find(net::SocketId socket);
    Connection& add(net::SocketId socket);
    bool decisions_are_late();
    void remove(Connection& connection);

    void refuse_identity(net::SocketId socket, const net::Request& request, const net::Peer& peer,
                         const Refusal& refusal);
    void refuse(net::SocketId socket, int status, std::string_view code, std::string_view detail);
    void accept(Connection& connection, const bus::Envelope& envelope);
    void refuse(Connection& connection, const bus::Envelope& envelope);
    bool try_another_name(Connection& connection, const bus::RefuseBody& refusal);
    void notice(const Connection& connection, std::string_view quirk);
    void refuse(Connection& connection, int status, std::string_view code, std::string_view detail);
    void kick(Connection& connection, const bus::Envelope& envelope);
    void reply(Connection& connection, const bus::Envelope& envelope);
    void run_command(Connection* connection, const bus::Envelope& envelope);
    bool is_stale(std::uint64_t partition, std::uint64_t epoch);
    void take_beat(const bus::Envelope& envelope);
    void learn_offset(std::int64_t offset_us);

    void forward(Connection& connection, std::string_view message, std::uint64_t frame_no);
    void take_answer(Connection& connection, std::string_view message,
                     const ocpp::Peer::Received& received);
    bool answer_heartbeat(Connection& connection, const ocpp::Peer::Received& received);
    void send(Connection& connection, std::string_view frame);
    void close(Connection& connection, std::uint16_t code, std::string_view reason,
               std::string_view cause);
    void reset(Connection& connection, std::string_view cause);

    bus::Envelope envelope_of(const Connection& connection, bus::Kind kind) const;
    void post(const Connection& connection, bus::Envelope&& envelope);
    void post(Partition partition, bus::Envelope&& envelope);
    void drop_what_announcing_repeats();
    void announce();
    void announce_to(Partition partition);
    void post_again();
    void beat();
    void report_seen();

    void check(Connection& connection);
    void check_upgrade(Connection& connection);
    void check_liveness(Connection& connection);
    Mono schedule(Connection& connection, Micros in);  // when it will be checked at the earliest
    bool is_hopeless() const;                          // nothing that it hears can be committed
    void pace_closing();
    std::size_t closing_quota(Micros since);
    std::int64_t api_now_us() const;
    Mono now() const { return clock_.mono(); }

    const LoopOptions options_;
    const Clock& clock_;
    Sockets& sockets_;
    bus::WorkerBus& bus_;

    std::vector<std::unique_ptr<Connection>> slots_;  // index = tag - 1
    std::vector<std::uint32_t> free_slots_;
    std::uint32_t generation_ = 0, refusals_ = 0;
    std::size_t open_count_ = 0, waiting_count_ = 0;
    std::deque<std::pair<Mono, std::uint64_t>> upgrades_;  // since when who waits, in order

    RefusedAttempts attempts_;
    std::deque<std::pair<Partition, bus::Envelope>> backlog_;  // refused posts, in order
    std::vector<std::uint64_t> stalled_;  // connections that are not read until there is room

    bool bus_up_ = false, announced_ = false, draining_ = false, drains_slowly_ = false;
    Mono bus_changed_at_{}, started_at_{}, next_beat_{}, next_seen_{}, paced_at_{},
        last_seen_report_{};
    Mono beat_at_{};
    bool beat_known_ = false;
    std::int64_t api_offset_us_ = 0;         // api's UTC minus our monotonic clock
    std::deque<std::int64_t> beat_offsets_;  // the same, as each of the last beats says it
    std::uint32_t partition_count_ = 0;
    seconds heartbeat_interval_{300};
    std::string certificate_;
    std::int64_t certificate_expires_at_ = 0;
    std::vector<std::uint64_t> partition_epochs_;
    std::size_t close_cursor_ = 0;
    double close_share_ = 0;  // connections that may be closed by now
    std::uint64_t close_turns_ = 0;
    std::uint64_t heartbeats_unreported_ = 0;

    static constexpr std::size_t wheel_seconds = 512;
    std::vector<std::vector<std::uint64_t>> wheel_{wheel_seconds};
    std::int64_t wheel_at_s_ = 0;
    mutable LoopFigures figures_;
};

}  // namespace ohm::worker
