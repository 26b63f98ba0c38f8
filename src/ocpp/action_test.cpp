#include "ocpp/action.hpp"

#include <gtest/gtest.h>
#include <set>

#include "ocpp/v16/core.hpp"
#include "ocpp/v201/remote_control.hpp"
#include "wire/binary.hpp"
#include "wire/codec.hpp"
#include "wire/sample.hpp"

namespace ohm::ocpp {
namespace {

using wire::Strictness;

constexpr int messages_of_each = 100;

// decode, encode, and through the bus's form, all by the table.
void expect_survives(const wire::Type& type, wire::Rules rules, Random& random) {
    static wire::Decoder decoder;
    const auto written = [&](const std::shared_ptr<void>& message) {
        std::string text;
        wire::encode(text, type, message.get());
        return text;
    };
    const std::string json = wire::random_json(type, random, rules);
    const auto message = type.make();
    const auto violation = decoder.decode(json, type, message.get(), rules, nullptr);
    ASSERT_FALSE(violation) << violation->path << ' ' << violation->detail << '\n' << json;
    const std::string text = written(message);
    ASSERT_TRUE(rules.custom_data || text == json) << json << text;
    wire::Repairs repairs;
    const auto again = type.make();
    ASSERT_FALSE(decoder.decode(text, type, again.get(), {Strictness::strict}, &repairs)) << text;
    ASSERT_TRUE(repairs.empty());
    ASSERT_EQ(written(again), text);
    std::string bytes;
    wire::pack(bytes, type, message.get());
    std::string_view in = bytes;
    const auto back = type.make();
    ASSERT_TRUE(wire::unpack(in, type, back.get()));
    ASSERT_EQ(written(back), text);
}

TEST(Actions, RandomMessagesOfAllActionsSurvive) {
    SeededRandom random{20260101};
    int count = 0;
    for (const Version version : {Version::v16, Version::v201})
        for (const ActionInfo& info : declared_actions(version))
            for (const wire::Type* type : {info.request, info.response})
                for (int i = 0; i < messages_of_each; ++i, ++count) {
                    const bool custom_data = version == Version::v201 && i % 2 == 0;
                    SCOPED_TRACE(info.name);
                    expect_survives(*type, {Strictness::strict, custom_data}, random);
                    if (HasFatalFailure()) return;
                }
    EXPECT_EQ(count, messages_of_each * 2 * (39 + 64));
}

TEST(Actions, EveryStandardActionIsDeclared) {
    EXPECT_EQ(declared_actions(Version::v16).size(), 39u) << "11 of them of the security extension";
    EXPECT_EQ(declared_actions(Version::v201).size(), 64u);
    EXPECT_TRUE(declared_actions(Version::none).empty());
}

TEST(Actions, NamesAreTheTypesNames) {
    static_assert(action_name<v16::BootNotification>() == "BootNotification");
    static_assert(action_name<v201::UnlockConnector>() == "UnlockConnector");
}

TEST(Actions, AreDeclaredOnceAndFound) {
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
    EXPECT_TRUE(is_standard_action(Version::v16, "UpdateFirmware"));
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
