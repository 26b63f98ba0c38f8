#include "api/facts/states.hpp"

#include "api/facts/tables.hpp"
#include "api/facts/variables.hpp"
#include "api/tables.hpp"

namespace ohm::api {

void note_monitor(Batch& batch, const Station& station, std::int64_t at, const MonitorFact& fact) {
    tables::Row row{station.no.value, fact.id};
    for (store::Value& value : columns_of(fact.name)) row.push_back(std::move(value));
    row.emplace_back(fact.type);
    row.emplace_back(fact.value);
    row.emplace_back(fact.severity);
    row.emplace_back(std::int64_t{fact.in_transaction});
    row.emplace_back(at);
    batch.unit.add(tables::monitor, std::move(row));
}

void note_display_message(Batch& batch, const Station& station, std::int64_t at,
                          const ocpp::v201::MessageInfo& message) {
    batch.unit.add(tables::display_message,
                   {station.no.value, message.id.value, std::string{message.priority.name()},
                    message.state ? store::Value{std::string{message.state->name()}}
                                  : store::Value{store::Null{}},
                    wire::encode(message), at});
}

}  // namespace ohm::api
