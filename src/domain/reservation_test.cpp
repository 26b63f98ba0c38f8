#include "domain/reservation.hpp"

#include <gtest/gtest.h>

namespace ohm::domain {
namespace {

using State = ReservationState;
constexpr std::int64_t now = 1'000, later = 5'000;

Reservation reservation(std::int64_t number, std::int64_t evse, std::string token,
                        State state = State::accepted) {
    Reservation made;
    made.number = number;
    made.evse = evse;
    made.token = std::move(token);
    made.expires_at = later;
    made.state = state;
    return made;
}

std::string_view member_in_the_way(const Reservation& wanted, std::vector<Reservation> open,
                                   std::vector<EvseFact> evses = {}, std::int64_t at = now) {
    std::vector<const Reservation*> pointers;
    for (const Reservation& one : open) pointers.push_back(&one);
    const auto found = conflict(wanted, pointers, evses, at);
    return found ? found->member : "";
}

TEST(Reservation, StatesHaveNamesAndComeBackFromThem) {
    for (int i = 0; i < 10; ++i) {
        const auto state = static_cast<State>(i);
        EXPECT_EQ(reservation_state_of(name_of(state)), state);
    }
    EXPECT_FALSE(reservation_state_of("gone"));
    EXPECT_EQ(name_of(State::replaced), "replaced");
    EXPECT_EQ(name_of(State::unknown), "unknown");
}

TEST(Reservation, AReservedEvseIsInTheWay) {
    EXPECT_EQ(member_in_the_way(reservation(2, 1, "B"), {reservation(1, 1, "A")}), "evse_id");
    EXPECT_EQ(member_in_the_way(reservation(2, 2, "B"), {reservation(1, 1, "A")}), "");
    EXPECT_EQ(member_in_the_way(reservation(2, 1, "B"), {reservation(1, 1, "A", State::ordered)}),
              "evse_id");
    EXPECT_EQ(member_in_the_way(reservation(2, 1, "B"), {reservation(1, 1, "A", State::unknown)}),
              "evse_id");
}

TEST(Reservation, WhatHasEndedIsInNobodysWay) {
    for (const State state : {State::refused, State::failed, State::used, State::expired,
                              State::cancelled, State::removed, State::replaced})
        EXPECT_EQ(member_in_the_way(reservation(2, 1, "A"), {reservation(1, 1, "A", state)}), "")
            << name_of(state);
    EXPECT_EQ(member_in_the_way(
                  [] {
                      Reservation wanted = reservation(2, 1, "A");
                      wanted.expires_at = later + 10;
                      return wanted;
                  }(),
                  {reservation(1, 1, "A")}, {}, later),
              "");
}

TEST(Reservation, ATokenHasOne) {
    EXPECT_EQ(member_in_the_way(reservation(2, 2, "a "), {reservation(1, 1, "A")}), "token");
}

TEST(Reservation, TheSameNumberReplaces) {
    EXPECT_EQ(member_in_the_way(reservation(1, 1, "A"), {reservation(1, 1, "A")}), "");
}

TEST(Reservation, ItEndsInTheFuture) {
    Reservation wanted = reservation(1, 1, "A");
    wanted.expires_at = now;
    EXPECT_EQ(member_in_the_way(wanted, {}), "expires_at");
}

// TC_H_14: no more unspecified reservations than free EVSEs.
TEST(Reservation, UnspecifiedOnesTakeFreeEvses) {
    const std::vector<EvseFact> evses{{1, true}, {2, true}, {3, false}};
    EXPECT_EQ(member_in_the_way(reservation(2, 0, "B"), {}, evses), "");
    EXPECT_EQ(member_in_the_way(reservation(2, 0, "B"), {reservation(1, 0, "A")}, evses), "");
    EXPECT_EQ(member_in_the_way(reservation(3, 0, "C"),
                                {reservation(1, 0, "A"), reservation(2, 0, "B")}, evses),
              "evse_id");
    EXPECT_EQ(member_in_the_way(reservation(3, 0, "C"),
                                {reservation(1, 1, "A"), reservation(2, 0, "B")}, evses),
              "evse_id");
    // Nothing is known of the station's EVSEs: the station decides.
    EXPECT_EQ(member_in_the_way(reservation(2, 0, "B"), {reservation(1, 0, "A")}), "");
}

TEST(Reservation, AnswersOfTheStation) {
    Reservation accepted = reservation(1, 1, "A", State::ordered);
    take_answer(accepted, "Accepted", now);
    EXPECT_EQ(accepted.state, State::accepted);
    EXPECT_EQ(accepted.answered_at, now);
    EXPECT_EQ(accepted.ended_at, 0);
    for (const std::string_view status : {"Faulted", "Occupied", "Rejected", "Unavailable"}) {
        Reservation refused = reservation(1, 1, "A", State::ordered);
        take_answer(refused, status, now);
        EXPECT_EQ(refused.state, State::refused);
        EXPECT_EQ(refused.status, status);
        EXPECT_EQ(refused.reason, status);
        EXPECT_EQ(refused.ended_at, now);
    }
    Reservation late = reservation(1, 1, "A", State::ordered);
    take_answer(late, "Accepted", later);
    EXPECT_EQ(late.state, State::expired);
}

TEST(Reservation, TheClockEndsWhatIsHeldAndNotWhatIsUnanswered) {
    EXPECT_FALSE(is_overdue(reservation(1, 1, "A"), later - 1));
    EXPECT_TRUE(is_overdue(reservation(1, 1, "A"), later));
    EXPECT_TRUE(is_overdue(reservation(1, 1, "A", State::unknown), later));
    EXPECT_FALSE(is_overdue(reservation(1, 1, "A", State::ordered), later));
    EXPECT_FALSE(is_overdue(reservation(1, 1, "A", State::used), later));
}

TEST(Reservation, UpdatesOfTheStationEndOpenOnesOnly) {
    Reservation removed = reservation(1, 1, "A");
    take_update(removed, "Removed", now);
    EXPECT_EQ(removed.state, State::removed);
    Reservation expired = reservation(1, 1, "A");
    take_update(expired, "Expired", now);
    EXPECT_EQ(expired.state, State::expired);
    Reservation used = reservation(1, 1, "A", State::used);
    take_update(used, "Removed", now);
    EXPECT_EQ(used.state, State::used);
    EXPECT_EQ(used.ended_at, 0);
}

TEST(Reservation, AQueuedStartUsesWhatExpiredMeanwhile) {
    EXPECT_TRUE(may_be_used(State::accepted));
    EXPECT_TRUE(may_be_used(State::expired));
    EXPECT_TRUE(may_be_used(State::removed));
    EXPECT_FALSE(may_be_used(State::cancelled));
    EXPECT_FALSE(may_be_used(State::refused));
    EXPECT_FALSE(may_be_used(State::used));
    EXPECT_FALSE(may_be_used(State::replaced));
}

TEST(Reservation, ItsTokenOrItsGroupIsMeant) {
    Reservation made = reservation(1, 1, "A");
    made.group = "FLEET";
    EXPECT_TRUE(is_meant(made, "a", ""));
    EXPECT_TRUE(is_meant(made, "B", "fleet"));
    EXPECT_FALSE(is_meant(made, "B", "OTHER"));
    EXPECT_FALSE(is_meant(made, "B", ""));
    made.group.clear();
    EXPECT_FALSE(is_meant(made, "B", ""));
}

}  // namespace
}  // namespace ohm::domain
