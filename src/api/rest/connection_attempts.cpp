#include "api/rest/handlers.hpp"
#include "api/rest/newest.hpp"
#include "base/text.hpp"
#include "wire/codec.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view select_attempts = R"(
select a.id, p.id, a.id_text, a.at, a.cause, a.http_status, a.address, a.tls, a.subprotocols,
       a.user_name, a.user_agent, a.worker, a.detail
  from connection_attempts a
  left join charge_points p on p.station_no = a.station_no
 where 1 = 1)";

ConnectionAttemptShown attempt_of(const store::Row& row) {
    ConnectionAttemptShown shown;
    shown.id = shown_id("att_", row[0]);
    shown.station_id = text_or_null(row[1]);
    shown.identity = text_or_null(row[2]);
    shown.at = time_of(row[3]);
    shown.cause = store::as_text(row[4]);
    shown.http_status = int_or_null(row[5]);
    shown.address = text_or_null(row[6]);
    if (!store::is_null(row[7])) shown.tls = {store::as_int(row[7]) != 0};
    shown.subprotocols = text_or_null(row[8]);
    shown.user_name = text_or_null(row[9]);
    shown.user_agent = text_or_null(row[10]);
    shown.worker = text_or_null(row[11]);
    shown.detail = text_or_null(row[12]);
    return shown;
}

Wanted<Conditions> read_filter(const Exchange& exchange) {
    Conditions where;
    if (const auto cause = exchange.asked("cause")) where.add("a.cause = ?", {std::string{*cause}});
    if (const auto id = exchange.asked("station_id"))
        where.add("a.id_key = ?", {fold(*id).value_or("")});
    if (auto problem = add_times(exchange, where, "a.at")) return refused(std::move(*problem));
    return where;
}

}  // namespace

net::Response list_connection_attempts(const Exchange& exchange, ReadSources& sources) {
    auto where = read_filter(exchange);
    if (!where) return problem_answer(exchange, where.error());
    return newest_first(
        exchange, sources.sql,
        {.name = "attempts",
         .select = select_attempts,
         .count = "select count(*) from connection_attempts a where 1 = 1",
         .id = "a.id",
         .shown = [](const store::Row& row) { return wire::encode(attempt_of(row)); }},
        std::move(*where));
}

}  // namespace ohm::api::rest
