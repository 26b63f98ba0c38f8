#include "api/commands/verification.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "ocpp/v16/core.hpp"
#include "ocpp/v201/provisioning.hpp"

namespace ohm::api::commands {
namespace {

using Change = ocpp::v16::ChangeConfiguration;
using Read = ocpp::v16::GetConfiguration;
using ocpp::v201::GetVariables;
using ocpp::v201::SetVariables;
constexpr wire::Rules lenient{wire::Strictness::lenient, true};

bool same_text(const auto& a, const auto& b) {
    if (a.has_value() != b.has_value()) return false;
    return !a || equals_ignoring_case(a->value, b->value);
}
bool same_evse(const auto& a, const auto& b) {
    if (a.has_value() != b.has_value()) return false;
    if (!a) return true;
    const auto connector = [](const auto& evse) {
        return evse.connectorId ? evse.connectorId->value : 0;
    };
    return a->id.value == b->id.value && connector(*a) == connector(*b);
}
// B05: by component, variable and attribute, never by position.
bool same_target(const SetVariables::SetVariableData& set,
                 const GetVariables::GetVariableResult& read) {
    const ocpp::v201::AttributeType actual = "Actual";
    return equals_ignoring_case(set.component.name.value, read.component.name.value) &&
           equals_ignoring_case(set.variable.name.value, read.variable.name.value) &&
           same_text(set.component.instance, read.component.instance) &&
           same_text(set.variable.instance, read.variable.instance) &&
           same_evse(set.component.evse, read.component.evse) &&
           set.attributeType.value_or(actual) == read.attributeType.value_or(actual);
}

bool key_reads_back(wire::Decoder& decoder, std::string_view set, std::string_view read) {
    Change::Request wanted;
    Read::Response found;
    if (decoder.decode(set, wanted, lenient) || decoder.decode(read, found, lenient)) return false;
    if (!found.configurationKey) return false;
    const auto& keys = found.configurationKey->items;
    return std::any_of(keys.begin(), keys.end(), [&](const Read::KeyValue& key) {
        return equals_ignoring_case(key.key.value, wanted.key.value) && key.value &&
               key.value->value == wanted.value.value;
    });
}

bool variables_read_back(wire::Decoder& decoder, std::string_view set, std::string_view read) {
    SetVariables::Request wanted;
    GetVariables::Response found;
    if (decoder.decode(set, wanted, lenient) || decoder.decode(read, found, lenient)) return false;
    const auto& results = found.getVariableResult.items;
    return std::all_of(wanted.setVariableData.items.begin(), wanted.setVariableData.items.end(),
                       [&](const SetVariables::SetVariableData& one) {
                           return std::any_of(
                               results.begin(), results.end(),
                               [&](const GetVariables::GetVariableResult& result) {
                                   return same_target(one, result) && result.attributeValue &&
                                          result.attributeValue->value == one.attributeValue.value;
                               });
                       });
}

}  // namespace

bool is_verifiable(std::string_view action) {
    return action == "ChangeConfiguration" || action == "SetVariables";
}

std::optional<Prepared> reading_of(wire::Decoder& decoder, std::string_view action,
                                   std::string_view request) {
    if (action == "ChangeConfiguration") {
        Change::Request set;
        if (decoder.decode(request, set, lenient)) return std::nullopt;
        Read::Request read;
        read.key.emplace().items.push_back({set.key.value});
        return call_of<Read>(read);
    }
    SetVariables::Request set;
    if (action != "SetVariables" || decoder.decode(request, set, lenient)) return std::nullopt;
    GetVariables::Request read;
    for (const auto& one : set.setVariableData.items) {
        auto& item = read.getVariableData.items.emplace_back();
        item.attributeType = one.attributeType;
        item.component = one.component;
        item.variable = one.variable;
    }
    return call_of<GetVariables>(read);
}

bool reads_back(wire::Decoder& decoder, std::string_view set, std::string_view read_action,
                std::string_view read) {
    return read_action == "GetConfiguration" ? key_reads_back(decoder, set, read)
                                             : variables_read_back(decoder, set, read);
}

}  // namespace ohm::api::commands
