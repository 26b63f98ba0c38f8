// What REST offers of events, and their description as AsyncAPI.
#include "api/events/types.hpp"
#include "api/rest/event_handlers.hpp"
#include "api/rest/route_words.hpp"
#include "api/rest/service.hpp"
#include "base/text.hpp"
#include "wire/codec.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view event_shown =
    R"({"specversion":"1.0","id":"2-1041","source":"/api/v1/stations/CP0001",)"
    R"("type":"connector.status_changed","subject":"CP0001","time":"2026-01-01T00:00:00.000Z",)"
    R"("sequence":"1.1.sy.1","datacontenttype":"application/json","data":{"evse_id":1,)"
    R"("connector_id":1,"status":"Occupied","error_code":null,"info":null,"vendor_id":null,)"
    R"("vendor_error_code":null,"at":"2026-01-01T00:00:00.000Z"}})";
constexpr std::string_view type_shown =
    R"({"type":"station.created","meaning":"An operator created the station.",)"
    R"("schema":{"type":"object"},"example":{"version":1}})";

const Parameters filter_parameters{
    {"after", text_schema,
     "`sequence` of an event: those behind it follow. Absent: see the operation."},
    {"types", text_schema,
     "Names of events separated by commas, or groups of them such as `transaction.*`; absent: "
     "all."},
    {"station_id", text_schema, "Identity of a station; absent: all."},
    {"station", text_schema, "The same."}};
const QueryParameter ticket_parameter{
    "ticket", text_schema, "Of POST /api/v1/events/tickets, where no header can be sent."};
constexpr std::string_view ticket_shown =
    R"({"ticket":"oht_5b1f…","expires_at":"2026-01-01T00:00:30.000Z"})";

// JSON is YAML: the documents are the same under both names.
net::Response as_yaml(net::Response&& json) {
    json.headers = {{"Content-Type", "application/yaml"}};
    return std::move(json);
}
net::Response show_openapi_yaml(const Exchange& exchange, Service& service) {
    return document_answer(exchange.request, service.openapi(), "application/yaml");
}
net::Response show_asyncapi_yaml(const Exchange& exchange, Service& service) {
    return as_yaml(show_asyncapi(exchange, service));
}

std::vector<Route> routes_of_events() {
    return {
        {"GET",
         "/api/v1/events",
         "events:subscribe",
         "listEvents",
         "events",
         "Events that are kept, in order; without `after` from the oldest on",
         list_stored_events,
         filter_parameters +
             Parameters{{"cursor", text_schema, "The same as `after`."},
                        {"limit", R"({"type":"integer","minimum":1,"maximum":500,"default":50})",
                         "Items a page."}},
         no_body,
         {{200, "A page; `sequence` is the place behind it, next_cursor is null at the end.",
           Shape::list, "CloudEvent", event_shown}},
         {"events_expired"}},
        {"GET",
         "/api/v1/events/stream",
         "events:subscribe",
         "streamEvents",
         "events",
         "Server-sent events from now on, or behind Last-Event-ID or `after`",
         Transmit{stream_events},
         filter_parameters + Parameters{ticket_parameter},
         no_body,
         {{200, "A stream without an end.", Shape::text, "text/event-stream",
           R"("event: ready\nid: 1.1.sy.1\ndata: {}\n\n")"}},
         {"events_expired", "overloaded"}},
        {"GET",
         "/api/v1/events/ws",
         "events:subscribe",
         "followEvents",
         "events",
         "WebSocket: the first frame is `{\"authorization\":\"Bearer …\"}`, then events come",
         Follow{follow_events},
         filter_parameters + Parameters{ticket_parameter},
         no_body,
         {{101, "A WebSocket."}},
         {"upgrade_required", "overloaded"}}};
}

Route route_of_tickets() {
    return {"POST",
            "/api/v1/events/tickets",
            "any",
            "makeEventTicket",
            "events",
            "A ticket for `?ticket=` of a stream or WebSocket: for 30 s, and once",
            make_event_ticket,
            {},
            no_body,
            {{201, "It is shown once.", Shape::object, "EventTicket", ticket_shown}},
            {"overloaded"},
            true};  // it gives nobody anything new, and each reconnection takes one
}

