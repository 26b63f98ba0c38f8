// Tickets: a browser's EventSource and WebSocket carry no header, and an API key in an address
// would stay in logs and histories. A ticket stands for its caller once, for a short while, and for
// following alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/rest/resources.hpp"
#include "api/rest/route.hpp"
#include "store/sql.hpp"

namespace ohm::api::rest {

struct EventTicketShown {
    std::string ticket;  // "oht_…", for ?ticket=
    Instant expires_at;
    FIELDS(ticket, expires_at)
};

void make_event_ticket(const SharedExchange& exchange, Service& service);

// Where the route takes tickets and the request has one.
std::optional<std::string> ticket_in(const Exchange& exchange);
// The digest of the credential that it stands for, once. A writer's thread.
std::optional<std::string> redeem_ticket(store::Sql& sql, std::string_view ticket, Utc now);

}  // namespace ohm::api::rest
