// probe-measurands: a station that refuses a list of measurands is asked for each alone, and keeps
// those that it takes (quirk G9). One command of several CALLs; how far it is stands in its
// response, which at last says what was found. For the other files here alone.
#pragma once

#include "api/commands/neutral.hpp"
#include "api/shard_state.hpp"

namespace ohm::api::commands {

struct ProbeParameters {
    Optional<Text<50, 1>> component;  // 2.0.1; absent: SampledDataCtrlr
    Optional<Text<50, 1>> variable;   // absent: what is sampled while charging
    List<Text<50, 1>, 1, 20> measurands;
    FIELDS(component, variable, measurands)
};
PreparedOrRefusal probe_v16(Preparing& preparing, const ProbeParameters& wanted);
PreparedOrRefusal probe_v201(Preparing& preparing, const ProbeParameters& wanted);

bool is_probe(const Command& command);
// One CALL of it is answered, by a CALLRESULT or a CALLERROR. `found`: its response so far. Ends
// it, or sends the next one.
void take_probe(ShardState& shard, Batch& batch, Station& station, Command& command,
                const std::string& found);

}  // namespace ohm::api::commands
