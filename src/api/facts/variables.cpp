#include "api/facts/variables.hpp"

#include "api/facts/tables.hpp"
#include "api/tables.hpp"
#include "base/text.hpp"

namespace ohm::api {
namespace {

using tables::int_or_null;
using tables::text_or_null;

store::Value flag_or_null(std::optional<bool> flag) {
    if (!flag) return store::Null{};
    return std::int64_t{*flag};
}

std::string part_of_name(std::string_view part) {
    return to_storable(part, limits::variable_name_bytes);
}

domain::VariableName bounded(const domain::VariableName& name) {
    domain::VariableName out = name;
    for (std::string* part :
         {&out.component, &out.component_instance, &out.variable, &out.instance})
        *part = part_of_name(*part);
    return out;
}

// Station, key, and the parts of the name.
tables::Row row_of(const Station& station, const domain::VariableName& name) {
    tables::Row row{station.no.value, domain::key_of(name)};
    for (store::Value& value : columns_of(name)) row.push_back(std::move(value));
    row.emplace_back(name.attribute);
    return row;
}

}  // namespace

domain::VariableName name_of_v16(std::string_view key) {
    return {.component = std::string{domain::component_of_v16}, .variable = std::string{key}};
}

std::vector<store::Value> columns_of(const domain::VariableName& name) {
    return {name.component,
            text_or_null(name.component_instance),
            int_or_null(name.evse, -1),
            int_or_null(name.connector, -1),
            name.variable,
            text_or_null(name.instance)};
}

std::string shown_value(const domain::VariableName& name, std::string_view value) {
    if (domain::is_secret(name.variable)) return std::string{domain::hidden_value};
    return to_storable(value, limits::variable_value_bytes);
}

void note_variable(Batch& batch, const Station& station, std::int64_t at, VariableFact&& fact) {
    const domain::VariableName name = bounded(fact.name);
    tables::Row row = row_of(station, name);
    row.push_back(fact.value ? store::Value{shown_value(name, *fact.value)} : store::Null{});
    for (const std::string* text : {&fact.mutability, &fact.data_type, &fact.unit, &fact.min_limit,
                                    &fact.max_limit, &fact.values_list})
        row.push_back(text_or_null(to_storable(*text, limits::variable_value_bytes)));
    for (const auto& flag : {fact.supports_monitoring, fact.persistent, fact.constant})
        row.push_back(flag_or_null(flag));
    row.emplace_back(at);
    row.emplace_back(std::int64_t{0});
    batch.unit.add(tables::variable, std::move(row));
}

void note_value(Batch& batch, const Station& station, std::int64_t at,
                const domain::VariableName& full_name, std::string_view value,
                bool reboot_required) {
    const domain::VariableName name = bounded(full_name);
    batch.unit.add(tables::new_variable, row_of(station, name));
    batch.unit.add(tables::variable_value,
                   {station.no.value, domain::key_of(name), shown_value(name, value), at,
                    std::int64_t{reboot_required}});
}

void note_mutability(Batch& batch, const Station& station, const domain::VariableName& name,
                     std::string_view mutability) {
    batch.unit.add(tables::variable_mutability,
                   {station.no.value, domain::key_of(bounded(name)), std::string{mutability}});
}

}  // namespace ohm::api