std::vector<Route> routes_beside() {
    return {{"GET",
             "/api/v1/messages/ws",
             "messages:read",
             "followMessages",
             "messages",
             "WebSocket: the station's OCPP messages as they are logged; nothing of before",
             Follow{follow_messages},
             {{"station_id", text_schema, "Identity of the station."},
              {"station", text_schema, "The same."},
              ticket_parameter},
             no_body,
             {{101, "A WebSocket."}},
             {"not_found", "upgrade_required", "overloaded"}},
            {"GET",
             "/api/v1/event-types",
             "any",
             "listEventTypes",
             "events",
             "Which events there are, and what they say",
             list_event_types,
             {},
             no_body,
             {{200, "All of them.", Shape::list, "EventType", type_shown}}},
            {"GET",
             "/asyncapi.json",
             "",
             "getAsyncApi",
             "documentation",
             "The description of events, as AsyncAPI",
             show_asyncapi,
             {},
             no_body,
             {{200, "The document.", Shape::text, "application/json"}}},
            {"GET",
             "/asyncapi.yaml",
             "",
             "getAsyncApiYaml",
             "documentation",
             "The same, for readers of YAML",
             show_asyncapi_yaml,
             {},
             no_body,
             {{200, "The document.", Shape::text, "application/yaml"}}},
            {"GET",
             "/openapi.yaml",
             "",
             "getOpenApiYaml",
             "documentation",
             "This description, for readers of YAML",
             show_openapi_yaml,
             {},
             no_body,
             {{200, "The document.", Shape::text, "application/yaml"}}}};
}

}  // namespace

// One channel with a message a type; webhooks carry the same messages.
std::string asyncapi_document(std::string_view version) {
    std::string messages, references, schemas;
    for (const events::EventType& type : events::event_types()) {
        const std::string name{type.name}, comma = messages.empty() ? "" : ",";
        messages += comma + "\"" + name + R"(":{"name":")" + name + R"(","summary":)";
        append_json_string(messages, type.meaning);
        messages += R"(,"contentType":"application/json","payload":{"allOf":[{"$ref":)";
        messages += R"("#/components/schemas/CloudEvent"},{"type":"object","properties":{"type":)";
        messages += R"({"const":")" + name + R"("},"data":)";
        wire::describe(messages, *type.data, {wire::Strictness::strict});
        messages += R"(}}]},"examples":[{"payload":{"type":")" + name + R"(","data":)";
        messages += type.example;
        messages += "}}]}";
        references += comma + "\"" + name + R"(":{"$ref":"#/components/messages/)" + name + "\"}";
    }
    wire::describe(schemas, wire::type_of<CloudEventShown>, {wire::Strictness::strict});
    return R"({"asyncapi":"3.0.0","info":{"title":"Ohmstead events","version":")" +
           std::string{version} +
           R"("},"channels":{"events":{"address":"/api/v1/events/ws","messages":{)" + references +
           R"(}}},"operations":{"follow":{"action":"send","channel":{"$ref":"#/channels/events"}}})" +
           R"(,"components":{"schemas":{"CloudEvent":)" + schemas + R"(},"messages":{)" + messages +
           "}}}";
}

net::Response show_asyncapi(const Exchange&, Service& service) {
    return json_answer(200, asyncapi_document(service.settings().version));
}

const std::vector<Route>& event_routes() {
    static const std::vector<Route> table = [] {
        std::vector<Route> all = routes_of_events();
        all.push_back(route_of_tickets());
        for (const Route& route : routes_beside()) all.push_back(route);
        return all;
    }();
    return table;
}

const std::vector<Component>& event_components() {
    static const std::vector<Component> components = {
        {"CloudEvent", &wire::type_of<CloudEventShown>},
        {"EventType", &wire::type_of<EventTypeShown>},
        {"EventTicket", &wire::type_of<EventTicketShown>}};
    return components;
}

}  // namespace ohm::api::rest
