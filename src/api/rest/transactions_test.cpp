#include "api/charging/samples.hpp"
#include "api/rest/test_rest.hpp"

namespace ohm::api::rest {
namespace {

class TransactionsTest : public RestTest {
protected:
    void SetUp() override {
        RestTest::SetUp();
        add_station(1, "CP1");
        add_station(2, "CP2");
        start();
    }
    std::string add(std::int64_t station, const std::string& ocpp_id, const std::string& state,
                    const std::string& token) {
        const Ulid id = ids.next();
        sql->query(
            "insert into transactions (id, station_no, ocpp_version, ocpp_id, state, evse, token, "
            "token_key, started_at, received_at, energy_mwh, begin_mwh, end_mwh, has_start, "
            "has_end, event_count, seq_min, seq_max, end_seq, decided_by, incomplete, suspect, "
            "evidence, version, updated_at) values ($1, $2, '2.0.1', $3, $4, 1, $5, $6, 1000000, "
            "2000000, 1500, 1000, 2500, 1, $7, 2, 0, 1, 1, '', 0, 1, '[\"conflict\"]', 3, 1)",
            {store::Bytes{id.bytes()}, station, ocpp_id, state, token, to_lower(token),
             std::int64_t{state == "ended"}});
        return "tx_" + id.text();
    }
    store::Bytes bytes_of(const std::string& id) {
        return store::Bytes{Ulid::from_text(id.substr(3))->bytes()};
    }
};

TEST_F(TransactionsTest, AreListedNewestFirstAndFiltered) {
    const std::string a = add(1, "a", "ended", "T1"), b = add(2, "b", "active", "T2"),
                      c = add(1, "c", "active", "T1");
    const Reply all = get("/api/v1/transactions?total=exact");
    EXPECT_TRUE(all.has(R"("total":3)")) << all.body;
    EXPECT_LT(all.body.find(c), all.body.find(b));
    EXPECT_LT(all.body.find(b), all.body.find(a));
    EXPECT_FALSE(get("/api/v1/transactions?station_id=cp1").has(b));
    EXPECT_FALSE(get("/api/v1/transactions?token=t%201").has(b));
    EXPECT_FALSE(get("/api/v1/transactions?state=active").has(a));
    EXPECT_FALSE(get("/api/v1/transactions?suspect=false").has(a));
    EXPECT_FALSE(get("/api/v1/transactions?from=1970-01-01T00:00:02Z").has(a));
    EXPECT_TRUE(get("/api/v1/stations/CP2/transactions").has(b));
    EXPECT_FALSE(get("/api/v1/stations/CP2/transactions").has(a));
    EXPECT_EQ(get("/api/v1/stations/CP9/transactions").status, 404);
    EXPECT_EQ(get("/api/v1/transactions?state=perhaps").status, 400);
    const Reply first = get("/api/v1/transactions?limit=2");
    const Reply rest_of = get("/api/v1/transactions?limit=2&cursor=" + first.member("next_cursor"));
    EXPECT_TRUE(rest_of.has(a) && !rest_of.has(b)) << rest_of.body;
}

TEST_F(TransactionsTest, AreFilteredByLocationAndEnergy) {
    add_location(7, "garage");
    sql->query("update charge_points set location_no = 7 where station_no = 2");
    const std::string a = add(1, "a", "ended", "T"), b = add(2, "b", "ended", "T"),
                      c = add(2, "c", "active", "T");
    sql->query("update transactions set energy_mwh = 12500000 where ocpp_id = 'b'");
    // A running one has it in its narrow row.
    sql->query(
        "insert into open_transactions (id, station_no, version, energy_mwh) values ($1, 2, 9, "
        "30000000)",
        {bytes_of(c)});
    const auto has = [&](const std::string& query, const std::string& which) {
        const Reply reply = get("/api/v1/transactions?" + query + "&total=exact");
        std::string found;
        for (const auto& [name, id] : {std::pair{'a', a}, std::pair{'b', b}, std::pair{'c', c}})
            if (reply.has(id)) found += name;
        EXPECT_EQ(found, which) << query << reply.body;
        EXPECT_TRUE(reply.has("\"total\":" + std::to_string(which.size()))) << query;
    };
    has("location_id=garage", "bc");
    has("location_id=nowhere", "");
    has("min_kwh=12.5", "bc");
    has("min_kwh=12.500001", "c");
    has("max_kwh=12.5", "ab");
    has("max_kwh=0.0014", "");
    has("min_kwh=1&max_kwh=13&location_id=garage", "b");
    EXPECT_TRUE(get("/api/v1/stations/CP1/transactions?max_kwh=1").has(a));
    for (const char* bad : {"-1", "1e3", ".5", "1.", "1.2345678", "9999999", "1.2.3", "x"})
        EXPECT_EQ(get(std::string{"/api/v1/transactions?min_kwh="} + bad).status, 400) << bad;
    EXPECT_EQ(get("/api/v1/transactions?min_kwh=2&max_kwh=1").status, 400);
}

TEST_F(TransactionsTest, APageOfFewAmongManyEndsWithACursor) {
    const std::string id = sql->dialect() == store::Dialect::sqlite
                               ? "cast(printf('%016d', i) as blob)"
                               : "convert_to(lpad(cast(i as text), 16, '0'), 'UTF8')";
    sql->query(
        "insert into transactions (id, station_no, ocpp_version, ocpp_id, state, received_at, "
        "energy_mwh, has_start, has_end, event_count, seq_min, seq_max, end_seq, decided_by, "
        "incomplete, suspect, version, updated_at) with recursive n(i) as (select 1 union all "
        "select i + 1 from n where i < 25000) select " +
        id +
        ", 1, '1.6', 'o' || i, 'ended', 1, case when i in (2, 24000) then 50000000 else 1000 end, "
        "1, 1, 1, 0, 0, 0, '', 0, 0, 1, 1 from n");
    std::vector<std::string> found;
    std::string path = "/api/v1/transactions?min_kwh=50&limit=10";
    int pages = 0;
    for (std::string next = "first"; next != "null" && pages < 10; ++pages) {
        const Reply reply = get(path + (next == "first" ? "" : "&cursor=" + next));
        if (reply.has("ocpp_transaction_id")) found.push_back(reply.member("ocpp_transaction_id"));
        next = reply.member("next_cursor");
    }
    EXPECT_EQ(found, (std::vector<std::string>{"o24000", "o2"}));
    EXPECT_EQ(pages, 3);
}

TEST_F(TransactionsTest, AreNotFoundByTokenByWhoMaySeeNone) {
    add_key("ohk_looks", "looks", "transactions:read reservations:read stations:read");
    add(1, "a", "ended", "04A1B2C3D4");
    for (const char* list : {"transactions", "reservations", "stations/CP1/transactions"}) {
        const std::string path = std::string{"/api/v1/"} + list;
        const Reply no = request("GET", path + "?token=04A1B2C3D4", "", {}, "ohk_looks");
        EXPECT_EQ(no.status, 403) << path;
        EXPECT_EQ(no.member("scope"), "tokens:read") << no.body;
        const Reply all = request("GET", path, "", {}, "ohk_looks");
        EXPECT_EQ(all.status, 200) << path;
        EXPECT_FALSE(all.has("04A1B2")) << all.body;
        EXPECT_EQ(get(path + "?token=04A1B2C3D4").status, 200);
    }
    EXPECT_EQ(request("GET", "/api/v1/stations/CP1/local-list/entries", "", {}, "ohk_looks").status,
              403);
    EXPECT_EQ(get("/api/v1/stations/CP1/local-list/entries").status, 200);
}

TEST_F(TransactionsTest, AreShownWhole) {
    const std::string id = add(1, "a", "ended", "T1");
    const Reply shown = get("/api/v1/transactions/" + id);
    EXPECT_EQ(shown.status, 200);
    EXPECT_EQ(shown.header("etag"), "\"3.0\"");
    EXPECT_TRUE(shown.has(R"("energy_wh":1.5,"meter_start_wh":1,"meter_stop_wh":2.5)"))
        << shown.body;
    EXPECT_TRUE(shown.has(R"("started_at":"1970-01-01T00:00:01.000Z")")) << shown.body;
    EXPECT_TRUE(shown.has(R"("suspect":true,"evidence":["conflict"])")) << shown.body;
    EXPECT_EQ(get("/api/v1/transactions/" + id, {"If-None-Match: \"3.0\""}).status, 304);
    EXPECT_EQ(get("/api/v1/transactions/tx_01ARZ3NDEKTSV4RRFFQ69G5FAV").status, 404);
    EXPECT_EQ(get("/api/v1/transactions/cmd_x").status, 404);
    // Until it ends there is no last register.
    const Reply running = get("/api/v1/transactions/" + add(1, "b", "active", "T1"));
    EXPECT_EQ(running.member("meter_stop_wh"), "null");
    EXPECT_TRUE(running.has(R"("power_w":null,"power_at":null)")) << running.body;
}

TEST_F(TransactionsTest, SayWhatTheyDrawWhileTheyRun) {
    const std::string id = add(1, "b", "active", "T1");
    sql->query("delete from open_transactions");
    sql->query(
        "insert into open_transactions (id, station_no, power_mw, power_at) values ($1, 1, "
        "7360500, "
        "1000000)",
        {store::Bytes{Ulid::from_text(id.substr(3))->bytes()}});
    const Reply running = get("/api/v1/transactions/" + id);
    EXPECT_TRUE(running.has(R"("power_w":7360.5,"power_at":"1970-01-01T00:00:01.000Z")"))
        << running.body;
    EXPECT_TRUE(get("/api/v1/transactions?state=active").has(R"("power_w":7360.5)"));
}

TEST_F(TransactionsTest, MeterValuesAreUnpacked) {
    add_key("ohk_looks", "looks", "transactions:read");
    const std::string id = add(1, "a", "ended", "T1");
    const std::vector<domain::Sample> samples{
        domain::normalise({.value = "1.5", .unit = "kWh"}),
        domain::normalise({.value = "x", .measurand = "Voltage", .phase = "L1"})};
    for (int i = 0; i < 3; ++i)
        sql->query(
            "insert into meter_values (station_no, evse, transaction_id, at, hash, received_at, "
            "flags, samples) values (1, 1, $1, $2, $3, 9, 8, $4)",
            {bytes_of(id), std::int64_t{1'000'000} * i, store::Bytes{"h"},
             store::Bytes{pack_samples(samples)}});
    sql->query("update transactions set meter_from_at = 0, meter_to_at = 2000000", {});
    const Reply page = get("/api/v1/transactions/" + id + "/meter-values?limit=2");
    EXPECT_TRUE(page.has(R"("measurand":"Energy.Active.Import.Register","phase":null,)"))
        << page.body;
    EXPECT_TRUE(page.has(R"("unit":"Wh","value":1500,"raw":null)")) << page.body;
    EXPECT_TRUE(page.has(R"("phase":"L1")") && page.has(R"("value":null,"raw":"x")")) << page.body;
    EXPECT_TRUE(page.has(R"("repaired":true)"));
    // Whatever was signed or not understood may name the token.
    for (const char* format : {"json", "csv"}) {
        const std::string path =
            "/api/v1/transactions/" + id + "/meter-values?format=" + std::string{format};
        const std::string raw = format == std::string{"csv"} ? ",,x\r\n" : R"("raw":"x")";
        EXPECT_TRUE(get(path).has(raw)) << get(path).body;
        const Reply masked = request("GET", path, "", {}, "ohk_looks");
        EXPECT_EQ(masked.status, 200);
        EXPECT_FALSE(masked.has(raw)) << masked.body;
    }
    const Reply next = get("/api/v1/transactions/" + id +
                           "/meter-values?limit=2&cursor=" + page.member("next_cursor"));
    EXPECT_TRUE(next.has("00:00:02.000Z") && !next.has("00:00:01.000Z")) << next.body;
}

TEST_F(TransactionsTest, MeterValuesOfAStationByTimeAndMeasurand) {
    const std::vector<domain::Sample> samples{
        domain::normalise({.value = "5"}),
        domain::normalise({.value = "=1+1", .measurand = "Voltage", .phase = "L1"}),
        domain::normalise({.value = "-2", .measurand = "Temperature"})};
    for (const std::int64_t station : {1, 2})
        for (std::int64_t evse = 1; evse <= 2; ++evse)
            for (std::int64_t second = 0; second < 3; ++second)
                sql->query(
                    "insert into meter_values (station_no, evse, transaction_id, at, hash, "
                    "received_at, flags, samples) values ($1, $2, $3, $4, $5, 9, 0, $6)",
                    {station, evse, store::Bytes{}, second * 1'000'000, store::Bytes{"h"},
                     store::Bytes{pack_samples(samples)}});
    const std::string list = "/api/v1/stations/CP1/meter-values";
    const auto count = [](const Reply& reply, const std::string& text) {
        std::size_t found = 0;
        for (std::size_t at = 0; (at = reply.body.find(text, at)) != std::string::npos; ++at)
            ++found;
        return found;
    };
    EXPECT_EQ(count(get(list), R"("measurand":"Voltage")"), 6u);
    EXPECT_EQ(count(get(list + "?from=1970-01-01T00:00:01Z&to=1970-01-01T00:00:02Z"), "Voltage"),
              2u);
    const Reply one = get(list + "?measurand=Temperature");
    EXPECT_EQ(count(one, R"("measurand")"), 6u) << one.body;
    EXPECT_EQ(count(get(list + "?measurand=SoC"), R"("measurand")"), 0u);
    // Rows of one time are told apart by their place.
    const Reply first = get(list + "?limit=3");
    const Reply rest_of = get(list + "?limit=500&cursor=" + first.member("next_cursor"));
    EXPECT_EQ(count(first, "Voltage") + count(rest_of, "Voltage"), 6u);
    EXPECT_EQ(get("/api/v1/stations/CP9/meter-values").status, 404);
    EXPECT_EQ(get(list + "?format=xml").status, 400);
    const Reply csv = get(list + "?format=csv&limit=1");
    EXPECT_TRUE(csv.has("at,received_at,evse_id,")) << csv.body;
    EXPECT_TRUE(csv.has(",Voltage,L1,Outlet,Sample.Periodic,V,,'=1+1\r\n")) << csv.body;
    EXPECT_TRUE(csv.has(",Temperature,,Outlet,Sample.Periodic,Celsius,-2,\r\n")) << csv.body;
    EXPECT_NE(csv.header("x-next-cursor"), "");
}

TEST_F(TransactionsTest, EventsAreInOrderWithTheirConflicts) {
    const std::string id = add(1, "a", "ended", "T1");
    for (std::int64_t seq : {2, 0, 1})
        sql->query(
            "insert into transaction_events (station_no, ocpp_id, seq_no, transaction_id, kind, "
            "at, received_at, content, payload) values (1, 'a', $1, $2, 'updated', 5, 6, $3, "
            "'{\"n\":1}')",
            {seq, bytes_of(id), store::Bytes{"c"}});
    sql->query(
        "insert into transaction_conflicts (station_no, ocpp_id, seq_no, content, transaction_id, "
        "received_at, payload) values (1, 'a', 1, $1, $2, 7, '{}')",
        {store::Bytes{"d"}, bytes_of(id)});
    const Reply events = get("/api/v1/transactions/" + id + "/events?limit=3");
    EXPECT_LT(events.body.find(R"("seq_no":0)"), events.body.find(R"("seq_no":1)"));
    EXPECT_TRUE(events.has(R"("kind":"conflict")")) << events.body;
    EXPECT_TRUE(events.has(R"("payload":{"n":1})")) << events.body;
    EXPECT_FALSE(events.has(R"("seq_no":2)"));
    EXPECT_TRUE(
        get("/api/v1/transactions/" + id + "/events?limit=3&cursor=" + events.member("next_cursor"))
            .has(R"("seq_no":2)"));
}

// What its station says is the id is not what its rows are found by.
TEST_F(TransactionsTest, OfAnIdThatWasUsedBeforeIsShownAndAskedForByThatId) {
    const std::string first = add(1, "7", "ended", "T1"), second = add(1, "7 b", "active", "T1");
    sql->query("update transactions set said_id = '7'");
    sql->query(
        "insert into transaction_events (station_no, ocpp_id, seq_no, transaction_id, kind, at, "
        "received_at, content) values (1, '7 b', 0, $1, 'started', 5, 6, $2)",
        {bytes_of(second), store::Bytes{"c"}});
    for (const std::string& id : {first, second})
        EXPECT_TRUE(get("/api/v1/transactions/" + id).has(R"("ocpp_transaction_id":"7")"));
    EXPECT_FALSE(get("/api/v1/transactions/" + first + "/events").has("started"));
    EXPECT_TRUE(get("/api/v1/transactions/" + second + "/events").has("started"));
    operations.answer_to = [](const bus::OperatorBody&) {
        return OperationAnswer{200, R"({"transaction_id":"x","replayed":false})"};
    };
    request("POST", "/api/v1/transactions/" + second + "/close", R"({"reason":"replaced"})");
    ASSERT_EQ(operations.asked.size(), 1u);
    EXPECT_NE(operations.asked[0].parameters.find(R"("7 b")"), std::string::npos);
    request("POST", "/api/v1/stations/CP1/commands/stop-transaction",
            R"({"transaction_id":")" + second + "\"}");
    ASSERT_EQ(operations.asked.size(), 2u);
    EXPECT_NE(operations.asked[1].parameters.find(R"("transaction_id":"7")"), std::string::npos)
        << operations.asked[1].parameters;
}

TEST_F(TransactionsTest, CloseIsAskedOfTheStationsOwner) {
    const std::string id = add(2, "ocpp-7", "active", "T1");
    operations.answer_to = [](const bus::OperatorBody&) {
        return OperationAnswer{200, R"({"transaction_id":"x","replayed":false})"};
    };
    const Reply closed =
        request("POST", "/api/v1/transactions/" + id + "/close", R"({"reason":"replaced"})");
    EXPECT_EQ(closed.status, 200) << closed.body;
    ASSERT_EQ(operations.asked.size(), 1u);
    EXPECT_EQ(operations.asked[0].operation, operation::close_transaction);
    EXPECT_EQ(operations.asked[0].id, "CP2");
    EXPECT_EQ(operations.asked[0].parameters, R"({"ocpp_id":"ocpp-7","reason":"replaced"})");
    EXPECT_EQ(request("POST", "/api/v1/transactions/" + id + "/close", "{}").status, 400);
    EXPECT_EQ(request("POST", "/api/v1/transactions/tx_x/close", R"({"reason":"r"})").status, 404);
    operations.answer_to = [](const bus::OperatorBody&) {
        return OperationAnswer{
            409, R"({"code":"transaction_ended","detail":"it has ended","pointer":""})"};
    };
    EXPECT_EQ(request("POST", "/api/v1/transactions/" + id + "/close", R"({"reason":"r"})").status,
              409);
}

TEST_F(TransactionsTest, OrphansAndDecisionsAreListed) {
    sql->query(
        "insert into orphan_stops (station_no, token_key, meter_stop, at, id, said_id, reason, "
        "received_at, payload) values (1, '', 700, 0, $1, -1, 'Local', 5, '{}')",
        {store::Bytes{ids.next().bytes()}});
    const Reply orphans = get("/api/v1/orphan-stops?station_id=CP1");
    EXPECT_TRUE(orphans.has(R"("said_transaction_id":-1)")) << orphans.body;
    EXPECT_TRUE(orphans.has(R"("meter_stop_wh":700,"at":null)")) << orphans.body;
    sql->query(
        "insert into authorizations (station_no, epoch, frame_no, id, at, action, token, "
        "token_key, status, reason) values (1, 1, 1, $1, 5, 'Authorize', 'T', 't', 'Invalid', "
        "'unknown')",
        {store::Bytes{ids.next().bytes()}});
    const Reply decisions = get("/api/v1/authorizations?token=T&status=Invalid,Blocked");
    EXPECT_TRUE(decisions.has(R"("status":"Invalid","reason":"unknown")")) << decisions.body;
    EXPECT_FALSE(get("/api/v1/authorizations?status=Accepted").has("unknown"));
}

}  // namespace
}  // namespace ohm::api::rest
