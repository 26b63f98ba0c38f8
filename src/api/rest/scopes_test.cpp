#include "api/rest/scopes.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <sstream>

#include "api/commands/neutral.hpp"
#include "api/rest/route.hpp"

namespace ohm::api::rest {
namespace {

std::string document_path() {
    const std::string here = __FILE__;
    return here.substr(0, here.rfind("/src/api/")) + "/docs/ROLES.md";
}

bool may(std::string_view role, std::string_view scope) {
    return covers(find_role(role)->scopes, scope);
}

TEST(Scopes, EveryOneIsAskedForAndEveryCommandHasOne) {
    std::set<std::string_view> asked;
    for (const Route& route : routes()) asked.insert(route.scope.name());
    for (const ScopeInfo& info : scope_catalogue)
        EXPECT_TRUE(asked.contains(info.name)) << info.name << " is no route's";
    for (const commands::NeutralCommand& command : commands::neutral_commands())
        EXPECT_NE(scope_of_command(command.words.name).name(), "commands:raw")
            << command.words.name << " is missing in command_scopes";
    EXPECT_EQ(scope_of_command("call").name(), "commands:raw");
}

TEST(Scopes, AnAreaAndAllCoverWhatTheyContain) {
    const std::vector<std::string_view> held{"tokens:*", "stations:read"};
    EXPECT_TRUE(covers(held, "tokens:write"));
    EXPECT_TRUE(covers(held, "tokens:*"));
    EXPECT_FALSE(covers(held, "stations:write"));
    EXPECT_FALSE(covers(held, "stations:*"));
    EXPECT_FALSE(covers(held, "tokensx:write"));
    EXPECT_FALSE(covers(held, "admin:*"));
    EXPECT_TRUE(is_grantable("tokens:*"));
    EXPECT_TRUE(is_grantable("admin:*"));
    EXPECT_FALSE(is_grantable("tokens:delete"));
    EXPECT_FALSE(is_grantable("tokens:"));
    EXPECT_FALSE(is_grantable("any"));
}

TEST(Roles, GrowAsTheirNamesSay) {
    EXPECT_EQ(find_role("nobody"), nullptr);
    for (const ScopeInfo& info : scope_catalogue) {
        EXPECT_TRUE(may("admin", info.name)) << info.name;
        EXPECT_TRUE(may("owner", info.name)) << info.name;
        EXPECT_FALSE(may("viewer", info.name) && info.name.ends_with(":write")) << info.name;
    }
    EXPECT_FALSE(may("admin", "admin:*"));
    EXPECT_FALSE(may("viewer", "commands:execute"));
    EXPECT_FALSE(may("viewer", "tokens:read"));
    EXPECT_TRUE(may("support", "commands:execute"));
    EXPECT_FALSE(may("support", "commands:configure"));
    EXPECT_TRUE(may("technician", "commands:raw"));
    EXPECT_FALSE(may("technician", "users:read"));
    EXPECT_TRUE(may("energy", "charging:write"));
    EXPECT_FALSE(may("energy", "commands:execute"));
    EXPECT_TRUE(may("finance", "tokens:write"));
}

TEST(Roles, DocumentIsFresh) {
    if (std::getenv("OHM_WRITE_DOCS")) std::ofstream{document_path()} << roles_document();
    std::ifstream file{document_path()};
    ASSERT_TRUE(file) << document_path();
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str(), roles_document()) << "run OHM_WRITE_DOCS=1 api_test";
}

}  // namespace
}  // namespace ohm::api::rest
