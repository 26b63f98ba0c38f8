// A station's way into service, read from what is stored of it. On a reader's thread.
#include "api/rest/handlers.hpp"
#include "api/rest/onboarding.hpp"
#include "api/rest/route_words.hpp"
#include "base/text.hpp"
#include "store/row.hpp"
#include "wire/codec.hpp"

namespace ohm::api::rest {
namespace {

using store::as_int;
using store::as_text;
using store::Columns;

constexpr std::int64_t connectors_max = 1'000;  // that a station is believed to have

std::int64_t micros_or_0(const Nullable<Instant>& at) { return at ? micros(at->at) : 0; }

OnboardingFacts facts_of(const StationShown& station) {
    OnboardingFacts facts{.station_id = station.id};
    facts.created_at = micros(station.created_at.at);
    facts.online = station.connectivity.is("online");
    facts.has_default_version = station.default_ocpp_version.has_value();
    facts.disconnected_at = micros_or_0(station.disconnected_at);
    facts.disconnect_reason = station.disconnect_reason.value_or("");
    facts.ocpp_version = station.ocpp_version.value_or("");
    facts.boot_status = station.boot_status.value_or("");
    facts.boot_decision = station.boot_decision;
    facts.booted_at = micros_or_0(station.booted_at);
    return facts;
}

void read_connection(store::Sql& sql, const StationRead& station, OnboardingFacts& facts) {
    for (const store::Row& row :
         sql.query("select connected_at, subprotocol from station_state where station_no = $1",
                   {station.station_no})) {
        facts.connected_at = as_int(row[0]);
        facts.subprotocol = as_text(row[1]);
    }
    for (const store::Row& row :
         sql.query("select at, cause, detail, subprotocols from connection_attempts "
                   "where id_key = $1 order by id desc limit 1",
                   {station.id_key}))
        facts.refusal = {as_int(row[0]), as_text(row[1]), as_text(row[2]), as_text(row[3])};
}

// Clocks as the alert clock_drift judges them: what was said while offline comes late without a
// wrong clock.
void read_connectors(store::Sql& sql, const StationRead& station, OnboardingFacts& facts) {
    constexpr std::int64_t catching_up_us = 120'000'000;
    for (const store::Row& row :
         sql.query("select status_at, received_at from connectors where station_no = $1 and status "
                   "is not null order by received_at",
                   {station.station_no})) {
        const std::int64_t said_at = as_int(row[0]), received_at = as_int(row[1]);
        ++facts.connectors;
        facts.reported_at = received_at;
        if (said_at == 0) continue;
        const std::int64_t ahead = said_at - received_at;
        const bool may_be_old =
            ahead < 0 && !(facts.online && received_at > facts.connected_at + catching_up_us);
        facts.clock_at = received_at;
        facts.clock_ahead = may_be_old ? 0 : ahead;
    }
}

void read_variables(store::Sql& sql, const StationRead& station, OnboardingFacts& facts) {
    for (const store::Row& row : sql.query(
             "select count(*), max(reported_at), "
             "max(case when variable = 'NumberOfConnectors' then value end), "
             "count(distinct case when component = 'Connector' and evse > 0 and connector > 0 "
             "then evse * 1000 + connector end) from variables where station_no = $1",
             {station.station_no})) {
        facts.variables = as_int(row[0]);
        facts.read_at = as_int(row[1]);
        const std::int64_t said = parse_int(as_text(row[2])).value_or(0);
        facts.connectors_expected =
            std::min(connectors_max, std::max({std::int64_t{0}, said, as_int(row[3])}));
    }
}

OrderMade order_of(const store::Row& row) {
    Columns in{row};
    (void)in.next();
    OrderMade made;
    for (std::string* text : {&made.state, &made.result, &made.failed_reason, &made.effect})
        *text = as_text(in.next());
    const std::string status = as_text(in.next()), error = as_text(in.next());
    made.detail = !status.empty() ? status : !error.empty() ? error : made.failed_reason;
    made.created_at = as_int(in.next());
    made.ended_at = as_int(in.next());
    if (made.ended_at == 0) made.ended_at = made.created_at;
    return made;
}

// Among its last orders; what lies further back has no say any more.
void read_orders(store::Sql& sql, const StationRead& station, OnboardingFacts& facts) {
    for (const store::Row& row : sql.query(
             "select command, state, result, failed_reason, effect_state, status, error_code, "
             "created_at, answered_at from commands where station_no = $1 order by id desc "
             "limit 100",
             {station.station_no})) {
        const std::string command = as_text(row[0]);
        const bool triggers = command == "trigger-message";
        const bool reads = command == "get-base-report" || command == "get-variables";
        if (triggers && !facts.trigger) facts.trigger = order_of(row);
        if (reads && !facts.reading) facts.reading = order_of(row);
    }
}

constexpr std::string_view check_example =
    R"({"station_id":"CP0001","state":"failed","steps_ok":4,"checked_at":)"
    R"("2026-01-01T08:00:00.000Z","steps":[{"id":"connection","state":"ok","since":)"
    R"("2026-01-01T07:58:00.000Z","cause":null,"detail":null,"remedy":null,"fix":null},)"
    R"({"id":"configuration","state":"waiting","since":null,"cause":"configuration_unread",)"
    R"("detail":null,"remedy":"Nothing is known of its configuration: read it.","fix":)"
    R"({"id":"read_configuration","method":"POST","path":)"
    R"("/api/v1/stations/CP0001/commands/get-variables","body":{}}}]})";

constexpr std::string_view ping_example =
    R"({"station_id":"CP0001","answered":true,"rtt_ms":87,"result":"accepted","sent_at":)"
    R"("2026-01-01T08:00:00.000Z","command_id":"cmd_01JGFJJZ00000000000000000A"})";

}  // namespace

net::Response check_station(const Exchange& exchange, ReadSources& sources) {
    const auto station = station_in_path(exchange, sources.sql);
    if (!station) return problem_answer(exchange, station.error());
    OnboardingFacts facts = facts_of(station->shown);
    facts.now = micros(exchange.received_at);
    read_connection(sources.sql, *station, facts);
    read_connectors(sources.sql, *station, facts);
    read_variables(sources.sql, *station, facts);
    read_orders(sources.sql, *station, facts);
    return json_answer(200, wire::encode(check_of(facts)));
}

const std::vector<Route>& station_check_routes() {
    static const std::vector<Route> table = {
        {"GET",
         "/api/v1/stations/{id}/check",
         "stations:read",
         "checkStation",
         "stations",
         "Show how far a station has come into service: causes, remedies and requests that mend",
         check_station,
         {},
         no_body,
         {{200, "From what is stored; nothing is asked of the station.", Shape::object,
           "StationCheck", check_example}},
         {"not_found"}},
        {"POST",
         "/api/v1/stations/{id}/ping",
         "commands:execute",
         "pingStation",
         "stations",
         "Ask for a Heartbeat and say how long the answer took, whatever it is",
         ping_station,
         {},
         no_body,
         {{200, "It was asked; `answered` says whether it answered.", Shape::object, "StationPing",
           ping_example}},
         {"not_found", "station_offline", "station_not_accepted", "rate_limited",
          "idempotency_mismatch", "queue_unavailable"}}};
    return table;
}

const std::vector<Component>& station_check_components() {
    static const std::vector<Component> table = {
        {"StationCheck", &wire::type_of<StationCheckShown>},
        {"StationPing", &wire::type_of<PingShown>}};
    return table;
}

}  // namespace ohm::api::rest
