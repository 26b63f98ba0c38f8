#include "api/rest/event_tickets.hpp"

#include <algorithm>

#include "api/rest/service.hpp"
#include "api/rest/station_rows.hpp"
#include "base/limits_events.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

using store::Bytes;

constexpr std::size_t ticket_bytes = 32;
constexpr std::string_view ticket_prefix = "oht_";
constexpr std::string_view parameter_name = "ticket";

// Whoever makes one takes away those that nobody used.
bool keep_ticket(store::Sql& sql, const std::string& digest, const Exchange& exchange, Utc until) {
    sql.query("delete from event_tickets where expires_at <= $1 returning 1",
              {micros(exchange.received_at)});
    return !sql.query(
                   "insert into event_tickets (digest, credential, expires_at) select $1, $2, $3 "
                   "where (select count(*) from event_tickets) < $4 returning 1",
                   {Bytes{digest}, Bytes{exchange.credential}, micros(until),
                    static_cast<std::int64_t>(limits::event_tickets)})
                .empty();
}

}  // namespace

void make_event_ticket(const SharedExchange& exchange, Service& service) {
    const std::string ticket =
        std::string{ticket_prefix} + to_hex(secret::random_bytes(ticket_bytes));
    service.write(exchange, [ticket](const Exchange& asked, ReadSources& sources) {
        const Utc until = asked.received_at + limits::event_ticket_age;
        if (!keep_ticket(sources.sql, secret::digest(ticket), asked, until))
            return problem_answer(
                asked, {.code = "overloaded", .detail = "Too many tickets wait to be used."});
        return json_answer(201,
                           wire::encode(EventTicketShown{.ticket = ticket, .expires_at = {until}}));
    });
}

std::optional<std::string> ticket_in(const Exchange& exchange) {
    const auto& known = exchange.route->query;
    const bool takes = std::any_of(known.begin(), known.end(),
                                   [](const auto& one) { return one.name == parameter_name; });
    if (!takes) return std::nullopt;
    const auto pairs = net::parse_query(exchange.request.query());
    if (!pairs) return std::nullopt;
    for (const auto& [name, value] : *pairs)
        if (name == parameter_name) return value;
    return std::nullopt;
}

std::optional<std::string> redeem_ticket(store::Sql& sql, std::string_view ticket, Utc now) {
    const auto rows = sql.query(
        "delete from event_tickets where digest = $1 and expires_at > $2 returning credential",
        {Bytes{secret::digest(ticket)}, micros(now)});
    if (rows.empty()) return std::nullopt;
    return store::as_bytes(rows[0][0]);
}

}  // namespace ohm::api::rest
