#include "api/charging/load.hpp"
#include "api/rest/charging_handlers.hpp"
#include "api/rest/charging_resources.hpp"
#include "api/rest/newest.hpp"
#include "api/rest/service.hpp"
#include "base/text.hpp"
#include "domain/token.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view select_decisions =
    "select a.id, p.id, a.at, a.action, a.token, a.token_type, a.status, a.reason, a.evse, "
    "a.transaction_id, a.decided_by, a.detail, a.additional_info from authorizations a left join "
    "charge_points p on "
    "p.station_no = "
    "a.station_no where 1 = 1";
constexpr std::string_view count_decisions =
    "select count(*) from authorizations a left join charge_points p on p.station_no = "
    "a.station_no where 1 = 1";

NullableText or_null(const store::Value& text) {
    if (store::as_text(text).empty()) return {};
    return {store::as_text(text)};
}

Nullable<Any> json_or_null(const store::Value& json) {
    if (store::as_text(json).empty()) return {};
    return {Any{store::as_text(json)}};
}

decltype(AuthorizationShown::decided_by) decider_of(std::string_view name) {
    if (name == "webhook") return "webhook";
    if (name == "fallback") return "fallback";
    if (name == "transaction") return "transaction";
    return "list";
}

std::string shown_decision(const store::Row& row) {
    return wire::encode(AuthorizationShown{.id = shown_id("aut_", row[0]),
                                           .station_id = text_or_null(row[1]),
                                           .at = time_of(row[2]),
                                           .action = store::as_text(row[3]),
                                           .token = or_null(row[4]),
                                           .token_type = text_or_null(row[5]),
                                           .status = store::as_text(row[6]),
                                           .reason = store::as_text(row[7]),
                                           .decided_by = decider_of(store::as_text(row[10])),
                                           .detail = text_or_null(row[11]),
                                           .evse_id = int_or_null(row[8]),
                                           .transaction_id = shown_id_or_null("tx_", row[9]),
                                           .additional_info = json_or_null(row[12])});
}

std::optional<domain::Token> find(store::Sql& sql, const std::string& key) {
    const auto rows = sql.query("select " + std::string{token_columns} +
                                    " from id_tokens where tenant_no = 1 and uid_key = $1",
                                {key});
    if (rows.empty()) return std::nullopt;
    return read_token(rows.front());
}

std::int64_t count_active(store::Sql& sql, const std::string& key) {
    return store::as_int(
        sql.query("select count(*) from open_transactions o join transactions t on t.id = o.id "
                  "where t.superseded_at is null and t.authorization_status = 'Accepted' and "
                  "o.token_key = $1",
                  {key})
            .at(0)
            .at(0));
}

// The same question as a station's, put by an operator; nothing is written.
AuthorizeShown decide(const AuthorizeWrite& wanted, const Exchange& exchange, store::Sql& sql,
                      const std::string& location) {
    const std::string key = key_of_token(wanted.token.value);
    const auto token = find(sql, key);
    const std::int64_t active = count_active(sql, key);
    const std::string station =
        wanted.station_id ? fold(wanted.station_id->value).value_or("") : "";
    domain::Token anywhere = token.value_or(domain::Token{});
    if (!wanted.station_id)
        anywhere.stations.clear(), anywhere.evses.clear(), anywhere.locations.clear();
    const domain::Decision decision =
        domain::authorize({.token = token ? &anywhere : nullptr,
                           .key = key,
                           .type = wanted.type ? wanted.type->name() : std::string_view{},
                           .site = {station, location},
                           .evse = wanted.evse_id ? std::optional{wanted.evse_id->value}
                                                  : std::optional<std::int64_t>{},
                           .at = micros(exchange.received_at),
                           .starts = wanted.starts.value_or(true),
                           .active = static_cast<std::size_t>(active),
                           .accept_unknown = exchange.settings->accept_unknown_tokens});
    AuthorizeShown shown{.accepted = decision.is_accepted(),
                         .status = std::string{name_of(decision.verdict)},
                         .reason = std::string{decision.reason},
                         .known = token.has_value(),
                         .active_transactions = active};
    if (token && !token->group.empty()) shown.group_id = {token->group};
    if (token && token->expires_at != 0) {
        Instant at;
        at.at = utc_from_micros(token->expires_at);
        shown.expires_at = {at};
    }
    return shown;
}

}  // namespace

net::Response list_authorizations(const Exchange& exchange, ReadSources& sources) {
    Conditions where;
    add_station(exchange, where);
    if (const auto token = exchange.asked("token"))
        where.add("a.token_key = ?", {key_of_token(*token)});
    if (const auto status = exchange.asked("status"))
        where.add(store::any_of(sources.sql.dialect(), "a.status", "?"), {comma_list(*status)});
    if (const auto problem = add_times(exchange, where, "a.at"))
        return problem_answer(exchange, *problem);
    return newest_first(
        exchange, sources.sql,
        {"authorizations", select_decisions, count_decisions, "a.id", shown_decision},
        std::move(where));
}

void try_authorize(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<AuthorizeWrite>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    service.read(exchange, [wanted = *wanted](const Exchange& asked, ReadSources& sources) {
        std::string location;
        if (wanted.station_id) {
            const auto station = find_station(sources.sql, wanted.station_id->value);
            if (!station)
                return problem_answer(asked, not_found("station", wanted.station_id->value));
            location = station->shown.location_id.value_or("");
        }
        return json_answer(200, wire::encode(decide(wanted, asked, sources.sql, location)));
    });
}

}  // namespace ohm::api::rest
