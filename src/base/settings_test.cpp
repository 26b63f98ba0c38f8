#include "base/settings.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <unistd.h>

#include "base/limits.hpp"
#include "base/settings_sources.hpp"
#include "base/text.hpp"

namespace ohm {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Kind = Setting::Kind;

// A directory of this test alone, for env files and secrets.
class SettingsFiles : public testing::Test {
protected:
    SettingsFiles() { std::filesystem::create_directories(directory_); }
    ~SettingsFiles() override { std::filesystem::remove_all(directory_); }
    SettingsFiles(const SettingsFiles&) = delete;
    SettingsFiles& operator=(const SettingsFiles&) = delete;

    std::string write(const std::string& name, const std::string& text) const {
        const std::string path = directory_ / name;
        std::ofstream{path, std::ios::binary} << text;
        return path;
    }
    std::string path(const std::string& name) const { return directory_ / name; }

private:
    std::filesystem::path directory_ =
        std::filesystem::temp_directory_path() /
        ("ohm-settings-" + std::to_string(getpid()) + "-" +
         testing::UnitTest::GetInstance()->current_test_info()->name());
};

Settings loaded(const SettingSources& sources) {
    auto settings = Settings::load(sources);
    if (!settings) throw std::runtime_error{settings.error().detail};
    return *settings;
}

// The sentence that the process ends with.
std::string refused(const SettingSources& sources) {
    const auto settings = Settings::load(sources);
    return settings ? "taken" : settings.error().detail;
}
std::string refused_in_environment(const std::string& entry) {
    return refused({.files = {}, .environment = {entry}, .arguments = {}});
}
std::string refused_arguments(std::vector<std::string> arguments) {
    return refused({.files = {}, .environment = {}, .arguments = std::move(arguments)});
}

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

TEST_F(SettingsFiles, LaterSourcesWin) {
    const std::string etc = write("etc.env",
                                  "HTTP_SERVER_PORT=1\nWS_SERVER_PORT=2\nDB_PORT=3\n"
                                  "RABBITMQ_PORT=4\n");
    const std::string here =
        write("here.env", "\n# ours\nWS_SERVER_PORT=20\nDB_PORT=30\nRABBITMQ_PORT=40\n");
    const Settings settings =
        loaded({.files = {etc, path("absent.env"), here},
                .environment = {"DB_PORT=300", "RABBITMQ_PORT=400", "PATH=/bin", "broken"},
                .arguments = {"--rabbitmq-port=4000"}});
    EXPECT_EQ(settings.integer("HTTP_SERVER_PORT"), 1);
    EXPECT_EQ(settings.integer("WS_SERVER_PORT"), 20);
    EXPECT_EQ(settings.integer("DB_PORT"), 300);
    EXPECT_EQ(settings.integer("RABBITMQ_PORT"), 4000);
    EXPECT_EQ(settings.origin("HTTP_SERVER_PORT"), etc + ":1");
    EXPECT_EQ(settings.origin("WS_SERVER_PORT"), here + ":3");
    EXPECT_EQ(settings.origin("DB_PORT"), "environment");
    EXPECT_EQ(settings.origin("RABBITMQ_PORT"), "flag");
    EXPECT_TRUE(settings.is_default("DB_NAME"));
    EXPECT_FALSE(settings.is_default("DB_PORT"));
}

TEST(SettingsFlags, BothForms) {
    const Settings settings =
        loaded({.files = {},
                .environment = {},
                .arguments = {"--http-server-port", "8123", "--db-name=a=b", "--ohm-log-format",
                              "JSON", "--ohm-require-if-match=Yes", "--rabbitmq-host", ""}});
    EXPECT_EQ(settings.integer("HTTP_SERVER_PORT"), 8123);
    EXPECT_EQ(settings.text("DB_NAME"), "a=b");
    EXPECT_EQ(settings.text("OHM_LOG_FORMAT"), "json");
    EXPECT_TRUE(settings.boolean("OHM_REQUIRE_IF_MATCH"));
    EXPECT_EQ(flag_of("OHM_DATA_DIR"), "--ohm-data-dir");
}

TEST(SettingsFlags, RefusedWithARemedy) {
    EXPECT_EQ(refused_arguments({"--http-server-prot", "1"}),
              "--http-server-prot (flag) is not a setting; did you mean --http-server-port?");
    EXPECT_EQ(refused_arguments({"--verbose"}),
              "--verbose (flag) is not a setting; `ohmstead config show` lists those that are.");
    EXPECT_EQ(refused_arguments({"--db-host"}), "--db-host has no value; write --db-host=VALUE.");
    EXPECT_THAT(refused_arguments({"8000"}), HasSubstr("\"8000\" is not a flag"));
    EXPECT_THAT(refused_arguments({"--"}), HasSubstr("is not a flag"));
}

TEST(SettingsValues, RefusedWithKeyValueAndRemedy) {
    EXPECT_EQ(refused_in_environment("HTTP_SERVER_PORT=65536"),
              "HTTP_SERVER_PORT=\"65536\" (environment) is not a port, 0 to 65535; correct it or "
              "leave it out, which means \"8000\".");
    EXPECT_EQ(refused_in_environment("OHM_LOG_LEVEL=loud"),
              "OHM_LOG_LEVEL=\"loud\" (environment) is not trace, debug, info, warn or error; "
              "correct it or leave it out, which means \"info\".");
    for (const std::string entry : {"HTTP_SERVER_PORT=",
                                    "HTTP_SERVER_PORT=-1",
                                    "HTTP_SERVER_PORT=80a",
                                    "RABBITMQ_PORT=0",
                                    "RABBITMQ_PORT=tcp://10.0.0.1:5672",
                                    "HEARTBEAT_INTERVAL=0",
                                    "HEARTBEAT_INTERVAL=86401",
                                    "HEARTBEAT_INTERVAL=99999999999999999999",
                                    "OHM_PARTITIONS=65",
                                    "OHM_PARTITIONS=0",
                                    "OHM_REQUIRE_IF_MATCH=maybe",
                                    "OHM_REQUIRE_IF_MATCH=",
                                    "OHM_LOG_FORMAT=text json",
                                    "OHM_BIND_ADDRESS=localhost",
                                    "OHM_BIND_ADDRESS=",
                                    "OHM_BIND_ADDRESS=1.2.3",
                                    "OHM_WORKER_ID=Worker",
                                    "OHM_WORKER_ID=a_b",
                                    "DB_NAME=a\nb",
                                    "DB_NAME=\xFF"})
        EXPECT_THAT(refused_in_environment(entry),
                    AllOf(HasSubstr(entry.substr(0, entry.find('=')) + "="),
                          HasSubstr("(environment) is not "), HasSubstr("correct it")))
            << entry;
    EXPECT_THAT(refused_in_environment("OHM_WORKER_ID=" + std::string(41, 'a')),
                HasSubstr("is not 1 to 40"));
}

TEST(SettingsValues, BoundsAreAllowed) {
    const Settings settings = loaded(
        {.files = {},
         .environment = {"HTTP_SERVER_PORT=0", "WS_SERVER_PORT=65535", "HEARTBEAT_INTERVAL=86400",
                         "OHM_WORKER_ID=" + std::string(40, 'a'), "OHM_BIND_ADDRESS=127.0.0.1"},
         .arguments = {}});
    EXPECT_EQ(settings.integer("HTTP_SERVER_PORT"), 0);
    EXPECT_EQ(settings.integer("WS_SERVER_PORT"), 65535);
    EXPECT_EQ(settings.integer("HEARTBEAT_INTERVAL"), 86'400);
    EXPECT_EQ(settings.text("OHM_WORKER_ID").size(), 40u);
}

TEST(SettingsValues, ABadValueIsRefusedEvenWhereALaterOneWins) {
    EXPECT_THAT(refused({.files = {},
                         .environment = {"HTTP_SERVER_PORT=x"},
                         .arguments = {"--http-server-port=1"}}),
                HasSubstr("HTTP_SERVER_PORT"));
}

TEST(SettingsValues, CertificateAndKeyBelongTogether) {
    EXPECT_THAT(refused_in_environment("OHM_TLS_CERT_FILE=a.pem"), HasSubstr("OHM_TLS_KEY_FILE"));
    EXPECT_THAT(refused_in_environment("OHM_TLS_KEY_FILE=a.pem"), HasSubstr("set both or none"));
    EXPECT_EQ(refused({.files = {},
                       .environment = {"OHM_TLS_KEY_FILE=k", "OHM_TLS_CERT_FILE=c"},
                       .arguments = {}}),
              "taken");
}

TEST(SettingsEnvironment, OnlyOurPrefixIsOurs) {
    EXPECT_EQ(refused_in_environment("OHM_DATADIR=/x"),
              "OHM_DATADIR (environment) is not a setting; did you mean OHM_DATA_DIR?");
    EXPECT_EQ(refused_in_environment("HTTP_SERVER_PROT=1"), "taken");
    EXPECT_EQ(refused_in_environment("OHM_TEST_PG_PORT=1"), "taken") << "of the tests";
}

TEST_F(SettingsFiles, UnknownKeyInAFile) {
    EXPECT_EQ(
        refused(
            {.files = {write("a.env", "\nRABITMQ_HOST=x\n")}, .environment = {}, .arguments = {}}),
        "RABITMQ_HOST (" + path("a.env") + ":2) is not a setting; did you mean RABBITMQ_HOST?");
    EXPECT_THAT(
        refused({.files = {write("b.env", "DATA_DIR=x")}, .environment = {}, .arguments = {}}),
        HasSubstr("did you mean OHM_DATA_DIR?"));
    EXPECT_THAT(
        refused({.files = {write("c.env", "just words")}, .environment = {}, .arguments = {}}),
        HasSubstr("c.env:1 is not KEY=value"));
    EXPECT_THAT(
        refused({.files = {write("d.env", "DB_NAME=\"x")}, .environment = {}, .arguments = {}}),
        HasSubstr("quote"));
}

TEST(SettingsEnvText, Forms) {
    const auto read = read_env_text(
        "\xEF\xBB\xBF# comment\r\n"
        "A=1\r\n"
        "  export B = two words  \n"
        "C=\"with # and \\\" and \\\\ and \\n\"  # why\n"
        "D='single \"\\'\n"
        "E=\n"
        "F=#nothing\n"
        "G=a#b # c\n"
        "A=again",
        "f");
    ASSERT_TRUE(read.has_value()) << read.error().detail;
    std::vector<std::string> lines;
    for (const auto& each : *read) lines.push_back(each.origin + " " + each.key + "=" + each.value);
    EXPECT_THAT(lines, testing::ElementsAre(
                           "f:2 A=1", "f:3 B=two words", "f:4 C=with # and \" and \\ and \\n",
                           "f:5 D=single \"\\", "f:6 E=", "f:7 F=", "f:8 G=a#b", "f:9 A=again"));
    for (const auto text : {"A=\"open", "A='open", "A=\"a\" b", "A=\"", "A='a'b", "=1"})
        EXPECT_FALSE(read_env_text(text, "f").has_value()) << text;
}

TEST_F(SettingsFiles, FilesThatCannotBeRead) {
    EXPECT_THAT(refused({.files = {std::filesystem::path{path(".")}.parent_path()},
                         .environment = {},
                         .arguments = {}}),
                HasSubstr("cannot be read"))
        << "a directory";
    const std::string large = write("large.env", std::string(limits::settings_file_bytes + 1, '#'));
    EXPECT_THAT(refused({.files = {large}, .environment = {}, .arguments = {}}),
                HasSubstr("is larger than"));
    const std::string full = write("full.env", std::string(limits::settings_file_bytes, '#'));
    EXPECT_EQ(refused({.files = {full}, .environment = {}, .arguments = {}}), "taken");
}

TEST_F(SettingsFiles, SecretsFromFiles) {
    const std::string secret = write("secret", "p\xC3\xA4ss word\n");
    const Settings settings = loaded({.files = {write("a.env", "DB_PASSWORD=other\n")},
                                      .environment = {"DB_PASSWORD_FILE=" + secret},
                                      .arguments = {"--ohm-admin-key-file", secret}});
    EXPECT_EQ(settings.text("DB_PASSWORD"), "p\xC3\xA4ss word");
    EXPECT_EQ(settings.origin("DB_PASSWORD"), "environment, " + secret);
    EXPECT_EQ(settings.text("OHM_ADMIN_KEY"), "p\xC3\xA4ss word");

    EXPECT_THAT(refused_in_environment("DB_PASSWORD_FILE=" + path("absent")),
                AllOf(HasSubstr("DB_PASSWORD_FILE"), HasSubstr(path("absent")),
                      HasSubstr("does not exist")));
    EXPECT_THAT(refused({.files = {},
                         .environment = {"DB_PASSWORD_FILE=" + secret, "DB_PASSWORD=a"},
                         .arguments = {}}),
                HasSubstr("two sources of one secret"));
    EXPECT_THAT(refused_in_environment("OHM_DATA_DIR_FILE=x"), HasSubstr("is not a setting"));
    const std::string lines = write("lines", "one\ntwo\n");
    EXPECT_THAT(refused_in_environment("DB_PASSWORD_FILE=" + lines),
                AllOf(HasSubstr("DB_PASSWORD=\"***\""), testing::Not(HasSubstr("two"))));
}

TEST(SettingsAsked, AKeyThatIsNotInTheTableIsABug) {
    const Settings settings = loaded({});
    EXPECT_THROW(settings.text("HTTP_SERVER_PROT"), Bug);
    EXPECT_THROW(settings.integer("DB_HOST"), Bug);
    EXPECT_THROW(settings.boolean("HTTP_SERVER_PORT"), Bug);
    EXPECT_THROW(settings.origin(""), Bug);
    EXPECT_EQ(settings.find("DB_PORT"), "5432");
    EXPECT_EQ(settings.find("DB_PROT").error().detail,
              "DB_PROT (asked for) is not a setting; did you mean DB_PORT?");
}

TEST_F(SettingsFiles, WhatIsShownCanBeReadAgain) {
    const Settings settings = loaded({.files = {},
                                      .environment = {"DB_NAME=a \"b\" \\ #c", "DB_PASSWORD=geheim",
                                                      "HTTP_SERVER_PORT=1", "OHM_ADMIN_KEY=k"},
                                      .arguments = {}});
    const std::string shown = settings_show(settings, true);
    EXPECT_EQ(shown.find("geheim"), std::string::npos);
    EXPECT_THAT(shown, AllOf(HasSubstr("HTTP_SERVER_PORT=1  # environment\n"),
                             HasSubstr("DB_PASSWORD=***  # environment\n"),
                             HasSubstr("WS_SERVER_PORT=3000  # default\n")));
    EXPECT_EQ(settings_show(settings, false).find("  # "), std::string::npos);
    const Settings again =
        loaded({.files = {write("shown.env", shown)}, .environment = {}, .arguments = {}});
    EXPECT_EQ(again.text("DB_NAME"), "a \"b\" \\ #c");
}

TEST_F(SettingsFiles, TheExampleNamesEveryKeyAndChangesNothing) {
    const std::string example = settings_example();
    for (const Setting& row : settings_table())
        EXPECT_THAT(example, HasSubstr("\n#" + std::string{row.key} + "="));
    const Settings settings =
        loaded({.files = {write("a.env", example)}, .environment = {}, .arguments = {}});
    for (const Setting& row : settings_table()) EXPECT_TRUE(settings.is_default(row.key));

    // With every # before a key taken away it holds the defaults.
    std::string all;
    for (const auto line : split(example, '\n')) {
        const bool key = line.size() > 1 && line[0] == '#' && line[1] != ' ';
        const bool secret_file = line.find("_FILE=") != std::string_view::npos &&
                                 line.find("TLS") == std::string_view::npos &&
                                 line.find("CA_") == std::string_view::npos;
        if (!secret_file) all += std::string{key ? line.substr(1) : line} + "\n";
    }
    const Settings taken =
        loaded({.files = {write("b.env", all)}, .environment = {}, .arguments = {}});
    for (const Setting& row : settings_table()) {
        EXPECT_EQ(taken.text(row.key), row.fallback);
        EXPECT_FALSE(taken.is_default(row.key)) << row.key;
    }
}

TEST(SettingsHelp, NamesEveryFlagAndKey) {
    for (const Setting& row : settings_table())
        EXPECT_THAT(settings_help(), AllOf(HasSubstr(flag_of(row.key)), HasSubstr(row.key)));
}

TEST(WorkerId, IsFoldedAndKeepsTheEndOfALongHostName) {
    EXPECT_EQ(default_worker_id("Server_1.example", 3000), "server-1-example-3000");
    EXPECT_EQ(default_worker_id("", 3001), "worker-3001");
    const std::string pod = std::string(60, 'x') + "-7f9c-abcde";
    EXPECT_EQ(default_worker_id(pod, 65535).size(), 40u);
    EXPECT_TRUE(default_worker_id(pod, 65535).ends_with("-7f9c-abcde-65535"));
}

}  // namespace
}  // namespace ohm
