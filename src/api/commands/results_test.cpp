#include "api/commands/results.hpp"

#include <gtest/gtest.h>

#include "ocpp/action.hpp"

namespace ohm::api::commands {
namespace {

std::string word(std::string_view action, std::string_view payload) {
    wire::Decoder decoder;
    return std::string{result_of(decoder, action, payload).word};
}

TEST(Results, one_status) {
    EXPECT_EQ(word("Reset", R"({"status":"Accepted"})"), "accepted");
    EXPECT_EQ(word("UnlockConnector", R"({"status":"unlocked"})"), "accepted");
    EXPECT_EQ(word("ReserveNow", R"({"status":"Unavailable"})"), "faulted");
    EXPECT_EQ(word("DataTransfer", R"({"status":"UnknownVendorId"})"), "unknown");
    EXPECT_EQ(word("UpdateFirmware", "{}"), "accepted");
    EXPECT_EQ(word("Reset", R"({"status":7})"), "accepted");  // judged by its declaration
}

TEST(Results, items_that_agree_and_items_that_do_not) {
    EXPECT_EQ(word("SetVariables", R"({"setVariableResult":[{"attributeStatus":"Rejected"},)"
                                   R"({"attributeStatus":"Rejected"}]})"),
              "rejected");
    wire::Decoder decoder;
    const Result mixed = result_of(decoder, "SetVariables",
                                   R"({"setVariableResult":[{"attributeStatus":"Accepted"},)"
                                   R"({"attributeStatus":"UnknownVariable"}]})");
    EXPECT_EQ(mixed.word, "partial");
    EXPECT_EQ(mixed.status, "");
    EXPECT_EQ(word("ClearVariableMonitoring",
                   R"({"clearMonitoringResult":[{"status":"NotFound","id":1}]})"),
              "unknown");
}

TEST(Results, keys_of_1_6) {
    EXPECT_EQ(word("GetConfiguration", R"({"unknownKey":["a"]})"), "unknown");
    EXPECT_EQ(word("GetConfiguration",
                   R"({"configurationKey":[{"key":"b","readonly":true}],"unknownKey":["a"]})"),
              "partial");
    EXPECT_EQ(word("GetConfiguration", "{}"), "accepted");
}

// A status word that the tables of the standard have and this one forgets would read "unknown".
TEST(Results, every_declared_status_has_a_word) {
    const auto is_about_unknown = [](std::string_view status) {
        return status.starts_with("Unknown") || status == "NotFound" || status == "NoFirmware";
    };
    for (const auto version : {ocpp::Version::v16, ocpp::Version::v201})
        for (const ocpp::ActionInfo& info : ocpp::declared_actions(version)) {
            if (!ocpp::csms_sends(info.from)) continue;
            for (std::size_t i = 0; i < info.response->field_count; ++i) {
                const wire::Field& field = info.response->fields[i];
                if (field.name != "status") continue;
                for (const std::string_view status : field.type->names)
                    EXPECT_EQ(word_of_status(status) == "unknown", is_about_unknown(status))
                        << info.name << " " << status;
            }
        }
}

}  // namespace
}  // namespace ohm::api::commands
