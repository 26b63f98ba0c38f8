#include "api/rest/test_rest.hpp"

namespace ohm::api::rest {
namespace {

class TokensTest : public RestTest {
protected:
    void SetUp() override {
        RestTest::SetUp();
        start();
    }
    Reply put(const std::string& uid, const std::string& body,
              std::vector<std::string> headers = {}) {
        return request("PUT", "/api/v1/tokens/" + uid, body, std::move(headers));
    }
};

TEST_F(TokensTest, PutCreatesThenReplaces) {
    const Reply created =
        put("DEADBEEF", R"({"type":"ISO14443","group_id":"F1","concurrent_limit":2,)"
                        R"("expires_at":"2030-01-01T00:00:00Z","station_ids":["CP1"]})");
    EXPECT_EQ(created.status, 201) << created.body;
    EXPECT_EQ(created.header("location"), "/api/v1/tokens/DEADBEEF");
    EXPECT_EQ(created.header("etag"), "\"1.0\"");
    EXPECT_EQ(created.member("status"), "Accepted");
    const Reply read = get("/api/v1/tokens/dead%20beef");
    EXPECT_EQ(read.status, 200);
    EXPECT_EQ(read.body, created.body);
    EXPECT_TRUE(read.has(R"("station_ids":["CP1"])")) << read.body;
    const Reply replaced = put("deadbeef", R"({"status":"Blocked"})");
    EXPECT_EQ(replaced.status, 200);
    EXPECT_EQ(replaced.member("version"), "2");
    EXPECT_EQ(replaced.member("group_id"), "null");
    EXPECT_EQ(replaced.member("uid"), "deadbeef");
}

TEST_F(TokensTest, PatchMergesAndNullRemoves) {
    put("A", R"({"group_id":"F1","note":"van","concurrent_limit":1})");
    const Reply patched = request("PATCH", "/api/v1/tokens/a",
                                  R"({"status":"Blocked","note":null,"concurrent_limit":null})",
                                  {"Content-Type: application/merge-patch+json"});
    EXPECT_EQ(patched.status, 200) << patched.body;
    EXPECT_EQ(patched.member("status"), "Blocked");
    EXPECT_EQ(patched.member("note"), "null");
    EXPECT_EQ(patched.member("concurrent_limit"), "null");
    EXPECT_EQ(patched.member("group_id"), "F1");
    EXPECT_EQ(request("PATCH", "/api/v1/tokens/B", "{}").status, 404);
}

TEST_F(TokensTest, IfMatchGuardsEveryWrite) {
    put("A", "{}");
    EXPECT_EQ(put("A", "{}", {"If-Match: \"7.0\""}).status, 412);
    EXPECT_EQ(put("B", "{}", {"If-Match: \"1.0\""}).status, 404);
    EXPECT_EQ(put("A", R"({"note":"x"})", {"If-Match: \"1.0\""}).status, 200);
    EXPECT_EQ(request("PATCH", "/api/v1/tokens/A", "{}", {"If-Match: \"1.0\""}).status, 412);
    EXPECT_EQ(request("DELETE", "/api/v1/tokens/A", "", {"If-Match: \"1.0\""}).status, 412);
    EXPECT_EQ(get("/api/v1/tokens/A", {"If-None-Match: \"2.0\""}).status, 304);
    EXPECT_EQ(request("DELETE", "/api/v1/tokens/A", "", {"If-Match: \"2.0\""}).status, 204);
    EXPECT_EQ(get("/api/v1/tokens/A").status, 404);
    EXPECT_EQ(request("DELETE", "/api/v1/tokens/A").status, 404);
}

TEST_F(TokensTest, IfMatchMayNameSeveralVersions) {
    put("A", "{}");
    EXPECT_EQ(put("A", "{}", {R"(If-Match: "7.0", W/"1.3")"}).status, 412);
    EXPECT_EQ(put("A", "{}", {R"(If-Match: "of-another", "0.2",W/"1.3")"}).status, 200);
    EXPECT_EQ(put("A", "{}", {R"(If-Match: "of-another", ,)"}).status, 412);
}

TEST_F(TokensTest, APutMayAskToMakeAndNotToChange) {
    const std::string only_new = "If-None-Match: *";
    EXPECT_EQ(put("A", R"({"note":"first"})", {only_new}).status, 201);
    const Reply second = put("A", R"({"note":"second"})", {only_new});
    EXPECT_EQ(second.status, 412);
    EXPECT_EQ(second.member("code"), "version_conflict");
    EXPECT_EQ(get("/api/v1/tokens/A").member("note"), "first");
}

TEST_F(TokensTest, BadBodiesAreNamed) {
    EXPECT_EQ(put("A", R"({"status":"Perhaps"})").member("pointer"), "/status");
    EXPECT_EQ(put("A", R"({"uid":"B"})").member("pointer"), "/uid");
    EXPECT_EQ(put("%20", "{}").status, 400);
    EXPECT_EQ(put(std::string(300, 'a'), "{}").status, 400);
    EXPECT_EQ(put("A", R"({"concurrent_limit":-1})").status, 400);
    EXPECT_EQ(put("A", R"({"version":1})").status, 400);
    EXPECT_EQ(put("A", R"({"station_ids":["a\nb"]})").status, 400);
    EXPECT_EQ(get("/api/v1/tokens").body, R"({"data":[],"next_cursor":null})");
}

TEST_F(TokensTest, ListsPageAndFilter) {
    for (const char* uid : {"c1", "C2", "c3"}) put(uid, R"({"group_id":"G"})");
    put("d1", R"({"status":"Blocked","note":"lost at Gate 7"})");
    const Reply first = get("/api/v1/tokens?limit=2&total=exact");
    EXPECT_TRUE(first.has(R"("uid":"c1")") && first.has(R"("uid":"C2")")) << first.body;
    EXPECT_TRUE(first.has(R"("total":4)"));
    const Reply second = get("/api/v1/tokens?limit=2&cursor=" + first.member("next_cursor"));
    EXPECT_TRUE(second.has(R"("uid":"c3")") && second.has(R"("uid":"d1")")) << second.body;
    EXPECT_EQ(second.member("next_cursor"), "null");
    EXPECT_FALSE(get("/api/v1/tokens?status=Blocked").has("c1"));
    EXPECT_FALSE(get("/api/v1/tokens?group_id=G").has("d1"));
    EXPECT_TRUE(get("/api/v1/tokens?q=gate%207").has("d1"));
    EXPECT_EQ(get("/api/v1/tokens?nothing=1").status, 400);
}

TEST_F(TokensTest, ImportTakesJsonAndCsv) {
    put("A", "{}");
    const Reply json = request("POST", "/api/v1/tokens/import",
                               R"({"tokens":[{"uid":"A","note":"n"},{"uid":"B"},{"uid":"b"},)"
                               R"({"uid":"C","status":"x"},{"note":"none"}]})");
    EXPECT_EQ(json.status, 200) << json.body;
    EXPECT_TRUE(json.has(R"("total":5,"created":1,"updated":1,"refused":3)")) << json.body;
    const Reply csv = request("POST", "/api/v1/tokens/import",
                              "uid,status,concurrent_limit\r\nD,Blocked,3\r\nE,,\r\n",
                              {"Content-Type: text/csv"});
    EXPECT_TRUE(csv.has(R"("created":2)")) << csv.body;
    EXPECT_EQ(get("/api/v1/tokens/d").member("concurrent_limit"), "3");
    EXPECT_EQ(get("/api/v1/tokens/e").member("status"), "Accepted");
    EXPECT_EQ(request("POST", "/api/v1/tokens/import", "name\r\nD\r\n", {"Content-Type: text/csv"})
                  .status,
              400);
}

TEST_F(TokensTest, AnImportCanBeTriedFirst) {
    put("A", "{}");
    const Reply tried = request("POST", "/api/v1/tokens/import?dry_run=true",
                                "uid,status\nA,Blocked\nB,\nC,Odd\n", {"Content-Type: text/csv"});
    EXPECT_TRUE(tried.has(R"("dry_run":true,"total":3,"created":1,"updated":1,"refused":1)"))
        << tried.body;
    EXPECT_EQ(get("/api/v1/tokens/A").member("status"), "Accepted");
    EXPECT_EQ(get("/api/v1/tokens/B").status, 404);
}

TEST_F(TokensTest, WhatIsExportedCanBeImported) {
    add_location(1, "depot, north");
    put("-1", R"({"status":"Blocked","note":"a \"b\", c","concurrent_limit":2,"prepaid":true,)"
              R"("station_ids":["CP1","CP 2"],"evses":[{"station_id":"CP3","evse_id":2}],)"
              R"("location_ids":["depot, north"],)"
              R"("language":"de","personal_message":"Guten Tag","master_pass":true})");
    put("B", "{}");
    const Reply before = get("/api/v1/tokens/-1");
    const Reply csv = get("/api/v1/tokens?format=csv");
    EXPECT_EQ(csv.status, 200);
    EXPECT_TRUE(csv.has("uid,type,status")) << csv.body;
    request("DELETE", "/api/v1/tokens/-1");
    request("DELETE", "/api/v1/tokens/B");
    const Reply back =
        request("POST", "/api/v1/tokens/import", csv.body, {"Content-Type: text/csv"});
    EXPECT_TRUE(back.has(R"("created":2,"updated":0,"refused":0)")) << back.body;
    const auto without_times = [](const std::string& body) {
        return body.substr(0, body.find(R"("created_at")"));
    };
    EXPECT_EQ(without_times(get("/api/v1/tokens/-1").body), without_times(before.body));
    EXPECT_EQ(get("/api/v1/tokens?format=csv&limit=1").header("x-next-cursor").empty(), false);
}

TEST_F(TokensTest, PlacesAndWordsAreWrittenAndTakenAway) {
    add_station(1, "CP1");
    put("A", R"({"evses":[{"station_id":"CP1","evse_id":2}],"language":"de","master_pass":true})");
    EXPECT_TRUE(get("/api/v1/tokens/A").has(R"("evses":[{"station_id":"CP1","evse_id":2}])"));
    const auto reason = [&](const std::string& more) {
        return request("POST", "/api/v1/authorize",
                       R"({"token":"A","station_id":"CP1")" + more + "}")
            .member("reason");
    };
    EXPECT_EQ(reason(R"(,"evse_id":1)"), "other_evse");
    EXPECT_EQ(reason(R"(,"evse_id":2)"), "master_pass");
    EXPECT_EQ(reason(R"(,"evse_id":2,"starts":false)"), "known");
    const Reply patched =
        request("PATCH", "/api/v1/tokens/A",
                R"({"evses":null,"language":null,"master_pass":null,"prepaid":true})",
                {"Content-Type: application/merge-patch+json"});
    EXPECT_TRUE(
        patched.has(R"("evses":[],"location_ids":[],"language":null,"personal_message":null,)"
                    R"("master_pass":false,"prepaid":true)"))
        << patched.body;
    EXPECT_EQ(put("A", R"({"evses":[{"station_id":"CP1","evse_id":0}]})").status, 400);
}

TEST_F(TokensTest, LocationsLetIn) {
    add_location(1, "depot");
    add_location(2, "harbour");
    add_station(1, "CP1");
    add_station(2, "CP2");
    sql->query("update charge_points set location_no = 1 where station_no = 1");
    const Reply written = put("A", R"({"location_ids":["depot","harbour"]})");
    EXPECT_EQ(written.status, 201) << written.body;
    EXPECT_TRUE(written.has(R"("location_ids":["depot","harbour"])")) << written.body;
    const auto reason_at = [&](const std::string& station) {
        return request("POST", "/api/v1/authorize",
                       R"({"token":"A","station_id":")" + station + "\"}")
            .member("reason");
    };
    EXPECT_EQ(reason_at("CP1"), "known");
    EXPECT_EQ(reason_at("CP2"), "other_location");
    sql->query("update charge_points set location_no = 2 where station_no = 2");
    EXPECT_EQ(reason_at("CP2"), "known");
    EXPECT_EQ(request("POST", "/api/v1/authorize", R"({"token":"A"})").member("reason"), "known");
    const auto patch = [&](const std::string& body) {
        return request("PATCH", "/api/v1/tokens/A", body,
                       {"Content-Type: application/merge-patch+json"});
    };
    EXPECT_EQ(patch(R"({"location_ids":["depot"]})").status, 200);
    EXPECT_EQ(reason_at("CP2"), "other_location");
    EXPECT_TRUE(patch(R"({"note":"x"})").has(R"("location_ids":["depot"])"));
    EXPECT_TRUE(patch(R"({"location_ids":null})").has(R"("location_ids":[])"));
    EXPECT_EQ(reason_at("CP2"), "known");
}

