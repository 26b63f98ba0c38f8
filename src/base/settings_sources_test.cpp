#include "base/settings_sources.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "base/settings_testing.hpp"

namespace ohm {
namespace {

using testing::AllOf;
using testing::HasSubstr;

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

}  // namespace
}  // namespace ohm
