#include "api/rest/handlers.hpp"
#include "api/rest/service.hpp"
#include "ocpp/action.hpp"
#include "ocpp/version.hpp"

namespace ohm::api::rest {
namespace {

using ocpp::ActionInfo;
using ocpp::Version;

Version version_in_path(const Exchange& exchange) {
    return ocpp::version_of_short_name(exchange.path_value(0));
}

ActionShown action_of(Version version, const ActionInfo& info) {
    const std::string path = "/api/v1/ocpp/" + std::string{ocpp::short_name(version)} +
                             "/schemas/" + std::string{info.name};
    ActionShown shown{.name = std::string{info.name},
                      .request_schema = path + ".request",
                      .response_schema = path + ".response"};
    if (info.from == ocpp::From::csms) shown.sent_by = "csms";
    if (info.from == ocpp::From::both) shown.sent_by = "both";
    return shown;
}

net::Response schema_answer(const Exchange& exchange, const wire::Type* ActionInfo::*part) {
    const Version version = version_in_path(exchange);
    const ActionInfo* info = ocpp::find_action(version, exchange.path_value(1));
    if (info == nullptr)
        return problem_answer(exchange, not_found("declared action", exchange.path_value(1)));
    std::string schema;
    wire::describe(schema, *(info->*part), {wire::Strictness::strict, version == Version::v201});
    net::Response response = json_answer(200, std::move(schema));
    response.headers.front().value = "application/schema+json";
    return response;
}

}  // namespace

net::Response list_actions(const Exchange& exchange, Service&) {
    const Version version = version_in_path(exchange);
    if (version == Version::none)
        return problem_answer(exchange, not_found("OCPP version", exchange.path_value(0)));
    ListAnswer list;
    for (const ActionInfo& info : ocpp::declared_actions(version))
        list.items.push_back(wire::encode(action_of(version, info)));
    return list_answer(exchange, list);
}

net::Response show_request_schema(const Exchange& exchange, Service&) {
    return schema_answer(exchange, &ActionInfo::request);
}

net::Response show_response_schema(const Exchange& exchange, Service&) {
    return schema_answer(exchange, &ActionInfo::response);
}

}  // namespace ohm::api::rest