TEST_F(TokensTest, LocationsThatNobodyWroteAreRefused) {
    add_location(1, "depot");
    const Reply refused = put("A", R"({"location_ids":["depot","Depot"]})");
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.member("pointer"), "/location_ids/1");
    EXPECT_EQ(get("/api/v1/tokens/A").status, 404);
    put("A", "{}");
    EXPECT_EQ(request("PATCH", "/api/v1/tokens/A", R"({"location_ids":["x"]})",
                      {"Content-Type: application/merge-patch+json"})
                  .status,
              400);
    const Reply tried = request(
        "POST", "/api/v1/tokens/import?dry_run=true",
        R"({"tokens":[{"uid":"B","location_ids":["x"]},{"uid":"C","location_ids":["depot"]}]})");
    EXPECT_TRUE(tried.has(R"("created":1,"updated":0,"refused":1)")) << tried.body;
    EXPECT_EQ(tried.member("pointer"), "/location_ids/0");
    sql->query(
        "insert into unknown_tokens (token_key, token, station_no, last_seen_at) values ('u', 'U', "
        "1, 5)");
    EXPECT_EQ(request("POST", "/api/v1/unknown-tokens/u/adopt", R"({"location_ids":["x"]})").status,
              400);
}

TEST_F(TokensTest, AnUnknownTokenIsAdoptedAsItWasShown) {
    add_station(1, "CP1");
    sql->query(
        "insert into unknown_tokens (token_key, token, type, station_no, last_seen_at) values "
        "('x1', 'X1', 'ISO14443', 1, 5)");
    const Reply adopted = request("POST", "/api/v1/unknown-tokens/x1/adopt");
    EXPECT_EQ(adopted.status, 201) << adopted.body;
    EXPECT_EQ(adopted.header("location"), "/api/v1/tokens/X1");
    EXPECT_EQ(adopted.member("uid"), "X1");
    EXPECT_EQ(adopted.member("type"), "ISO14443");
    EXPECT_EQ(adopted.member("status"), "Accepted");
    EXPECT_FALSE(get("/api/v1/unknown-tokens").has("X1"));
    EXPECT_EQ(request("POST", "/api/v1/unknown-tokens/X1/adopt").status, 409);
    EXPECT_EQ(request("POST", "/api/v1/unknown-tokens/nobody/adopt").status, 404);
    sql->query(
        "insert into unknown_tokens (token_key, token, station_no, last_seen_at) values ('x2', "
        "'x2', 1, 5)");
    const Reply blocked =
        request("POST", "/api/v1/unknown-tokens/x2/adopt", R"({"status":"Blocked","note":"lost"})");
    EXPECT_EQ(blocked.member("status"), "Blocked") << blocked.body;
    EXPECT_EQ(blocked.member("type"), "null");
}

