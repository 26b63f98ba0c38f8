// What REST offers of events: replay, a stream of them in two forms, and which there are. The rows
// are in the tables of routes and components.
#pragma once

#include <vector>

#include "api/rest/event_tickets.hpp"
#include "api/rest/resources.hpp"
#include "api/rest/route.hpp"

namespace ohm::api::rest {

struct CloudEventShown {
    std::string specversion;  // "1.0"
    std::string id;           // of partition and number
    std::string source, type, subject;
    Instant time;
    std::string sequence;  // the place behind it, for `after`
    std::string datacontenttype;
    Any data;
    FIELDS(specversion, id, source, type, subject, time, sequence, datacontenttype, data)
};
struct EventTypeShown {
    std::string type, meaning;
    Any schema;   // JSON Schema of `data`
    Any example;  // of `data`
    FIELDS(type, meaning, schema, example)
};

net::Response list_stored_events(const Exchange& exchange, ReadSources& sources);
net::Response list_event_types(const Exchange& exchange, Service& service);
net::Response show_asyncapi(const Exchange& exchange, Service& service);
void stream_events(const SharedExchange& exchange, Service& service);
void follow_messages(const SharedExchange& exchange, Service& service);
void follow_events(const SharedExchange& exchange, Service& service);

std::string asyncapi_document(std::string_view version);

const std::vector<Route>& event_routes();
const std::vector<Component>& event_components();

}  // namespace ohm::api::rest
