// Reading and setting what a station lets be configured: 1.6 Core, 2.0.1 block B.
#include <set>

#include "api/commands/probe.hpp"
#include "api/commands/variables.hpp"
#include "domain/variable.hpp"
#include "ocpp/v16/core.hpp"
#include "ocpp/v201/provisioning.hpp"

namespace ohm::api::commands {

struct GetVariablesParameters {
    Optional<List<VariableNamed, 1, 1000>> variables;  // absent: all, in 1.6
    FIELDS(variables)
};
struct BaseReportParameters {
    OneOf<"configuration", "full", "summary"> base;
    FIELDS(base)
};
struct ReportParameters {
    Optional<List<OneOf<"Active", "Available", "Enabled", "Problem">, 1, 4>> criteria;
    Optional<List<VariableReported, 1, 1000>> variables;
    FIELDS(criteria, variables)
};
struct RotateParameters {
    FIELDS()
};

namespace {

using ocpp::v201::AttributeType;

// ---- get ----

PreparedOrRefusal get_v16(Preparing&, const GetVariablesParameters& wanted) {
    ocpp::v16::GetConfiguration::Request request;
    if (!wanted.variables) return call_of<ocpp::v16::GetConfiguration>(request);
    auto& keys = request.key.emplace().items;
    for (const VariableNamed& one : *wanted.variables) {
        if (const auto refused = refused_address(one, keys.size())) return tl::unexpected{*refused};
        keys.push_back({one.variable.value});
    }
    return call_of<ocpp::v16::GetConfiguration>(request);
}

PreparedOrRefusal get_v201(Preparing&, const GetVariablesParameters& wanted) {
    if (!wanted.variables)
        return not_in_protocol(
            "OCPP 2.0.1 reads named variables; get-base-report reports all of them", "/variables");
    ocpp::v201::GetVariables::Request request;
    auto& items = request.getVariableData.items;
    for (const VariableNamed& one : *wanted.variables) {
        const std::size_t index = items.size();
        auto& item = items.emplace_back();
        if (const auto refused = address(one, index, item)) return tl::unexpected{*refused};
        item.attributeType = attribute_of<AttributeType>(one.attribute);
    }
    return call_of<ocpp::v201::GetVariables>(request);
}

// ---- set ----

// B05.FR.13: a message sets no variable twice.
std::optional<OperationRefused> set_twice(const List<VariableSet, 1, 1000>& variables) {
    std::set<std::string> seen;
    std::size_t index = 0;
    for (const VariableSet& one : variables) {
        const auto text = [](const auto& written) { return written ? written->value : ""; };
        const auto number = [](const auto& written) { return written ? written->value : -1; };
        const domain::VariableName name{
            .component = text(one.component),
            .component_instance = text(one.component_instance),
            .evse = number(one.evse_id),
            .connector = number(one.connector_id),
            .variable = one.variable.value,
            .instance = text(one.variable_instance),
            .attribute = one.attribute ? std::string{one.attribute->name()} : "Actual"};
        if (!seen.insert(key_of(name)).second)
            return OperationRefused{"validation_failed", "a message sets a variable once",
                                    "/variables/" + std::to_string(index)};
        ++index;
    }
    return std::nullopt;
}

PreparedOrRefusal set_v16(Preparing&, const SetVariablesParameters& wanted) {
    // One key a message: a list is split before it comes here.
    const VariableSet& one = wanted.variables.items.front();
    if (const auto refused = refused_address(one, 0)) return tl::unexpected{*refused};
    return call_of<ocpp::v16::ChangeConfiguration>({{one.variable.value}, {one.value.value}});
}

PreparedOrRefusal set_v201(Preparing&, const SetVariablesParameters& wanted) {
    if (const auto refused = set_twice(wanted.variables)) return tl::unexpected{*refused};
    ocpp::v201::SetVariables::Request request;
    auto& items = request.setVariableData.items;
    for (const VariableSet& one : wanted.variables) {
        const std::size_t index = items.size();
        auto& item = items.emplace_back();
        if (const auto refused = address(one, index, item)) return tl::unexpected{*refused};
        item.attributeType = attribute_of<AttributeType>(one.attribute);
        item.attributeValue = {one.value.value};
    }
    return call_of<ocpp::v201::SetVariables>(request);
}

// ---- reports ----

PreparedOrRefusal base_report_v201(Preparing& preparing, const BaseReportParameters& wanted) {
    ocpp::v201::GetBaseReport::Request request;
    request.requestId = {preparing.next_number()};
    if (wanted.base.is("configuration"))
        request.reportBase = "ConfigurationInventory";
    else if (wanted.base.is("full"))
        request.reportBase = "FullInventory";
    else
        request.reportBase = "SummaryInventory";
    return call_of<ocpp::v201::GetBaseReport>(request);
}

PreparedOrRefusal report_v201(Preparing& preparing, const ReportParameters& wanted) {
    ocpp::v201::GetReport::Request request;
    request.requestId = {preparing.next_number()};
    if (wanted.criteria) request.componentCriteria = {{wanted.criteria->items}};
    if (wanted.variables)
        add_reported(*wanted.variables, request.componentVariable.emplace().items);
    return call_of<ocpp::v201::GetReport>(request);
}

// ---- the station's own password ----

PreparedOrRefusal rotate_v16(Preparing& preparing, const RotateParameters&) {
    return call_of<ocpp::v16::ChangeConfiguration>(
        {{"AuthorizationKey"}, {preparing.new_password()}});
}

PreparedOrRefusal rotate_v201(Preparing& preparing, const RotateParameters&) {
    ocpp::v201::SetVariables::Request request;
    auto& item = request.setVariableData.items.emplace_back();
    item.component.name = {"SecurityCtrlr"};
    item.variable.name = {"BasicAuthPassword"};
    item.attributeValue = {preparing.new_password()};
    return call_of<ocpp::v201::SetVariables>(request);
}

constexpr NeutralCommand table[] = {
    neutral<GetVariablesParameters, get_v16, get_v201>(
        {.name = "get-variables",
         .tag = "commands",
         .summary = "Read variables (OCPP 1.6: configuration keys)",
         .example =
             R"({"variables":[{"component":"OCPPCommCtrlr","variable":"HeartbeatInterval"}]})",
         .instead = "get-base-report reports all of them"}),
    neutral<SetVariablesParameters, set_v16, set_v201>(
        {.name = "set-variables",
         .tag = "commands",
         .summary = "Set variables (OCPP 1.6: configuration keys); with verify, read them back",
         .example = R"({"variables":[{"component":"OCPPCommCtrlr","variable":"HeartbeatInterval",)"
                    R"("value":"300"}],"verify":true})"}),
    neutral<BaseReportParameters, nullptr, base_report_v201>(
        {.name = "get-base-report",
         .tag = "commands",
         .summary = "Ask for a report of the device model",
         .example = R"({"base":"full"})",
         .instead = "get-variables without variables reads all configuration keys"}),
    neutral<ReportParameters, nullptr, report_v201>(
        {.name = "get-report",
         .tag = "commands",
         .summary = "Ask for a report of some components and variables",
         .example = R"({"criteria":["Problem"]})",
         .instead = "get-variables reads configuration keys"}),
    neutral<ProbeParameters, probe_v16, probe_v201>(
        {.name = "probe-measurands",
         .tag = "commands",
         .summary = "Set a list of measurands, or those of it that the station takes",
         .example = R"({"measurands":["Energy.Active.Import.Register","Power.Active.Import"]})"}),
    neutral<RotateParameters, rotate_v16, rotate_v201>(
        {.name = "rotate-password",
         .tag = "commands",
         .summary = "Give the station a new password; it counts from the station's acceptance on",
         .example = "{}"}),
};

}  // namespace

Part configuration_commands() { return table; }

}  // namespace ohm::api::commands
