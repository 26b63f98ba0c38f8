// Many stations on one loop and one WebSocketClient, and their life in phases: connect, load, last
// answers, close. One thread, the loop's.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "net/client.hpp"
#include "sim/load.hpp"
#include "sim/population.hpp"
#include "sim/report.hpp"
#include "sim/targets.hpp"

namespace ohm::sim {

// How stations come on line.
enum class Arrival : std::uint8_t {
    flat,   // at the connect rate
    rush,   // slowly first, in the end at twice the rate: as long as flat
    storm,  // all at once, as after a power cut; reconnects likewise
};

struct FleetSettings {
    Population population;
    std::size_t stations = 0;          // of the whole population
    std::size_t first = 0, count = 0;  // its part of it
    Targets targets;
    Arrival arrival = Arrival::flat;
    double connect_rate = 1'000;  // a second
    seconds patience{60};         // beyond the connect rate; then the load starts anyway
    seconds warm_up{0};           // of the load, before what is measured
    seconds duration{0};          // of what is measured; 0: until finish()
    seconds reboot_every{0};      // mean, a station; 0: never
    seconds drop_every{0};        // mean, a station: its TCP connection is reset
    seconds drop_all_after{0};    // of load: all TCP connections at once; 0: never
    std::string ledger_file;      // "": none
    Behaviour behaviour;
    Load::Settings load;
};

class Fleet final : net::WebSocketClient::Owner, Station::Outside, Ledger {
public:
    Fleet(net::Loop& loop, const FleetSettings& settings);
    ~Fleet() override;
    Fleet(const Fleet&) = delete;
    Fleet& operator=(const Fleet&) = delete;

    void start();
    void begin_load();  // once ready; the warm-up runs from here, then the duration
    void finish();      // stops the load, waits for the last answers, closes
    bool is_done() const { return phase_ == Phase::done; }
    Report report() const;

private:
    enum class Phase : std::uint8_t {
        connecting,
        ready,
        warming,
        loading,
        draining,
        closing,
        done
    };
    enum class Link : std::uint8_t { none, queued, connecting, open, abandoned };
    struct Place {
        net::SocketId socket{};
        std::int64_t wake_tick = 0;  // where it stands in the wheel
        Link link = Link::none;
    };

    // net::WebSocketClient::Owner
    void on_open(net::SocketId socket, std::string_view subprotocol) override;
    void on_refused(net::SocketId socket, int status, std::string_view detail) override;
    void on_message(net::SocketId socket, std::string_view text) override;
    void on_closed(net::SocketId socket, const net::Closed& closed) override;
    // Station::Outside
    void connect(Station& station) override;
    void send(Station& station, std::string_view frame) override;
    void close(Station& station, std::uint16_t code, std::string_view reason) override;
    // Ledger
    void note(const Entry& entry) override;

    Now now() const;
    std::size_t index_of(net::SocketId socket) const;
    void changed(std::size_t index, Now now);
    void lose(std::size_t index);
    void on_wheel();
    void connect_some();
    void dial(std::size_t index);
    double may_dial_more(double elapsed_s) const;
    Micros ramp() const;
    std::vector<net::Header> headers_for(std::size_t number) const;
    void disturb();
    void drop_all();
    void watch_recovery(Mono at);
    void step_phase();
    void begin_measuring();
    void stop_load();

    net::Loop& loop_;
    const FleetSettings settings_;
    SeededRandom random_;
    wire::Decoder decoder_;
    std::unique_ptr<LedgerFile> ledger_file_;
    net::WebSocketClient client_;
    std::deque<Station> stations_;
    std::vector<Place> places_;
    Load load_;
    std::map<std::int64_t, std::vector<std::uint32_t>> wheel_;
    std::deque<std::uint32_t> dialling_;
    std::vector<std::uint32_t> abandoned_;
    std::vector<net::TimerId> timers_;
    double may_dial_ = 0;
    double reboots_owed_ = 0, drops_owed_ = 0;
    Mono dialled_at_{}, started_at_{}, phase_began_{}, dropped_all_at_{};
    std::size_t handshakes_ = 0, online_ = 0, accepted_ = 0;
    std::uint64_t disconnects_of_drop_ = 0;  // so many, and all were dropped
    std::vector<bool> is_accepted_;
    Phase phase_ = Phase::connecting;
    Counts total_, before_load_;
    std::uint64_t cpu_before_us_ = 0;
    Report report_;  // what is settled already: times, failures, what was measured
};

}  // namespace ohm::sim
