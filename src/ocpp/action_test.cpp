#include "ocpp/action.hpp"

#include <gtest/gtest.h>
#include <set>

#include "ocpp/v16/core.hpp"
#include "ocpp/v201/availability.hpp"
#include "ocpp/v201/provisioning.hpp"
#include "ocpp/v201/remote_control.hpp"
#include "wire/binary.hpp"
#include "wire/codec.hpp"
#include "wire/sample.hpp"

namespace ohm::ocpp {
namespace {

using wire::Strictness;

constexpr int messages_of_each = 600;

// decode, encode, and through the bus's form, all by the table of T.
template <class T>
void expect_survives(std::string_view name, wire::Rules rules, Random& random, int& count) {
    wire::Decoder decoder;
    for (int i = 0; i < messages_of_each; ++i, ++count) {
        const std::string json = wire::random_json(wire::type_of<T>, random, rules);
        T message{};
        const auto violation = decoder.decode(json, message, rules);
        ASSERT_FALSE(violation) << name << violation->path << ' ' << violation->detail << '\n'
                                << json;
        const std::string text = wire::encode(message);
        ASSERT_TRUE(rules.custom_data || text == json) << name << json << text;
        wire::Repairs repairs;
        T again{};
        ASSERT_FALSE(decoder.decode(text, again, {Strictness::strict}, &repairs)) << text;
        ASSERT_TRUE(repairs.empty()) << name;
        ASSERT_EQ(wire::encode(again), text) << name;
        T back{};
        const std::string bytes = wire::packed(message);
        std::string_view in = bytes;
        ASSERT_TRUE(wire::unpack(in, back)) << name;
        ASSERT_EQ(wire::encode(back), text) << name;
    }
}

template <class... A>
int survivors(Actions<A...>, wire::Rules rules, Random& random) {
    int count = 0;
    (expect_survives<typename A::Request>(action_name<A>(), rules, random, count), ...);
    (expect_survives<typename A::Response>(action_name<A>(), rules, random, count), ...);
    return count;
}

TEST(Actions, RandomMessagesOfAllActionsSurvive) {
    SeededRandom random{20260101};
    constexpr wire::Rules plain{Strictness::strict};
    constexpr wire::Rules custom{Strictness::strict, true};
    int count = survivors(v16::CoreActions{}, plain, random);
    for (const auto rules : {plain, custom}) {
        count += survivors(v201::ProvisioningActions{}, rules, random);
        count += survivors(v201::AvailabilityActions{}, rules, random);
        count += survivors(v201::RemoteControlActions{}, rules, random);
    }
    EXPECT_GE(count, 20'000);
}

TEST(Actions, TheListsAboveAreAllThatIsDeclared) {
    EXPECT_EQ(declared_actions(Version::v16).size(), v16::CoreActions::infos.size());
    EXPECT_EQ(declared_actions(Version::v201).size(), v201::ProvisioningActions::infos.size() +
                                                          v201::AvailabilityActions::infos.size() +
                                                          v201::RemoteControlActions::infos.size());
    EXPECT_TRUE(declared_actions(Version::none).empty());
}

TEST(Actions, NamesAreTheTypesNames) {
    static_assert(action_name<v16::BootNotification>() == "BootNotification");
    static_assert(action_name<v201::UnlockConnector>() == "UnlockConnector");
}

TEST(Actions, DeclaredOnesAreStandardOnceAndFound) {
    for (const Version version : {Version::v16, Version::v201}) {
        std::set<std::string_view> names;
        for (const ActionInfo& info : declared_actions(version)) {
            EXPECT_TRUE(names.insert(info.name).second) << info.name << " is declared twice";
            EXPECT_TRUE(is_standard_action(version, info.name)) << info.name;
            EXPECT_EQ(find_action(version, info.name), &info);
        }
    }
}

TEST(Actions, UnknownNamesAreNotFound) {
    for (const auto name : {"", "boot", "bootnotification", "BootNotificationX", "~", "Zzz"}) {
        EXPECT_FALSE(find_action(Version::v16, name)) << name;
        EXPECT_FALSE(find_action(Version::v201, name)) << name;
        EXPECT_FALSE(is_standard_action(Version::v16, name)) << name;
        EXPECT_FALSE(is_standard_action(Version::v201, name)) << name;
    }
    EXPECT_FALSE(find_action(Version::none, "Heartbeat"));
    EXPECT_FALSE(is_standard_action(Version::none, "Heartbeat"));
    EXPECT_TRUE(is_standard_action(Version::v16, "UpdateFirmware")) << "standard, declared or not";
    EXPECT_TRUE(is_standard_action(Version::v201, "TransactionEvent"));
    EXPECT_FALSE(is_standard_action(Version::v201, "RemoteStartTransaction"));
}

TEST(Actions, AStrangeUnitDoesNotCostTheMeterValue) {
    wire::Decoder decoder;
    v16::MeterValues::Request request;
    wire::Repairs repairs;
    ASSERT_FALSE(decoder.decode(
        R"({"connectorId":1,"meterValue":[{"timestamp":"2024-01-01T00:00:00Z","sampledValue":[
            {"value":50.1,"measurand":"Frequency","unit":"Hz"},{"value":"5","measurand":"Odd"}]}]})",
        request, {Strictness::lenient}, &repairs));
    const auto& samples = request.meterValue.items.at(0).sampledValue.items;
    EXPECT_EQ(samples.at(0).unit->name(), "(other)");
    EXPECT_EQ(samples.at(1).measurand->name(), "(other)") << "never taken for energy";
    ASSERT_EQ(repairs.size(), 3u);
    EXPECT_EQ(repairs[1].path, "/meterValue/0/sampledValue/0/unit");
}

}  // namespace
}  // namespace ohm::ocpp
