// What `ohmstead sim` was asked to do. Called once, by run_sim.
#pragma once

#include <span>
#include <string>

#include "sim/processes.hpp"
#include "sim/provision.hpp"

namespace ohm::sim {

struct Arguments {
    ProcessSettings run;
    ProvisionSettings provision;
    bool provisions = true, provisions_only = false;
    bool json = false;
};
// Either there is something to do, or the process ends with that code: `text` then is help (code
// 0) or one sentence that says what is wrong.
struct Parsed {
    bool proceeds = false;
    int exit_code = 0;
    std::string text;
    Arguments arguments;
};
// Without the program's and the command's name.
Parsed parse_arguments(std::span<const std::string> arguments);

}  // namespace ohm::sim
