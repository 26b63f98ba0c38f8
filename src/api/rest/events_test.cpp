// Events and their webhooks over REST.
#include "api/events/outbox.hpp"
#include "api/rest/event_handlers.hpp"
#include "api/rest/test_rest.hpp"
#include "base/limits_events.hpp"

namespace ohm::api::rest {
namespace {

class EventsRest : public RestTest {
protected:
    void SetUp() override {
        RestTest::SetUp();
        settings.outside.webhooks_to_own_network = true;
        start();
    }
    void happen(std::uint32_t partition, std::int64_t n, const std::string& type,
                const std::string& station = "CP1") {
        store::Unit unit;
        unit.add(tables::outbox,
                 {std::int64_t{partition}, n, std::int64_t{1}, std::int64_t{5},
                  "[" + events::make_event({partition}, type, station, 5, R"({"version":1})").json +
                      "]"});
        sql->commit(unit, {});
    }
    Reply post(const std::string& target, const std::string& body) {
        return request("POST", target, body);
    }
    static std::size_t count(const Reply& reply, const std::string& text) {
        std::size_t found = 0;
        for (auto at = reply.body.find(text); at != std::string::npos;
             at = reply.body.find(text, at + 1))
            ++found;
        return found;
    }
};

TEST_F(EventsRest, PagesGoOnFromTheirSequence) {
    for (int n = 1; n <= 5; ++n) happen(2, n, "station.updated");
    const Reply first = get("/api/v1/events?limit=3");
    ASSERT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(count(first, "\"specversion\""), 3u);
    EXPECT_EQ(first.member("next_cursor"), "1.1.4.1");
    const Reply second = get("/api/v1/events?limit=3&after=1.1.4.1");
    EXPECT_EQ(count(second, "\"specversion\""), 2u);
    EXPECT_TRUE(second.has(R"("next_cursor":null,"sequence":"1.1.6.1")")) << second.body;
}

TEST_F(EventsRest, TypesAndStationChoose) {
    happen(0, 1, "station.updated");
    happen(0, 2, "station.booted");
    happen(1, 1, "station.booted", "CP2");
    EXPECT_EQ(count(get("/api/v1/events?types=station.booted"), "\"specversion\""), 2u);
    EXPECT_EQ(count(get("/api/v1/events?station=cp2"), "\"specversion\""), 1u);
    EXPECT_EQ(count(get("/api/v1/events?station_id=cp2"), "\"specversion\""), 1u);
    EXPECT_EQ(get("/api/v1/events?station_id=cp2&station=cp2").status, 400);
    const std::string next = get("/api/v1/events?limit=2").member("next_cursor");
    EXPECT_EQ(count(get("/api/v1/events?cursor=" + next), "\"specversion\""), 1u);
    // As they were called first: stored, or named by somebody who knows them so.
    happen(3, 1, "connector.status.changed");
    const Reply old = get("/api/v1/events?types=connector.status.changed");
    EXPECT_EQ(count(old, R"("type":"connector.status_changed")"), 1u) << old.body;
    EXPECT_EQ(get("/api/v1/events?types=station.exploded").status, 400);
    EXPECT_EQ(get("/api/v1/events?after=nonsense!").status, 400);
    EXPECT_EQ(get("/api/v1/events?after=1.1").status, 400);
}

TEST_F(EventsRest, APlaceThatIsNotKeptIsGone) {
    happen(0, 4, "station.updated");
    EXPECT_EQ(get("/api/v1/events?after=4.1.1.1").status, 200);
    EXPECT_EQ(get("/api/v1/events?after=3.1.1.1").status, 410);
    EXPECT_EQ(get("/api/v1/events?after=6.1.1.1").status, 410);
    EXPECT_EQ(get("/api/v1/events/stream?after=3.1.1.1").status, 410);
}

TEST_F(EventsRest, NeedsItsScope) {
    add_key("ohk_reads", "reads", "stations:read");
    const auto asked = [&](const std::string& path) {
        return send("GET " + path +
                    " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ohk_reads\r\n"
                    "Connection: close\r\n\r\n")
            .status;
    };
    EXPECT_EQ(asked("/api/v1/events"), 403);
    EXPECT_EQ(asked("/api/v1/events/stream"), 403);
    EXPECT_EQ(asked("/api/v1/event-types"), 200);
}

TEST_F(EventsRest, ATicketIsItsCallerOnceAndForFollowingAlone) {
    happen(0, 4, "station.updated");
    add_key("ohk_reads", "reads", "stations:read");
    const std::string gone = "/api/v1/events/stream?after=3.1.1.1&ticket=";  // 410 for who may ask
    const auto ticket_of = [&](std::string_view key_of) {
        const Reply made = request("POST", "/api/v1/events/tickets", "", {}, key_of);
        EXPECT_EQ(made.status, 201) << made.body;
        EXPECT_TRUE(made.member("ticket").starts_with("oht_"));
        return made.member("ticket");
    };
    const auto asked = [&](const std::string& target) {
        return request("GET", target, "", {}, "").status;
    };
    const std::string ticket = ticket_of(key);
    EXPECT_EQ(asked("/api/v1/events?ticket=" + ticket), 401);  // not for reading
    EXPECT_EQ(asked(gone + ticket), 410);
    EXPECT_EQ(asked(gone + ticket), 401);
    EXPECT_EQ(asked(gone + "oht_" + std::string(64, '0')), 401);
    EXPECT_EQ(asked(gone), 401);
    EXPECT_EQ(asked(gone + ticket_of("ohk_reads")), 403);
    const std::string of_revoked = ticket_of("ohk_reads");
    sql->query("update api_keys set revoked_at = 1 where name = 'reads'");
    rest.reset();  // whose keys are a copy of some seconds
    start();
    EXPECT_EQ(asked(gone + of_revoked), 401);
    EXPECT_EQ(request("POST", "/api/v1/events/tickets", "", {}, "").status, 401);
    EXPECT_EQ(store::as_int(sql->query("select count(*) from event_tickets").at(0).at(0)), 0);
}

TEST_F(EventsRest, AnOldTicketIsWorthNothingAndTheyAreBounded) {
    happen(0, 4, "station.updated");
    const std::string ticket = post("/api/v1/events/tickets", "").member("ticket");
    sql->query("update event_tickets set expires_at = 1");
    const std::string gone = "/api/v1/events/stream?after=3.1.1.1&ticket=";
    EXPECT_EQ(request("GET", gone + ticket, "", {}, "").status, 401);
    for (std::size_t i = 0; i < limits::event_tickets; ++i)
        sql->query("insert into event_tickets (digest, credential, expires_at) values ($1, $2, $3)",
                   {store::Bytes{ids.next().bytes()}, store::Bytes{"c"},
                    micros(clock.utc() + seconds{60})});
    const Reply full = post("/api/v1/events/tickets", "");
    EXPECT_EQ(full.status, 503);
    EXPECT_EQ(full.member("code"), "overloaded") << full.body;
    sql->query("update event_tickets set expires_at = 1");
    EXPECT_EQ(post("/api/v1/events/tickets", "").status, 201);  // those nobody used are gone
}

TEST_F(EventsRest, AWebSocketTakesATicket) {
    const std::string ticket = post("/api/v1/events/tickets", "").member("ticket");
    const auto upgrade = [&](const std::string& target) {
        return send("GET " + target +
                    " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                    "dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    };
    // What is wrong with the request is said only to who may ask.
    const std::string target = "/api/v1/events/ws?types=station.exploded&ticket=" + ticket;
    EXPECT_TRUE(upgrade(target).has("validation_failed"));
    EXPECT_TRUE(upgrade(target).has("unauthorized"));
}

TEST_F(EventsRest, IsDescribed) {
    const Reply types = get("/api/v1/event-types");
    EXPECT_TRUE(types.has(R"("type":"transaction.started")"));
    EXPECT_TRUE(wire::minify(asyncapi_document("1")));
    EXPECT_EQ(get("/api/v1/events/ws").status, 426);
}

TEST_F(EventsRest, AWebhooksLife) {
    const Reply made =
        post("/api/v1/webhooks", R"({"url":"http://127.0.0.1:8080/x","types":["station.*"]})");
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.member("secret").substr(0, 6), "whsec_");
    const std::string path = "/api/v1/webhooks/" + made.member("id");
    EXPECT_TRUE(get(path).has(R"("secret":null)"));
    const Reply rotated = post(path + "/rotate-secret", "{}");
    EXPECT_EQ(rotated.status, 200) << rotated.body;
    EXPECT_NE(rotated.member("secret"), made.member("secret"));
    const Reply ping = post(path + "/ping", "");
    EXPECT_EQ(ping.status, 202) << ping.body;
    const Reply list = get(path + "/deliveries");
    EXPECT_TRUE(list.has(R"("type":"webhook.ping")")) << list.body;
    EXPECT_EQ(post(path + "/deliveries/" + ping.member("id") + "/redeliver", "").status, 202);
    EXPECT_EQ(post(path + "/deliveries/0-77/redeliver", "").status, 404);
    EXPECT_EQ(count(get("/api/v1/webhooks"), "\"url\""), 1u);
}

TEST_F(EventsRest, AWebhookIsMadeByWhoMaySeeWhatItIsTold) {
    add_key("ohk_hooks", "hooks", "webhooks:read webhooks:write events:subscribe");
    add_key("ohk_more", "more", "webhooks:write events:subscribe tokens:read");
    const std::string body = R"({"url":"http://127.0.0.1:8080/x"})";
    const auto asked = [&](const std::string& method, const std::string& path,
                           const std::string& text, std::string_view token) {
        return request(method, path, text, {}, token);
    };
    const Reply no = asked("POST", "/api/v1/webhooks", body, "ohk_hooks");
    EXPECT_EQ(no.status, 403);
    EXPECT_EQ(no.member("scope"), "tokens:read") << no.body;
    const Reply made = asked("POST", "/api/v1/webhooks", body, "ohk_more");
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string path = "/api/v1/webhooks/" + made.member("id");
    EXPECT_EQ(asked("PATCH", path, R"({"url":"http://127.0.0.1:9/"})", "ohk_hooks").status, 403);
    EXPECT_EQ(asked("POST", path + "/rotate-secret", "{}", "ohk_hooks").status, 403);
    EXPECT_EQ(asked("PATCH", path, R"({"state":"paused"})", "ohk_more").status, 200);
}

TEST_F(EventsRest, AWebhookThatChangedMeanwhileIsLeftAsItIs) {
    rest.reset();
    settings.require_if_match = true;
    start();
    const Reply made = post("/api/v1/webhooks", R"({"url":"http://127.0.0.1:8080/x"})");
    const std::string path = "/api/v1/webhooks/" + made.member("id");
    const std::string paused = R"({"state":"paused"})";
    EXPECT_EQ(request("PATCH", path, paused).status, 428);
    EXPECT_EQ(request("PATCH", path, paused, {"If-Match: \"7.0\""}).status, 412);
    EXPECT_EQ(request("PATCH", path, paused, {"If-Match: " + made.header("etag")}).status, 200);
    EXPECT_EQ(request("DELETE", path).status, 428);
    EXPECT_EQ(request("DELETE", path, "", {"If-Match: " + made.header("etag")}).status, 412);
    EXPECT_EQ(request("DELETE", path, "", {"If-Match: *"}).status, 204);
}

TEST_F(EventsRest, WebhooksAreBounded) {
    for (std::size_t i = 0; i < limits::webhooks; ++i)
        sql->query(
            "insert into webhooks (id, url, types, secret, state, cursor, version, created_at, "
            "updated_at) values ($1, 'http://127.0.0.1:8080/x', '', '', 'paused', '', 1, 1, 1)",
            {store::Bytes{ids.next().bytes()}});
    const Reply reply = post("/api/v1/webhooks", R"({"url":"http://127.0.0.1:8080/x"})");
    EXPECT_EQ(reply.status, 409);
    EXPECT_EQ(reply.member("code"), "limit_reached") << reply.body;
}

TEST_F(EventsRest, AWebhookMayNotBeJustAnything) {
    EXPECT_EQ(post("/api/v1/webhooks", R"({"url":"file:///etc/passwd"})").status, 400);
    EXPECT_EQ(post("/api/v1/webhooks", R"({"url":"http://169.254.169.254/"})").status, 400);
    EXPECT_EQ(post("/api/v1/webhooks", R"({"url":"https://e.example","types":["nothing"]})").status,
              400);
    EXPECT_EQ(post("/api/v1/webhooks", R"({"url":"https://e.example","secret":"short"})").status,
              400);
    EXPECT_EQ(get("/api/v1/webhooks/whk_01KDVNM5G00000000000000000").status, 404);
}

}  // namespace
}  // namespace ohm::api::rest
