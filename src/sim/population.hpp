// Who the simulated stations are: everything about one follows from its number, so that those who
// provision and those who connect agree without talking. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ocpp/version.hpp"

namespace ohm::sim {

struct Population {
    std::string prefix = "SIM";
    std::uint64_t seed = 1;
    std::vector<ocpp::Version> versions{ocpp::Version::v16, ocpp::Version::v201};
    int security_profile = 1;   // 0: no password; 2: TLS; 3: TLS, a certificate, no password
    std::string same_password;  // of all; "": each has its own
    bool named = false;         // provisioned with a name and a label that say what they are

    std::string id(std::size_t number) const;  // SIM000001 is number 0
    bool has_password() const { return security_profile == 1 || security_profile == 2; }
    // 20 bytes that follow from seed and id, as 40 hex digits: as good as a generated password.
    std::string password(std::size_t number) const;
    ocpp::Version version(std::size_t number) const { return versions[number % versions.size()]; }
};

}  // namespace ohm::sim
