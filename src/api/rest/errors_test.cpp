#include "api/rest/errors.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <sstream>
#include <string>

namespace ohm::api::rest {
namespace {

// The sources' own folder, from where the tests were built.
std::string document_path() {
    const std::string here = __FILE__;
    return here.substr(0, here.rfind("/src/api/")) + "/docs/ERRORS.md";
}

TEST(Errors, EveryCodeStandsOnceAndIsComplete) {
    std::set<std::string_view> codes;
    for (const ErrorInfo& info : error_catalogue()) {
        EXPECT_TRUE(codes.insert(info.code).second) << info.code;
        EXPECT_GE(info.status, 400) << info.code;
        EXPECT_LT(info.status, 600) << info.code;
        EXPECT_FALSE(info.title.empty() || info.meaning.empty() || info.remedy.empty())
            << info.code;
        EXPECT_EQ(find_error(info.code), &info);
    }
    EXPECT_EQ(find_error("no_such_code"), nullptr);
}

TEST(Errors, DocumentIsFresh) {
    if (std::getenv("OHM_WRITE_DOCS")) std::ofstream{document_path()} << errors_document();
    std::ifstream file{document_path()};
    ASSERT_TRUE(file) << document_path();
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str(), errors_document()) << "run OHM_WRITE_DOCS=1 api_test";
}

}  // namespace
}  // namespace ohm::api::rest
