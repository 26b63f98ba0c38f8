#include "domain/charging_profile.hpp"

#include <gtest/gtest.h>

namespace ohm::domain {
namespace {

using Purpose = ProfilePurpose;
constexpr std::int64_t now = 1'000'000;

ChargingProfile wanted(std::int64_t id = 1, std::int64_t stack_level = 0) {
    ChargingProfile made;
    made.facts.id = id;
    made.facts.evse = 1;
    made.facts.stack_level = stack_level;
    made.schedule.periods = {{0, 16'000, {}}, {600, 8'000, {}}};
    return made;
}

std::string member_refused(const ChargingProfile& profile, const ProfileOrder& order) {
    const auto found = refused(profile, order);
    if (!found) return "";
    return found->member.empty() ? found->detail : found->member;
}

TEST(ChargingProfile, PurposesOfBothVersions) {
    EXPECT_EQ(purpose_of_name("ChargePointMaxProfile"), Purpose::max);
    EXPECT_EQ(purpose_of_name("ChargingStationMaxProfile"), Purpose::max);
    EXPECT_EQ(purpose_of_name("ChargingStationExternalConstraints"), Purpose::external);
    EXPECT_EQ(purpose_of_name("TxProfile"), Purpose::tx);
    EXPECT_EQ(name_of(Purpose::tx_default), "TxDefaultProfile");
}

// 1.6 §5.16.2.
TEST(ChargingProfile, In1_6PurposeAndLevelReplace) {
    ProfileFacts held = wanted(7).facts;
    EXPECT_TRUE(replaces(wanted(1).facts, held, ProfileRules::v16));
    EXPECT_FALSE(replaces(wanted(1).facts, held, ProfileRules::v201));
    held.evse = 2;
    EXPECT_FALSE(replaces(wanted(1).facts, held, ProfileRules::v16));
    held.id = 1;
    EXPECT_TRUE(replaces(wanted(1).facts, held, ProfileRules::v16));
    EXPECT_TRUE(replaces(wanted(1).facts, held, ProfileRules::v201));
    held.purpose = Purpose::external;
    EXPECT_FALSE(replaces(wanted(1).facts, held, ProfileRules::v201));
}

TEST(ChargingProfile, CriteriaFitTogether) {
    const ProfileFacts held = wanted(7, 2).facts;
    EXPECT_TRUE(fits(held, {}));
    EXPECT_TRUE(
        fits(held, {.ids = {1, 7}, .evse = {}, .stack_level = {}, .purpose = {}, .sources = {}}));
    EXPECT_FALSE(
        fits(held, {.ids = {1}, .evse = {}, .stack_level = {}, .purpose = {}, .sources = {}}));
    EXPECT_TRUE(fits(held, {.ids = {},
                            .evse = 1,
                            .stack_level = 2,
                            .purpose = Purpose::tx_default,
                            .sources = {"CSO"}}));
    EXPECT_FALSE(
        fits(held, {.ids = {}, .evse = 0, .stack_level = 2, .purpose = {}, .sources = {}}));
    EXPECT_FALSE(
        fits(held, {.ids = {}, .evse = 1, .stack_level = 1, .purpose = {}, .sources = {}}));
    EXPECT_FALSE(fits(
        held, {.ids = {}, .evse = {}, .stack_level = {}, .purpose = Purpose::tx, .sources = {}}));
    EXPECT_FALSE(
        fits(held, {.ids = {}, .evse = {}, .stack_level = {}, .purpose = {}, .sources = {"EMS"}}));
}

// 2.0.1 K01.FR.06, .52, .53.
TEST(ChargingProfile, In201TwoOfOneLevelAreNotValidTogether) {
    std::vector<ProfileFacts> held{wanted(7).facts};
    ProfileOrder order{
        .rules = ProfileRules::v201, .held = held, .bounds = {}, .running = {}, .now = now};
    EXPECT_EQ(member_refused(wanted(1), order), "/stack_level");
    EXPECT_EQ(member_refused(wanted(7), order), "");
    EXPECT_EQ(member_refused(wanted(1, 1), order), "");
    order.rules = ProfileRules::v16;  // replaces it
    EXPECT_EQ(member_refused(wanted(1), order), "");
    order.rules = ProfileRules::v201;
    held[0].evse = 0;  // of all EVSEs
    EXPECT_EQ(member_refused(wanted(1), order), "/stack_level");
    held[0].evse = 2;
    EXPECT_EQ(member_refused(wanted(1), order), "");
    held[0].evse = 1;
    held[0].valid_to = now + 100;
    ChargingProfile later = wanted(1);
    later.facts.valid_from = now + 100;
    EXPECT_EQ(member_refused(later, order), "");
    later.facts.valid_from = now + 99;
    EXPECT_EQ(member_refused(later, order), "/stack_level");
}

// 2.0.1 K01.FR.39.
TEST(ChargingProfile, In201ATransactionHasOneOfALevel) {
    ChargingProfile own = wanted(1);
    own.facts.purpose = Purpose::tx;
    own.facts.transaction = "T";
    std::vector<ProfileFacts> held{own.facts};
    held[0].id = 2;
    const std::vector<RunningTransaction> running{{1, "T", 0}};
    ProfileOrder order{
        .rules = ProfileRules::v201, .held = held, .bounds = {}, .running = running, .now = now};
    EXPECT_EQ(member_refused(own, order), "/stack_level");
    held[0].transaction = "U";
    EXPECT_EQ(member_refused(own, order), "");
}

TEST(ChargingProfile, ATransactionsProfileNeedsTheTransaction) {
    ChargingProfile own = wanted(1);
    own.facts.purpose = Purpose::tx;
    const std::vector<RunningTransaction> running{{1, "T", 0}, {2, "U", 0}};
    ProfileOrder order{
        .rules = ProfileRules::v16, .held = {}, .bounds = {}, .running = {}, .now = now};
    EXPECT_EQ(member_refused(own, order), "/purpose");
    order.running = running;
    EXPECT_EQ(member_refused(own, order), "");
    own.facts.transaction = "T";
    EXPECT_EQ(member_refused(own, order), "");
    own.facts.transaction = "U";  // runs, but on another EVSE
    EXPECT_EQ(member_refused(own, order), "/transaction_id");
}

TEST(ChargingProfile, TheStationsBoundsAreKept) {
    ProfileOrder order{
        .rules = ProfileRules::v16, .held = {}, .bounds = {}, .running = {}, .now = now};
    order.bounds.stack_level = 2;
    EXPECT_EQ(member_refused(wanted(1, 2), order), "");
    EXPECT_EQ(member_refused(wanted(1, 3), order), "/stack_level");
    EXPECT_TRUE(refused(wanted(1, 3), order)->is_bound);
    order.bounds.periods = 1;
    EXPECT_EQ(member_refused(wanted(), order), "/periods");
    order.bounds.periods = 2;
    EXPECT_EQ(member_refused(wanted(), order), "");
    order.bounds.takes_amperes = false;
    EXPECT_EQ(member_refused(wanted(), order), "/unit");
    ChargingProfile watts = wanted();
    watts.schedule.unit = RateUnit::watts;
    EXPECT_EQ(member_refused(watts, order), "");
    order.bounds.takes_watts = false;
    EXPECT_EQ(member_refused(watts, order), "/unit");
}

TEST(ChargingProfile, OneMoreThanTheStationHoldsIsRefused) {
    const std::vector<ProfileFacts> held{wanted(1, 0).facts, wanted(2, 1).facts};
    ProfileOrder order{
        .rules = ProfileRules::v16, .held = held, .bounds = {}, .running = {}, .now = now};
    order.bounds.profiles = 2;
    EXPECT_EQ(member_refused(wanted(3, 2), order), "the station holds at most 2 profiles");
    EXPECT_EQ(member_refused(wanted(1, 5), order), "");  // replaced by id
    EXPECT_EQ(member_refused(wanted(3, 1), order), "");  // replaced by level
    order.bounds.profiles = 3;
    EXPECT_EQ(member_refused(wanted(3, 2), order), "");
}

TEST(ChargingProfile, TimesMustBePossible) {
    const ProfileOrder order{
        .rules = ProfileRules::v16, .held = {}, .bounds = {}, .running = {}, .now = now};
    ChargingProfile over = wanted();
    over.facts.valid_to = now;
    EXPECT_EQ(member_refused(over, order), "/valid_to");
    over.facts.valid_to = now + 10;
    EXPECT_EQ(member_refused(over, order), "");
    over.facts.valid_from = now + 10;
    EXPECT_EQ(member_refused(over, order), "/valid_to");
    ChargingProfile brief = wanted();
    brief.schedule.duration_s = 600;
    EXPECT_EQ(member_refused(brief, order), "/periods/1/start_s");
    brief.schedule.duration_s = 601;
    EXPECT_EQ(member_refused(brief, order), "");
}

}  // namespace
}  // namespace ohm::domain
