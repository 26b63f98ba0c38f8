#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

#include "base/limits.hpp"
#include "base/settings_testing.hpp"

namespace ohm {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(SettingsTable, EveryDefaultIsAllowedAndEveryKeyIsOnce) {
    std::set<std::string_view> keys;
    for (const Setting& row : settings_table()) {
        EXPECT_TRUE(keys.insert(row.key).second) << row.key;
        EXPECT_TRUE(row.help.ends_with('.')) << row.key;
        EXPECT_EQ(row.help.find('|'), std::string_view::npos) << row.key << " is a table's cell";
        const std::string entry = std::string{row.key} + "=" + std::string{row.fallback};
        const auto settings =
            Settings::load({.files = {}, .environment = {entry}, .arguments = {}});
        if (row.key == "OHM_TLS_CERT_FILE") continue;
        ASSERT_TRUE(settings.has_value()) << settings.error().detail;
        EXPECT_EQ(settings->text(row.key), row.fallback) << row.key << " is in its one spelling";
    }
    EXPECT_GT(keys.size(), 40u);
}

TEST(SettingsTable, FixedNamesAndDefaults) {
    const Settings settings = loaded({});
    EXPECT_EQ(settings.text("RABBITMQ_HOST"), "");
    EXPECT_EQ(settings.integer("RABBITMQ_PORT"), 5672);
    EXPECT_EQ(settings.text("RABBITMQ_USER"), "guest");
    EXPECT_EQ(settings.text("RABBITMQ_PASS"), "guest");
    EXPECT_EQ(settings.text("DB_HOST"), "127.0.0.1");
    EXPECT_EQ(settings.integer("DB_PORT"), 5432);
    EXPECT_EQ(settings.text("DB_USER"), "ohmstead");
    EXPECT_EQ(settings.text("DB_PASSWORD"), "");
    EXPECT_EQ(settings.text("DB_NAME"), "ohmstead");
    EXPECT_EQ(settings.integer("HTTP_SERVER_PORT"), 8000);
    EXPECT_EQ(settings.integer("WS_SERVER_PORT"), 3000);
    EXPECT_EQ(settings.integer("HEARTBEAT_INTERVAL"), 300);
    EXPECT_EQ(settings.integer("OHM_TLS_PORT"), 3443);
    EXPECT_EQ(settings.integer("OHM_WORKER_HTTP_PORT"), 8001);
    EXPECT_EQ(settings.integer("OHM_FRAME_BYTES_MAX"),
              static_cast<std::int64_t>(limits::frame_bytes));
    EXPECT_FALSE(settings.boolean("OHM_REQUIRE_IF_MATCH"));
    EXPECT_EQ(settings.origin("HTTP_SERVER_PORT"), "default");
}

}  // namespace
}  // namespace ohm
