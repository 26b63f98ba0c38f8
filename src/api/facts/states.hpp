// What a 2.0.1 station says that it holds: monitors and messages on its display. The
// newest word counts. Called by handlers and where answers are taken.
#pragma once

#include <string>

#include "api/shard_state.hpp"
#include "domain/variable.hpp"
#include "ocpp/v201/display_message.hpp"

namespace ohm::api {

struct MonitorFact {
    std::int64_t id = 0;
    domain::VariableName name;
    std::string type, value;
    std::int64_t severity = 0;
    bool in_transaction = false;
};
void note_monitor(Batch& batch, const Station& station, std::int64_t at, const MonitorFact& fact);
void note_display_message(Batch& batch, const Station& station, std::int64_t at,
                          const ocpp::v201::MessageInfo& message);

}  // namespace ohm::api
