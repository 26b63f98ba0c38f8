#include <set>

#include "api/rest/station_rows.hpp"
#include "api/rest/test_rest.hpp"
#include "api/statistics/figures.hpp"
#include "domain/station.hpp"

namespace ohm::api::rest {
namespace {

class Stations : public RestTest {
protected:
    // Follows next_cursor to the end; what each page showed, in order.
    std::vector<std::string> all_ids(const std::string& query,
                                     const std::function<void(std::size_t)>& between = {}) {
        std::vector<std::string> ids_seen;
        std::string cursor;
        for (std::size_t page = 0; page < 200; ++page) {
            const Reply reply = get("/api/v1/stations?fields=id&" + query +
                                    (cursor.empty() ? "" : "&cursor=" + cursor));
            EXPECT_EQ(reply.status, 200) << reply.body;
            for (auto at = reply.body.find("{\"id\":\""); at != std::string::npos;
                 at = reply.body.find("{\"id\":\"", at + 1))
                ids_seen.push_back(
                    reply.body.substr(at + 7, reply.body.find('"', at + 7) - at - 7));
            cursor = reply.member("next_cursor");
            if (cursor == "null") return ids_seen;
            EXPECT_NE(reply.header("link").find("cursor=" + cursor + ">; rel=\"next\""),
                      std::string::npos);
            if (between) between(page);
        }
        ADD_FAILURE() << "no end of pages";
        return ids_seen;
    }
    std::set<std::string> ids_of(const std::string& query) {
        const auto list = all_ids(query);
        return {list.begin(), list.end()};
    }
};

// ---- one station ----

TEST_F(Stations, IsFoundInAnySpellingAndShownAsItWasWritten) {
    add_station(1, "Straße/1");
    start();
    const Reply reply = get("/api/v1/stations/STRASSE%2F1");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.member("id"), "Straße/1");
    EXPECT_EQ(reply.member("connectivity"), "offline");
    EXPECT_EQ(reply.member("status"), "Unavailable");
    EXPECT_EQ(reply.member("reported_status"), "null");
    EXPECT_EQ(reply.member("created_at"), "1970-01-01T00:00:00.001Z");
    EXPECT_EQ(get("/api/v1/stations/other").status, 404);
}

TEST_F(Stations, ShowsConnectionStatusAndConnectors) {
    add_station(1, "CP1");
    connect_station(1, "Faulted");
    sql->query("insert into evses (station_no, evse) values (1, 1), (1, 2)");
    sql->query(
        "insert into connectors (station_no, evse, connector, status) values "
        "(1, 1, 1, 'Available'), (1, 1, 2, 'Charging')");
    start();
    const Reply reply = get("/api/v1/stations/cp1");
    EXPECT_EQ(reply.member("status"), "Faulted");
    EXPECT_EQ(reply.member("worker"), "w1");
    EXPECT_EQ(reply.member("tls"), "true");
    EXPECT_NE(reply.member("security_profile_note"), "null") << "profile 1 by TLS";
    EXPECT_TRUE(
        reply.has(R"({"id":1,"status":"Charging","connectors":[{"id":1,"status":"Available")"))
        << reply.body;
    EXPECT_TRUE(reply.has(R"({"id":2,"status":"Unknown","connectors":[]})")) << reply.body;
    const Reply status = get("/api/v1/stations/CP1/status");
    EXPECT_EQ(status.member("status"), "Faulted");
    EXPECT_TRUE(status.has(R"("connectors":[{"id":1)"));
    const Reply connection = get("/api/v1/stations/CP1/connection");
    EXPECT_EQ(connection.member("connectivity"), "online");
    EXPECT_EQ(connection.member("epoch"), "3");
}

TEST_F(Stations, AResetPermittedTakesAllConnectorsWithIt) {
    add_station(1, "CP1");
    connect_station(1, "Available");
    sql->query(
        "insert into connectors (station_no, evse, connector, status) values "
        "(1, 1, 1, 'Charging')");
    sql->query("update station_state set override_status = 'Unavailable', override_since_at = 7");
    start();
    const Reply reply = get("/api/v1/stations/CP1");
    EXPECT_TRUE(reply.has(R"("override":{"status":"Unavailable","since":"1970)")) << reply.body;
    EXPECT_EQ(reply.member("reported_status"), "Available");
    EXPECT_TRUE(reply.has(
        R"({"id":1,"status":"Unavailable","connectors":[{"id":1,"status":"Unavailable","reported_status":"Charging")"))
        << reply.body;
}

TEST_F(Stations, ProfileZeroIsWarnedOf) {
    add_station(1, "CP1");
    sql->query("update charge_points set security_profile = 0, password_hash = 'x'");
    start();
    const Reply reply = get("/api/v1/stations/CP1/credentials");
    EXPECT_EQ(reply.member("security_profile_note"), "accepts anyone who knows the identity");
    EXPECT_EQ(reply.member("has_password"), "true");
    EXPECT_FALSE(reply.has("\"x\"")) << "no hash is shown";
}

TEST_F(Stations, HostileTextIsShownVerbatimAsJson) {
    const std::string hostile = "\"><script>alert(1)</script>\r\n\x1B[31m\xE2\x80\xA8';--%_\\";
    add_station(1, "CP1");
    sql->query(
        "update charge_points set name = $1, vendor = $1, model = $1, serial_number = $1, "
        "firmware_version = $1, note = $1, labels = $1",
        {hostile});
    sql->query("update station_state set reported_info = $1, reported_status = $1", {hostile});
    start();
    std::string as_json;
    append_json_string(as_json, hostile);
    const Reply reply = get("/api/v1/stations/CP1");
    EXPECT_EQ(reply.status, 200);
    for (const char* member : {"name", "vendor", "model", "serial_number", "firmware_version",
                               "note", "labels", "info", "reported_status"})
        EXPECT_TRUE(reply.has("\"" + std::string{member} + "\":" + as_json)) << member;
    EXPECT_EQ(get("/api/v1/stations?q=" + percent_encode(hostile)).status, 200);
    EXPECT_EQ(get("/api/v1/stations?vendor=" + percent_encode(hostile)).member("id"), "CP1");
    EXPECT_EQ(get("/api/v1/stations/" + percent_encode(hostile)).status, 404);
    EXPECT_EQ(get("/api/v1/stations?status=" + percent_encode(hostile)).status, 200);
}

// ---- conditions ----

TEST_F(Stations, EtagsHoldConfigurationAndState) {
    add_station(1, "CP1");
    connect_station(1, "Available");
    start();
    EXPECT_EQ(get("/api/v1/stations/CP1").header("etag"), "\"1.4\"");
    const Reply same = get("/api/v1/stations/CP1", {"If-None-Match: \"0.1\", W/\"1.4\""});
    EXPECT_EQ(same.status, 304);
    EXPECT_EQ(same.header("etag"), "\"1.4\"");
    EXPECT_EQ(get("/api/v1/stations/CP1", {"If-None-Match: \"1.3\""}).status, 200);
}

TEST_F(Stations, IfMatchHandsOnItsFirstPartOnly) {
    add_station(1, "CP1");
    start();
    operations.answer_to = [](const bus::OperatorBody& body) {
        if (body.if_match == "1")
            return OperationAnswer{200,
                                   R"({"station_no":1,"id":"CP1","password":"","replayed":false})"};
        return OperationAnswer{412,
                               R"({"code":"version_conflict","detail":"changed","pointer":""})"};
    };
    const auto patch = [&](const std::string& tag) {
        return request("PATCH", "/api/v1/stations/CP1", R"({"name":null})", {"If-Match: " + tag});
    };
    EXPECT_EQ(patch("\"1.99\"").status, 200);
    EXPECT_EQ(operations.asked.back().parameters, R"({"name":null})") << "null is handed on";
    const Reply conflict = patch("\"2.4\"");
    EXPECT_EQ(conflict.status, 412);
    EXPECT_EQ(conflict.member("code"), "version_conflict");
    EXPECT_EQ(patch("\"garbage\"").status, 412);
    EXPECT_EQ(operations.asked.size(), 2u);
}

TEST_F(Stations, IfMatchMayBeRequired) {
    settings.require_if_match = true;
    add_station(1, "CP1");
    start();
    const Reply reply = request("DELETE", "/api/v1/stations/CP1");
    EXPECT_EQ(reply.status, 428);
    EXPECT_EQ(reply.member("code"), "precondition_required");
    EXPECT_EQ(request("DELETE", "/api/v1/stations/CP1", "", {"If-Match: *"}).status, 204);
}

// ---- writes ----

TEST_F(Stations, CreateAnswersWithLocationAndThePasswordOnce) {
    add_station(1, "a b");
    start();
    operations.answer_to = [](const bus::OperatorBody&) {
        return OperationAnswer{
            201, R"({"station_no":1,"id":"a b","password":"shown-once","replayed":true})"};
    };
    const Reply reply =
        request("POST", "/api/v1/stations", R"({"id":"a b","name":"x"})", {"Idempotency-Key: k1"});
    EXPECT_EQ(reply.status, 201) << reply.body;
    EXPECT_EQ(reply.header("location"), "/api/v1/stations/a%20b");
    EXPECT_EQ(reply.header("idempotency-replayed"), "true");
    EXPECT_EQ(reply.member("password"), "shown-once");
    const bus::OperatorBody& asked = operations.asked.back();
    EXPECT_EQ(asked.operation, "create_station");
    EXPECT_EQ(asked.id, "a b");
    EXPECT_EQ(asked.requested_by, "key:ops");
    EXPECT_EQ(asked.idempotency_key, "key:ops k1");
    EXPECT_EQ(asked.fingerprint.size(), 32u);
    EXPECT_GT(asked.deadline_at, micros(clock.utc()));
    request("POST", "/api/v1/stations", R"({"id":"a b","name":"y"})", {"Idempotency-Key: k1"});
    EXPECT_NE(operations.asked[0].fingerprint, operations.asked[1].fingerprint);
}

TEST_F(Stations, RefusalsOfTheOwnerBecomeProblems) {
    start();
    operations.answer_to = [](const bus::OperatorBody&) {
        return OperationAnswer{
            409, R"({"code":"already_exists","detail":"a \"station\"","pointer":"/id"})"};
    };
    const Reply reply = request("POST", "/api/v1/stations", R"({"id":"A"})");
    EXPECT_EQ(reply.status, 409);
    EXPECT_EQ(reply.member("code"), "already_exists");
    EXPECT_EQ(reply.member("pointer"), "/id");
    operations.answer_to = [](const bus::OperatorBody&) { return OperationAnswer{503, ""}; };
    const Reply away = request("POST", "/api/v1/stations", R"({"id":"A"})");
    EXPECT_EQ(away.status, 503);
    EXPECT_EQ(away.member("code"), "queue_unavailable");
    EXPECT_EQ(away.header("retry-after"), "2");
}

TEST_F(Stations, DeleteCredentialsConnectionAndLogLevel) {
    add_station(1, "CP1");
    start();
    EXPECT_EQ(request("DELETE", "/api/v1/stations/CP1").status, 204);
    EXPECT_EQ(operations.asked.back().operation, "delete_station");
    EXPECT_EQ(request("DELETE", "/api/v1/stations/CP1/connection").status, 202);
    EXPECT_EQ(operations.asked.back().operation, "disconnect_station");
    EXPECT_EQ(request("PUT", "/api/v1/stations/CP1/message-log-level", R"({"level":"off"})").status,
              200);
    EXPECT_EQ(operations.asked.back().parameters, R"({"message_log_level":"off"})");
    EXPECT_EQ(get("/api/v1/stations/CP1/message-log-level").body,
              R"({"level":null,"effective":"all"})");
    operations.answer_to = [](const bus::OperatorBody&) {
        return OperationAnswer{200,
                               R"({"station_no":1,"id":"CP1","password":"new","replayed":false})"};
    };
    const Reply rotated = request("POST", "/api/v1/stations/CP1/credentials/rotate");
    EXPECT_EQ(rotated.member("password"), "new");
    EXPECT_EQ(operations.asked.back().parameters, "{}");
    EXPECT_EQ(
        request("PUT", "/api/v1/stations/CP1/credentials", R"({"security_profile":2})").status,
        200);
    EXPECT_EQ(operations.asked.back().parameters, R"({"security_profile":2})");
}

// ---- lists ----

TEST_F(Stations, PagesOfAThousandSkipAndRepeatNothingWhileRowsComeIn) {
    sql->query("begin");
    for (std::int64_t n = 1; n <= 1000; ++n)
        add_station(n, "S" + std::to_string(10'000 + n), n / 7);
    sql->query("commit");
    start();
    for (const char* sort : {"id", "-id", "created_at", "-created_at"}) {
        std::int64_t fresh = 2000;
        const auto seen = all_ids(std::string{"limit=37&sort="} + sort, [&](std::size_t page) {
            const std::int64_t n = fresh++;
            add_station(n, "S" + std::to_string(10'000 + (page * 53) % 1000) + "x", 1);
        });
        std::set<std::string> unique(seen.begin(), seen.end());
        EXPECT_EQ(unique.size(), seen.size()) << sort << ": a station came twice";
        for (std::int64_t n = 1; n <= 1000; ++n)
            EXPECT_TRUE(unique.contains("S" + std::to_string(10'000 + n))) << sort;
        const bool by_id = std::string_view{sort} == "id";
        EXPECT_TRUE(!by_id || std::is_sorted(seen.begin(), seen.end())) << sort;
        sql->query("delete from charge_points where station_no >= 2000");
        sql->query("delete from station_state where station_no >= 2000");
    }
    EXPECT_TRUE(get("/api/v1/stations?limit=1&total=exact").has("\"total\":1000"));
    const Reply first = get("/api/v1/stations?limit=2");
    EXPECT_EQ(get("/api/v1/stations?sort=-id&cursor=" + first.member("next_cursor")).status, 400)
        << "a cursor of another order";
}

TEST_F(Stations, FiltersAreWhatTheySay) {
    add_station(1, "A1", 10);
    add_station(2, "A_2", 20);
    add_station(3, "b3", 30);
    add_station(4, "gone", 40);
    connect_station(1, "Faulted");
    connect_station(2, "Available");
    sql->query(
        "update station_state set worker = 'w2', override_status = 'Unavailable' "
        "where station_no = 2");
    sql->query(
        "update charge_points set vendor = 'Ace', model = 'M%1', firmware_version = '1.2', "
        "security_profile = 2, name = 'Gate' where station_no = 1");
    sql->query(
        "insert into locations (location_no, id, name, created_at, updated_at) "
        "values (5, 'loc', 'Here', 1, 1)");
    sql->query("update charge_points set location_no = 5 where station_no = 3");
    sql->query("update charge_points set archived_at = 50 where station_no = 4");
    start();
    using Set = std::set<std::string>;
    EXPECT_EQ(ids_of(""), (Set{"A1", "A_2", "b3"}));
    EXPECT_EQ(ids_of("archived=true"), (Set{"gone"}));
    EXPECT_EQ(ids_of("connectivity=online"), (Set{"A1", "A_2"}));
    EXPECT_EQ(ids_of("connectivity=offline"), (Set{"b3"}));
    EXPECT_EQ(ids_of("status=Faulted"), (Set{"A1"}));
    EXPECT_EQ(ids_of("status=Unavailable"), (Set{"A_2", "b3"}));
    EXPECT_EQ(ids_of("status=Faulted,Unavailable"), (Set{"A1", "A_2", "b3"}));
    EXPECT_EQ(ids_of("q=a_"), (Set{"A_2"})) << "an underscore is itself";
    EXPECT_EQ(ids_of("q=gAtE"), (Set{"A1"}));
    EXPECT_EQ(ids_of("q=m%251"), (Set{"A1"}));
    EXPECT_EQ(ids_of("q=%25"), (Set{"A1"})) << "a percent sign is itself";
    EXPECT_EQ(ids_of("vendor=Ace&model=M%251&firmware_version=1.2&security_profile=2"),
              (Set{"A1"}));
    EXPECT_EQ(ids_of("location_id=loc"), (Set{"b3"}));
    EXPECT_EQ(ids_of("worker=w2"), (Set{"A_2"}));
    EXPECT_EQ(ids_of("ocpp_version=1.6"), (Set{"A1", "A_2"}));
    EXPECT_EQ(ids_of("updated_since=1970-01-01T00:00:01Z"), (Set{"A1", "A_2"}))
        << "connected later";
}

TEST_F(Stations, SilentOnesAndThoseWithASession) {
    const std::int64_t now = micros(clock.utc());
    add_station(1, "heard");
    add_station(2, "quiet");
    add_station(3, "never");
    add_station(4, "new", now);
    connect_station(2, "Available");
    sql->query("update station_state set last_seen_at = $1 where station_no = 1", {now});
    sql->query("update station_state set last_seen_at = $1 where station_no = 2",
               {now - Micros{minutes{61}}.count()});
    for (const std::int64_t station : {1, 1, 3})
        sql->query("insert into open_transactions (id, station_no) values ($1, $2)",
                   {store::Bytes{ids.next().bytes()}, station});
    start();
    using Set = std::set<std::string>;
    EXPECT_EQ(ids_of("silent_min=60"), (Set{"quiet", "never"}));
    EXPECT_EQ(ids_of("silent_min=62"), (Set{"never"}));
    EXPECT_EQ(ids_of("silent_min=60&connectivity=online"), (Set{"quiet"}));
    EXPECT_EQ(ids_of("has_active_session=true"), (Set{"heard", "never"}));
    EXPECT_EQ(ids_of("has_active_session=false"), (Set{"quiet", "new"}));
    EXPECT_EQ(ids_of("has_active_session=true&silent_min=10"), (Set{"never"}));
    EXPECT_TRUE(get("/api/v1/stations?silent_min=60&total=exact").has("\"total\":2"));
    EXPECT_EQ(get("/api/v1/stations?silent_min=5").status, 400);
    EXPECT_EQ(get("/api/v1/stations?has_active_session=maybe").status, 400);
}

TEST_F(Stations, ManySilentOnesAreFoundWhereverTheyStand) {
    // More than are named one by one, S10001 to S23000.
    sql->query(
        "insert into charge_points (station_no, id, id_key, partition_no, security_profile, "
        "version, created_at, updated_at) with recursive n(i) as (select 10001 union all select "
        "i + 1 from n where i < 23000) select i, 'S' || i, 's' || i, 0, 1, 1, 1, 1 from n");
    sql->query(
        "insert into station_state (station_no, version) select station_no, 0 from "
        "charge_points");
    start();
    const auto hear = [&](const std::string& which) {
        sql->query("update station_state set last_seen_at = null");
        sql->query("update station_state set last_seen_at = $1 where station_no " + which,
                   {micros(clock.utc())});
        return get("/api/v1/stations?silent_min=10&total=exact&limit=1");
    };
    const Reply dense = hear("> 22990");
    EXPECT_TRUE(dense.has("\"total\":12990")) << dense.body;
    EXPECT_EQ(dense.member("id"), "S10001");
    const Reply late = hear("<= 12500");
    EXPECT_TRUE(late.has("\"total\":10500")) << late.body;
    EXPECT_EQ(late.member("id"), "S12501");
    const Reply few = hear("<= 22998");
    EXPECT_TRUE(few.has("\"total\":2")) << few.body;
    EXPECT_EQ(few.member("id"), "S22999");
}

TEST_F(Stations, ExpandCountsUptimeAndOpenAlertsOfAPage) {
    constexpr std::int64_t hour = 3'600'000'000;
    const std::int64_t now = micros(clock.utc()), today = now / (24 * hour);
    add_station(1, "A");
    add_station(2, "B");
    const auto add_day = [&](std::int64_t station, std::int64_t day, std::int64_t up,
                             std::int64_t unknown) {
        std::string names, zeros;
        for (const std::string_view name : statistics::figure_names) {
            (names += ", ") += name;
            zeros += name == "available_us" ? ", $3" : name == "unknown_us" ? ", $4" : ", 0";
        }
        sql->query("insert into statistics_days (station_no, evse, connector, day" + names +
                       ") values ($1, 1, 1, $2" + zeros + ")",
                   {station, day, up, unknown});
    };
    add_day(1, today - 2, 18 * hour, 6 * hour);
    add_day(1, today - 60, 0, 24 * hour);  // long ago
    const auto add_alert = [&](std::int64_t station, const std::string& subject, bool closed) {
        sql->query(
            "insert into alerts (id, rule_id, kind, severity, subject, station_no, state, "
            "occurrences, since_at, last_at, opened_at, closed_at, version, updated_at) values "
            "($1, 'r', 'station_offline', 'warning', $2, $3, 'open', 1, 1, 1, 1, $4, 1, 1)",
            {store::Bytes{ids.next().bytes()}, subject, station,
             closed ? store::Value{std::int64_t{2}} : store::Value{store::Null{}}});
    };
    add_alert(1, "a", false);
    add_alert(1, "b", false);
    add_alert(1, "c", true);
    add_key("ohk_look", "look", "stations:read");
    start();
    const std::string path =
        "/api/v1/stations?expand=uptime,alerts&fields=id,uptime_percent,"
        "open_alerts";
    EXPECT_TRUE(get(path).has(R"({"id":"A","uptime_percent":75,"open_alerts":2})"))
        << get(path).body;
    EXPECT_TRUE(get(path).has(R"({"id":"B","uptime_percent":null,"open_alerts":0})"));
    // What it does since then counts as well: 12 hours without a connection.
    sql->query(
        "insert into statistics_connectors (station_no, evse, connector, partition_no, status, "
        "error_code, is_online, is_charging, since_at) values (1, 1, 1, 0, 'Available', '', 0, 0, "
        "$1)",
        {now - 12 * hour});
    EXPECT_EQ(get(path).member("uptime_percent").substr(0, 2), "50") << get(path).body;
    EXPECT_TRUE(get("/api/v1/stations?fields=id,open_alerts").has(R"("open_alerts":null)"));
    EXPECT_EQ(request("GET", path, "", {}, "ohk_look").member("scope"), "alerts:read");
}

TEST_F(Stations, TheShownStatusInSqlIsTheOneOfTheDomain) {
    std::int64_t number = 1;
    for (const bool online : {false, true})
        for (const char* override_status : {"", "Unavailable"})
            for (const char* reported : {"", "Available", "Faulted"}) {
                add_station(number, "S" + std::to_string(number));
                if (online) connect_station(number, reported);
                sql->query(
                    "update station_state set reported_status = nullif($2, ''), "
                    "override_status = nullif($3, '') where station_no = $1",
                    {number, std::string{reported}, std::string{override_status}});
                const auto rows = sql->query("select " + std::string{shown_status_sql} +
                                                 " from station_state s where s.station_no = $1",
                                             {number});
                EXPECT_EQ(store::as_text(rows.at(0).at(0)),
                          domain::shown_status(online, override_status, reported));
                ++number;
            }
}

TEST_F(Stations, PutSaysEveryMemberAndNullForWhatIsAbsent) {
    add_station(1, "CP1");
    start();
    const Reply reply =
        request("PUT", "/api/v1/stations/CP1",
                R"({"id":"cp1","name":"Gate","labels":{"floor":"2"}})", {"If-Match: \"7.1\""});
    EXPECT_EQ(reply.status, 200) << reply.body;
    ASSERT_EQ(operations.asked.size(), 1u);
    EXPECT_EQ(operations.asked[0].operation, operation::patch_station);
    EXPECT_EQ(operations.asked[0].if_match, "7");
    EXPECT_EQ(operations.asked[0].parameters,
              R"({"name":"Gate","location_id":null,"default_ocpp_version":null,"strictness":null,)"
              R"("message_log_level":null,"call_timeout_s":null,"ping_interval_s":null,)"
              R"("labels":{"floor":"2"},"note":null,"boot_decision":null,)"
              R"("boot_retry_interval_s":null,"compatibility":null})");
    request("PUT", "/api/v1/stations/CP1", R"({"security_profile":2})");
    EXPECT_TRUE(operations.asked.back().parameters.starts_with(R"({"security_profile":2,)"));
    for (const char* body : {R"({"id":"CP2"})", R"({"version":1})", R"({"password":"x"})", "[]"})
        EXPECT_EQ(request("PUT", "/api/v1/stations/CP1", body).status, 400) << body;
    EXPECT_EQ(operations.asked.size(), 2u);
}

TEST_F(Stations, ExpandShowsWhereTheyAre) {
    add_location(5, "garage");
    add_station(1, "A");
    add_station(2, "B");
    sql->query("update charge_points set location_no = 5 where station_no = 1");
    start();
    const Reply list = get("/api/v1/stations?expand=location,evses&fields=id,location,location_id");
    EXPECT_TRUE(
        list.has(R"({"id":"A","location_id":"garage","location":{"id":"garage","name":"n")"))
        << list.body;
    EXPECT_TRUE(list.has(R"({"id":"B","location_id":null})")) << list.body;
    EXPECT_TRUE(get("/api/v1/stations/A?expand=location").has(R"("location":{"id":"garage")"));
    EXPECT_FALSE(get("/api/v1/stations/A").has(R"("location":{)"));
    EXPECT_EQ(get("/api/v1/stations/A?expand=owner").status, 400);
}

TEST_F(Stations, ExpandReadsEvsesOfAPageAtOnce) {
    add_station(1, "A");
    add_station(2, "B");
    sql->query(
        "insert into connectors (station_no, evse, connector, status) values "
        "(1, 1, 1, 'Available'), (2, 1, 1, 'Charging')");
    start();
    EXPECT_FALSE(get("/api/v1/stations").has("\"evses\":["));
    EXPECT_TRUE(get("/api/v1/stations").has(R"("power_w":null)"));
    const Reply reply = get("/api/v1/stations?expand=evses&fields=id,evses");
    EXPECT_TRUE(reply.body.starts_with(
        R"({"data":[{"id":"A","evses":[{"id":1,"status":"Unavailable","connectors":[)"))
        << reply.body;
    EXPECT_TRUE(reply.has(R"("reported_status":"Charging")"));
}

}  // namespace
}  // namespace ohm::api::rest
