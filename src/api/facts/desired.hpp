// Which values a station's variables should have: written by operators, compared on reading. Called
// for operators' envelopes.
#pragma once

#include "api/operations.hpp"
#include "api/shard_state.hpp"
#include "domain/variable.hpp"

namespace ohm::api {

// As it is stored, in one row a station.
struct DesiredVariables {
    wire::List<DesiredVariable> variables;
    FIELDS(variables)
};
domain::VariableName name_of(const DesiredVariable& variable);

void write_desired_variables(Work& work, const bus::OperatorBody& asked, Station& station);

}  // namespace ohm::api
