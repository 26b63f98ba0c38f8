// When the faults are over and everything has had its time: the database says of every station what
// is true of it, and nothing of what is not. One thread.
#pragma once

#include "findings.hpp"
#include "fleet.hpp"

namespace ohm::world {

void check_settled(Lab& lab, const Fleet& fleet, Findings& findings);

}  // namespace ohm::world
