// Time zones by their IANA names, read from the computer's files once. One thread.
#pragma once

#include <map>
#include <string>

#include "domain/time_zone.hpp"

namespace ohm::api::statistics {

class Zones {
public:
    explicit Zones(std::string folder = "/usr/share/zoneinfo") : folder_{std::move(folder)} {}
    // UTC where the name is empty, or nothing of that name is there. Valid until the next trim().
    const domain::TimeZone& find(const std::string& name);
    // Before a piece of work: forgets all where there are too many.
    void trim();

private:
    const std::string folder_;
    std::map<std::string, domain::TimeZone> known_;
};

}  // namespace ohm::api::statistics
