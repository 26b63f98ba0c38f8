// Creates the simulated stations and their tokens over REST, or brings those that exist into line,
// so that they may connect. Called by run_sim on the main thread; turns the loop until all is done.
#pragma once

#include <string>
#include <vector>

#include "net/client.hpp"
#include "sim/population.hpp"

namespace ohm::sim {

struct ProvisionSettings {
    net::Endpoint rest;
    std::string api_key;
    Population population;
    std::size_t stations = 0;
    std::vector<std::string> tokens;  // that they charge with
};

// The body of one request: `count` tokens from `first` on.
std::string token_body(const std::vector<std::string>& tokens, std::size_t first,
                       std::size_t count);
// The body of one request: stations `first` to `first + count - 1`.
std::string import_body(const Population& population, std::size_t first, std::size_t count);
// Throws Fault{fatal} with one sentence that says what was answered and what helps.
void provision(net::Loop& loop, const ProvisionSettings& settings);

}  // namespace ohm::sim
