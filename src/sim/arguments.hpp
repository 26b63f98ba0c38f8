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

// `ws://host:3000/path`, `https://[::1]`: empty host where it is none of `plain` and `tls`.
struct Url {
    net::Endpoint endpoint;
    std::string path;  // "/" at least
};
Url parse_url(std::string_view text, std::string_view plain, std::string_view tls);

}  // namespace ohm::sim
