#include "api/commands/expectation.hpp"

#include <gtest/gtest.h>

namespace ohm::api::commands {
namespace {

class Expectations : public ::testing::Test {
protected:
    std::optional<Expectation> after(std::string_view action, std::string_view request,
                                     std::string_view response = R"({"status":"Accepted"})") {
        return expectation_of(decoder, {action, request, response, false, utc_from_micros(0)});
    }
    Verdict heard(const std::optional<Expectation>& e, std::string_view action,
                  std::string_view payload) {
        return judge(decoder, e.value(), action, payload);
    }
    wire::Decoder decoder;
};

TEST_F(Expectations, none_where_nothing_follows) {
    EXPECT_FALSE(after("ClearCache", "{}"));
    EXPECT_FALSE(after("GetBaseReport", R"({"requestId":1})", R"({"status":"EmptyResultSet"})"));
    EXPECT_FALSE(after("GetDiagnostics", "{}", "{}"));
    EXPECT_FALSE(after("CustomerInformation", R"({"requestId":1,"report":false})"));
    EXPECT_FALSE(after("Reset", "no JSON"));
}

TEST_F(Expectations, a_start_is_known_by_its_number_or_its_token) {
    const auto e = after("RequestStartTransaction",
                         R"({"remoteStartId":7,"idToken":{"idToken":"AB","type":"Central"}})");
    const auto event = [](const std::string& more) {
        return R"({"eventType":"Started","transactionInfo":{"transactionId":"t")" + more;
    };
    EXPECT_EQ(heard(e, "TransactionEvent", event(R"(,"remoteStartId":7}})")), Verdict::confirmed);
    EXPECT_EQ(
        heard(e, "TransactionEvent", event(R"(,"remoteStartId":8},"idToken":{"idToken":"AB"}})")),
        Verdict::nothing);
    EXPECT_EQ(heard(e, "TransactionEvent", event(R"(},"idToken":{"idToken":"ab"}})")),
              Verdict::confirmed);
    EXPECT_EQ(heard(e, "TransactionEvent", event("}}")), Verdict::nothing);
    EXPECT_EQ(heard(e, "StatusNotification", "{}"), Verdict::nothing);
}

TEST_F(Expectations, a_stop_of_1_6_by_number_or_text) {
    const auto e = after("RemoteStopTransaction", R"({"transactionId":12})");
    EXPECT_EQ(heard(e, "StopTransaction", R"({"transactionId":12})"), Verdict::confirmed);
    EXPECT_EQ(heard(e, "StopTransaction", R"({"transactionId":"12"})"), Verdict::confirmed);
    EXPECT_EQ(heard(e, "StopTransaction", R"({"transactionId":-1})"), Verdict::nothing);
}

TEST_F(Expectations, progress_has_good_and_bad_ends_of_its_own_request) {
    const auto e = after("UpdateFirmware", R"({"requestId":3,"firmware":{"location":"x",)"
                                           R"("retrieveDateTime":"1970-01-01T01:00:00Z"}})");
    EXPECT_EQ(e->timeout, seconds{14'400 + 3'600});
    const auto say = [&](const std::string& status, const std::string& id) {
        return heard(e, "FirmwareStatusNotification",
                     R"({"status":")" + status + R"(","requestId":)" + id + "}");
    };
    EXPECT_EQ(say("Installing", "3"), Verdict::nothing);
    EXPECT_EQ(say("Installed", "4"), Verdict::nothing);
    EXPECT_EQ(say("Installed", "3"), Verdict::confirmed);
    EXPECT_EQ(say("InvalidSignature", "3"), Verdict::contradicted);
}

TEST_F(Expectations, hostile_payloads_decide_nothing) {
    const auto e = after("ChangeAvailability", R"({"connectorId":1,"type":"Inoperative"})");
    for (const char* payload : {"", "{", "[]", R"({"status":{}})", R"({"connectorId":"x"})",
                                R"({"status":"Unavailable","connectorId":[1]})"})
        EXPECT_EQ(heard(e, "StatusNotification", payload), Verdict::nothing) << payload;
    EXPECT_EQ(heard(e, "NotifyEvent", R"({"eventData":[{"variable":7}]})"), Verdict::nothing);
    EXPECT_EQ(heard(e, "StatusNotification", R"({"status":"Unavailable","connectorId":1})"),
              Verdict::confirmed);
}

TEST_F(Expectations, firmware_is_installed_when_its_version_boots) {
    Answered answered{.action = "UpdateFirmware",
                      .request = R"({"requestId":7})",
                      .response = R"({"status":"Accepted"})",
                      .firmware = "2.0"};
    auto e = expectation_of(decoder, answered);
    ASSERT_TRUE(e);
    EXPECT_EQ(e->words, "FirmwareStatusNotification Installed, a boot with firmware 2.0");
    const std::string_view other = R"({"firmwareVersion":"1.0"})";
    EXPECT_EQ(heard(e, "BootNotification", other), Verdict::nothing) << "on the way";
    EXPECT_EQ(heard(e, "BootNotification", R"({"firmwareVersion":"2.0"})"), Verdict::confirmed);
    EXPECT_EQ(heard(e, "BootNotification", R"({"chargingStation":{"firmwareVersion":"2.0"}})"),
              Verdict::confirmed);
    EXPECT_EQ(heard(e, "FirmwareStatusNotification", R"({"status":"Installed","requestId":7})"),
              Verdict::said);
    e->said = true;
    EXPECT_FALSE(e->is_complete());
    EXPECT_EQ(heard(e, "BootNotification", other), Verdict::contradicted);
    EXPECT_EQ(heard(e, "BootNotification", "{}"), Verdict::nothing) << "it names no version";
}

TEST_F(Expectations, a_log_is_there_when_it_is_said_and_has_come) {
    Answered answered{.action = "GetLog",
                      .request = R"({"requestId":7})",
                      .response = R"({"status":"Accepted"})",
                      .awaits_file = true};
    auto e = expectation_of(decoder, answered);
    ASSERT_TRUE(e);
    const std::string_view uploaded = R"({"status":"Uploaded","requestId":7})";
    EXPECT_EQ(heard(e, "LogStatusNotification", uploaded), Verdict::said);
    EXPECT_EQ(heard(e, "LogStatusNotification", R"({"status":"UploadFailure","requestId":7})"),
              Verdict::contradicted);
    e->came = true;
    EXPECT_FALSE(e->is_complete());
    EXPECT_EQ(heard(e, "LogStatusNotification", uploaded), Verdict::confirmed);
    e->said = true;
    EXPECT_TRUE(e->is_complete());
}

}  // namespace
}  // namespace ohm::api::commands
