// The EVSEs and connectors of a station, one by one; all of them are in the station itself as well.
#include <algorithm>

#include "api/rest/handlers.hpp"
#include "api/rest/route_words.hpp"
#include "api/rest/service.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view connector_example =
    R"({"id":1,"status":"Available","reported_status":"Available","error_code":null,"info":null,)"
    R"("vendor_id":null,"vendor_error_code":null,"status_at":"2026-01-01T00:00:00.000Z",)"
    R"("reservation_id":null})";
const std::string evse_example =
    R"({"id":1,"status":"Available","connectors":[)" + std::string{connector_example} + "]}";

template <class T>
const T* find(const List<T>& list, const std::string& number) {
    const auto id = parse_int(number);
    const auto found = std::find_if(list.items.begin(), list.items.end(),
                                    [&](const T& one) { return id && one.id == *id; });
    return found == list.items.end() ? nullptr : &*found;
}

net::Response list_evses(const Exchange& exchange, ReadSources& sources) {
    const auto station = station_in_path(exchange, sources.sql);
    if (!station) return problem_answer(exchange, station.error());
    ListAnswer list;
    for (const EvseShown& evse : station->shown.evses->items)
        list.items.push_back(wire::encode(evse));
    return list_answer(exchange, list);
}

net::Response show_evse(const Exchange& exchange, ReadSources& sources) {
    const auto station = station_in_path(exchange, sources.sql);
    if (!station) return problem_answer(exchange, station.error());
    const EvseShown* evse = find(*station->shown.evses, exchange.path_value(1));
    if (evse == nullptr) return problem_answer(exchange, not_found("EVSE", exchange.path_value(1)));
    return json_answer(200, wire::encode(*evse));
}

net::Response show_connector(const Exchange& exchange, ReadSources& sources) {
    const auto station = station_in_path(exchange, sources.sql);
    if (!station) return problem_answer(exchange, station.error());
    const EvseShown* evse = find(*station->shown.evses, exchange.path_value(1));
    const ConnectorShown* connector =
        evse == nullptr ? nullptr : find(evse->connectors, exchange.path_value(2));
    if (connector == nullptr)
        return problem_answer(exchange, not_found("connector", exchange.path_value(2)));
    return json_answer(200, wire::encode(*connector));
}

Route reading(std::string_view path, std::string_view operation_id, std::string_view summary,
              Read handler, Outcome outcome) {
    return {"GET",   path, "stations:read", operation_id, "stations",   summary,
            handler, {},   no_body,         {outcome},    {"not_found"}};
}

}  // namespace

const std::vector<Route>& station_evse_routes() {
    static const std::vector<Route> table = {
        reading("/api/v1/stations/{id}/evses", "listStationEvses",
                "List the station's EVSEs and their connectors", list_evses,
                {200, "All of them.", Shape::list, "Evse"}),
        reading("/api/v1/stations/{id}/evses/{evse_id}", "getStationEvse", "Show an EVSE",
                show_evse, {200, "Done.", Shape::object, "Evse", evse_example}),
        reading("/api/v1/stations/{id}/evses/{evse_id}/connectors/{connector_id}",
                "getStationConnector", "Show a connector", show_connector,
                {200, "Done.", Shape::object, "Connector", connector_example})};
    return table;
}

const std::vector<Component>& station_evse_components() {
    static const std::vector<Component> table = {{"Evse", &wire::type_of<EvseShown>},
                                                 {"Connector", &wire::type_of<ConnectorShown>}};
    return table;
}

}  // namespace ohm::api::rest
