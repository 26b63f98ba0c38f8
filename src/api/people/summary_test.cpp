#include "api/people/summary.hpp"

#include <gtest/gtest.h>

#include "base/limits_people.hpp"
#include "base/text.hpp"

namespace ohm::api::people {
namespace {

std::string of(std::string_view json) { return summary_of("application/json", json); }

TEST(Summary, IsWhatWasSaid) {
    EXPECT_EQ(of(R"({ "name": "Gate 2", "labels": {"a": [1, true]} })"),
              R"({"name":"Gate 2","labels":{"a":[1,true]}})");
    EXPECT_EQ(of(""), "");
}

TEST(Summary, HidesWhatIsSecretWhateverItsShape) {
    EXPECT_EQ(of(R"({"name":"ada","password":"say \"friend\"","role":"viewer"})"),
              R"({"name":"ada","password":"***","role":"viewer"})");
    EXPECT_EQ(of(R"({"new_password":{"a":["x","}"]},"b":1})"), R"({"new_password":"***","b":1})");
    EXPECT_EQ(of(R"([{"client_secret":["a","b"]},{"Secret":12}])"),
              R"([{"client_secret":"***"},{"Secret":"***"}])");
    EXPECT_EQ(of(R"({"p\u0061ssword":"x"})"), R"({"password":"***"})");
}

TEST(Summary, HidesStationsPasswordsThatCommandsSet) {
    const std::string raw = of(
        R"({"action":"ChangeConfiguration","payload":{"key":"AuthorizationKey","value":"c0ffee"}})");
    EXPECT_EQ(raw.find("c0ffee"), std::string::npos) << raw;
    const std::string neutral =
        of(R"({"variables":[{"variable":"BasicAuthPassword","value":"c0ffee"}]})");
    EXPECT_EQ(neutral.find("c0ffee"), std::string::npos) << neutral;
    EXPECT_EQ(of(R"({"variables":[{"variable":"HeartbeatInterval","value":"60"}]})"),
              R"({"variables":[{"variable":"HeartbeatInterval","value":"60"}]})");
}

TEST(Summary, HidesSecretsByTheirOtherNames) {
    for (const char* name : {"simPin", "sim_pin", "passphrase", "passwd", "privateKey",
                             "private_key", "preSharedKey", "psk"})
        EXPECT_EQ(of(R"({")" + std::string{name} + R"(":"c0ffee"})"),
                  R"({")" + std::string{name} + R"(":"***"})");
    EXPECT_EQ(of(R"({"command":"set-network-profile","params":{"vpn":{"key":"c0ffee"}}})"),
              R"({"command":"set-network-profile","params":{"vpn":{"key":"***"}}})");
    EXPECT_EQ(of(R"({"slot":1,"vpn":{"server":"v","key":"c0ffee"}})"),
              R"({"slot":1,"vpn":{"server":"v","key":"***"}})");
    EXPECT_EQ(of(R"({"key":"HeartbeatInterval"})"), R"({"key":"HeartbeatInterval"})");
}

TEST(Summary, HidesWhoSignsInByAUrl) {
    EXPECT_EQ(of(R"({"url":"ftp://ada:fri@end@files/x?a=@b","b":"//u:p@h"})"),
              R"({"url":"ftp://***@files/x?a=@b","b":"//***@h"})");
    EXPECT_EQ(of(R"({"url":"https://example.com/a@b","mail":"a@b"})"),
              R"({"url":"https://example.com/a@b","mail":"a@b"})");
}

TEST(Summary, OfAVeryLongBodyIsItsSize) {
    const std::string body = "{\"note\":\"" + std::string(limits::audit_body_bytes, 'x') + "\"}";
    EXPECT_EQ(of(body), "application/json, " + std::to_string(body.size()) + " bytes");
}

TEST(Tokens, OfEveryShapeAreHidden) {
    EXPECT_EQ(without_tokens(R"({"idToken":12345678,"uid":7,"token":null})"),
              R"({"idToken":"****5678","uid":"****","token":null})");
    EXPECT_EQ(without_tokens(R"({"additionalInfo":[{"additionalIdToken":"AABBCCDDEE"}]})"),
              R"({"additionalInfo":[{"additionalIdToken":"****DDEE"}]})");
    EXPECT_EQ(without_tokens(R"({"additional_id_token":"AABBCCDDEE"})"),
              R"({"additional_id_token":"****DDEE"})");
    EXPECT_EQ(without_tokens(R"({"token":"AABBCC)"), R"({"token":"****")");  // cut off
}

TEST(Tokens, InPathsAreHidden) {
    EXPECT_EQ(path_without_tokens("/api/v1/tokens/04A1B2C3D4?dry_run=true"),
              "/api/v1/tokens/****C3D4?dry_run=true");
    EXPECT_EQ(path_without_tokens("/api/v1/unknown-tokens/04A1B2C3D4/adopt"),
              "/api/v1/unknown-tokens/****C3D4/adopt");
    EXPECT_EQ(path_without_tokens("/api/v1/x?token=04A1B2C3D4&a=1"),
              "/api/v1/x?token=****C3D4&a=1");
    EXPECT_EQ(path_without_tokens("/api/v1/tokens/import"), "/api/v1/tokens/import");
    EXPECT_EQ(path_without_tokens("stations/CP1"), "stations/CP1");
}

TEST(Tokens, ShowTheirEndAtMost) {
    EXPECT_EQ(without_tokens(R"({"token":"04A1B2C3D4","token_type":"ISO14443","group_id":null})"),
              R"({"token":"****C3D4","token_type":"ISO14443","group_id":null})");
    EXPECT_EQ(without_tokens(R"([{"idTag":"1234567"},{"data":{"idToken":{"idToken":"AABBCCDDEE",)"
                             R"("type":"Central"}}}])"),
              R"([{"idTag":"****"},{"data":{"idToken":{"idToken":"****DDEE","type":"Central"}}}])");
    EXPECT_EQ(without_tokens(R"({"uid":"ab\"cdefgh","note":"token"})"),
              R"({"uid":"****","note":"token"})");
}

TEST(Summary, IsBoundedAndAlwaysText) {
    const std::string cut = of("{\"note\":\"" + std::string(10'000, 'x') + "\"}");
    EXPECT_LE(cut.size(), limits::audit_summary_bytes + 3);
    EXPECT_TRUE(cut.ends_with("…"));
    EXPECT_TRUE(is_utf8(of(R"({"note":"\u0000 ü"})")));
    EXPECT_EQ(summary_of("text/csv", "id\r\nA\r\n"), "text/csv, 7 bytes");
    EXPECT_EQ(summary_of("application/json", "{\"password\":\"x\""), "application/json, 15 bytes");
}

}  // namespace
}  // namespace ohm::api::people
