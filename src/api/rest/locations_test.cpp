#include "api/rest/test_rest.hpp"

namespace ohm::api::rest {
namespace {

class LocationsTest : public RestTest {
protected:
    void SetUp() override {
        RestTest::SetUp();
        start();
    }
    Reply put(const std::string& id, const std::string& body,
              std::vector<std::string> headers = {}) {
        return request("PUT", "/api/v1/locations/" + id, body, std::move(headers));
    }
    Reply patch(const std::string& id, const std::string& body,
                std::vector<std::string> headers = {}) {
        headers.emplace_back("Content-Type: application/merge-patch+json");
        return request("PATCH", "/api/v1/locations/" + id, body, std::move(headers));
    }
    void station_at(std::int64_t number, const std::string& id, const std::string& location) {
        add_station(number, id);
        sql->query(
            "update charge_points set location_no = (select location_no from locations where id = "
            "$2) where station_no = $1",
            {number, location});
    }
};

TEST_F(LocationsTest, PutCreatesThenReplaces) {
    const Reply created =
        put("harbour%201", R"({"name":"Harbour","address":"Quay 7\nHamburg","latitude":53.5413,)"
                           R"("longitude":-9.5,"time_zone":"Europe/Berlin"})");
    EXPECT_EQ(created.status, 201) << created.body;
    EXPECT_EQ(created.header("location"), "/api/v1/locations/harbour%201");
    EXPECT_EQ(created.header("etag"), "\"1.0\"");
    EXPECT_TRUE(created.has(R"("id":"harbour 1","name":"Harbour","address":"Quay 7\nHamburg",)"
                            R"("latitude":53.5413,"longitude":-9.5,"time_zone":"Europe/Berlin",)"
                            R"("stations":{"total":0,"online":0},"version":1)"))
        << created.body;
    EXPECT_EQ(get("/api/v1/locations/harbour%201").body, created.body);
    const Reply replaced = put("harbour%201", R"({"name":"H"})");
    EXPECT_EQ(replaced.status, 200);
    EXPECT_EQ(replaced.member("version"), "2");
    EXPECT_EQ(replaced.member("address"), "null");
    EXPECT_EQ(replaced.member("latitude"), "null");
    put("Harbour%201", R"({"name":"another: ids are as they are written"})");
    EXPECT_EQ(store::as_int(sql->query("select count(distinct location_no) from locations")[0][0]),
              2);
}

TEST_F(LocationsTest, PatchMergesAndNullRemoves) {
    put("a", R"({"name":"A","latitude":1,"longitude":2,"address":"x","time_zone":"UTC"})");
    const Reply patched = patch("a", R"({"address":null,"latitude":90,"longitude":180})");
    EXPECT_TRUE(patched.has(R"("name":"A","address":null,"latitude":90,"longitude":180,)"
                            R"("time_zone":"UTC")"))
        << patched.body;
    EXPECT_EQ(patch("a", R"({"name":null})").member("pointer"), "/name");
    EXPECT_EQ(patch("a", R"({"longitude":null})").member("pointer"), "/longitude");
    EXPECT_EQ(patch("a", R"({"latitude":null,"longitude":null})").member("latitude"), "null");
    EXPECT_EQ(patch("b", "{}").status, 404);
}

TEST_F(LocationsTest, IfMatchGuardsEveryWrite) {
    put("a", R"({"name":"A"})");
    EXPECT_EQ(put("a", R"({"name":"A"})", {"If-Match: \"7.0\""}).status, 412);
    EXPECT_EQ(put("b", R"({"name":"A"})", {"If-Match: \"1.0\""}).status, 404);
    EXPECT_EQ(put("a", R"({"name":"B"})", {"If-None-Match: *"}).status, 412);
    EXPECT_EQ(put("a", R"({"name":"A"})", {"If-Match: \"1.0\""}).status, 200);
    EXPECT_EQ(patch("a", "{}", {"If-Match: \"1.0\""}).status, 412);
    EXPECT_EQ(request("DELETE", "/api/v1/locations/a", "", {"If-Match: \"1.0\""}).status, 412);
    EXPECT_EQ(request("DELETE", "/api/v1/locations/a", "", {"If-Match: \"2.0\""}).status, 204);
    EXPECT_EQ(request("DELETE", "/api/v1/locations/a").status, 404);
    EXPECT_EQ(get("/api/v1/locations/a").status, 404);
}

TEST_F(LocationsTest, BadBodiesAreNamed) {
    const auto pointer = [&](const std::string& members) {
        const Reply reply = put("a", R"({"name":"A",)" + members + "}");
        EXPECT_EQ(reply.status, 400) << members;
        return reply.member("pointer");
    };
    EXPECT_EQ(pointer(R"("latitude":90.1,"longitude":0)"), "/latitude");
    EXPECT_EQ(pointer(R"("latitude":0,"longitude":-180.1)"), "/longitude");
    EXPECT_EQ(pointer(R"("latitude":1e308,"longitude":0)"), "/latitude");
    EXPECT_EQ(pointer(R"("longitude":1)"), "/latitude");
    for (const char* zone : {"Europe Berlin", "/Berlin", "Europe//Berlin", "Europe/", "+1", "a\\n"})
        EXPECT_EQ(pointer(R"("time_zone":")" + std::string{zone} + "\""), "/time_zone") << zone;
    EXPECT_EQ(pointer(R"("version":1)"), "/version");
    EXPECT_EQ(put("a", "{}").status, 400);
    EXPECT_EQ(put("a", R"({"name":""})").status, 400);
    EXPECT_EQ(put("a", R"({"name":"a\nb"})").member("pointer"), "/name");
    EXPECT_EQ(put("a%0Ab", R"({"name":"A"})").member("pointer"), "/id");
    EXPECT_EQ(put(std::string(65, 'a'), R"({"name":"A"})").member("pointer"), "/id");
    EXPECT_EQ(get("/api/v1/locations").body, R"({"data":[],"next_cursor":null})");
    EXPECT_EQ(put("a", R"({"name":"A","time_zone":"America/Argentina/Port-au_P+1"})").status, 201);
}

TEST_F(LocationsTest, ListsPageAndSearch) {
    for (const char* id : {"a", "b", "c"}) put(id, R"({"name":"Depot"})");
    put("d", R"({"name":"Gate_7","address":"100% Quay"})");
    const Reply first = get("/api/v1/locations?limit=3&total=exact");
    EXPECT_TRUE(first.has(R"("id":"c")") && !first.has(R"("id":"d")")) << first.body;
    EXPECT_TRUE(first.has(R"("total":4)"));
    const Reply second = get("/api/v1/locations?limit=3&cursor=" + first.member("next_cursor"));
    EXPECT_TRUE(second.has(R"("id":"d")") && !second.has(R"("id":"c")")) << second.body;
    EXPECT_EQ(second.member("next_cursor"), "null");
    const auto found = [&](const std::string& words, int count) {
        const Reply reply = get("/api/v1/locations?total=exact&q=" + words);
        EXPECT_TRUE(reply.body.ends_with("\"total\":" + std::to_string(count) + "}"))
            << words << " " << reply.body;
        return reply.has(R"("id":"d")");
    };
    EXPECT_TRUE(found("E_7", 1));
    EXPECT_TRUE(found("%25%20quay", 1));
    EXPECT_TRUE(found("%25", 1));
    EXPECT_FALSE(found("dep", 3));
    EXPECT_EQ(get("/api/v1/locations?q=" + std::string(101, 'x')).status, 400);
}

TEST_F(LocationsTest, StationsAreCountedAndKeepTheirLocation) {
    put("a", R"({"name":"A"})");
    put("b", R"({"name":"B"})");
    station_at(1, "CP1", "a");
    station_at(2, "CP2", "a");
    station_at(3, "CP3", "b");
    connect_station(2, "Available");
    EXPECT_TRUE(get("/api/v1/locations/a").has(R"("stations":{"total":2,"online":1})"));
    EXPECT_TRUE(get("/api/v1/locations").has(R"("stations":{"total":1,"online":0})"));
    const Reply refused = request("DELETE", "/api/v1/locations/a");
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.member("code"), "location_in_use");
    EXPECT_TRUE(refused.has("2 stations and 0 tokens")) << refused.body;
    sql->query("update charge_points set archived_at = 5 where station_no = 1");
    EXPECT_EQ(request("DELETE", "/api/v1/locations/a").status, 409);
    sql->query("update charge_points set location_no = null where station_no = 2");
    EXPECT_EQ(request("DELETE", "/api/v1/locations/a").status, 204);
}

