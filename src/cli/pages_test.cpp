#include "cli/pages.hpp"

#include <gtest/gtest.h>

#include "cli/verbs.hpp"

namespace ohm::cli {
namespace {

TEST(CliPages, every_verb_is_in_help_completion_and_the_man_page) {
    for (const Verb& verb : verbs()) {
        EXPECT_NE(help().find(verb.says), std::string::npos) << verb.says;
        EXPECT_NE(help_of(verb.noun).find(verb.says), std::string::npos);
        for (const std::string_view shell : {"bash", "zsh", "fish"})
            EXPECT_NE(completion(shell).find(verb.noun), std::string::npos);
        EXPECT_NE(completion("bash").find(verb.name), std::string::npos);
        EXPECT_NE(man_page("1.2.3").find(".B " + std::string{verb.noun}), std::string::npos);
    }
    EXPECT_EQ(completion("powershell"), "");
}

TEST(CliPages, the_man_page_has_no_bare_minus) {
    const std::string page = man_page("1");
    for (std::size_t at = page.find('-'); at != std::string::npos; at = page.find('-', at + 1))
        EXPECT_EQ(page[at - 1], '\\') << page.substr(at - 20, 40);
}

}  // namespace
}  // namespace ohm::cli
