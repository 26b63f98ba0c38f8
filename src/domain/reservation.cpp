#include "domain/reservation.hpp"

#include <algorithm>
#include <array>

#include "domain/token.hpp"

namespace ohm::domain {
namespace {

constexpr std::array<std::string_view, 10> names{"ordered", "accepted", "unknown", "refused",
                                                 "failed",  "used",     "expired", "cancelled",
                                                 "removed", "replaced"};

bool is_specific(const Reservation& reservation) { return reservation.evse > 0; }

// EVSEs that nobody charges at and nobody has reserved by number.
std::int64_t free_evses(std::span<const Reservation* const> others,
                        std::span<const EvseFact> evses) {
    return std::count_if(evses.begin(), evses.end(), [&](const EvseFact& fact) {
        const bool is_taken = std::any_of(others.begin(), others.end(), [&](const auto* other) {
            return other->evse == fact.evse;
        });
        return fact.is_available && !is_taken;
    });
}

}  // namespace

std::string_view name_of(ReservationState state) { return names[static_cast<std::size_t>(state)]; }

std::optional<ReservationState> reservation_state_of(std::string_view name) {
    const auto* const found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return static_cast<ReservationState>(found - names.begin());
}

bool is_open(ReservationState state) {
    return state == ReservationState::ordered || state == ReservationState::accepted ||
           state == ReservationState::unknown;
}

std::optional<ReservationConflict> conflict(const Reservation& wanted,
                                            std::span<const Reservation* const> open,
                                            std::span<const EvseFact> evses, std::int64_t now) {
    if (wanted.expires_at <= now)
        return ReservationConflict{"expires_at", "a reservation ends in the future"};
    std::vector<const Reservation*> others;
    for (const Reservation* one : open)
        if (is_open(one->state) && one->number != wanted.number && !is_overdue(*one, now))
            others.push_back(one);
    const std::string key = token_key(wanted.token);
    for (const Reservation* other : others) {
        if (!key.empty() && token_key(other->token) == key)
            return ReservationConflict{
                "token",
                "the token has reservation " + std::to_string(other->number) + " of this station"};
        if (is_specific(wanted) && other->evse == wanted.evse)
            return ReservationConflict{"evse_id", "EVSE " + std::to_string(wanted.evse) +
                                                      " is reserved, with reservation " +
                                                      std::to_string(other->number)};
    }
    if (is_specific(wanted) || evses.empty()) return std::nullopt;
    const auto unspecific = std::count_if(others.begin(), others.end(),
                                          [](const auto* one) { return !is_specific(*one); });
    if (unspecific < free_evses(others, evses)) return std::nullopt;
    return ReservationConflict{"evse_id", "the station has no free EVSE beside those reserved"};
}

void end(Reservation& reservation, ReservationState state, std::string_view reason,
         std::int64_t now) {
    reservation.state = state;
    reservation.reason = reason;
    reservation.ended_at = now;
}

void take_answer(Reservation& reservation, std::string_view status, std::int64_t now) {
    reservation.status = status;
    reservation.answered_at = now;
    if (status != "Accepted") return end(reservation, ReservationState::refused, status, now);
    reservation.state = ReservationState::accepted;
    if (is_overdue(reservation, now)) end(reservation, ReservationState::expired, "time", now);
}

void take_update(Reservation& reservation, std::string_view update, std::int64_t now) {
    if (!is_open(reservation.state)) return;
    const bool expired = update == "Expired";
    end(reservation, expired ? ReservationState::expired : ReservationState::removed, "station",
        now);
}

bool is_overdue(const Reservation& reservation, std::int64_t now) {
    const bool waits = reservation.state == ReservationState::ordered;
    return is_open(reservation.state) && !waits && reservation.expires_at <= now;
}

bool may_be_used(ReservationState state) {
    return is_open(state) || state == ReservationState::expired ||
           state == ReservationState::removed;
}

bool is_meant(const Reservation& reservation, std::string_view token, std::string_view group) {
    if (!token.empty() && token_key(reservation.token) == token_key(token)) return true;
    return !group.empty() && token_key(reservation.group) == token_key(group);
}

}  // namespace ohm::domain
