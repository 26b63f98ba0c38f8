#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/settings_testing.hpp"
#include "base/text.hpp"

namespace ohm {
namespace {

using testing::AllOf;
using testing::HasSubstr;

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

std::string repository_file(const char* name) {
    std::ifstream file{std::filesystem::path{__FILE__}.parent_path() / "../.." / name};
    return {std::istreambuf_iterator<char>{file}, {}};
}

TEST_F(SettingsFiles, TheTemplateForServersIsValidWithAndWithoutItsSuggestions) {
    const std::string given = repository_file(".env.backend");
    ASSERT_FALSE(given.empty());
    std::string suggested;
    for (const auto line : split(given, '\n')) {
        const bool key = line.size() > 1 && line[0] == '#' && line[1] != ' ';
        suggested += std::string{key ? line.substr(1) : line} + "\n";
    }
    const Settings as_is =
        loaded({.files = {write("a.env", given)}, .environment = {}, .arguments = {}});
    for (const Setting& row : settings_table())
        EXPECT_EQ(as_is.text(row.key), row.fallback) << "the template changes nothing by itself";
    const Settings all =
        loaded({.files = {write("b.env", suggested)}, .environment = {}, .arguments = {}});
    EXPECT_FALSE(all.is_default("DB_HOST"));
}

// Remedy: put the output of `ohmstead config markdown` between the two marks.
TEST(SettingsMarkdown, ThePageForOperatorsHasThisTable) {
    const std::string page = repository_file("docs/OPERATIONS.md");
    const std::size_t mark = page.find("<!-- settings:");
    const std::size_t begin = page.find('\n', mark) + 1;
    const std::size_t end = page.find("<!-- end of settings -->");
    ASSERT_TRUE(mark != std::string::npos && end != std::string::npos);
    EXPECT_EQ(page.substr(begin, end - begin), settings_markdown());
}

TEST(SettingsHelp, NamesEveryFlagAndKey) {
    for (const Setting& row : settings_table())
        EXPECT_THAT(settings_help(), AllOf(HasSubstr(flag_of(row.key)), HasSubstr(row.key)));
}

}  // namespace
}  // namespace ohm
