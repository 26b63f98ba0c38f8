#include "api/rest/shown_settings.hpp"

#include "api/rest/test_rest.hpp"

namespace ohm::api::rest {
namespace {

ohm::Settings loaded(std::vector<std::string> environment) {
    auto settings = ohm::Settings::load({.environment = std::move(environment)});
    EXPECT_TRUE(settings.has_value());
    return *settings;
}

const SettingShown& named(const std::vector<SettingShown>& all, std::string_view key) {
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const SettingShown& one) { return one.key == key; });
    EXPECT_NE(found, all.end()) << key;
    return *found;
}

TEST(ShownSettings, SayWhereEachValueComesFrom) {
    const auto all = shown_settings(loaded({"HTTP_SERVER_PORT=8123"}));
    EXPECT_EQ(all.size(), settings_table().size());
    const SettingShown& port = named(all, "HTTP_SERVER_PORT");
    EXPECT_EQ(port.value, "8123");
    EXPECT_EQ(port.origin, "environment");
    EXPECT_EQ(port.default_value, "8000");
    EXPECT_FALSE(port.meaning.empty());
    EXPECT_EQ(named(all, "WS_SERVER_PORT").origin, "default");
}

TEST(ShownSettings, ASecretIsNeverShown) {
    const auto all = shown_settings(loaded({"OHM_ADMIN_KEY=ohk_0123456789abcdef0123456789"}));
    const SettingShown& key = named(all, "OHM_ADMIN_KEY");
    EXPECT_TRUE(key.is_secret && key.is_set);
    EXPECT_EQ(key.value, "");
    for (const SettingShown& one : all)
        EXPECT_EQ(wire::encode(one).find("ohk_0123"), std::string::npos) << one.key;
}

TEST_F(RestTest, SettingsAreForWhoMaySeeThem) {
    settings.shown = shown_settings(loaded({"OHM_REQUIRE_IF_MATCH=true"}));
    add_key("ohk_viewer", "viewer", "stations:read");
    add_key("ohk_admin", "admin", "settings:read");
    start();
    EXPECT_EQ(request("GET", "/api/v1/settings", "", {}, "ohk_viewer").status, 403);
    const Reply reply = request("GET", "/api/v1/settings", "", {}, "ohk_admin");
    EXPECT_EQ(reply.status, 200);
    EXPECT_TRUE(reply.has(R"("key":"OHM_REQUIRE_IF_MATCH","value":"true")")) << reply.body;
}

}  // namespace
}  // namespace ohm::api::rest
