// What a run is made of: a text file of `name = number` lines, so that new trouble needs no new
// program. Every rate is of events an hour of virtual time.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace ohm::world {

struct Scenario {
    std::string name;
    std::map<std::string, double, std::less<>> values;
    double operator[](std::string_view key) const;  // 0 where the file does not say
};

// Throws Fault{fatal} with the line where the file is not understood; a name must be a known one.
Scenario read_scenario(const std::string& path);

}  // namespace ohm::world
