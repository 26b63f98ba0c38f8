#include "api/rest/onboarding.hpp"

#include <gtest/gtest.h>

namespace ohm::api::rest {
namespace {

constexpr std::int64_t second = 1'000'000, minute = 60 * second;

OnboardingFacts added() {
    return {.station_id = "CP 1", .now = 1'000 * minute, .created_at = 900 * minute};
}
OnboardingFacts connected() {
    OnboardingFacts facts = added();
    facts.online = true;
    facts.connected_at = 990 * minute;
    facts.subprotocol = "ocpp1.6";
    facts.ocpp_version = "1.6";
    return facts;
}
OnboardingFacts booted() {
    OnboardingFacts facts = connected();
    facts.boot_status = "Accepted";
    facts.booted_at = 990 * minute;
    return facts;
}
OnboardingFacts well() {
    OnboardingFacts facts = booted();
    facts.connectors = facts.connectors_expected = 2;
    facts.reported_at = facts.clock_at = 991 * minute;
    facts.variables = 40;
    facts.read_at = 992 * minute;
    facts.trigger = OrderMade{
        .state = "answered", .result = "accepted", .effect = "confirmed", .ended_at = 993 * minute};
    return facts;
}
CheckStepShown step(const OnboardingFacts& facts, CheckStepId id) {
    for (CheckStepShown& one : check_of(facts).steps.items)
        if (one.id == id) return one;
    ADD_FAILURE() << "no step " << id.name();
    return {};
}
std::string told(const OnboardingFacts& facts, CheckStepId id) {
    const CheckStepShown one = step(facts, id);
    return std::string{one.state.name()} + " " + one.cause.value_or("-") + " " +
           (one.fix ? std::string{one.fix->id.name()} : "-");
}

TEST(OnboardingTest, NothingIsWrongWithAStationThatIsWell) {
    const StationCheckShown check = check_of(well());
    EXPECT_EQ(check.state.name(), "ok");
    EXPECT_EQ(check.steps_ok, 8);
    for (const CheckStepShown& one : check.steps.items) {
        EXPECT_TRUE(one.state.is("ok")) << one.id.name();
        EXPECT_TRUE(one.since.has_value()) << one.id.name();
        EXPECT_FALSE(one.cause || one.remedy || one.fix) << one.id.name();
    }
}

TEST(OnboardingTest, ANewStationWaitsForItsFirstConnection) {
    const StationCheckShown check = check_of(added());
    EXPECT_EQ(check.state.name(), "waiting");
    EXPECT_EQ(check.steps_ok, 0);
    EXPECT_EQ(told(added(), "connection"), "waiting never_seen -");
    EXPECT_EQ(told(added(), "subprotocol"), "waiting - -");
    EXPECT_EQ(told(added(), "trigger"), "waiting - -");
}

TEST(OnboardingTest, ARefusalSaysWhatItPassedAndWhatNot) {
    OnboardingFacts facts = added();
    facts.refusal = {950 * minute, "wrong_password", "the password is wrong", "ocpp2.0, ocpp1.6"};
    EXPECT_EQ(told(facts, "connection"), "ok - -");
    EXPECT_EQ(told(facts, "subprotocol"), "ok - -");
    EXPECT_EQ(told(facts, "authentication"), "failed wrong_password -");
    EXPECT_EQ(step(facts, "authentication").detail, std::string{"the password is wrong"});
    facts.refusal->subprotocols = "ocpp1.5";
    EXPECT_EQ(told(facts, "subprotocol"), "failed no_common_subprotocol -");
    facts.has_default_version = true;
    EXPECT_EQ(told(facts, "subprotocol"), "ok - -");
    facts.refusal->cause = "no_common_subprotocol";
    EXPECT_EQ(told(facts, "subprotocol"), "failed no_common_subprotocol -");
    EXPECT_EQ(told(facts, "authentication"), "ok - -");
    facts.refusal->cause = "of_another_time";
    EXPECT_EQ(told(facts, "authentication"), "failed of_another_time -");
    EXPECT_TRUE(step(facts, "authentication").remedy.has_value());
}

TEST(OnboardingTest, WhatWasRefusedBeforeCountsNoMore) {
    OnboardingFacts facts = added();
    facts.refusal = {800 * minute, "unknown_station", "", "ocpp1.6"};
    EXPECT_EQ(told(facts, "connection"), "waiting tried_before -");
    EXPECT_EQ(told(facts, "authentication"), "waiting - -");
    facts = connected();
    facts.refusal = {980 * minute, "wrong_password", "", "ocpp1.6"};
    EXPECT_EQ(told(facts, "authentication"), "ok - -");
    facts.refusal->at = 995 * minute;  // somebody else under its name
    EXPECT_EQ(told(facts, "authentication"), "ok - -");
    facts.online = false;
    facts.disconnected_at = 994 * minute;
    EXPECT_EQ(told(facts, "authentication"), "failed wrong_password -");
}

TEST(OnboardingTest, AStationThatIsGoneKeepsWhatItReached) {
    OnboardingFacts facts = well();
    facts.online = false;
    facts.disconnected_at = 999 * minute;
    facts.disconnect_reason = "ping_timeout";
    EXPECT_EQ(told(facts, "connection"), "failed offline -");
    EXPECT_EQ(step(facts, "connection").detail, std::string{"ping_timeout"});
    EXPECT_EQ(check_of(facts).steps_ok, 7);
    facts.connectors = 0;  // nothing can be asked of it
    EXPECT_EQ(told(facts, "status"), "failed status_missing -");
}

TEST(OnboardingTest, ABootIsAwaitedThenAskedFor) {
    OnboardingFacts facts = connected();
    EXPECT_EQ(told(facts, "boot"), "failed boot_missing trigger_boot");
    facts.connected_at = facts.now - 59 * second;
    EXPECT_EQ(told(facts, "boot"), "waiting - -");
    facts.boot_status = "Pending";
    facts.boot_decision = "pending";
    EXPECT_EQ(told(facts, "boot"), "failed boot_pending accept");
    const CheckStepShown pending = step(facts, "boot");
    EXPECT_EQ(pending.fix->method, "PATCH");
    EXPECT_EQ(pending.fix->path, "/api/v1/stations/CP%201");
    EXPECT_EQ(pending.fix->body.json, R"({"boot_decision":"accepted"})");
    facts.boot_decision = "accepted";
    EXPECT_EQ(told(facts, "boot"), "waiting boot_again trigger_boot");
    facts.boot_status = "Rejected";  // nothing may be sent to it
    EXPECT_EQ(told(facts, "boot"), "waiting boot_again -");
}

TEST(OnboardingTest, EveryConnectorHasToReport) {
    OnboardingFacts facts = booted();
    EXPECT_EQ(told(facts, "status"), "failed status_missing trigger_status");
    facts.booted_at = facts.now - 30 * second;
    EXPECT_EQ(told(facts, "status"), "waiting - -");
    facts.connectors = 1;
    EXPECT_EQ(told(facts, "status"), "ok - -");
    facts.connectors_expected = 2;
    EXPECT_EQ(told(facts, "status"), "failed connectors_missing trigger_status");
    EXPECT_EQ(step(facts, "status").detail, std::string{"1/2"});
}

TEST(OnboardingTest, TheConfigurationIsReadAsTheVersionCan) {
    OnboardingFacts facts = booted();
    EXPECT_EQ(told(facts, "configuration"), "waiting configuration_unread read_configuration");
    EXPECT_EQ(step(facts, "configuration").fix->path,
              "/api/v1/stations/CP%201/commands/get-variables");
    facts.ocpp_version = "2.0.1";
    EXPECT_EQ(step(facts, "configuration").fix->path,
              "/api/v1/stations/CP%201/commands/get-base-report");
    facts.reading = OrderMade{.state = "sent"};
    EXPECT_EQ(told(facts, "configuration"), "waiting being_asked -");
    facts.reading =
        OrderMade{.state = "answered", .result = "accepted", .ended_at = facts.now - 59 * second};
    EXPECT_EQ(told(facts, "configuration"), "waiting being_asked -");
    facts.reading->ended_at = facts.now - 61 * second;  // the report did not come
    EXPECT_EQ(told(facts, "configuration"), "failed configuration_refused read_configuration");
    facts.reading = OrderMade{.state = "answered", .result = "rejected", .detail = "Rejected"};
    EXPECT_EQ(told(facts, "configuration"), "failed configuration_refused read_configuration");
}

TEST(OnboardingTest, AClockMayBeAMinuteOff) {
    OnboardingFacts facts = well();
    facts.clock_ahead = 60 * second;
    EXPECT_EQ(told(facts, "clock"), "ok - -");
    facts.clock_ahead = 61 * second;
    EXPECT_EQ(told(facts, "clock"), "failed clock_drift trigger_boot");
    EXPECT_EQ(step(facts, "clock").detail, std::string{"+61 s"});
    facts.clock_ahead = -3'600 * second;
    EXPECT_EQ(step(facts, "clock").detail, std::string{"-3600 s"});
    facts.clock_at = 0;
    EXPECT_EQ(told(facts, "clock"), "waiting clock_unknown trigger_status");
}

TEST(OnboardingTest, AnyAnswerToATriggerShowsThatOrdersReachIt) {
    OnboardingFacts facts = well();
    const auto after = [&](OrderMade made) {
        facts.trigger = std::move(made);
        return told(facts, "trigger");
    };
    EXPECT_EQ(after({.state = "queued"}), "waiting being_asked -");
    EXPECT_EQ(after({.state = "answered", .result = "accepted", .effect = "pending"}),
              "waiting being_asked -");
    EXPECT_EQ(after({.state = "answered", .result = "accepted", .effect = "missed"}),
              "failed trigger_without_effect trigger_heartbeat");
    EXPECT_EQ(after({.state = "answered", .result = "rejected"}), "ok trigger_not_supported -");
    EXPECT_EQ(after({.state = "failed", .result = "not_supported", .failed_reason = "call_error"}),
              "ok trigger_not_supported -");
    EXPECT_EQ(after({.state = "failed", .failed_reason = "timeout"}),
              "failed trigger_unanswered trigger_heartbeat");
    facts.trigger.reset();
    EXPECT_EQ(told(facts, "trigger"), "waiting trigger_untried trigger_heartbeat");
}

}  // namespace
}  // namespace ohm::api::rest
