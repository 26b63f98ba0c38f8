#include "api/facts/desired.hpp"

#include <map>

#include "api/facts/tables.hpp"
#include "api/tables.hpp"
#include "ocpp/errors.hpp"

namespace ohm::api {
namespace {

using ByName = std::map<std::string, DesiredVariable>;

// The same set, changed; or what is wrong with the change.
tl::expected<ByName, OperationRefused> changed(ByName set, const VariablesWrite& wanted) {
    std::size_t index = 0;
    for (const DesiredVariable& variable : wanted.variables) {
        const std::string pointer = "/variables/" + std::to_string(index++);
        if (domain::is_secret(variable.variable.value))
            return tl::unexpected{OperationRefused{
                "validation_failed", "secrets are set with the station's credentials", pointer}};
        const std::string key = domain::key_of(name_of(variable));
        if (variable.value)
            set[key] = variable;
        else if (wanted.replace)
            return tl::unexpected{
                OperationRefused{"validation_failed", "value is required", pointer + "/value"}};
        else
            set.erase(key);
    }
    if (set.size() > limits::desired_variables)
        return tl::unexpected{OperationRefused{
            "validation_failed",
            "a station has at most " + std::to_string(limits::desired_variables) + " of them",
            "/variables"}};
    return set;
}

ByName set_of(wire::Decoder& decoder, const std::string& stored) {
    DesiredVariables before;
    ByName set;
    if (stored.empty() || decoder.decode(stored, before, {wire::Strictness::lenient})) return set;
    for (DesiredVariable& variable : before.variables.items) {
        std::string key = domain::key_of(name_of(variable));
        set[std::move(key)] = std::move(variable);
    }
    return set;
}

}  // namespace

domain::VariableName name_of(const DesiredVariable& variable) {
    domain::VariableName name{.component = variable.component, .variable = variable.variable};
    if (variable.component_instance) name.component_instance = *variable.component_instance;
    if (variable.instance) name.instance = *variable.instance;
    if (variable.evse_id) name.evse = *variable.evse_id;
    if (variable.connector_id) name.connector = *variable.connector_id;
    if (variable.attribute) name.attribute = variable.attribute->name();
    return name;
}

void write_desired_variables(Work& work, const bus::OperatorBody& asked, Station& station) {
    VariablesWrite wanted;
    if (const auto violation = work.shard.decoder.decode(asked.parameters, wanted))
        return work.refuse(400, "validation_failed", ocpp::describe(*violation), violation->path);
    std::string& stored = work.shard.desired_variables[station.no.value];
    auto set = changed(wanted.replace ? ByName{} : set_of(work.shard.decoder, stored), wanted);
    if (!set) return work.refuse(400, set.error().code, set.error().detail, set.error().pointer);
    DesiredVariables after;
    for (auto& [key, variable] : *set) after.variables.items.push_back(std::move(variable));
    stored = wire::encode(after);
    work.batch.unit.add(tables::desired_variables, {station.no.value, stored, work.now_us(),
                                                    tables::text_or_null(asked.requested_by)});
    work.answer(200,
                wire::encode(StationWritten{.station_no = station.no.value, .id = station.id}));
}

}  // namespace ohm::api
