#include "domain/token.hpp"

#include <gtest/gtest.h>

namespace ohm::domain {
namespace {

constexpr std::int64_t day = 86'400'000'000;

Token known() { return {.uid = "DEADBEEF"}; }
Question asks(const Token* token) {
    return {.token = token, .key = "deadbeef", .site = {"cp1", ""}, .at = 1000};
}

TEST(TokenKey, case_blanks_and_control_bytes_do_not_count) {
    EXPECT_EQ(token_key("DEADBEEF"), token_key("deadbeef"));
    EXPECT_EQ(token_key(" F6 CA 0C C5\r\n"), "f6ca0cc5");
    EXPECT_EQ(token_key("\x01\x7f "), "");
    EXPECT_EQ(token_key("STRASSE"), token_key("straße"));
    EXPECT_NE(token_key("user-1"), token_key("user1"));
}

TEST(Authorize, a_known_token_is_accepted) {
    const Token token = known();
    const Decision decision = authorize(asks(&token));
    EXPECT_TRUE(decision.is_accepted());
    EXPECT_EQ(decision.reason, "known");
}

TEST(Authorize, an_unknown_token_is_invalid_unless_the_operator_takes_everybody) {
    EXPECT_EQ(authorize(asks(nullptr)).verdict, Verdict::invalid);
    Question question = asks(nullptr);
    question.accept_unknown = true;
    EXPECT_EQ(authorize(question).reason, "unknown_accepted");
    question.key = "";
    EXPECT_EQ(authorize(question).reason, "empty_accepted");
    question.accept_unknown = false;
    EXPECT_EQ(authorize(question).reason, "empty");
}

TEST(Authorize, status_wins_over_everything_else) {
    Token token = known();
    token.status = TokenStatus::blocked;
    token.expires_at = 1;
    EXPECT_EQ(authorize(asks(&token)).verdict, Verdict::blocked);
    token.status = TokenStatus::invalid;
    EXPECT_EQ(authorize(asks(&token)).verdict, Verdict::invalid);
    token.status = TokenStatus::expired;
    EXPECT_EQ(authorize(asks(&token)).verdict, Verdict::expired);
    token.status = TokenStatus::no_credit;
    EXPECT_EQ(authorize(asks(&token)).verdict, Verdict::no_credit);
}

TEST(Authorize, expires_at_the_instant_itself) {
    Token token = known();
    token.expires_at = 1001;
    EXPECT_TRUE(authorize(asks(&token)).is_accepted());
    token.expires_at = 1000;
    EXPECT_EQ(authorize(asks(&token)).verdict, Verdict::expired);
}

TEST(Authorize, the_type_counts_where_both_have_one) {
    Token token = known();
    token.type = "ISO14443";
    Question question = asks(&token);
    EXPECT_TRUE(authorize(question).is_accepted());
    question.type = "ISO14443";
    EXPECT_TRUE(authorize(question).is_accepted());
    question.type = "KeyCode";
    EXPECT_EQ(authorize(question).reason, "other_type");
}

TEST(Authorize, the_limit_counts_for_starts_only) {
    Token token = known();
    token.concurrent_limit = 1;
    Question question = asks(&token);
    question.active = 1;
    EXPECT_TRUE(authorize(question).is_accepted());
    question.starts = true;
    EXPECT_EQ(authorize(question).verdict, Verdict::concurrent_tx);
    question.active = 0;
    EXPECT_TRUE(authorize(question).is_accepted());
}

TEST(Authorize, a_token_may_be_bound_to_stations) {
    Token token = known();
    token.stations = {"cp2", "cp3"};
    EXPECT_EQ(authorize(asks(&token)).verdict, Verdict::not_at_this_location);
    token.stations.push_back("cp1");
    EXPECT_TRUE(authorize(asks(&token)).is_accepted());
}

TEST(Authorize, a_token_may_be_bound_to_evses) {
    Token token = known();
    token.evses = {{"cp1", 2}, {"cp1", 3}, {"cp9", 1}};
    Question question = asks(&token);
    EXPECT_TRUE(authorize(question).is_accepted());  // which EVSE is not known yet
    EXPECT_EQ(evses_at(token, {"cp1", ""}), (std::vector<std::int64_t>{2, 3}));
    question.evse = 1;
    EXPECT_EQ(authorize(question).verdict, Verdict::not_at_this_location);
    EXPECT_EQ(authorize(question).reason, "other_evse");
    question.evse = 3;
    EXPECT_TRUE(authorize(question).is_accepted());
    question.site.station = "cp2";
    EXPECT_EQ(authorize(question).reason, "other_station");
    token.stations = {"cp1"};
    question.site.station = "cp1";
    question.evse = 1;
    EXPECT_TRUE(authorize(question).is_accepted());
    EXPECT_TRUE(evses_at(token, {"cp1", ""}).empty());
}

TEST(Authorize, a_token_may_be_bound_to_locations) {
    Token token = known();
    token.locations = {"depot", "harbour"};
    Question question = asks(&token);
    EXPECT_EQ(authorize(question).reason, "other_location");  // of a station without one
    EXPECT_FALSE(is_let_in(token, question.site));
    question.site.location = "Harbour";
    EXPECT_EQ(authorize(question).verdict, Verdict::not_at_this_location);
    question.site.location = "harbour";
    EXPECT_TRUE(authorize(question).is_accepted());
    EXPECT_TRUE(is_let_in(token, question.site));
}

TEST(Authorize, stations_evses_and_locations_each_let_a_token_in) {
    Token token = known();
    token.stations = {"cp7"};
    token.evses = {{"cp1", 2}};
    token.locations = {"depot"};
    Question question = asks(&token);
    question.evse = 1;
    EXPECT_EQ(authorize(question).reason, "other_evse");
    EXPECT_TRUE(is_let_in(token, question.site));
    question.site.location = "depot";  // then at all EVSEs of it
    EXPECT_TRUE(authorize(question).is_accepted());
    EXPECT_TRUE(evses_at(token, question.site).empty());
    question.site = {"cp8", "harbour"};
    EXPECT_EQ(authorize(question).reason, "other_station");
    EXPECT_FALSE(is_let_in(token, question.site));
    question.site = {"cp7", "harbour"};
    EXPECT_TRUE(authorize(question).is_accepted());
    // A location that has no id is none.
    token.stations.clear();
    token.locations = {""};
    question.site = {"cp8", ""};
    EXPECT_FALSE(authorize(question).is_accepted());
}

TEST(Authorize, a_master_pass_starts_nothing) {
    Token token = known();
    token.master_pass = true;
    Question question = asks(&token);
    EXPECT_TRUE(authorize(question).is_accepted());
    question.starts = true;
    EXPECT_EQ(authorize(question).verdict, Verdict::invalid);
    EXPECT_EQ(authorize(question).reason, "master_pass");
}

TEST(Authorize, kinds_that_need_no_list) {
    Question question = asks(nullptr);
    question.type = "Central";
    EXPECT_TRUE(authorize(question).is_accepted());
    question.type = "NoAuthorization";
    question.key = "";
    EXPECT_TRUE(authorize(question).is_accepted());
    Token token = known();
    token.status = TokenStatus::blocked;
    question = asks(&token);
    question.type = "Central";
    EXPECT_EQ(authorize(question).verdict, Verdict::blocked);
}

TEST(JudgedAt, is_the_stations_time_where_its_clock_can_be_believed) {
    const std::int64_t now = 2'000 * day;
    EXPECT_EQ(judged_at(now - 3 * day, now), now - 3 * day);
    EXPECT_EQ(judged_at(0, now), now);
    EXPECT_EQ(judged_at(now + day, now), now);
}

TEST(Verdicts, have_names_both_ways) {
    for (const Verdict verdict :
         {Verdict::accepted, Verdict::blocked, Verdict::expired, Verdict::invalid,
          Verdict::concurrent_tx, Verdict::not_at_this_location, Verdict::no_credit,
          Verdict::not_allowed_type_evse, Verdict::not_at_this_time})
        EXPECT_EQ(verdict_of(name_of(verdict)), verdict);
    EXPECT_EQ(verdict_of("Perhaps"), std::nullopt);
}

TEST(Token, bytes_of_a_uid_are_reversed_where_it_is_hexadecimal) {
    EXPECT_EQ(reversed_uid("04AABBcc"), "ccBBAA04");
    EXPECT_EQ(reversed_uid(" 04 AA "), "AA04");
    for (const char* none : {"", "4AA", "CARD", "04:AA"}) EXPECT_EQ(reversed_uid(none), "") << none;
}

}  // namespace
}  // namespace ohm::domain
