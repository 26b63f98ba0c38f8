#include "sim/demo.hpp"

namespace ohm::sim {
namespace {

constexpr std::chrono::hours day{24};
// A little less than what a CSMS believes of queued messages.
constexpr Micros history = 29 * day + std::chrono::hours{12};
constexpr Micros live_sample{seconds{10}};
constexpr Micros between_messages{seconds{2}};

}  // namespace

Demo::Role Demo::role_of(std::size_t number) {
    if (number < 2) return Role::charges;
    if (number == 2) return Role::faulted;
    return number == 3 ? Role::flaps : Role::comes_and_goes;
}

Micros Demo::drawn(seconds least, seconds most) {
    const auto range = static_cast<std::uint64_t>(Micros{most - least}.count());
    return Micros{least} + Micros{static_cast<std::int64_t>(random_.below(range))};
}

void Demo::start(Now now) {
    for (std::size_t i = 0; i < stations_.size(); ++i) {
        Player player{.role = role_of(i)};
        player.told_until = now.utc - history + drawn(seconds{0}, day);
        player.between = drawn(minutes{3}, minutes{10});
        players_.push_back(player);
        on_change(i, now);
    }
}

void Demo::on_change(std::size_t station, Now now) {
    if (station >= players_.size()) return;
    Player& player = players_[station];
    if (player.told_until != Utc{} && stations_[station].is_idle())
        tell(stations_[station], player, now);
}

void Demo::on_tick(Now now) {
    for (std::size_t i = 0; i < players_.size(); ++i) {
        Player& player = players_[i];
        if (player.told_until != Utc{} || player.next_at > now.mono) continue;
        live(stations_[i], player, now);
    }
}

// One message at the time at which it was due then.
void Demo::charge(Station& station, Player& player, Utc at, Now now) {
    if (!station.charge(Charging::Course::day, {.purpose = Purpose::load}, {now.mono, at})) return;
    player.said = (player.said + 1) % Charging::messages_a_day_session;
}

void Demo::tell(Station& station, Player& player, Now now) {
    charge(station, player, player.told_until, now);
    const bool ended = player.said == 0;
    player.told_until += ended ? drawn(minutes{90}, std::chrono::hours{14})
                         : Charging::is_sampling(player.said) ? player.between
                                                              : between_messages;
    if (ended) player.between = drawn(minutes{3}, minutes{10});
    // Nobody knows a session of tomorrow: whole ones only.
    const Utc could_end = player.told_until + Charging::messages_a_day_session * player.between;
    if (!ended || could_end < now.utc) return;
    player.told_until = Utc{};
    player.next_at = now.mono + drawn(seconds{1}, seconds{10});
    player.between = live_sample;
}

void Demo::live(Station& station, Player& player, Now now) {
    // Somebody is there, and it does what they want. Its own course begins anew afterwards.
    if (station.is_in_hand(now)) {
        player.said = 0;
        player.next_at = now.mono + live_sample;
        return;
    }
    if (!station.is_idle()) {
        player.next_at = now.mono + between_messages;
        return;
    }
    if (player.role == Role::faulted) {
        if (!std::exchange(player.has_faulted, true))
            station.report_status(1, ConnectorStatus::faulted, {}, now);
        player.next_at = now.mono + minutes{10};
        return;
    }
    if (player.role == Role::flaps) {
        if (std::exchange(player.has_faulted, true)) station.reboot(now);
        player.next_at = now.mono + drawn(seconds{20}, seconds{60});
        return;
    }
    charge(station, player, now.utc, now);
    player.next_at =
        now.mono + (Charging::is_sampling(player.said) ? live_sample : between_messages);
    const bool rests = player.said == 0 && player.role == Role::comes_and_goes;
    if (rests) player.next_at = now.mono + drawn(minutes{2}, minutes{15});
}

}  // namespace ohm::sim
