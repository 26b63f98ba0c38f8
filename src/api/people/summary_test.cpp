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
