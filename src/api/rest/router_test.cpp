#include <gtest/gtest.h>
#include <set>

#include "api/rest/route.hpp"
#include "base/text.hpp"
#include "wire/codec.hpp"

namespace ohm::api::rest {
namespace {

Match find(std::string_view method, std::string_view path) {
    return find_route(routes(), method, path);
}

TEST(Router, FindsLiteralsBeforeParameters) {
    EXPECT_EQ(find("POST", "/api/v1/stations/import").route->operation_id, "importStations");
    const Match named_import = find("GET", "/api/v1/stations/import");
    ASSERT_NE(named_import.route, nullptr);
    EXPECT_EQ(named_import.route->operation_id, "getStation");
    EXPECT_EQ(named_import.values, std::vector<std::string>{"import"});
}

TEST(Router, DecodesParametersOnce) {
    EXPECT_EQ(find("GET", "/api/v1/stations/a%2Fb%20%2541").values.at(0), "a/b %41");
    EXPECT_EQ(find("GET", "/api/v1/stations/%C3%A4/status").values.at(0), "ä");
    EXPECT_TRUE(find("GET", "/api/v1/stations/%zz").malformed);
    EXPECT_TRUE(find("GET", "/api/v1/stations/%FF").malformed);
    EXPECT_TRUE(find("GET", "/api/v1/stations/a%00b").malformed);
}

TEST(Router, TextAroundAParameter) {
    const Match match = find("GET", "/api/v1/ocpp/1.6/schemas/Reset.request");
    ASSERT_NE(match.route, nullptr);
    EXPECT_EQ(match.route->operation_id, "getOcppRequestSchema");
    EXPECT_EQ(match.values, (std::vector<std::string>{"1.6", "Reset"}));
    EXPECT_EQ(find("GET", "/api/v1/ocpp/1.6/schemas/Reset.other").route, nullptr);
    EXPECT_EQ(find("GET", "/api/v1/ocpp/1.6/schemas/.request").route, nullptr);
}

TEST(Router, NothingAndOtherMethods) {
    for (const char* path : {"/api/v1/station", "/api/v1/stations/", "/api/v1/stations/a/b", "/api",
                             "//", "/api/v1/stations/a/"}) {
        const Match match = find("GET", path);
        EXPECT_EQ(match.route, nullptr) << path;
        EXPECT_EQ(match.allowed, "") << path;
    }
    const Match match = find("TRACE", "/api/v1/stations/a");
    EXPECT_EQ(match.route, nullptr);
    EXPECT_EQ(match.allowed, "GET, HEAD, PATCH, PUT, DELETE");
    EXPECT_EQ(find("HEAD", "/api/v1/stations/a").route->operation_id, "getStation");
}

TEST(Routes, EachIsWholeAndItsOwn) {
    std::set<std::string> seen;
    std::set<std::string_view> operations;
    for (const Route& route : routes()) {
        EXPECT_TRUE(seen.insert(std::string{route.method} + std::string{route.path}).second)
            << route.path;
        EXPECT_TRUE(operations.insert(route.operation_id).second) << route.operation_id;
        EXPECT_FALSE(route.summary.empty() || route.tag.empty() || route.outcomes.empty());
        const bool of_api = route.path.starts_with("/api/v1/");
        const bool is_the_door =
            route.operation_id == "signIn" || route.operation_id == "useSignInLink";
        EXPECT_EQ(of_api && !is_the_door, !route.scope.is_open())
            << route.path << " is open or needs a key";
        const bool is_counted_for_all = route.operation_id == "getStatisticsNow";
        EXPECT_EQ(std::holds_alternative<Act>(route.handler),
                  route.method != "GET" || is_counted_for_all)
            << route.path;
    }
}

// ---- OpenAPI ----

TEST(OpenApi, IsJsonAndListsExactlyTheRoutes) {
    const std::string document = openapi_document("0.1.0");
    ASSERT_TRUE(wire::minify(document)) << document;
    EXPECT_EQ(document.find("jsonSchemaDialect"), std::string::npos);
    std::size_t listed = 0;
    for (auto at = document.find("\"operationId\":"); at != std::string::npos;
         at = document.find("\"operationId\":", at + 1))
        ++listed;
    EXPECT_EQ(listed, routes().size());
    for (const Route& route : routes()) {
        EXPECT_NE(document.find("\"" + std::string{route.path} + "\":{"), std::string::npos);
        EXPECT_NE(document.find("\"" + to_lower(route.method) + "\":{\"operationId\":\"" +
                                std::string{route.operation_id} + "\""),
                  std::string::npos)
            << route.operation_id;
    }
}

TEST(OpenApi, NamesOnlySchemasThatAreThere) {
    std::set<std::string> known;
    for (const Component& component : components())
        EXPECT_TRUE(known.insert(std::string{component.name}).second) << component.name;
    const std::string document = openapi_document("0.1.0");
    const std::string prefix = "#/components/schemas/";
    for (auto at = document.find(prefix); at != std::string::npos;
         at = document.find(prefix, at + 1)) {
        const auto begin = at + prefix.size();
        const std::string name = document.substr(begin, document.find('"', begin) - begin);
        EXPECT_TRUE(known.contains(name)) << name;
    }
}

TEST(OpenApi, NamesIfMatchWhereAVersionIsCompared) {
    const std::string document = openapi_document("0.1.0");
    const auto takes_if_match = [&](std::string_view operation) {
        const auto begin = document.find("\"operationId\":\"" + std::string{operation} + "\"");
        EXPECT_NE(begin, std::string::npos) << operation;
        const auto end = document.find("\"operationId\":", begin + 1);
        return document.substr(begin, end - begin).find("\"If-Match\"") != std::string::npos;
    };
    for (const char* const operation :
         {"patchStation", "putToken", "deleteLocation", "patchWebhook", "patchAlertRule"})
        EXPECT_TRUE(takes_if_match(operation)) << operation;
    for (const char* const operation : {"createWebhook", "getStation", "endStationConnection"})
        EXPECT_FALSE(takes_if_match(operation)) << operation;
}

TEST(OpenApi, ExamplesAreWhatTheDeclarationsAccept) {
    std::size_t examples = 0;
    for (const Route& route : routes()) {
        const Body& body = route.body;
        if (body.example.empty()) continue;
        ++examples;
        ASSERT_TRUE(wire::minify(body.example)) << route.operation_id;
        const std::string document = openapi_document("0.1.0");
        EXPECT_NE(document.find(std::string{body.example}), std::string::npos);
    }
    EXPECT_GE(examples, 6u);
}

}  // namespace
}  // namespace ohm::api::rest
