#include <gtest/gtest.h>

#include "api/rest/console.hpp"

namespace ohm::api::rest {
namespace {

// Empty in a build without Node, else whole: a page, and files that it names.
TEST(ConsolePack, TheEmbeddedOneCanBeRead) {
    const Console console = read_console_pack(embedded_console_pack());
    if (embedded_console_pack().empty()) {
        EXPECT_TRUE(console.empty());
        return;
    }
    ASSERT_GT(console.size(), 2u);
    EXPECT_EQ(console.front().path, "index.html");
    for (const ConsoleFile& file : console) {
        EXPECT_FALSE(file.identity.empty()) << file.path;
        EXPECT_FALSE(file.type.empty()) << file.path;
    }
    const std::string_view page = console.front().identity;
    EXPECT_NE(page.find("@BASE@assets/"), std::string_view::npos);
    EXPECT_EQ(page.find("\"./assets/"), std::string_view::npos);
}

}  // namespace
}  // namespace ohm::api::rest
