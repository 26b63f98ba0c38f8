#include "api/commands/secrets.hpp"

#include <gtest/gtest.h>

namespace ohm::api::commands {
namespace {

class Secrets : public ::testing::Test {
protected:
    std::string hidden(std::string_view action, std::string_view payload) {
        return without_secrets(decoder, action, payload).value_or("(nothing)");
    }
    wire::Decoder decoder;
};

TEST_F(Secrets, of_a_key) {
    EXPECT_EQ(hidden("ChangeConfiguration", R"({"key":"authorizationkey","value":"s3cret"})"),
              R"({"key":"authorizationkey","value":"***"})");
    EXPECT_EQ(hidden("ChangeConfiguration", R"({"key":"HeartbeatInterval","value":"1"})"),
              "(nothing)");
    EXPECT_EQ(hidden("ChangeConfiguration", R"({"keys":"AuthorizationKey"})"), R"("***")");
    EXPECT_EQ(hidden("Reset", R"({"type":"Hard"})"), "(nothing)");
}

TEST_F(Secrets, of_variables_only_those) {
    const std::string shown = hidden(
        "SetVariables",
        R"({"setVariableData":[{"attributeValue":"a","component":{"name":"C"},"variable":{"name":"V"}},)"
        R"({"attributeValue":"s3cret","component":{"name":"SecurityCtrlr"},)"
        R"("variable":{"name":"BasicAuthPassword"}}]})");
    EXPECT_NE(shown.find(R"("attributeValue":"a")"), std::string::npos) << shown;
    EXPECT_EQ(shown.find("s3cret"), std::string::npos) << shown;
}

TEST_F(Secrets, of_a_network_profile) {
    const std::string shown = hidden(
        "SetNetworkProfile",
        R"({"configurationSlot":1,"connectionData":{"apn":{"apn":"a","apnPassword":"s3cret",)"
        R"("simPin":4711,"apnAuthentication":"PAP"},"ocppVersion":"OCPP20","ocppTransport":"JSON",)"
        R"("ocppCsmsUrl":"u","messageTimeout":1,"securityProfile":1,"ocppInterface":"Wired0",)"
        R"("vpn":{"server":"v","user":"u","password":"s3cret","key":"s3cret","type":"IPSec"}}})");
    EXPECT_EQ(shown.find("s3cret"), std::string::npos) << shown;
    EXPECT_EQ(shown.find("4711"), std::string::npos) << shown;
    EXPECT_NE(shown.find(R"("apn":"a")"), std::string::npos) << shown;
}

TEST_F(Secrets, of_parameters_and_of_answers) {
    const auto shown = parameters_without_secrets(
        decoder, "set-variables",
        R"({"variables":[{"variable":"WifiPassword","value":"s3cret"}]})");
    ASSERT_TRUE(shown);
    EXPECT_EQ(shown->find("s3cret"), std::string::npos);
    EXPECT_FALSE(parameters_without_secrets(decoder, "reset", R"({"type":"graceful"})"));
    const auto answer = answer_without_secrets(
        decoder, "GetConfiguration",
        R"({"configurationKey":[{"key":"AuthorizationKey","readonly":false,"value":"s3cret"}]})");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->find("s3cret"), std::string::npos);
}

TEST_F(Secrets, codes_that_drivers_type) {
    const std::string code = R"({"idToken":{"idToken":"4711","type":"KeyCode","additionalInfo":)"
                             R"([{"additionalIdToken":"4711","type":"pin"}]})";
    const auto authorize = call_without_code(decoder, "Authorize", code + "}");
    ASSERT_TRUE(authorize);
    EXPECT_EQ(*authorize, R"({"idToken":{"idToken":"***","type":"KeyCode"}})");
    const auto event = call_without_code(
        decoder, "TransactionEvent",
        code + R"(,"eventType":"Started","timestamp":"2026-01-01T00:00:00Z","seqNo":0,)"
               R"("triggerReason":"Authorized","transactionInfo":{"transactionId":"t"}})");
    ASSERT_TRUE(event);
    EXPECT_EQ(event->find("4711"), std::string::npos) << *event;
    EXPECT_NE(event->find(R"("transactionId":"t")"), std::string::npos) << *event;
    EXPECT_FALSE(call_without_code(decoder, "Authorize",
                                   R"({"idToken":{"idToken":"A","type":"ISO14443"}})"));
    EXPECT_FALSE(call_without_code(decoder, "Authorize",
                                   R"({"idToken":{"idToken":"KeyCode","type":"ISO14443"}})"));
    // What cannot be read is not shown either.
    EXPECT_EQ(call_without_code(decoder, "Authorize", R"({"idToken":"KeyCode 4711"})"), "{}");
}

TEST_F(Secrets, the_new_password_and_what_the_station_says_of_it) {
    EXPECT_EQ(new_password_in(decoder, "ChangeConfiguration",
                              R"({"key":"AuthorizationKey","value":"00ff"})"),
              "00ff");
    EXPECT_FALSE(new_password_in(decoder, "ChangeConfiguration", R"({"key":"Other","value":"1"})"));
    EXPECT_EQ(password_answer(decoder, "ChangeConfiguration", R"({"status":"Accepted"})"),
              PasswordAnswer::accepted);
    EXPECT_EQ(password_answer(decoder, "ChangeConfiguration", R"({"status":"NotSupported"})"),
              PasswordAnswer::refused);
    EXPECT_EQ(password_answer(decoder, "SetVariables",
                              R"({"setVariableResult":[{"attributeStatus":"RebootRequired",)"
                              R"("component":{"name":"SecurityCtrlr"},)"
                              R"("variable":{"name":"BasicAuthPassword"}}]})"),
              PasswordAnswer::after_reboot);
}

}  // namespace
}  // namespace ohm::api::commands
