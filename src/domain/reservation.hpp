// A reservation of an EVSE for a token, from order to end, and what it may not collide with (1.6
// §3.11, §5.13; 2.0.1 block H). Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ohm::domain {

enum class ReservationState : std::uint8_t {
    ordered,    // the station has not answered
    accepted,   // the station holds it
    unknown,    // no answer came: the station may hold it
    refused,    // by the station
    failed,     // surely never sent
    used,       // by a transaction
    expired,    // its time is over
    cancelled,  // by an operator
    removed,    // by the station
    replaced    // by another of the same number
};
std::string_view name_of(ReservationState state);
std::optional<ReservationState> reservation_state_of(std::string_view name);
// Whether it still takes an EVSE and its token's one place.
bool is_open(ReservationState state);

struct Reservation {
    std::int64_t number = 0;               // the id that the station knows
    std::int64_t evse = 0;                 // 0: any
    std::string connector_type;            // 2.0.1; "": any
    std::string token, token_type, group;  // token "": a secret one, which is not kept
    std::int64_t expires_at = 0;           // µs
    ReservationState state = ReservationState::ordered;
    std::string status;  // the station's own word
    std::string reason;  // why it ended, in a word
    std::int64_t answered_at = 0, ended_at = 0;
};

// An EVSE as far as it is known.
struct EvseFact {
    std::int64_t evse = 0;
    bool is_available = false;
};

// Why a new one cannot be ordered beside those that are open at the station; nothing where it can.
// One of the same number is replaced, so it is in nobody's way.
struct ReservationConflict {
    std::string_view member;  // of the order: "evse_id", "token", "expires_at"
    std::string detail;
};
std::optional<ReservationConflict> conflict(const Reservation& wanted,
                                            std::span<const Reservation* const> open,
                                            std::span<const EvseFact> evses, std::int64_t now);

// The station's answer to its order.
void take_answer(Reservation& reservation, std::string_view status, std::int64_t now);
void end(Reservation& reservation, ReservationState state, std::string_view reason,
         std::int64_t now);
// What the station says of it by itself (2.0.1 H04): Expired or Removed.
void take_update(Reservation& reservation, std::string_view update, std::int64_t now);
// An open one whose time is over; one that is still unanswered waits for its answer.
bool is_overdue(const Reservation& reservation, std::int64_t now);

// A queued start may come after the reservation ended here: what the station says counts, except
// where it was told before that the reservation is gone.
bool may_be_used(ReservationState state);
// Whether this token, or its group, is the one that it was made for.
bool is_meant(const Reservation& reservation, std::string_view token, std::string_view group);

}  // namespace ohm::domain
