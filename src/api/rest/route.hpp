// A route is data: from the one table of them come dispatch, authorization, the check of query
// parameters, and OpenAPI. Static; any thread.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "api/readers.hpp"
#include "api/rest/exchange.hpp"
#include "api/rest/scopes.hpp"
#include "wire/fields.hpp"

namespace ohm::api::rest {

class Service;
using SharedExchange = std::shared_ptr<const Exchange>;  // of the loop and of the reader at once

// On the loop, at once.
using Direct = net::Response (*)(const Exchange&, Service&);
// On a reader's thread.
using Read = net::Response (*)(const Exchange&, ReadSources&);
// On the loop; answers when it can, through the service.
using Act = void (*)(const SharedExchange&, Service&);
// The same, for an answer in pieces.
struct Transmit {
    void (*start)(const SharedExchange&, Service&);
};
// A WebSocket, after the caller has shown a key: in a header, or in the first frame.
struct Follow {
    void (*start)(const SharedExchange&, Service&);
};
using Handler = std::variant<Direct, Read, Act, Transmit, Follow>;

struct QueryParameter {
    std::string_view name;
    std::string_view schema;  // JSON Schema
    std::string_view description;
};

// stream: the handler takes the body in pieces, whatever it is.
enum class Media : std::uint8_t { none, json, merge_patch, json_or_csv, stream };
struct Body {
    Media media = Media::none;
    std::string_view component;  // name of the schema in OpenAPI
    bool required = true;
    std::size_t bytes_max = 0;      // 0: limits::rest_body_bytes
    std::string_view example = "";  // JSON
};

enum class Shape : std::uint8_t { nothing, object, list, text };
struct Outcome {
    int status;
    std::string_view description;
    Shape shape = Shape::nothing;
    std::string_view component = "";  // JSON where a schema of our own; else the media type
    std::string_view example = "";
};

struct Route {
    std::string_view method;
    std::string_view path;  // "/api/v1/stations/{id}"
    Scope scope;            // "": open to everybody; "any": every valid caller
    std::string_view operation_id;
    std::string_view tag;
    std::string_view summary;
    Handler handler;
    std::vector<QueryParameter> query = {};
    Body body = {};
    std::vector<Outcome> outcomes = {};
    std::vector<std::string_view> problems = {};  // codes beyond those that every route has
    bool audits_itself = false;  // where it succeeds, its handler wrote the record with the rest
};

std::span<const Route> routes();
// Its parts in files of their own.
const std::vector<Route>& charging_routes();
const std::vector<Route>& station_evse_routes();
const std::vector<Route>& command_routes();
const std::vector<Route>& batch_routes();
const std::vector<Route>& file_routes();

// What a path names. `route` is null with `allowed` empty: nothing; with `allowed`: another method.
struct Match {
    const Route* route = nullptr;
    std::vector<std::string> values;
    std::string allowed;     // for the Allow header
    bool malformed = false;  // broken percent-encoding, or not UTF-8
};
Match find_route(std::span<const Route> table, std::string_view method, std::string_view path);

// A JSON Schema component of OpenAPI.
struct Component {
    std::string_view name;
    const wire::Type* type;
    bool custom_data = false;  // OCPP 2.0.1: any object may carry it
};
std::span<const Component> components();
std::span<const Component> charging_components();
const std::vector<Component>& station_evse_components();
std::span<const Component> command_components();
std::span<const Component> batch_components();
std::span<const Component> file_components();

std::string openapi_document(std::string_view version);

}  // namespace ohm::api::rest