TEST_F(TokensTest, ScopesAreOfTokens) {
    add_key("ohk_reader", "reader", "tokens:read");
    EXPECT_EQ(request("GET", "/api/v1/tokens", "", {}, "ohk_reader").status, 200);
    EXPECT_EQ(request("PUT", "/api/v1/tokens/A", "{}", {}, "ohk_reader").status, 403);
    EXPECT_EQ(request("GET", "/api/v1/transactions", "", {}, "ohk_reader").status, 403);
}

TEST_F(TokensTest, AuthorizeSaysWhy) {
    add_station(1, "CP1");
    put("A", R"({"concurrent_limit":1,"group_id":"G","station_ids":["cp1"]})");
    const Reply yes = request("POST", "/api/v1/authorize", R"({"token":"a","station_id":"CP1"})");
    EXPECT_EQ(yes.status, 200) << yes.body;
    EXPECT_TRUE(yes.has(R"("accepted":true,"status":"Accepted","reason":"known","known":true)"));
    EXPECT_EQ(yes.member("group_id"), "G");
    const store::Bytes running{ids.next().bytes()};
    sql->query(
        "insert into transactions (id, station_no, ocpp_version, ocpp_id, state, token_key, "
        "authorization_status, received_at, has_start, has_end, event_count, seq_min, seq_max, "
        "end_seq, decided_by, incomplete, suspect, version, updated_at) values ($1, 1, '1.6', '1', "
        "'active', 'a', 'Accepted', 1, 1, 0, 1, 0, 0, 0, '', 0, 0, 1, 1)",
        {running});
    sql->query("insert into open_transactions (id, station_no, token_key) values ($1, 1, 'a')",
               {running});
    const Reply full = request("POST", "/api/v1/authorize", R"({"token":"A"})");
    EXPECT_EQ(full.member("reason"), "concurrent_limit") << full.body;
    EXPECT_EQ(full.member("active_transactions"), "1");
    EXPECT_EQ(
        request("POST", "/api/v1/authorize", R"({"token":"A","starts":false})").member("accepted"),
        "true");
    EXPECT_EQ(request("POST", "/api/v1/authorize", R"({"token":"Z"})").member("reason"), "unknown");
    EXPECT_EQ(
        request("POST", "/api/v1/authorize", R"({"token":"A","station_id":"nowhere"})").status,
        404);
    EXPECT_TRUE(operations.asked.empty());
}

TEST_F(TokensTest, UnknownTokensAreListedUntilTheyAreKnown) {
    add_station(1, "CP1");
    for (const char* token : {"x1", "x2"})
        sql->query(
            "insert into unknown_tokens (token_key, token, station_no, last_seen_at) values ($1, "
            "$1, 1, 5)",
            {std::string{token}});
    const Reply first = get("/api/v1/unknown-tokens?limit=1");
    EXPECT_TRUE(first.has(R"("token":"x2","type":null,"station_id":"CP1")")) << first.body;
    EXPECT_TRUE(
        get("/api/v1/unknown-tokens?limit=1&cursor=" + first.member("next_cursor")).has("x1"));
    put("X2", "{}");
    EXPECT_FALSE(get("/api/v1/unknown-tokens").has("x2"));
}

}  // namespace
}  // namespace ohm::api::rest
