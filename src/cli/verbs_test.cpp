#include "cli/verbs.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

namespace ohm::cli {
namespace {

TEST(CliVerbs, none_is_there_twice_and_each_path_has_its_words) {
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (const Verb& verb : verbs()) {
        EXPECT_TRUE(seen.insert({verb.noun, verb.name}).second) << verb.noun << ' ' << verb.name;
        std::size_t taken = 0;
        for (auto at = verb.path.find("{}"); at != std::string_view::npos;
             at = verb.path.find("{}", at + 2))
            ++taken;
        const auto named = static_cast<std::size_t>(
            verb.takes.empty() ? 0 : 1 + std::count(verb.takes.begin(), verb.takes.end(), ' '));
        const bool names_more = verb.body == Body::created || verb.body == Body::file;
        EXPECT_EQ(taken + names_more, named) << verb.noun << ' ' << verb.name;
        EXPECT_EQ(verb.answer == Answer::list, verb.row && verb.answer == Answer::list);
    }
    EXPECT_FALSE(find_verb("stations", "explode"));
    EXPECT_TRUE(is_noun("tx"));
    EXPECT_FALSE(is_noun("all"));
}

}  // namespace
}  // namespace ohm::cli
