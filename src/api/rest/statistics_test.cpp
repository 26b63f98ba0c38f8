// What is answered of rows that stand in the tables: buckets, gaps, groups, bounds, CSV.
#include "api/rest/test_rest.hpp"
#include "api/statistics/figures.hpp"

namespace ohm::api::rest {
namespace {

using statistics::Figure;
using statistics::Figures;
using statistics::hour_us;

constexpr std::int64_t minute_us = hour_us / 60;

std::int64_t at(std::string_view text) { return micros(*parse_rfc3339(text, TimeForm::strict)); }
std::int64_t day(std::string_view date) {
    return at(std::string{date} + "T00:00:00Z") / (24 * hour_us);
}

class StatisticsTest : public RestTest {
protected:
    void SetUp() override {
        RestTest::SetUp();
        start();
        sql->query(
            "insert into locations (location_no, id, name, time_zone, created_at, updated_at) "
            "values (1, 'harbour', 'n', 'Europe/Berlin', 1, 1)");
        add_station(1, "CP1");
        add_station(2, "CP2");
        sql->query("update charge_points set location_no = 1");
        put_position(0);
    }
    void put(const std::string& table, const std::string& row_key, const Figures& figures) {
        std::string values = row_key;
        for (const std::int64_t value : figures.values) values += ", " + std::to_string(value);
        sql->query("insert into statistics_" + table + " values (" + values + ")");
    }
    void put_position(std::int64_t partition) {
        sql->query(
            "insert into statistics_positions (partition_no, next_n, since_at, counted_until_at) "
            "values ($1, 1, 1, $2)",
            {partition, micros(clock.utc())});
    }
    void put_minute(std::int64_t partition, std::int64_t when, std::int64_t connects,
                    std::int64_t disconnects, std::optional<std::int64_t> power_mw = {},
                    std::int64_t sessions = 0) {
        sql->query("insert into statistics_minutes values ($1, $2, $3, $4, $5, $6)",
                   {partition, when, connects, disconnects,
                    power_mw ? store::Value{*power_mw} : store::Value{store::Null{}}, sessions});
    }
    // Of a connector, and of the place where it stands.
    void put_day(std::int64_t station, std::string_view date, const Figures& figures) {
        const std::string of = std::to_string(day(date));
        put("days", std::to_string(station) + ", 1, 1, " + of, figures);
        put("place_days", std::to_string(station) + ", 1, " + of, figures);
    }
    static Figures figures_of(std::initializer_list<std::pair<Figure, std::int64_t>> some) {
        Figures figures;
        for (const auto& [which, value] : some) figures[which] = value;
        return figures;
    }
    void put_connector(std::int64_t station, const std::string& status, std::int64_t since,
                       bool is_online = true) {
        sql->query("insert into statistics_connectors values ($1, 1, 1, 0, $2, '', $3, 0, $4)",
                   {station, status, std::int64_t{is_online}, since});
    }
    // The values of each row, one after the other.
    static std::string values_of(const Reply& reply) {
        std::string out;
        std::size_t place = 0;
        while ((place = reply.body.find("\"values\":", place)) != std::string::npos) {
            const auto begin = reply.body.find('[', place), end = reply.body.find(']', place);
            out += reply.body.substr(begin, end - begin + 1);
            place = end;
        }
        return out;
    }
};

TEST_F(StatisticsTest, DaysAreThoseOfThePlaceAndGapsAreNull) {
    put_day(1, "2026-03-28", figures_of({{Figure::energy_mwh, 12'345'600}}));
    put_day(2, "2026-03-28", figures_of({{Figure::energy_mwh, 1'000}}));
    put_day(1, "2026-03-30", figures_of({{Figure::available_us, hour_us}}));
    const std::string range = "from=2026-03-28T00:00:00Z&to=2026-03-31T00:00:00Z";
    const Reply all = get("/api/v1/statistics/energy?" + range);
    EXPECT_EQ(all.status, 200) << all.body;
    EXPECT_EQ(values_of(all), "[12346.6][null][0][null]") << all.body;
    EXPECT_TRUE(all.has(R"("time_zone":"Europe/Berlin","from":"2026-03-27T23:00:00.000Z",)"
                        R"("to":"2026-03-31T22:00:00.000Z")"))
        << all.body;
    EXPECT_TRUE(all.has(R"({"from":"2026-03-28T23:00:00.000Z","to":"2026-03-29T22:00:00.000Z",)"
                        R"("day":"2026-03-29","group":null,"values":[null]})"));
    EXPECT_TRUE(all.has(R"("columns":[{"name":"energy_wh","unit":"Wh","definition":")"));
    EXPECT_EQ(values_of(get("/api/v1/statistics/energy?station_id=cp2&" + range)),
              "[1][null][null][null]");
    EXPECT_EQ(values_of(get("/api/v1/statistics/energy?location_id=harbour&" + range)),
              "[12346.6][null][0][null]");
    const Reply total = get("/api/v1/statistics/energy?interval=total&" + range);
    EXPECT_EQ(values_of(total), "[12346.6]");
    EXPECT_TRUE(total.has(R"("day":null)"));
    const Reply groups = get("/api/v1/statistics/energy?interval=total&group_by=station&" + range);
    EXPECT_EQ(values_of(groups), "[12345.6][1]");
    EXPECT_TRUE(groups.has(R"("group":"CP2","values":[1])")) << groups.body;
    EXPECT_TRUE(
        get("/api/v1/statistics/energy?interval=total&group_by=connector&station_id=CP1&" + range)
            .has(R"("group":"1/1","values":[12345.6])"));
}

TEST_F(StatisticsTest, HoursAreNotKnownBeforeAnybodyWasHeard) {
    put("hours", "1, " + std::to_string(at("2026-03-28T10:00:00Z")),
        figures_of({{Figure::sessions_started, 3},
                    {Figure::sessions_ended, 4},
                    {Figure::sessions_charged, 3},
                    {Figure::accepted, 5},
                    {Figure::first_tries, 2},
                    {Figure::first_tries_charged, 1}}));
    put_connector(1, "Available", at("2026-03-28T11:30:00Z"));
    const Reply reply =
        get("/api/v1/statistics/sessions?interval=hour&station_id=CP1&from=2026-03-28T09:10:00Z&to="
            "2026-03-28T12:00:00Z");
    EXPECT_EQ(values_of(reply),
              "[null,null,null,null,null,null,null,null,null]"
              "[3,4,3,75,5,0,2,1,50][0,0,0,null,0,0,0,0,null]")
        << reply.body;
}

TEST_F(StatisticsTest, UtilisationIsOfTheConnectorsThatAreKnown) {
    put_connector(1, "Available", at("2026-03-27T23:00:00Z"));
    put_connector(2, "Available", at("2026-03-27T23:00:00Z"));
    put_day(1, "2026-03-28",
            figures_of({{Figure::session_us, 12 * hour_us}, {Figure::delivering_us, 3 * hour_us}}));
    const Reply reply =
        get("/api/v1/statistics/utilisation?from=2026-03-28T00:00:00Z&to=2026-03-28T01:00:00Z");
    EXPECT_EQ(values_of(reply), "[25,25,43200,10800,2]") << reply.body;
}

TEST_F(StatisticsTest, AvailabilityCountsWhatGoesOn) {
    put_day(1, "2026-03-28",
            figures_of({{Figure::available_us, 9 * hour_us},
                        {Figure::charging_us, 9 * hour_us},
                        {Figure::faulted_us, 3 * hour_us},
                        {Figure::unknown_us, 3 * hour_us}}));
    // The 29th has 23 hours there.
    put_connector(1, "Unavailable", at("2026-03-28T23:00:00Z"));
    const std::string range = "?from=2026-03-28T00:00:00Z&to=2026-03-29T12:00:00Z";
    const Reply reply = get("/api/v1/statistics/availability" + range);
    EXPECT_EQ(values_of(reply), "[75,87.5,32400,0,32400,10800,0,10800][0,100,0,0,0,0,82800,0]")
        << reply.body;
    EXPECT_TRUE(reply.has("525,600"));
    EXPECT_EQ(values_of(get("/api/v1/statistics/availability" + range + "&station_id=CP2")),
              "[null,null,null,null,null,null,null,null]"
              "[null,null,null,null,null,null,null,null]");
}

TEST_F(StatisticsTest, ConnectorsOfOneQuarterOfAnHourAreAddedUp) {
    put_connector(1, "Unavailable", at("2026-03-28T23:00:00Z"));
    put_connector(2, "Unavailable", at("2026-03-28T23:10:00Z"));
    const std::string day = "?from=2026-03-29T00:00:00Z&to=2026-03-29T12:00:00Z";
    EXPECT_EQ(values_of(get("/api/v1/statistics/availability" + day)),
              "[0,100,0,0,0,0,165000,0]");  // 23 hours, and 22 hours 50 minutes
}

TEST_F(StatisticsTest, FaultsByDayAndByKind) {
    const auto put_fault = [&](std::int64_t station, std::string_view date, const std::string& code,
                               std::int64_t count, std::int64_t minutes) {
        sql->query("insert into statistics_faults values ($1, $2, $3, 'M1', '1.2', 1, $4, $5)",
                   {station, day(date), code, count, minutes * minute_us});
    };
    put_fault(1, "2026-03-28", "GroundFailure", 2, 10);
    put_fault(2, "2026-03-28", "GroundFailure", 1, 5);
    put_fault(2, "2026-03-29", "HighTemperature", 7, 90);
    const std::string range = "?from=2026-03-28T00:00:00Z&to=2026-03-30T00:00:00Z";
    EXPECT_EQ(values_of(get("/api/v1/statistics/faults" + range)), "[3,15][7,90][null,null]");
    const Reply codes = get("/api/v1/statistics/faults" + range +
                            "&interval=total&group_by="
                            "error_code");
    EXPECT_EQ(values_of(codes), "[7,90][3,15]");
    EXPECT_TRUE(codes.has(R"("group":"HighTemperature")"));
    EXPECT_EQ(
        values_of(get("/api/v1/statistics/faults" + range + "&interval=total&group_by=model")),
        "[10,105]");
    EXPECT_EQ(values_of(get("/api/v1/statistics/faults" + range +
                            "&interval=total&group_by=station&station_id=CP1")),
              "[2,10]");
}

TEST_F(StatisticsTest, LatencyIsAQuantileOfClasses) {
    sql->query("insert into statistics_latency values ('a', 'in', $1, '98,0,0,0,0,1,1')",
               {at("2026-03-28T10:00:00Z")});
    sql->query("insert into statistics_latency values ('b', 'in', $1, '100')",
               {at("2026-03-28T10:00:00Z")});
    const Reply reply =
        get("/api/v1/statistics/latency?interval=hour&from=2026-03-28T10:00:00Z&"
            "to=2026-03-28T11:00:00Z");
    EXPECT_EQ(values_of(reply), "[200,1,1,1][null,null,null,null]") << reply.body;
    EXPECT_TRUE(reply.has(R"("group_by":"direction")"));
}

TEST_F(StatisticsTest, ByAcceptItIsCsv) {
    put_day(1, "2026-03-28", figures_of({{Figure::connects, 3}, {Figure::disconnects, 2}}));
    const Reply reply =
        get("/api/v1/statistics/connections?from=2026-03-28T00:00:00Z&to=2026-03-29T00:00:00Z",
            {"Accept: text/csv"});
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("content-type"), "text/csv; charset=utf-8");
    EXPECT_EQ(reply.body,
              "from,to,day,group,connects,disconnects\r\n"
              "2026-03-27T23:00:00Z,2026-03-28T23:00:00Z,2026-03-28,,3,2\r\n"
              "2026-03-28T23:00:00Z,2026-03-29T22:00:00Z,2026-03-29,,,\r\n");
}

TEST_F(StatisticsTest, PowerIsTheSumOfAllPartitionsThatTold) {
    put_position(1);
    const std::int64_t begin = at("2026-03-28T10:00:00Z");
    put_minute(0, begin, 0, 0, 7'000'000, 1);
    put_minute(1, begin, 0, 0, 11'000'900, 2);
    put_minute(0, begin + minute_us, 0, 0, 7'000'000, 1);  // of the other nothing is known
    put_minute(1, begin + minute_us, 3, 0);
    put_minute(0, begin + 2 * minute_us, 0, 0, 0, 0);
    put_minute(1, begin + 2 * minute_us, 0, 0, 0, 0);
    const std::string range = "?from=2026-03-28T10:00:30Z&to=2026-03-28T10:03:01Z";
    const Reply reply = get("/api/v1/statistics/power" + range);
    EXPECT_EQ(values_of(reply), "[18000,3][null,null][0,0][null,null]") << reply.body;
    EXPECT_TRUE(reply.has(R"("interval":"minute")")) << reply.body;
    EXPECT_TRUE(get("/api/v1/statistics/power" + range, {"Accept: text/csv"})
                    .has("2026-03-28T10:00:00Z,2026-03-28T10:01:00Z,,,18000,3\r\n"));
}

TEST_F(StatisticsTest, PowerOfOneStationIsReadFromItsMeter) {
    connect_station(1, "Charging");
    sql->query("update station_state set connected_at = $1", {at("2026-03-28T09:00:00Z")});
    const Reply reply =
        get("/api/v1/statistics/power?station_id=cp1&from=2026-03-28T10:00:00Z&to=2026-03-28T10:02:"
            "00Z");
    EXPECT_EQ(values_of(reply), "[0,0][0,0]") << reply.body;
    EXPECT_TRUE(reply.has(R"("station_id":"CP1")")) << reply.body;
    EXPECT_EQ(get("/api/v1/statistics/power?station_id=CP9").status, 404);
    EXPECT_EQ(get("/api/v1/statistics/power?station_id=CP1&from=2026-01-01T00:00:00Z")
                  .member("parameter"),
              "from");
}

TEST_F(StatisticsTest, AStormStandsOutOfTheUsualChurn) {
    const std::int64_t begin = at("2026-03-28T10:00:00Z");
    const std::int64_t usual[] = {3, 2, 3, 25, 30, 3, 29};
    for (std::int64_t i = 0; i < 7; ++i)
        put_minute(0, begin + i * minute_us, i == 4 ? 1 : usual[i], i == 4 ? usual[i] : 0);
    const std::string range = "?from=2026-03-28T10:00:00Z&to=2026-03-28T10:08:00Z";
    EXPECT_EQ(values_of(get("/api/v1/statistics/churn" + range)),
              "[3,0,0][2,0,0][3,0,0][25,0,0][1,30,1][3,0,0][29,0,0][null,null,null]");
    sql->query("delete from statistics_minutes");
    put_minute(0, begin, 19, 0);
    put_minute(0, begin + minute_us, 0, 0);
    put_minute(0, begin + 2 * minute_us, 0, 20);
    put_minute(0, begin + 3 * minute_us, 0, 0);
    put_minute(0, begin + 4 * minute_us, 0, 0);
    EXPECT_EQ(values_of(get("/api/v1/statistics/churn" + range)),
              "[19,0,0][0,0,0][0,20,1][0,0,0][0,0,0][null,null,null][null,null,null]"
              "[null,null,null]");
    const Reply much = get("/api/v1/statistics/churn?from=2026-03-26T10:00:00Z&to=" +
                           std::string{"2026-03-28T10:00:00Z"});
    EXPECT_EQ(much.status, 400);
    EXPECT_EQ(much.member("parameter"), "from");
}

TEST_F(StatisticsTest, NowIsTheSumOfEverything) {
    add_key("ohk_looks", "looks", "stations:read");
    connect_station(1, "Faulted");
    sql->query(
        "insert into connectors (station_no, evse, connector, status) values (1, 1, 1, "
        "'Charging'), "
        "(1, 2, 1, 'Faulted'), (2, 1, 1, 'Available')");
    const std::int64_t now = micros(clock.utc());
    put("place_hours", "0, 1, " + std::to_string(statistics::hour_of(now)),
        figures_of({{Figure::sessions_started, 9},
                    {Figure::sessions_ended, 8},
                    {Figure::sessions_charged, 6},
                    {Figure::first_tries, 5},
                    {Figure::first_tries_charged, 4}}));
    sql->query("insert into open_transactions (id, station_no) values ($1, 1)",
               {store::Bytes{"t"}});
    put_minute(0, statistics::minute_of(now) - minute_us, 0, 0, 7'360'000, 1);
    const Reply reply = get("/api/v1/statistics/now");
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_TRUE(reply.has(R"("stations":2,"online":1,"faulted":1,"connectors":[)"
                          R"({"status":"Charging","count":1},{"status":"Faulted","count":1},)"
                          R"({"status":"Unavailable","count":1}],"sessions":{"running":1,)"
                          R"("started":9,"ended":8,"charged":6,"first_tries":5,)"
                          R"("first_tries_charged":4,"suspect":0})"))
        << reply.body;
    EXPECT_TRUE(reply.has(R"("power_w":7360,"sessions":1},"commands_waiting":0)")) << reply.body;
    // It is not counted again at once; and everybody sees what he may.
    sql->query("delete from open_transactions");
    EXPECT_TRUE(get("/api/v1/statistics/now").has(R"("running":1)"));
    const Reply less = request("GET", "/api/v1/statistics/now", "", {}, "ohk_looks");
    EXPECT_TRUE(less.has(R"("sessions":null,"power":null,"commands_waiting":null)")) << less.body;
    EXPECT_TRUE(less.has(R"("stations":2)"));
}

TEST_F(StatisticsTest, FaultsByStationAreAnsweredOfAnyNumberOfStations) {
    std::string values;
    for (int i = 10; i < 20'020; ++i)
        values += (values.empty() ? "(" : ", (") + std::to_string(i) + ", 'S" + std::to_string(i) +
                  "', 's" + std::to_string(i) + "', 0, 1, 1, 1, 1)";
    sql->query(
        "insert into charge_points (station_no, id, id_key, partition_no, security_profile, "
        "version, created_at, updated_at) values " +
        values);
    EXPECT_EQ(get("/api/v1/statistics/faults?group_by=station&interval=total").status, 200);
    EXPECT_EQ(get("/api/v1/statistics/faults?group_by=station").member("parameter"), "group_by");
}

TEST_F(StatisticsTest, WhatCannotBeAnsweredSaysWhy) {
    const auto parameter = [&](const std::string& query) {
        const Reply reply = get("/api/v1/statistics/" + query);
        EXPECT_EQ(reply.status, 400) << query << reply.body;
        return reply.member("parameter");
    };
    EXPECT_EQ(parameter("energy?from=2026-01-02T00:00:00Z&to=2026-01-02T00:00:00Z"), "to");
    EXPECT_EQ(parameter("energy?from=2020-01-02T00:00:00Z&to=2026-01-02T00:00:00Z"), "from");
    EXPECT_EQ(parameter("energy?interval=hour&from=2026-01-02T00:00:00Z&to=2026-03-02T00:00:00Z"),
              "from");
    EXPECT_EQ(parameter("energy?interval=week"), "interval");
    EXPECT_EQ(parameter("availability?interval=hour"), "interval");
    EXPECT_EQ(parameter("energy?group_by=token"), "group_by");
    EXPECT_EQ(parameter("energy?group_by=connector"), "group_by");
    EXPECT_EQ(parameter("energy?station_id=CP1&location_id=harbour"), "location_id");
    EXPECT_EQ(get("/api/v1/statistics/energy?station_id=nobody").status, 404);
    EXPECT_EQ(get("/api/v1/statistics/energy?location_id=nowhere").status, 404);
    EXPECT_EQ(
        get("/api/v1/statistics/energy?from=2030-01-02T00:00:00Z&to=2030-01-03T00:00:00Z").status,
        200);
}

TEST_F(StatisticsTest, TooManyGroupsAreRefused) {
    std::string values;
    for (int i = 10; i < 810; ++i)
        values += (values.empty() ? "(" : ", (") + std::to_string(i) + ", 'S" + std::to_string(i) +
                  "', 's" + std::to_string(i) + "', 0, 1, 1, 1, 1)";
    sql->query(
        "insert into charge_points (station_no, id, id_key, partition_no, security_profile, "
        "version, created_at, updated_at) values " +
        values);
    EXPECT_EQ(get("/api/v1/statistics/energy?group_by=station").member("parameter"), "group_by");
    EXPECT_EQ(get("/api/v1/statistics/energy?group_by=station&interval=total").status, 200);
    EXPECT_EQ(get("/api/v1/statistics/energy?group_by=station&location_id=harbour").status, 200);
}

// However many rows there are of samples, transactions and other days: what is read is found by an
// index.
TEST_F(StatisticsTest, WhatIsReadIsFoundByAnIndex) {
    if (sql->dialect() != store::Dialect::sqlite) GTEST_SKIP() << "plans of SQLite";
    const auto plan = [&](const std::string& text) {
        std::string out;
        for (const store::Row& row : sql->query("explain query plan " + text))
            out += store::as_text(row[3]) + "\n";
        return out;
    };
    const std::pair<std::string, std::string> reads[] = {
        {"statistics_place_days t where t.day >= 1 and t.day <= 2 group by t.day", "t"},
        {"statistics_place_days t where t.day >= 1 and t.day <= 2 and t.location_no = 1 group by "
         "t.day",
         "t"},
        {"statistics_place_hours t where t.hour_at >= 1 and t.hour_at <= 2 group by t.hour_at",
         "t"},
        {"statistics_days t where t.day >= 1 and t.day <= 2 and t.station_no = 1 group by t.day",
         "t"},
        {"statistics_days t join charge_points p on p.station_no = t.station_no where t.day >= 1 "
         "and t.day <= 2 group by t.day, p.id",
         "t"},
        {"statistics_hours t where t.hour_at >= 1 and t.hour_at <= 2 and t.station_no = 1", "t"},
        {"statistics_faults t where t.day >= 1 and t.day <= 2", "t"},
        {"statistics_latency t where t.hour_at >= 1 and t.hour_at < 2", "t"},
        {"meter_values m where m.station_no = 1 and m.at >= 1 and m.at < 2", "m"},
        {"transactions x where x.station_no = 1 and x.id >= x'01'", "x"}};
    for (const auto& [read, table] : reads) {
        const std::string found = plan("select count(*) from " + read);
        EXPECT_TRUE(found.find("SEARCH " + table + " USING") != std::string::npos) << read << found;
        EXPECT_TRUE(found.find("SCAN " + table + "\n") == std::string::npos) << read << found;
    }
}

TEST_F(RestTest, StatisticsAreFoundByOtherNamesToo) {
    start();
    for (const char* name :
         {"overview", "energy", "transactions", "utilization", "uptime", "faults", "latency"})
        EXPECT_EQ(get("/api/v1/stats/" + std::string{name}).status, 200) << name;
    EXPECT_EQ(get("/api/v1/stats/uptime?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z")
                  .member("statistic"),
              "availability");
    EXPECT_EQ(get("/api/v1/stats").status, 404);
    EXPECT_EQ(request("GET", "/api/v1/stats/energy", "", {}, "").status, 401);
}

}  // namespace
}  // namespace ohm::api::rest
