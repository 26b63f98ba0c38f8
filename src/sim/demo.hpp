// Stations for a first look (`--mix demo`): each tells thirty days of sessions that it had while it
// was off line, as OCPP has it for queued messages, and then lives on: two charge, one is faulted,
// one falls off line again and again, the others come and go. Pure: driven by Load, on its loop.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "base/random.hpp"
#include "sim/station.hpp"

namespace ohm::sim {

class Demo {
public:
    Demo(std::deque<Station>& stations, Random& random) : stations_{stations}, random_{random} {}

    void start(Now now);
    // Something happened to that station: while it tells its history, it goes on at once.
    void on_change(std::size_t station, Now now);
    // Now and then: those whose time has come. The fleet's ticks are often enough.
    void on_tick(Now now);

private:
    enum class Role : std::uint8_t { charges, faulted, flaps, comes_and_goes };
    struct Player {
        Role role;
        Utc told_until{};    // of its history; the epoch: it lives
        Utc session_from{};  // of the session that it tells or has
        Mono next_at{};      // of what it does next
        int said = 0;        // messages of that session
        Micros between{};    // samples of that session
        bool has_faulted = false;
    };

    static Role role_of(std::size_t number);
    void tell(Station& station, Player& player, Now now);
    void live(Station& station, Player& player, Now now);
    void charge(Station& station, Player& player, Utc at, Now now);
    Micros drawn(seconds least, seconds most);

    std::deque<Station>& stations_;
    Random& random_;
    std::vector<Player> players_;
};

}  // namespace ohm::sim
