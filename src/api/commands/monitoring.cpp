// Monitoring of variables: 2.0.1 block N.
#include "api/commands/variables.hpp"
#include "ocpp/v201/diagnostics.hpp"

namespace ohm::api::commands {

struct BaseParameters {
    OneOf<"All", "FactoryDefault", "HardWiredOnly"> base;
    FIELDS(base)
};
struct LevelParameters {
    Int<0, 9> severity;
    FIELDS(severity)
};
struct ClearMonitoringParameters {
    List<NotNegative, 1, 1000> ids;
    FIELDS(ids)
};
struct MonitoringReportParameters {
    Optional<List<OneOf<"ThresholdMonitoring", "DeltaMonitoring", "PeriodicMonitoring">, 1, 3>>
        criteria;
    Optional<List<VariableReported, 1, 1000>> variables;
    FIELDS(criteria, variables)
};

namespace {

PreparedOrRefusal base_v201(Preparing&, const BaseParameters& wanted) {
    ocpp::v201::SetMonitoringBase::Request request;
    request.monitoringBase = decltype(request.monitoringBase)::of(wanted.base.name()).value();
    return call_of<ocpp::v201::SetMonitoringBase>(request);
}

PreparedOrRefusal level_v201(Preparing&, const LevelParameters& wanted) {
    return call_of<ocpp::v201::SetMonitoringLevel>({{wanted.severity.value}});
}

PreparedOrRefusal set_v201(Preparing&, const SetMonitoringParameters& wanted) {
    ocpp::v201::SetVariableMonitoring::Request request;
    auto& items = request.setMonitoringData.items;
    for (const MonitorWritten& one : wanted.variables) {
        const std::size_t index = items.size();
        auto& item = items.emplace_back();
        if (const auto refused = address(one, index, item)) return tl::unexpected{*refused};
        item.id = integer(one.id);
        item.transaction = one.transaction;
        item.value = one.value;
        item.type = ocpp::v201::MonitorType::of(one.type.name()).value();
        item.severity = {one.severity.value};
    }
    return call_of<ocpp::v201::SetVariableMonitoring>(request);
}

PreparedOrRefusal clear_v201(Preparing&, const ClearMonitoringParameters& wanted) {
    ocpp::v201::ClearVariableMonitoring::Request request;
    for (const NotNegative& id : wanted.ids) request.id.items.push_back({id.value});
    return call_of<ocpp::v201::ClearVariableMonitoring>(request);
}

PreparedOrRefusal report_v201(Preparing& preparing, const MonitoringReportParameters& wanted) {
    ocpp::v201::GetMonitoringReport::Request request;
    request.requestId = {preparing.next_number()};
    if (wanted.criteria) request.monitoringCriteria = {{wanted.criteria->items}};
    if (wanted.variables)
        add_reported(*wanted.variables, request.componentVariable.emplace().items);
    return call_of<ocpp::v201::GetMonitoringReport>(request);
}

constexpr std::string_view instead = "OCPP 1.6 has no monitoring of variables";

constexpr NeutralCommand table[] = {
    neutral<BaseParameters, nullptr, base_v201>({.name = "set-monitoring-base",
                                                 .tag = "commands",
                                                 .summary = "Choose which monitors are active",
                                                 .example = R"({"base":"All"})",
                                                 .instead = instead}),
    neutral<LevelParameters, nullptr, level_v201>(
        {.name = "set-monitoring-level",
         .tag = "commands",
         .summary = "Choose up to which severity events are reported",
         .example = R"({"severity":4})",
         .instead = instead}),
    neutral<SetMonitoringParameters, nullptr, set_v201>(
        {.name = "set-variable-monitoring",
         .tag = "commands",
         .summary = "Set monitors of variables; what is no number changes or not: its Delta is 1",
         .example = R"({"variables":[{"component":"EVSE","evse_id":1,"variable":"Power",)"
                    R"("type":"UpperThreshold","value":22000,"severity":5}]})",
         .instead = instead}),
    neutral<ClearMonitoringParameters, nullptr, clear_v201>({.name = "clear-variable-monitoring",
                                                             .tag = "commands",
                                                             .summary = "Remove monitors",
                                                             .example = R"({"ids":[1,2]})",
                                                             .instead = instead}),
    neutral<MonitoringReportParameters, nullptr, report_v201>(
        {.name = "get-monitoring-report",
         .tag = "commands",
         .summary = "Ask for a report of the monitors",
         .example = R"({"criteria":["ThresholdMonitoring"]})",
         .instead = instead}),
};

}  // namespace

Part monitoring_commands() { return table; }

}  // namespace ohm::api::commands