TEST_F(LocationsTest, TokensKeepTheirLocation) {
    for (const char* id : {"a", "A", "b", "ab"}) put(id, R"({"name":"A"})");
    request("PUT", "/api/v1/tokens/T", R"({"location_ids":["b","ab"]})");
    EXPECT_EQ(request("DELETE", "/api/v1/locations/b").status, 409);
    EXPECT_TRUE(request("DELETE", "/api/v1/locations/ab").has("0 stations and 1 tokens"));
    EXPECT_EQ(request("DELETE", "/api/v1/locations/a").status, 204);
    request("PUT", "/api/v1/tokens/T", R"({"location_ids":["ab"]})");
    EXPECT_EQ(request("DELETE", "/api/v1/locations/b").status, 204);
}

TEST_F(LocationsTest, ScopesAreOfLocations) {
    add_key("ohk_reader", "reader", "locations:read");
    EXPECT_EQ(request("GET", "/api/v1/locations", "", {}, "ohk_reader").status, 200);
    EXPECT_EQ(request("PUT", "/api/v1/locations/a", R"({"name":"A"})", {}, "ohk_reader").status,
              403);
    EXPECT_EQ(request("GET", "/api/v1/tokens", "", {}, "ohk_reader").status, 403);
}

TEST_F(LocationsTest, AnInstallationMayWantIfMatch) {
    rest.reset();
    settings.require_if_match = true;
    start();
    EXPECT_EQ(put("a", R"({"name":"A"})").status, 201);
    EXPECT_EQ(put("a", R"({"name":"A"})").status, 428);
    EXPECT_EQ(patch("a", "{}").status, 428);
    EXPECT_EQ(request("DELETE", "/api/v1/locations/a").status, 428);
    EXPECT_EQ(put("a", R"({"name":"A"})", {"If-Match: \"1.0\""}).status, 200);
}

}  // namespace
}  // namespace ohm::api::rest
