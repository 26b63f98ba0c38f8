#include "api/facts/answers.hpp"

#include <algorithm>
#include <map>

#include "api/certificates/answers.hpp"
#include "api/exchanged.hpp"
#include "api/facts/states.hpp"
#include "api/facts/tables.hpp"
#include "api/facts/variables.hpp"
#include "ocpp/v16/core.hpp"
#include "ocpp/v201/diagnostics.hpp"
#include "ocpp/v201/display_message.hpp"
#include "ocpp/v201/provisioning.hpp"

namespace ohm::api {
namespace {

std::string attribute_of(const std::optional<ocpp::v201::AttributeType>& type) {
    return std::string{type ? type->name() : std::string_view{"Actual"}};
}

template <class Item>
domain::VariableName name_of_item(const Item& item) {
    domain::VariableName name = name_of(item.component, item.variable);
    name.attribute = attribute_of(item.attributeType);
    return name;
}

// ---- 1.6: configuration keys ----

void note_configuration(Exchanged in) {
    using Action = ocpp::v16::GetConfiguration;
    Action::Request asked;
    Action::Response answered;
    if (!in.read<Action>(asked, answered) || !answered.configurationKey) return;
    // All of them were asked for: what is not said is gone.
    const bool is_full = !asked.key && !answered.configurationKey->items.empty();
    if (is_full) in.batch().unit.add(tables::all_variables_gone, {in.station.no.value});
    for (const Action::KeyValue& key : *answered.configurationKey) {
        const domain::VariableName name = name_of_v16(key.key.value);
        note_value(in.batch(), in.station, in.at(), name, key.value ? key.value->value : "", false);
        note_mutability(in.batch(), in.station, name, key.readonly ? "ReadOnly" : "ReadWrite");
    }
}

void note_changed_configuration(Exchanged in) {
    using Action = ocpp::v16::ChangeConfiguration;
    Action::Request asked;
    Action::Response answered;
    if (!in.read<Action>(asked, answered)) return;
    const bool reboot = answered.status.is("RebootRequired");
    if (!reboot && !answered.status.is("Accepted")) return;
    note_value(in.batch(), in.station, in.at(), name_of_v16(asked.key.value), asked.value.value,
               reboot);
}

// ---- 2.0.1: variables ----

void note_got_variables(Exchanged in) {
    using Action = ocpp::v201::GetVariables;
    Action::Request asked;
    Action::Response answered;
    if (!in.read<Action>(asked, answered)) return;
    for (const auto& result : answered.getVariableResult)
        if (result.attributeStatus.is("Accepted"))
            note_value(in.batch(), in.station, in.at(), name_of_item(result),
                       result.attributeValue ? result.attributeValue->value : "", false);
}

// Results name the variable, and need not stand in the order of the request (B05).
void note_set_variables(Exchanged in) {
    using Action = ocpp::v201::SetVariables;
    Action::Request asked;
    Action::Response answered;
    if (!in.read<Action>(asked, answered)) return;
    std::map<std::string, const std::string*> values;
    for (const auto& item : asked.setVariableData)
        values[domain::key_of(name_of_item(item))] = &item.attributeValue.value;
    for (const auto& result : answered.setVariableResult) {
        const bool reboot = result.attributeStatus.is("RebootRequired");
        const domain::VariableName name = name_of_item(result);
        const auto value = values.find(domain::key_of(name));
        if ((reboot || result.attributeStatus.is("Accepted")) && value != values.end())
            note_value(in.batch(), in.station, in.at(), name, *value->second, reboot);
    }
}

void note_full_inventory(Exchanged in) {
    using Action = ocpp::v201::GetBaseReport;
    Action::Request asked;
    Action::Response answered;
    if (!in.read<Action>(asked, answered)) return;
    if (!asked.reportBase.is("FullInventory") || !answered.status.is("Accepted")) return;
    const store::Value station = in.station.no.value, kind = std::string{"variables"},
                       request = asked.requestId.value;
    in.batch().unit.add(
        tables::full_report_announced,
        {station, kind, request, std::string{"incomplete"}, std::int64_t{0}, in.at(), in.at()});
    in.batch().unit.add(tables::full_report, {station, kind, request, std::int64_t{1}});
}

// ---- 2.0.1: monitors, messages ----

// A report of all monitors: those that it does not name are gone, as are all where there is none.
void note_all_monitors(Exchanged in) {
    using Action = ocpp::v201::GetMonitoringReport;
    Action::Request asked;
    Action::Response answered;
    if (!in.read<Action>(asked, answered)) return;
    if (asked.monitoringCriteria || asked.componentVariable) return;
    const store::Value station = in.station.no.value, kind = std::string{"monitors"},
                       request = asked.requestId.value;
    if (answered.status.is("EmptyResultSet"))
        in.batch().unit.add(tables::all_monitors_gone, {station});
    if (!answered.status.is("Accepted")) return;
    in.batch().unit.add(
        tables::full_report_announced,
        {station, kind, request, std::string{"incomplete"}, std::int64_t{0}, in.at(), in.at()});
    in.batch().unit.add(tables::full_report, {station, kind, request, std::int64_t{1}});
}

void note_set_monitors(Exchanged in) {
    using Action = ocpp::v201::SetVariableMonitoring;
    Action::Request asked;
    Action::Response answered;
    if (!in.read<Action>(asked, answered)) return;
    for (const auto& result : answered.setMonitoringResult) {
        if (!result.status.is("Accepted") || !result.id) continue;
        const domain::VariableName name = name_of(result.component, result.variable);
        const auto& items = asked.setMonitoringData.items;
        const auto item = std::find_if(items.begin(), items.end(), [&](const auto& one) {
            return one.type == result.type && one.severity.value == result.severity.value &&
                   domain::key_of(name_of(one.component, one.variable)) == domain::key_of(name);
        });
        if (item == items.end()) continue;
        note_monitor(in.batch(), in.station, in.at(),
                     {.id = result.id->value,
                      .name = name,
                      .type = std::string{result.type.name()},
                      .value = wire::encode(item->value),
                      .severity = result.severity.value,
                      .in_transaction = item->transaction.value_or(false)});
    }
}

void note_cleared_monitors(Exchanged in) {
    using Action = ocpp::v201::ClearVariableMonitoring;
    Action::Request asked;
    Action::Response answered;
    if (!in.read<Action>(asked, answered)) return;
    for (const auto& result : answered.clearMonitoringResult)
        if (!result.status.is("Rejected"))
            in.batch().unit.add(tables::remove_monitor, {in.station.no.value, result.id.value});
}

void note_set_display_message(Exchanged in) {
    using Action = ocpp::v201::SetDisplayMessage;
    Action::Request asked;
    Action::Response answered;
    if (in.read<Action>(asked, answered) && answered.status.is("Accepted"))
        note_display_message(in.batch(), in.station, in.at(), asked.message);
}

void note_cleared_display_message(Exchanged in) {
    using Action = ocpp::v201::ClearDisplayMessage;
    Action::Request asked;
    Action::Response answered;
    if (in.read<Action>(asked, answered))  // Unknown: it is not there either
        in.batch().unit.add(tables::remove_display_message, {in.station.no.value, asked.id.value});
}

struct Learner {
    std::string_view action;
    void (*learn)(Exchanged);
};
constexpr Learner learners[] = {{"GetConfiguration", note_configuration},
                                {"ChangeConfiguration", note_changed_configuration},
                                {"GetVariables", note_got_variables},
                                {"SetVariables", note_set_variables},
                                {"GetBaseReport", note_full_inventory},
                                {"GetMonitoringReport", note_all_monitors},
                                {"SetVariableMonitoring", note_set_monitors},
                                {"ClearVariableMonitoring", note_cleared_monitors},
                                {"SetDisplayMessage", note_set_display_message},
                                {"ClearDisplayMessage", note_cleared_display_message}};

}  // namespace

void note_answer(Work& work, Station& station, std::string_view action, std::string_view request,
                 std::string_view response) {
    for (const Learner& learner : learners)
        if (learner.action == action) return learner.learn({work, station, request, response});
    note_certificate_answer(work, station, action, request, response);
}

}  // namespace ohm::api
