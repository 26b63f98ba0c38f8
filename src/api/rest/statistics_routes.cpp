// What REST offers of statistics.
#include "api/rest/route_words.hpp"
#include "api/rest/statistics_resources.hpp"
#include "api/rest/whole_now.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view shown =
    R"({"statistic":"energy","definition":"The sum of what registers rose during sessions, cut at )"
    R"(local midnight.","interval":"day","group_by":null,"station_id":"CP0001",)"
    R"("location_id":null,"time_zone":"Europe/Berlin","from":"2026-03-27T23:00:00.000Z",)"
    R"("to":"2026-03-29T22:00:00.000Z","counted_until":"2026-03-29T12:00:00.000Z",)"
    R"("columns":[{"name":"energy_wh","unit":"Wh","definition":"Energy imported by vehicles."}],)"
    R"("data":[{"from":"2026-03-27T23:00:00.000Z","to":"2026-03-28T23:00:00.000Z",)"
    R"("day":"2026-03-28","group":null,"values":[12345.6]},)"
    R"({"from":"2026-03-28T23:00:00.000Z","to":"2026-03-29T22:00:00.000Z",)"
    R"("day":"2026-03-29","group":null,"values":[null]}]})";

Parameters asked(std::string_view intervals, std::string_view groups) {
    return {{"from", time_schema, "From its day or hour on; absent: 30 days, or 2 of hours."},
            {"to", time_schema, "Up to its day or hour; absent: now."},
            {"interval", intervals, "What a row is of; total: the whole time."},
            {"group_by", groups, "A row for each of these."}};
}
const Parameters places{{"station_id", text_schema, "Of this station, in its location's days."},
                        {"location_id", text_schema, "Of stations while they stood here."}};
constexpr std::string_view every_interval =
    R"({"type":"string","enum":["day","hour","total"],"default":"day"})";
constexpr std::string_view days_or_total =
    R"({"type":"string","enum":["day","total"],"default":"day"})";
constexpr std::string_view total_or_days =
    R"({"type":"string","enum":["total","day"],"default":"total"})";
constexpr std::string_view by_place =
    R"({"type":"string","enum":["station","location","connector"]})";

const Parameters minutes{{"from", time_schema, "From its minute on; absent: an hour."},
                         {"to", time_schema, "Up to its minute; absent: now."}};

Route route(std::string_view path, std::string_view id, std::string_view summary, Read handler,
            const Parameters& query) {
    return {"GET",
            path,
            "stations:read",
            id,
            "statistics",
            summary,
            handler,
            query,
            no_body,
            {{200, "By Accept also text/csv. null: nothing is known.", Shape::object, "Statistics",
              shown}},
            {"not_found"}};
}

const std::vector<Route> all = {
    route("/api/v1/statistics/energy", "getEnergyStatistics", "Show energy by day or hour",
          show_energy, asked(every_interval, by_place) + places),
    route("/api/v1/statistics/sessions", "getSessionStatistics",
          "Show how many sessions started, ended and charged, by day or hour", show_sessions,
          asked(every_interval, by_place) + places),
    route("/api/v1/statistics/utilisation", "getUtilisationStatistics",
          "Show how much of the time sessions were open, and delivering", show_utilisation,
          asked(every_interval, by_place) + places),
    route("/api/v1/statistics/availability", "getAvailabilityStatistics",
          "Show uptime, and time by status", show_availability,
          asked(days_or_total, by_place) + places),
    route("/api/v1/stations/{id}/uptime", "getStationUptime",
          "Show the uptime of a station, and its time by status", show_uptime,
          asked(total_or_days, R"({"type":"string","enum":["connector"]})")),
    route("/api/v1/statistics/faults", "getFaultStatistics",
          "Show faults by day, or by error code, model, firmware version or station", show_faults,
          asked(days_or_total,
                R"({"type":"string","enum":["error_code","model","firmware_version","station",)"
                R"("location"]})") +
              places),
    route("/api/v1/statistics/connections", "getConnectionStatistics",
          "Show connects and disconnects by day or hour", show_connections,
          asked(every_interval, R"({"type":"string","enum":["station","location"]})") + places),
    {"GET",
     "/api/v1/statistics/now",
     "stations:read",
     "getStatisticsNow",
     "statistics",
     "Show how all stations together are doing now; counted every few seconds",
     show_whole_now,
     {},
     no_body,
     {{200, "Done.", Shape::object, "StatisticsNow",
       R"({"at":"2026-01-01T08:00:00.000Z","stations":120,"online":117,"faulted":1,"connectors":)"
       R"([{"status":"Available","count":201},{"status":"Charging","count":39}],"sessions":)"
       R"({"running":39,"started":310,"ended":300,"charged":291,"first_tries":288,)"
       R"("first_tries_charged":280,"suspect":0},"power":{"at":"2026-01-01T07:59:00.000Z",)"
       R"("power_w":341200,"sessions":38},"commands_waiting":0})"}}},
    route("/api/v1/statistics/power", "getPowerStatistics",
          "Show by the minute what running sessions draw, of all stations together or of one",
          show_power, minutes + Parameters{{"station_id", text_schema, "Of this station."}}),
    route("/api/v1/statistics/churn", "getChurnStatistics",
          "Show connects and disconnects by the minute, and storms of them", show_churn, minutes),
    route("/api/v1/statistics/latency", "getLatencyStatistics",
          "Show answer times in both directions, of all stations together", show_latency,
          Parameters{asked(every_interval, "")[0], asked(every_interval, "")[1],
                     asked(every_interval, "")[2]})};

}  // namespace

const std::vector<Route>& statistics_routes() { return all; }

const std::vector<Component>& statistics_components() {
    static const std::vector<Component> table = {
        {"Statistics", &wire::type_of<StatisticsShown>},
        {"StatisticsNow", &wire::type_of<WholeNowShown>},
    };
    return table;
}

}  // namespace ohm::api::rest
